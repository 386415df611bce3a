"""Products, their variants, categories, and SKUs that look alike."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from regulars.commerce.models import Category, OrderLine, Product, Variant
from regulars.commerce.rules import ProductKind
from regulars.commerce.rules.catalogue import PATH_SEPARATOR, fold_sku
from regulars.foundation.paging import BadCursor, Page, decode_cursor, decode_time_cursor, encode_cursor
from regulars.foundation.text import fold, typed


@dataclass(frozen=True)
class CategoryRow:
    """A place in the tree; `depth` 0 is a root. `path` is folded and sorts the tree."""

    id: UUID
    parent_id: UUID | None
    name: str
    path: str

    @property
    def depth(self) -> int:
        return self.path.count(PATH_SEPARATOR)


@dataclass(frozen=True)
class ProductRow:
    """A product as lists show it; the prices are the lowest and highest of its variants, None where none is known."""

    id: UUID
    kind: ProductKind
    name: str
    category_id: UUID | None
    category_name: str | None
    brand: str
    is_durable: bool
    is_sold: bool
    created_at: datetime
    sort_name: str
    variants: int
    price_from_minor: int | None
    price_to_minor: int | None
    currency: str


@dataclass(frozen=True)
class VariantRow:
    """`pack_size_milli`: how much one unit of sale holds. `cost_minor` is for those who may see costs."""

    id: UUID
    product_id: UUID
    product_name: str
    source: str
    sku: str
    name: str
    barcode: str
    pack_size_milli: int
    price_minor: int | None
    cost_minor: int | None
    currency: str


@dataclass(frozen=True)
class AlikeSkus:
    """Variants whose SKUs differ by case only."""

    folded_sku: str
    variants: Sequence[VariantRow]


@dataclass(frozen=True)
class BuyerRow:
    """What a customer bought of a product: quantity and how often, and when last."""

    customer_id: UUID
    orders: int
    last_placed_at: datetime


class ProductSort(StrEnum):
    NAME = "name"
    NEWEST = "newest"


@dataclass(frozen=True, kw_only=True)
class ProductFilters:
    """text: a part of the name, brand, SKU or barcode. category_id: with all that lies below it."""

    text: str = ""
    category_id: UUID | None = None
    brand: str = ""
    kind: ProductKind | None = None
    is_sold: bool | None = None


_PRODUCT = (
    "id",
    "kind",
    "name",
    "category_id",
    "category__name",
    "brand",
    "is_durable",
    "is_sold",
    "created_at",
    "sort_name",
)
_VARIANT = (
    "id",
    "product_id",
    "product__name",
    "source",
    "sku",
    "name",
    "barcode",
    "pack_size_milli",
    "price_minor",
    "cost_minor",
    "currency",
)


def product_of(product_id: UUID) -> ProductRow | None:
    found = _rows(Product.objects.filter(id=product_id))
    return found[0] if found else None


def product_names(product_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Their names, in one read; unknown ids are left out."""
    return dict(Product.objects.filter(id__in=list(product_ids)).values_list("id", "name"))


