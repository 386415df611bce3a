"""Goods that came back, and goods that left without a sale."""

from django.db import models
from django.db.models import Q

from regulars.commerce.models.catalogue import Variant
from regulars.commerce.models.imports import ImportRun
from regulars.commerce.models.orders import OrderLine
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA, PersonalData


class Return(models.Model):
    """Goods that came back, or a cancelled invoice. `is_matched` when every line points at what it undoes."""

    personal_data = PersonalData(
        owner="customer_id",
        export=("source", "number", "returned_at", "total_minor", "currency", "reason"),
        erase={"reason": ""},
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
