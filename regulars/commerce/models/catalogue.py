"""Goods: categories, products, variants and what they cost over time."""

from django.db import models

from regulars.commerce.rules import ProductKind
from regulars.foundation.constraints import one_of
from regulars.foundation.ids import new_id
from regulars.foundation.personal import NO_PERSONAL_DATA


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
