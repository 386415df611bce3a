"""Orders and their lines. Amounts are minor units; quantities thousandths."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from regulars.commerce.models.catalogue import Variant
from regulars.commerce.models.imports import ImportRun
from regulars.commerce.rules import OrderStatus
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import PersonalData
from regulars.shop.rules import Channel


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
