"""Products and variants that a source names, taken into the catalogue set-based."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.catalogue import add_category, change_product, set_cost
from regulars.commerce.actions.imports.progress import Progress
from regulars.commerce.actions.imports.staging import LastPrice, Staging
from regulars.commerce.actions.prices import write_price
from regulars.commerce.events import ProductAdded, VariantAdded
from regulars.commerce.models import Category, Price, Product, Variant
from regulars.commerce.ports import ProductRecord
from regulars.commerce.rules import ProductKind
from regulars.commerce.rules.catalogue import PATH_SEPARATOR, category_path, fold_sku, product_search_text
from regulars.commerce.rules.imports import KindFinder
from regulars.foundation import bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.events import Event
from regulars.foundation.ids import new_id
from regulars.foundation.money import minor_from
from regulars.foundation.text import fold

PIECE = 250


class Goods(NamedTuple):
    """One SKU, all that the source says of it put together."""

    record: ProductRecord
    price: LastPrice | None


def put_together(sayings: Sequence[ProductRecord]) -> ProductRecord:
    """Of each field the last that says something; the most sold saying comes last."""
    return ProductRecord(
        *(next((v for v in reversed(values) if v), values[-1]) for values in zip(*sayings, strict=True))
    )


def load_products(
    staging: Staging,
    progress: Progress,
    *,
    source: str,
    currency: str,
    kinds: KindFinder,
    is_catalogue: bool,
    by: Actor,
    now: datetime,
) -> None:
    """Add what is new. Only a products file also changes what is there: an order's line is no authority on a name."""
    found = staging.products(after_sku=progress.checkpoint)
    while piece := list(islice(found, PIECE)):
        goods = {sku: Goods(put_together(sayings), price) for sku, sayings, price in piece}
        with transaction.atomic():
            known = dict(Variant.objects.filter(source=source, sku__in=goods).values_list("sku", "id"))
            new = {sku: one for sku, one in goods.items() if sku not in known}
            _add(new, source=source, currency=currency, kinds=kinds, by=by, now=now)
            if is_catalogue:
                changed = [_change(known[sku], goods[sku].record, currency, by=by, now=now) for sku in known]
                progress.count(created=len(new), updated=sum(changed), unchanged=len(known) - sum(changed))
            progress.save(checkpoint=piece[-1][0], done=len(piece))


def _add(
    goods: Mapping[str, Goods], *, source: str, currency: str, kinds: KindFinder, by: Actor, now: datetime
) -> None:
    categories = _categories({one.record.category for one in goods.values() if one.record.category}, by=by, now=now)
    products: list[tuple[object, ...]] = []
    variants: list[tuple[object, ...]] = []
    prices: list[tuple[object, ...]] = []
    said: list[Event] = []
    for sku, (record, last) in goods.items():
        product_id, variant_id = new_id(), new_id()
        name = record.name or sku
        price = _price_of(record, last, currency, now)
        codes = [code for code in (sku, record.barcode) if code]
        products.append((
            product_id, kinds.kind_of(sku=sku, name=record.name).value, name, categories.get(record.category),
            record.brand, False, True, now, product_search_text(name, record.brand, codes), fold(name)[:300],
        ))  # fmt: skip
        variants.append((
            variant_id, product_id, source, sku, fold_sku(sku), "", record.barcode, 1000, price[0] if price else None,
            _minor(record.cost_micro, record.currency or currency), price[1] if price else record.currency or currency,
        ))  # fmt: skip
        if price:
            prices.append((new_id(), variant_id, price[2], price[0], price[1]))
        said += [
            ProductAdded(customer_id=None, occurred_at=now, product_id=product_id),
            VariantAdded(customer_id=None, occurred_at=now, product_id=product_id, variant_id=variant_id),
        ]
    bulk.insert(Product, _PRODUCT, products)
    bulk.insert(Variant, _VARIANT, variants)
    bulk.insert(Price, ("id", "variant_id", "valid_from", "price_minor", "currency"), prices)
    events.record_all(said, by=by, now=now, is_history=True)


_PRODUCT = (
    "id", "kind", "name", "category_id", "brand", "is_durable", "is_sold", "created_at", "search_text", "sort_name",
)  # fmt: skip
_VARIANT = (
    "id", "product_id", "source", "sku", "folded_sku", "name", "barcode", "pack_size_milli", "price_minor",
    "cost_minor", "currency",
)  # fmt: skip


def _price_of(
    record: ProductRecord, last: LastPrice | None, currency: str, now: datetime
) -> tuple[int, str, datetime] | None:
    """(minor units, currency, since when): what the source says, else what it was last sold for."""
    if record.price_micro is not None:
        own = record.currency or currency
        price = _minor(record.price_micro, own)
        return None if price is None else (price, own, now)
    if last is None:
        return None
    price = _minor(last.price_micro, last.currency)
    return None if price is None else (price, last.currency, last.at)


def _minor(amount_micro: int | None, currency: str) -> int | None:
    return None if amount_micro is None else minor_from(Decimal(amount_micro).scaleb(-6), currency)


def _categories(said: Iterable[str], *, by: Actor, now: datetime) -> dict[str, UUID]:
    """What a source calls a category ("Tea > Black") → the category at that place, added where it is missing."""
    paths = {text: [part.strip() for part in text.split(PATH_SEPARATOR.strip()) if part.strip()] for text in said}
    known = dict(
        Category.objects.filter(path__in={category_path(path) for path in paths.values()}).values_list("path", "id")
    )
    found = {}
    for text, path in paths.items():
        id_ = known.get(category_path(path))
        if id_ is None:
            for name in path:
                id_ = add_category(name=name[:200], parent_id=id_, by=by, now=now)
        if id_ is not None:
            found[text] = id_
    return found


def _change(variant_id: UUID, record: ProductRecord, currency: str, *, by: Actor, now: datetime) -> bool:
    """Give a known product what a products file says of it; whether anything was new."""
    variant = Variant.objects.select_related("product").get(id=variant_id)
    product = variant.product
    categories = _categories([record.category] if record.category else [], by=by, now=now)
    has_changed = change_product(
        product_id=product.id,
        name=record.name or product.name,
        kind=ProductKind(product.kind),
        category_id=categories.get(record.category, product.category_id),
        brand=record.brand or product.brand,
        is_durable=product.is_durable,
        is_sold=product.is_sold,
        by=by,
        now=now,
    )
    cost = _minor(record.cost_micro, record.currency or currency)
    if cost is not None:
        has_changed |= set_cost(variant_id=variant_id, cost_minor=cost, by=by, now=now)
    price = _price_of(record, None, currency, now)
    if price:
        variant.refresh_from_db()
        has_changed |= write_price(variant, price_minor=price[0], currency=price[1], valid_from=now, by=by, now=now)
    return has_changed
