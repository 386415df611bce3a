"""Tables of segments, and of what `insight` last found of each customer and product."""

from django.db import models
from django.db.models import Q

from regulars.audience.rules import LinkKind, Stage
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA, PersonalData


class Segment(models.Model):
    """A saved condition with a name. Its definition has versions; membership is kept up to date by the worker."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    note = models.CharField(max_length=300, blank=True, default="")
    condition = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    is_open = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A customer's stay in a segment; `left_at` ends it. `is_baseline`: found there, not seen to enter."""

    personal_data = PersonalData(owner="customer_id", export=("segment__name", "entered_at", "left_at"))

    id = models.UUIDField(primary_key=True, default=new_id)
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    is_baseline = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["segment", "customer"], condition=Q(left_at__isnull=True), name="member_once"
            )
        ]
        indexes = [models.Index(fields=["customer"], name="membership_of_customer")]

    def __str__(self) -> str:
        return str(self.id)


class Recheck(models.Model):
    """When a customer's place in a segment may change by time alone."""

    personal_data = NO_PERSONAL_DATA

    # Written anew by the million; a row too many does no harm, so the database checks neither.
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+", db_constraint=False)
    next_recheck_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "customer"], name="recheck_once")]
        indexes = [models.Index(fields=["next_recheck_at"], name="recheck_due")]

    def __str__(self) -> str:
        return str(self.pk)


class DirtyCustomer(models.Model):
    """Something happened with this customer: his memberships want testing again."""

    personal_data = NO_PERSONAL_DATA

    customer_id = models.UUIDField(primary_key=True)
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.customer_id)


class Publication(models.Model):
    """Which of the two slots of findings readers see: one row, switched in one statement."""

    personal_data = NO_PERSONAL_DATA

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    slot = models.PositiveSmallIntegerField(default=0)
    run_id = models.UUIDField(null=True)
    as_of = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)
    is_baseline = models.BooleanField(default=False)
    # False from the switch until every change of stage since the other slot is in the event log.
    is_announced = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="publication_is_one"),
            models.CheckConstraint(condition=Q(slot__in=[0, 1]), name="publication_slot"),
        ]

    def __str__(self) -> str:
        return f"slot {self.slot}"


class CustomerFinding(models.Model):
    """What the last analysis found of a customer. Amounts in the base currency's minor unit, gaps in days."""

    personal_data = PersonalData(
        owner="customer_id",
        export=(
            "stage", "orders", "revenue_minor", "first_order_at", "last_order_at", "p_alive", "buys_90",
            "value_365_minor", "is_silent_leaver",
        ),
    )  # fmt: skip

    slot = models.PositiveSmallIntegerField()
    customer_id = models.UUIDField()
    stage = models.CharField(max_length=10)
    stage_since = models.DateTimeField(null=True)
    # False where a change of stage comes from rows before go-live: it is a fact, not news.
    is_news = models.BooleanField(default=True)
    orders = models.IntegerField()
    purchase_days = models.IntegerField()
    first_order_at = models.DateTimeField(null=True)
    last_order_at = models.DateTimeField(null=True)
    silence_days = models.IntegerField(null=True)
    revenue_minor = models.BigIntegerField()
    revenue_year_minor = models.BigIntegerField()
    average_order_minor = models.BigIntegerField(null=True)
    returned_minor = models.BigIntegerField(default=0)
    gap_median_days = models.FloatField(null=True)
    gap_limit_days = models.FloatField(null=True)
    due_at = models.DateTimeField(null=True)
    overdue_at = models.DateTimeField(null=True)
    at_stake_minor = models.BigIntegerField(default=0)
    # What the models expect from the data's date on; null where nothing can be expected yet.
    p_alive = models.FloatField(null=True)
    p_alive_due = models.FloatField(null=True)
    expected_90 = models.FloatField(null=True)
    expected_365 = models.FloatField(null=True)
    buys_90 = models.FloatField(null=True)
    value_365_minor = models.BigIntegerField(null=True)
    value_365_low_minor = models.BigIntegerField(null=True)
    value_365_high_minor = models.BigIntegerField(null=True)
    next_from_date = models.DateField(null=True)
    next_to_date = models.DateField(null=True)
    is_silent_leaver = models.BooleanField(default=False)
    recency_score = models.PositiveSmallIntegerField(null=True)
    frequency_score = models.PositiveSmallIntegerField(null=True)
    monetary_score = models.PositiveSmallIntegerField(null=True)
    refill_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "customer_id"], name="finding_once"),
            models.CheckConstraint(condition=one_of("stage", Stage), name="finding_stage"),
        ]
        indexes = [
            models.Index(fields=["slot", "stage"], name="finding_stage_idx"),
            models.Index(fields=["slot", "-at_stake_minor", "customer_id"], name="finding_stake_idx"),
            models.Index(fields=["slot", "-revenue_minor", "customer_id"], name="finding_revenue_idx"),
            models.Index(fields=["slot", "-last_order_at", "customer_id"], name="finding_last_idx"),
        ]

    def __str__(self) -> str:
        return str(self.customer_id)


