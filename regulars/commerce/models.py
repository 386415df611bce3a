"""Tables of goods, orders, returns, enquiries and import runs. Amounts are minor units; quantities thousandths."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from regulars.commerce.rules import (
    EnquiryKind,
    EnquiryOutcome,
    EnquiryStep,
    ImportKind,
    ImportState,
    OrderStatus,
    ProductKind,
)
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA, PersonalData
from regulars.shop.rules import Channel


class Category(models.Model):
    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    name = models.CharField(max_length=200)
    # Folded names from the root down, joined by " > ": one row per place in the tree, and its sort key.
    path = models.CharField(max_length=600, unique=True)

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    """What is sold, whatever its size or colour."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=12, default=ProductKind.GOODS.value)
    name = models.CharField(max_length=300)
    category = models.ForeignKey(Category, null=True, on_delete=models.PROTECT, related_name="products")
    brand = models.CharField(max_length=120, blank=True, default="")
    is_durable = models.BooleanField(default=False)
    is_sold = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    search_text = models.TextField(blank=True, default="")
    sort_name = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=one_of("kind", ProductKind), name="product_kind")]
        indexes = [models.Index(fields=["sort_name", "id"], name="product_by_name")]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """What lies in the basket: a size, a weight, a pack. Known by its SKU within a source."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="variants")
    source = models.CharField(max_length=40)
    sku = models.CharField(max_length=120)
    folded_sku = models.CharField(max_length=120)
    name = models.CharField(max_length=300, blank=True, default="")
    barcode = models.CharField(max_length=40, blank=True, default="")
    pack_size_milli = models.BigIntegerField(default=1000)
    price_minor = models.BigIntegerField(null=True)
    cost_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "sku"], name="variant_once")]
        indexes = [models.Index(fields=["folded_sku"], name="variant_folded_sku")]

    def __str__(self) -> str:
        return self.sku


class Price(models.Model):
    """What a variant cost from a moment on: its price history."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    valid_from = models.DateTimeField()
    price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["variant", "valid_from"], name="price_once")]

    def __str__(self) -> str:
        return str(self.id)


class ImportProfile(models.Model):
    """How one kind of file is read: columns, dates, numbers, zone. Saved so that the next file needs no questions."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=10)
    definition = models.JSONField()
    created_at = models.DateTimeField()
    actor = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class ImportRun(models.Model):
    """One file or feed taken in: where it stands, what it counted."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=10)
    source = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default=ImportState.UPLOADED.value)
    file_name = models.CharField(max_length=255, blank=True, default="")
    path = models.CharField(max_length=500, blank=True, default="")
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    definition = models.JSONField(default=dict)
    go_live_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=20, blank=True, default="")
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("kind", ImportKind), name="import_kind"),
            models.CheckConstraint(condition=one_of("state", ImportState), name="import_state"),
            # Two imports at once would race for the same orders: the second waits or says so.
            models.UniqueConstraint(fields=["state"], condition=Q(state="running"), name="import_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["created_at", "id"], name="import_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.file_name}"


