"""Keeping the catalogue: categories, products, variants, costs."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.prices import write_price
from regulars.commerce.events import ProductAdded, ProductChanged, VariantAdded
from regulars.commerce.models import Category, Product, Variant
from regulars.commerce.rules import ProductKind
from regulars.commerce.rules.catalogue import PATH_SEPARATOR, category_path, fold_sku, product_search_text
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.text import fold


class SkuTaken(ValueError):
    """This source has a variant of exactly this SKU already; `variant_id` is it."""

    def __init__(self, variant_id: UUID) -> None:
        super().__init__(str(variant_id))
        self.variant_id = variant_id


class CategoryTaken(ValueError):
    """A category of this name stands at this place already."""


def add_category(*, name: str, parent_id: UUID | None, by: Actor, now: datetime) -> UUID:
    """A category below `parent_id` (None: a root); the one that stands there by this name, if there is one."""
    with transaction.atomic():
        above = Category.objects.get(id=parent_id).path.split(PATH_SEPARATOR) if parent_id else []
        row = Category(name=name.strip(), parent_id=parent_id, path=category_path([*above, name]))
        Category.objects.bulk_create([row], ignore_conflicts=True)
        id_ = Category.objects.values_list("id", flat=True).get(path=row.path)
        if id_ == row.id:
            _audit("category.added", "category", id_, {}, {"name": row.name, "path": row.path}, by=by, now=now)
    return id_


def rename_category(*, category_id: UUID, name: str, by: Actor, now: datetime) -> None:
    """Give a category another name; what lies below it moves along. Raises CategoryTaken."""
    with transaction.atomic():
        row = Category.objects.select_for_update().get(id=category_id)
        old_path, before = row.path, {"name": row.name}
        row.name = name.strip()
        row.path = category_path([*old_path.split(PATH_SEPARATOR)[:-1], name])
        if Category.objects.filter(path=row.path).exclude(id=row.id).exists():
            raise CategoryTaken(name)
        row.save(update_fields=["name", "path"])
        for below in Category.objects.filter(path__startswith=old_path + PATH_SEPARATOR):
            below.path = row.path + below.path.removeprefix(old_path)
            below.save(update_fields=["path"])
        _audit("category.renamed", "category", row.id, before, {"name": row.name}, by=by, now=now)


def add_product(
    *,
    name: str,
    by: Actor,
    now: datetime,
    kind: ProductKind = ProductKind.GOODS,
    category_id: UUID | None = None,
    brand: str = "",
    is_durable: bool = False,
) -> UUID:
    """A new product, without variants yet."""
    row = Product(
        name=name.strip(),
        kind=kind.value,
        category_id=category_id,
        brand=brand.strip(),
        is_durable=is_durable,
        created_at=now,
        search_text=product_search_text(name, brand, []),
        sort_name=fold(name)[:300],
    )
    with transaction.atomic():
        row.save(force_insert=True)
        events.record(ProductAdded(customer_id=None, occurred_at=now, product_id=row.id), by=by, now=now)
        _audit("product.added", "product", row.id, {}, _audited(row), by=by, now=now)
    return row.id


def change_product(
    *,
    product_id: UUID,
    name: str,
    kind: ProductKind,
    category_id: UUID | None,
    brand: str,
    is_durable: bool,
    is_sold: bool,
    by: Actor,
    now: datetime,
) -> bool:
    """Give a product these values; whether any was new."""
    with transaction.atomic():
        row = Product.objects.select_for_update().get(id=product_id)
        before = _audited(row)
        row.name, row.kind, row.category_id = name.strip(), kind.value, category_id
        row.brand, row.is_durable, row.is_sold = brand.strip(), is_durable, is_sold
        row.sort_name = fold(row.name)[:300]
        after = _audited(row)
        changed = tuple(field for field in after if after[field] != before[field])
        if not changed:
            return False
        row.save()
        _refresh_search_text(row)
        said = ProductChanged(customer_id=None, occurred_at=now, product_id=row.id, fields=changed)
        events.record(said, by=by, now=now)
        _audit("product.changed", "product", row.id, before, after, by=by, now=now)
    return True


def add_variant(
    *,
    product_id: UUID,
    source: str,
    sku: str,
    currency: str,
    by: Actor,
    now: datetime,
    name: str = "",
    barcode: str = "",
    pack_size_milli: int = 1000,
    price_minor: int | None = None,
    cost_minor: int | None = None,
) -> UUID:
    """A size, weight or pack of a product. Raises SkuTaken; a SKU that differs by case is another."""
    row = Variant(
        product_id=product_id,
        source=source,
        sku=sku.strip(),
        folded_sku=fold_sku(sku),
        name=name.strip(),
        barcode=barcode.strip(),
        pack_size_milli=pack_size_milli,
        cost_minor=cost_minor,
        currency=currency,
    )
    with transaction.atomic():
        Variant.objects.bulk_create([row], ignore_conflicts=True)
        id_ = Variant.objects.values_list("id", flat=True).get(source=source, sku=row.sku)
        if id_ != row.id:
            raise SkuTaken(id_)
        _refresh_search_text(Product.objects.select_for_update().get(id=product_id))
        added = VariantAdded(customer_id=None, occurred_at=now, product_id=product_id, variant_id=row.id)
        events.record(added, by=by, now=now)
        _audit("variant.added", "variant", row.id, {}, {"sku": row.sku, "source": source}, by=by, now=now)
        if price_minor is not None:
            write_price(row, price_minor=price_minor, currency=currency, valid_from=now, by=by, now=now)
    return row.id


def change_variant(
    *, variant_id: UUID, name: str, barcode: str, pack_size_milli: int, by: Actor, now: datetime
) -> bool:
    """Give a variant these values; whether any was new. Its SKU stays: sources know it by that."""
    with transaction.atomic():
        row = Variant.objects.select_for_update().get(id=variant_id)
        before = {"name": row.name, "barcode": row.barcode, "pack_size_milli": row.pack_size_milli}
        after = {"name": name.strip(), "barcode": barcode.strip(), "pack_size_milli": pack_size_milli}
        if before == after:
            return False
        for field, value in after.items():
            setattr(row, field, value)
        row.save(update_fields=list(after))
        _refresh_search_text(Product.objects.select_for_update().get(id=row.product_id))
        _audit("variant.changed", "variant", row.id, before, after, by=by, now=now)
    return True


def set_cost(*, variant_id: UUID, cost_minor: int | None, by: Actor, now: datetime) -> bool:
    """What a variant costs the shop, in its own currency; None: not known. Whether that is new."""
    with transaction.atomic():
        row = Variant.objects.select_for_update().get(id=variant_id)
        before = row.cost_minor
        if before == cost_minor:
            return False
        row.cost_minor = cost_minor
        row.save(update_fields=["cost_minor"])
        was, becomes = {"cost_minor": before}, {"cost_minor": cost_minor}
        _audit("variant.cost_set", "variant", row.id, was, becomes, by=by, now=now)
    return True


def _refresh_search_text(product: Product) -> None:
    variants = Variant.objects.filter(product=product).order_by("sku").values_list("sku", "barcode", "name")
    codes = [code for row in variants for code in row if code]
    product.search_text = product_search_text(product.name, product.brand, codes)
    product.save(update_fields=["search_text"])


def _audited(product: Product) -> dict[str, Any]:
    fields = ("name", "kind", "category_id", "brand", "is_durable", "is_sold")
    return {field: getattr(product, field) for field in fields}


def _audit(
    verb: str, subject_kind: str, id_: UUID, before: dict[str, Any], after: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    audit.record(verb=verb, subject_kind=subject_kind, subject_id=id_, before=before, after=after, by=by, now=now)