class ProductFinding(models.Model):
    """What the last analysis found of a product."""

    personal_data = NO_PERSONAL_DATA

    slot = models.PositiveSmallIntegerField()
    product_id = models.UUIDField()
    orders = models.IntegerField()
    customers = models.IntegerField()
    repeat_customers = models.IntegerField()
    quantity_milli = models.BigIntegerField()
    revenue_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)
    last_sold_at = models.DateTimeField(null=True)
    # Purchases that fade with age, in purchases: what is wanted now.
    popularity = models.FloatField(db_default=0.0)
    # Days until the same customer buys it again, and between which eight of ten such gaps lie.
    refill_days = models.FloatField(null=True)
    refill_low_days = models.FloatField(null=True)
    refill_high_days = models.FloatField(null=True)
    refill_gaps = models.IntegerField(db_default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "product_id"], name="product_finding_once")]

    def __str__(self) -> str:
        return str(self.product_id)


class ProductLink(models.Model):
    """From one product to another. together: customers (BASKET: orders) with both; having: with the first one."""

    personal_data = NO_PERSONAL_DATA

    slot = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    product_id = models.UUIDField()
    other_id = models.UUIDField()
    weight = models.FloatField()
    together = models.IntegerField()
    having = models.IntegerField()
    via_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["slot", "kind", "product_id", "other_id"], name="link_once"),
            models.CheckConstraint(condition=one_of("kind", LinkKind), name="link_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.kind} {self.other_id}"


class Refill(models.Model):
    """When a customer is likely to want a product again that he keeps buying."""

    personal_data = PersonalData(owner="customer_id", export=("product_id", "purchases", "last_at", "due_at"))

    slot = models.PositiveSmallIntegerField()
    customer_id = models.UUIDField()
    product_id = models.UUIDField()
    purchases = models.IntegerField()
    last_at = models.DateTimeField()
    interval_days = models.FloatField()
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "customer_id", "product_id"], name="refill_once")]
        indexes = [models.Index(fields=["slot", "product_id", "due_at", "customer_id"], name="refill_due_idx")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.product_id}"


class CustomerOffer(models.Model):
    """What an active customer is likely to buy next, bought before or not: by the second stage of recommendations."""

    personal_data = PersonalData(owner="customer_id", export=("product_id",))

    slot = models.PositiveSmallIntegerField()
    customer_id = models.UUIDField()
    product_id = models.UUIDField()
    score = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "customer_id", "product_id"], name="offer_once")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.product_id}"


class ShopFinding(models.Model):
    """A table or series about the whole shop, by name: cohorts, stages, repeat share."""

    personal_data = NO_PERSONAL_DATA

    slot = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    data = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slot", "name"], name="shop_finding_once")]

    def __str__(self) -> str:
        return self.name