class Order(models.Model):
    """A purchase. Currency rate and base amounts are frozen when it is placed; local date and hour computed once.

    total = goods − discount + delivery + tax (tax is 0 where prices hold it). No customer: a guest order.
    """

    personal_data = PersonalData(
        owner="customer_id",
        export=("source", "number", "placed_at", "status", "currency", "total_minor", "returned_minor", "comment"),
        erase={"comment": ""},
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=120)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, default=OrderStatus.PLACED.value)
    placed_at = models.DateTimeField()
    local_date = models.DateField()
    local_hour = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12, default=Channel.OTHER.value)
    store = models.ForeignKey("shop.Store", null=True, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    delivery_minor = models.BigIntegerField(default=0)
    tax_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    base_total_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0)
    base_returned_minor = models.BigIntegerField(default=0)
    comment = models.TextField(blank=True, default="")
    is_history = models.BooleanField(default=False)
    import_run = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="+")
    # Digest of what the source said, so that importing the same again is seen to change nothing.
    content_hash = models.CharField(max_length=32, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "number"], name="order_once"),
            models.CheckConstraint(condition=one_of("status", OrderStatus), name="order_status"),
            models.CheckConstraint(condition=one_of("channel", Channel), name="order_channel"),
            models.CheckConstraint(
                condition=Q(total_minor=F("goods_minor") - F("discount_minor") + F("delivery_minor") + F("tax_minor")),
                name="order_adds_up",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="order_rate_positive"),
        ]
        indexes = [
            models.Index(fields=["customer", "placed_at"], name="order_of_customer"),
            models.Index(fields=["placed_at", "id"], name="order_by_time"),
            models.Index(fields=["local_date"], name="order_by_date"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One position of an order: goods_minor before and total_minor after its discount. Known by `key` in its order."""

    personal_data = PersonalData(
        owner="order__customer_id", export=("variant__sku", "variant__product__name", "quantity_milli", "total_minor")
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(max_length=160)
    ordinal = models.PositiveIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity_milli = models.BigIntegerField()
    unit_price_minor = models.BigIntegerField()
    goods_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    total_minor = models.BigIntegerField()
    base_total_minor = models.BigIntegerField()
    is_gift = models.BooleanField(default=False)
    returned_milli = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "key"], name="line_once"),
            models.CheckConstraint(
                condition=Q(total_minor=F("goods_minor") - F("discount_minor")), name="line_adds_up"
            ),
            models.CheckConstraint(condition=Q(quantity_milli__gt=0), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(returned_milli__gte=0, returned_milli__lte=F("quantity_milli")), name="line_returned_within"
            ),
        ]
        indexes = [models.Index(fields=["variant"], name="line_of_variant")]

    def __str__(self) -> str:
        return str(self.id)


class Return(models.Model):
    """Goods that came back, or a cancelled invoice. `is_matched` when every line points at what it undoes."""

    personal_data = PersonalData(
        owner="customer_id", export=("source", "number", "returned_at", "total_minor", "currency", "reason")
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=40)
    number = models.CharField(max_length=120)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    returned_at = models.DateTimeField()
    local_date = models.DateField()
    currency = models.CharField(max_length=3)
    total_minor = models.BigIntegerField()
    base_total_minor = models.BigIntegerField()
    cause = models.ForeignKey("shop.Cause", null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True, default="")
    is_matched = models.BooleanField()
    is_history = models.BooleanField(default=False)
    import_run = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="+")
    content_hash = models.CharField(max_length=32, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="return_once")]
        indexes = [
            models.Index(fields=["customer", "returned_at"], name="return_of_customer"),
            models.Index(fields=["returned_at", "id"], name="return_by_time"),
            models.Index(fields=["returned_at", "id"], name="return_unmatched", condition=Q(is_matched=False)),
        ]

    def __str__(self) -> str:
        return self.number


class ReturnLine(models.Model):
    """What came back; `order_line` is what it undoes, None while unmatched. It may be one part of what was split."""

    personal_data = PersonalData(
        owner="return_of__customer_id", export=("variant__sku", "quantity_milli", "total_minor")
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    return_of = models.ForeignKey(Return, on_delete=models.CASCADE, related_name="lines")
    key = models.CharField(max_length=160)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    order_line = models.ForeignKey(OrderLine, null=True, on_delete=models.PROTECT, related_name="returns")
    quantity_milli = models.BigIntegerField()
    total_minor = models.BigIntegerField()
    base_total_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["return_of", "key"], name="return_line_once"),
            models.CheckConstraint(condition=Q(quantity_milli__gt=0), name="return_quantity_positive"),
        ]
        indexes = [models.Index(fields=["variant"], name="return_line_of_variant")]

    def __str__(self) -> str:
        return str(self.id)


class StockWriteOff(models.Model):
    """Goods that left without a sale: broken, lost, counted anew (positive quantities: found). No order, no return."""

    personal_data = NO_PERSONAL_DATA

    id = models.UUIDField(primary_key=True, default=new_id)
    source = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity_milli = models.BigIntegerField()
    at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True, default="")
    import_run = models.ForeignKey(ImportRun, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="write_off_once")]

    def __str__(self) -> str:
        return str(self.id)


class Enquiry(models.Model):
    """Somebody asked before there was an order: call, form, visit, request for a measuring visit."""

    personal_data = PersonalData(
        owner="customer_id",
        export=("kind", "opened_at", "subject", "step", "outcome", "loss_note"),
        erase={"contact_name": "", "contact_value": "", "subject": "", "loss_note": ""},
    )

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=10)
    customer = models.ForeignKey("customers.Customer", null=True, on_delete=models.PROTECT, related_name="+")
    contact_name = models.CharField(max_length=200, blank=True, default="")
    contact_value = models.CharField(max_length=254, blank=True, default="")
    subject = models.CharField(max_length=300, blank=True, default="")
    channel = models.CharField(max_length=12, default=Channel.OTHER.value)
    store = models.ForeignKey("shop.Store", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=10, default=EnquiryStep.NEW.value)
    outcome = models.CharField(max_length=4, default=EnquiryOutcome.OPEN.value)
    loss_cause = models.ForeignKey("shop.Cause", null=True, on_delete=models.PROTECT, related_name="+")
    loss_note = models.CharField(max_length=300, blank=True, default="")
    order = models.ForeignKey(Order, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    step_since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=one_of("kind", EnquiryKind), name="enquiry_kind"),
            models.CheckConstraint(condition=one_of("step", EnquiryStep), name="enquiry_step"),
            models.CheckConstraint(condition=one_of("outcome", EnquiryOutcome), name="enquiry_outcome"),
            models.CheckConstraint(
                condition=Q(outcome="open") | Q(step="closed", closed_at__isnull=False), name="enquiry_closed_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(outcome="lost") | Q(loss_cause__isnull=False) | ~Q(loss_note=""),
                name="enquiry_lost_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="enquiry_due", condition=Q(outcome="open")),
            models.Index(fields=["opened_at", "id"], name="enquiry_by_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)
