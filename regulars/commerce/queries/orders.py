"""Orders: one with its lines, and pages of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from regulars.commerce.models import Order, OrderLine, ReturnLine, Variant
from regulars.commerce.rules import OrderStatus, ProductKind
from regulars.commerce.rules.catalogue import fold_sku
from regulars.foundation import events
from regulars.foundation.paging import BadCursor, Page, decode_cursor, decode_time_cursor, encode_cursor
from regulars.foundation.text import fold, typed
from regulars.shop.rules import Channel


@dataclass(frozen=True)
class OrderRow:
    """An order as lists show it. `base_total_minor` and `base_returned_minor` are in the base currency."""

    id: UUID
    source: str
    number: str
    customer_id: UUID | None
    status: OrderStatus
    placed_at: datetime
    local_date: date
    channel: Channel
    store_id: UUID | None
    seller_id: UUID | None
    currency: str
    total_minor: int
    base_total_minor: int
    returned_minor: int
    base_returned_minor: int


@dataclass(frozen=True)
class OrderLineRow:
    """A position of an order; `left_milli` can still come back."""

    id: UUID
    order_id: UUID
    key: str
    product_id: UUID
    product_name: str
    variant_id: UUID
    variant_name: str
    sku: str
    quantity_milli: int
    unit_price_minor: int
    goods_minor: int
    discount_minor: int
    total_minor: int
    is_gift: bool
    returned_milli: int

    @property
    def left_milli(self) -> int:
        return self.quantity_milli - self.returned_milli


@dataclass(frozen=True)
class OrderView:
    """All there is to one order."""

    row: OrderRow
    local_hour: int
    rate: Decimal
    goods_minor: int
    discount_minor: int
    delivery_minor: int
    tax_minor: int
    comment: str
    is_history: bool
    recorded_at: datetime
    lines: Sequence[OrderLineRow]

    @property
    def has_goods_left(self) -> bool:
        return any(line.left_milli for line in self.lines)


class OrderSort(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"


@dataclass(frozen=True, kw_only=True)
class OrderFilters:
    """What a list is narrowed to. Dates are shop-local, both ends included.

    text: a part of the order's number, a SKU, or a part of a product's name.
    """

    from_date: date | None = None
    to_date: date | None = None
    status: OrderStatus | None = None
    channel: Channel | None = None
    store_id: UUID | None = None
    seller_id: UUID | None = None
    customer_ids: Sequence[UUID] | None = None
    has_returns: bool | None = None
    is_guest: bool | None = None
    text: str = ""


# No purchase of goods, as insight counts them.
_VOID_STATUSES = (OrderStatus.DRAFT, OrderStatus.CANCELLED)
_SOLD_KINDS = (ProductKind.GOODS, ProductKind.SERVICE)
# A text that names more than these is no search for one of them.
_MOST_VARIANTS = 500
_ROW = (
    "id",
    "source",
    "number",
    "customer_id",
    "status",
    "placed_at",
    "local_date",
    "channel",
    "store_id",
    "seller_id",
    "currency",
    "total_minor",
    "base_total_minor",
    "returned_minor",
    "base_returned_minor",
)
_LINE = (
    "id",
    "order_id",
    "key",
    "variant__product_id",
    "variant__product__name",
    "variant_id",
    "variant__name",
    "variant__sku",
    "quantity_milli",
    "unit_price_minor",
    "goods_minor",
    "discount_minor",
    "total_minor",
    "is_gift",
    "returned_milli",
)


def _row(values: tuple[Any, ...]) -> OrderRow:
    row = list(values)
    row[4], row[7] = OrderStatus(row[4]), Channel(row[7])
    return OrderRow(*row)


def order_of(order_id: UUID) -> OrderView | None:
    """An order with its lines."""
    rest = (
        "local_hour",
        "rate",
        "goods_minor",
        "discount_minor",
        "delivery_minor",
        "tax_minor",
        "comment",
        "is_history",
        "recorded_at",
    )
    found = Order.objects.filter(id=order_id).values_list(*_ROW, *rest).first()
    if found is None:
        return None
    return OrderView(*(_row(found[: len(_ROW)]), *found[len(_ROW) :], lines_of([order_id])))


def lines_of(order_ids: Iterable[UUID]) -> list[OrderLineRow]:
    """The lines of some orders, in their order."""
    lines = OrderLine.objects.filter(order_id__in=list(order_ids)).order_by("order_id", "ordinal")
    return [OrderLineRow(*line) for line in lines.values_list(*_LINE)]


def orders_by_id(ids: Iterable[UUID]) -> dict[UUID, OrderRow]:
    """The orders with these ids, in one query; unknown ids are left out."""
    rows = Order.objects.filter(id__in=set(ids)).values_list(*_ROW)
    return {row[0]: _row(row) for row in rows}


def orders_page(
    *,
    filters: OrderFilters = OrderFilters(),
    sort: OrderSort = OrderSort.NEWEST,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[OrderRow]:
    """Orders that meet all filters. Raises foundation.paging.BadCursor."""
    orders = _filtered(filters)
    if sort == OrderSort.LARGEST:
        orders = orders.order_by("-base_total_minor", "-id")
        if cursor:
            total, id_ = _after(cursor)
            orders = orders.filter(Q(base_total_minor__lt=total) | Q(base_total_minor=total, id__lt=id_))
    else:
        sign, way = ("-", "lt") if sort == OrderSort.NEWEST else ("", "gt")
        orders = orders.order_by(f"{sign}placed_at", f"{sign}id")
        if cursor:
            at, id_ = decode_time_cursor(cursor)
            # The plain bound lets the index be used; the rest leaves out what was on the page before.
            orders = orders.filter(**{f"placed_at__{way}e": at}).exclude(placed_at=at, **{f"id__{_other(way)}e": id_})
    rows = [_row(row) for row in orders.values_list(*_ROW)[: limit + 1]]
    last = rows[limit - 1] if len(rows) > limit else None
    if last is None:
        return Page(rows)
    mark = last.base_total_minor if sort == OrderSort.LARGEST else last.placed_at.isoformat()
    return Page(rows[:limit], encode_cursor([mark, str(last.id)]))


def _after(cursor: str) -> tuple[int, UUID]:
    total, id_ = decode_cursor(cursor, length=2)
    try:
        return int(total), UUID(id_)
    except (TypeError, AttributeError, ValueError) as error:
        raise BadCursor(cursor) from error


def _other(way: str) -> str:
    return "gt" if way == "lt" else "lt"


def orders_of_customer(customer_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[OrderRow]:
    """A customer's orders, newest first."""
    return orders_page(filters=OrderFilters(customer_ids=[customer_id]), cursor=cursor, limit=limit)


