"""What an offer needs to know of goods, and which goods a customer has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Min, Q

from regulars.commerce.models import Category, OrderLine, Product, Variant
from regulars.commerce.rules import ProductKind
from regulars.commerce.rules.catalogue import PATH_SEPARATOR

_VOID = ("draft", "cancelled")


@dataclass(frozen=True)
class Goods:
    """price_minor: the lowest of its variants, None where none is known. margin: the least of them, as a share of it.

    is_sold: still offered. is_durable: whoever has it needs no second one.
    """

    id: UUID
    name: str
    kind: ProductKind
    category_id: UUID | None
    category_name: str
    is_sold: bool
    is_durable: bool
    price_minor: int | None
    margin: float | None
    currency: str


@dataclass(frozen=True)
class Bought:
    """The shop-local days on which a customer bought a product, the first one first."""

    product_id: UUID
    dates: Sequence[date]


_GOODS = ("id", "name", "kind", "category_id", "category__name", "is_sold", "is_durable")


def goods_by_id(product_ids: Collection[UUID]) -> dict[UUID, Goods]:
    """The products with these ids, in two queries; unknown ids are left out."""
    ids = set(product_ids)
    if not ids:
        return {}
    prices: dict[UUID, tuple[Any, ...]] = {
        row[0]: row[1:]
        for row in Variant.objects.filter(product_id__in=ids)
        .values("product_id")
        .annotate(
            low=Min("price_minor"),
            margin=Min(1.0 - 1.0 * F("cost_minor") / F("price_minor"), filter=Q(price_minor__gt=0)),
            money=Max("currency"),
        )
        .values_list("product_id", "low", "margin", "money")
    }
    return {
        id_: Goods(
            id_, name, ProductKind(kind), category_id, category or "", is_sold, is_durable,
            *prices.get(id_, (None, None, "")),
        )
        for id_, name, kind, category_id, category, is_sold, is_durable in Product.objects.filter(
            id__in=ids
        ).values_list(*_GOODS)
    }  # fmt: skip


def goods_bought_by(customer_ids: Collection[UUID]) -> list[Bought]:
    """What a customer under all his ids has bought for himself: kept goods that cost something, no gifts."""
    rows = (
        OrderLine.objects.filter(
            order__customer_id__in=list(customer_ids),
            variant__product__kind=ProductKind.GOODS.value,
            is_gift=False,
            base_total_minor__gt=0,
            returned_milli__lt=F("quantity_milli"),
        )
        .exclude(order__status__in=_VOID)
        .order_by("variant__product_id", "order__local_date")
        .values_list("variant__product_id", "order__local_date")
        .distinct()
    )
    dates: dict[UUID, list[date]] = {}
    for product_id, day in rows:
        dates.setdefault(product_id, []).append(day)
    return [Bought(product_id, days) for product_id, days in dates.items()]


def goods_in(category_id: UUID, *, is_sold: bool | None = True) -> list[UUID]:
    """The goods in a category and all that lies below it; is_sold None: on sale or not."""
    paths = dict(Category.objects.values_list("id", "path"))
    root = paths[category_id]
    within = [id_ for id_, path in paths.items() if path == root or path.startswith(f"{root}{PATH_SEPARATOR}")]
    goods = Product.objects.filter(category_id__in=within, kind=ProductKind.GOODS.value)
    if is_sold is not None:
        goods = goods.filter(is_sold=is_sold)
    return list(goods.order_by("id").values_list("id", flat=True))