def products_page(
    *,
    filters: ProductFilters = ProductFilters(),
    sort: ProductSort = ProductSort.NAME,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ProductRow]:
    """Products that meet all filters. Raises foundation.paging.BadCursor."""
    products = Product.objects.filter(_where(filters))
    column = "sort_name" if sort == ProductSort.NAME else "created_at"
    sign, way, other = ("", "gt", "lt") if sort == ProductSort.NAME else ("-", "lt", "gt")
    products = products.order_by(f"{sign}{column}", f"{sign}id")
    if cursor:
        mark, id_ = _after_name(cursor) if sort == ProductSort.NAME else decode_time_cursor(cursor)
        products = products.filter(**{f"{column}__{way}e": mark}).exclude(**{column: mark, f"id__{other}e": id_})
    rows = _rows(products[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    if last is None:
        return Page(rows)
    return Page(
        rows[:limit],
        encode_cursor([last.sort_name if sort == ProductSort.NAME else last.created_at.isoformat(), str(last.id)]),
    )


def variants_of(product_id: UUID) -> list[VariantRow]:
    """The variants of a product by SKU."""
    rows = Variant.objects.filter(product_id=product_id).order_by("folded_sku", "sku", "source")
    return [VariantRow(*row) for row in rows.values_list(*_VARIANT)]


def variants_by_id(ids: Iterable[UUID]) -> dict[UUID, VariantRow]:
    """The variants with these ids, in one query; unknown ids are left out."""
    return {row[0]: VariantRow(*row) for row in Variant.objects.filter(id__in=set(ids)).values_list(*_VARIANT)}


def variants_like(text: str, *, limit: int = 20) -> list[VariantRow]:
    """Variants on sale whose SKU or barcode is `text`, or whose product is found by it: for taking an order."""
    text = typed(text)
    if not text:
        return []
    exact = Q(folded_sku=fold_sku(text)) | Q(barcode=text)
    found = Variant.objects.filter(exact | Q(product__search_text__contains=fold(text)), product__is_sold=True)
    rows = found.order_by("product__sort_name", "folded_sku", "id").values_list(*_VARIANT)[:limit]
    return [VariantRow(*row) for row in rows]


def skus_alike(*, cursor: str | None = None, limit: int = 50) -> Page[AlikeSkus]:
    """SKUs that differ by case only, within or between sources; never joined silently."""
    # Counted as folded and unfolded text: equal SKUs of two sources are no question of case.
    groups = Variant.objects.values("folded_sku").annotate(written=Count("sku", distinct=True)).filter(written__gt=1)
    if cursor:
        groups = groups.filter(folded_sku__gt=str(decode_cursor(cursor, length=1)[0]))
    names = list(groups.order_by("folded_sku").values_list("folded_sku", flat=True)[: limit + 1])
    variants: defaultdict[str, list[VariantRow]] = defaultdict(list)
    rows = Variant.objects.filter(folded_sku__in=names[:limit]).order_by("sku", "source")
    for folded, *row in rows.values_list("folded_sku", *_VARIANT):
        variants[folded].append(VariantRow(*row))
    next_cursor = encode_cursor([names[limit - 1]]) if len(names) > limit else None
    return Page([AlikeSkus(name, variants[name]) for name in names[:limit]], next_cursor)


def skus_alike_count() -> int:
    groups = Variant.objects.values("folded_sku").annotate(written=Count("sku", distinct=True))
    return groups.filter(written__gt=1).count()


def categories() -> list[CategoryRow]:
    """The tree, each category before those below it."""
    return [
        CategoryRow(*row) for row in Category.objects.order_by("path").values_list("id", "parent_id", "name", "path")
    ]


def brands() -> list[str]:
    """Every brand in the catalogue, by name."""
    return list(Product.objects.exclude(brand="").order_by("brand").values_list("brand", flat=True).distinct())


def buyers_of(product_id: UUID, *, limit: int = 20) -> list[BuyerRow]:
    """Who bought a product, the latest first; guests and cancelled orders are left out."""
    lines = OrderLine.objects.filter(variant__product_id=product_id, order__customer_id__isnull=False)
    counted = lines.exclude(order__status__in=["draft", "cancelled"]).values("order__customer_id")
    rows = counted.annotate(orders=Count("order_id", distinct=True), last=Max("order__placed_at"))
    return [
        BuyerRow(*row) for row in rows.order_by("-last").values_list("order__customer_id", "orders", "last")[:limit]
    ]


def _after_name(cursor: str) -> tuple[str, UUID]:
    name, id_ = decode_cursor(cursor, length=2)
    try:
        return str(name), UUID(id_)
    except (TypeError, AttributeError, ValueError) as error:
        raise BadCursor(cursor) from error


def _rows(products: QuerySet[Product]) -> list[ProductRow]:
    found = list(products.values_list(*_PRODUCT))
    prices: dict[UUID, tuple[Any, ...]] = {
        product_id: tuple(rest)
        for product_id, *rest in Variant.objects.filter(product_id__in=[row[0] for row in found])
        .values("product_id")
        .annotate(number=Count("id"), low=Min("price_minor"), high=Max("price_minor"), money=Max("currency"))
        .values_list("product_id", "number", "low", "high", "money")
    }
    return [
        ProductRow(row[0], ProductKind(row[1]), *row[2:], *prices.get(row[0], (0, None, None, ""))) for row in found
    ]


def _where(filters: ProductFilters) -> Q:
    where = Q()
    if filters.text.strip():
        where &= Q(search_text__contains=fold(filters.text))
    if filters.category_id:
        paths = Category.objects.filter(id=filters.category_id).values_list("path", flat=True)
        path = paths.first()
        where &= Q(category__path=path) | Q(category__path__startswith=f"{path}{PATH_SEPARATOR}")
    if filters.brand:
        where &= Q(brand=filters.brand)
    if filters.kind:
        where &= Q(kind=filters.kind.value)
    if filters.is_sold is not None:
        where &= Q(is_sold=filters.is_sold)
    return where