def newest_order_at() -> datetime | None:
    """When the newest order was placed: what an automatic as-of date goes by."""
    return Order.objects.order_by("-placed_at").values_list("placed_at", flat=True).first()


def has_orders() -> bool:
    return Order.objects.exists()


HISTORY = (
    "commerce.order_placed",
    "commerce.order_changed",
    "commerce.order_status_changed",
    "commerce.order_cancelled",
)


def history_of_order(order_id: UUID) -> list[events.RecordedEvent]:
    """What happened with an order, oldest first, from the event log."""
    return events.of_subject(order_id, kinds=HISTORY)


def _filtered(filters: OrderFilters) -> QuerySet[Order]:
    orders = Order.objects.all()
    plain: dict[str, Any] = {
        "local_date__gte": filters.from_date,
        "local_date__lte": filters.to_date,
        "status": filters.status.value if filters.status else None,
        "channel": filters.channel.value if filters.channel else None,
        "store_id": filters.store_id,
        "seller_id": filters.seller_id,
        "customer_id__in": filters.customer_ids,
        "customer_id__isnull": filters.is_guest,
    }
    orders = orders.filter(**{name: value for name, value in plain.items() if value is not None})
    if filters.has_returns is not None:
        orders = orders.exclude(returned_minor=0) if filters.has_returns else orders.filter(returned_minor=0)
    return orders.filter(_says(filters.text)) if filters.text.strip() else orders


def _says(text: str) -> Q:
    text = typed(text)
    numbered = Q(number__icontains=text)
    if not text.isascii():
        # SQLite folds ASCII only, so Cyrillic numbers are tried as written, in capitals and in small letters.
        numbered |= Q(number__contains=text.upper()) | Q(number__contains=text.lower())
    named = Variant.objects.filter(Q(folded_sku=fold_sku(text)) | Q(product__search_text__contains=fold(text)))
    variant_ids = list(named.values_list("id", flat=True)[:_MOST_VARIANTS])
    if not variant_ids:
        return numbered
    # Asked order by order, so that the newest ones of a much sold product are found at once.
    return numbered | Q(Exists(OrderLine.objects.filter(order_id=OuterRef("id"), variant_id__in=variant_ids)))


@dataclass(frozen=True)
class LastPurchase:
    """The newest kept order of a customer: `goods` are the names of what was in it, the dearest first."""

    customer_id: UUID
    order_id: UUID
    placed_at: datetime
    store_id: UUID | None
    seller_id: UUID | None
    goods: Sequence[str]


def last_purchases_of(customer_ids: Iterable[UUID]) -> dict[UUID, LastPurchase]:
    """What each of these customers bought last, in two queries; gifts, delivery and fees are left out."""
    orders = Order.objects.filter(customer_id__in=list(customer_ids)).exclude(status__in=_VOID_STATUSES)
    newest = orders.annotate(
        place=Window(RowNumber(), partition_by="customer_id", order_by=[F("placed_at").desc(), F("id").desc()])
    ).filter(place=1)
    heads = list(newest.values_list("customer_id", "id", "placed_at", "store_id", "seller_id"))
    lines = OrderLine.objects.filter(
        order_id__in=[head[1] for head in heads], is_gift=False, variant__product__kind__in=_SOLD_KINDS
    )
    goods: dict[UUID, list[str]] = {}
    for order_id, name in lines.order_by("-base_total_minor", "id").values_list("order_id", "variant__product__name"):
        if name not in (names := goods.setdefault(order_id, [])):
            names.append(name)
    return {head[0]: LastPurchase(*head, goods.get(head[1], ())) for head in heads}


def purchase_dates_of(customer_ids: Iterable[UUID], *, before: datetime) -> list[date]:
    """On which local days these customers together bought goods or services that did not all come back, in order."""
    sold = OrderLine.objects.filter(order_id=OuterRef("id"), variant__product__kind__in=_SOLD_KINDS)
    back = ReturnLine.objects.filter(
        order_line__order_id=OuterRef("id"), variant__product__kind__in=_SOLD_KINDS, return_of__returned_at__lt=before
    )
    orders = (
        Order.objects.filter(customer_id__in=list(customer_ids), placed_at__lt=before)
        .exclude(status__in=_VOID_STATUSES)
        .annotate(
            sold=Coalesce(Subquery(_total_of(sold, "order_id")), 0),
            back=Coalesce(Subquery(_total_of(back, "order_line__order_id")), 0),
        )
    )
    kept = orders.filter(sold__gt=0).filter(sold__gt=F("back"))
    return sorted(set(kept.values_list("local_date", flat=True)))


def _total_of(lines: QuerySet[Any], order: str) -> QuerySet[Any]:
    totals: QuerySet[Any] = lines.values(order).annotate(total=Sum("base_total_minor")).values("total")
    return totals
