"""Returns: of a customer, of an order, and those that point at nothing yet."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from regulars.commerce.models import OrderLine, Return, ReturnLine
from regulars.commerce.queries.orders import OrderRow, orders_by_id
from regulars.foundation.paging import Page, decode_time_cursor, encode_cursor
from regulars.foundation.text import typed


@dataclass(frozen=True)
class ReturnLineRow:
    """A part of a return; `order_line_id` and `order_id` are None while it is unmatched."""

    id: UUID
    return_id: UUID
    product_id: UUID
    product_name: str
    variant_id: UUID
    sku: str
    order_line_id: UUID | None
    order_id: UUID | None
    quantity_milli: int
    total_minor: int


@dataclass(frozen=True)
class ReturnRow:
    id: UUID
    source: str
    number: str
    customer_id: UUID | None
    returned_at: datetime
    local_date: date
    currency: str
    total_minor: int
    base_total_minor: int
    cause_id: UUID | None
    reason: str
    is_matched: bool
    lines: Sequence[ReturnLineRow]


@dataclass(frozen=True)
class MatchCandidate:
    """A line that an unmatched return may be pointed at by hand."""

    order_line_id: UUID
    order: OrderRow
    unit_price_minor: int
    left_milli: int


_ROW = (
    "id",
    "source",
    "number",
    "customer_id",
    "returned_at",
    "local_date",
    "currency",
    "total_minor",
    "base_total_minor",
    "cause_id",
    "reason",
    "is_matched",
)
_LINE = (
    "id",
    "return_of_id",
    "variant__product_id",
    "variant__product__name",
    "variant_id",
    "variant__sku",
    "order_line_id",
    "order_line__order_id",
    "quantity_milli",
    "total_minor",
)


def returns_of_customer(customer_id: UUID, *, cursor: str | None = None, limit: int = 20) -> Page[ReturnRow]:
    """A customer's returns, newest first."""
    return _page(Return.objects.filter(customer_id=customer_id), cursor=cursor, limit=limit)


def returns_of_order(order_id: UUID) -> list[ReturnRow]:
    """The returns that undo lines of an order, oldest first."""
    ids = ReturnLine.objects.filter(order_line__order_id=order_id).values("return_of_id")
    return _with_lines(Return.objects.filter(id__in=ids).order_by("returned_at", "id").values_list(*_ROW))


def unmatched_returns(*, text: str = "", cursor: str | None = None, limit: int = 50) -> Page[ReturnRow]:
    """Returns with a part that points at nothing, newest first; text: a part of the number, or a SKU."""
    returns = Return.objects.filter(is_matched=False)
    if text := typed(text):
        by_sku = ReturnLine.objects.filter(variant__sku__iexact=text).values("return_of_id")
        returns = returns.filter(Q(number__icontains=text) | Q(id__in=by_sku))
    return _page(returns, cursor=cursor, limit=limit)


def unmatched_count() -> int:
    return Return.objects.filter(is_matched=False).count()


def return_of(return_id: UUID) -> ReturnRow | None:
    found = _with_lines(Return.objects.filter(id=return_id).values_list(*_ROW))
    return found[0] if found else None


def match_candidates(return_line_id: UUID, *, limit: int = 30) -> list[MatchCandidate]:
    """Lines of the same goods and currency with something left, sold before: the customer's own, the latest first.

    The same goods: this variant, or one whose SKU differs by case only. Without a customer: of anybody.
    """
    fields = ("return_of__customer_id", "return_of__returned_at", "return_of__currency", "variant__folded_sku")
    found = ReturnLine.objects.filter(id=return_line_id).values_list(*fields).first()
    if found is None:
        return []
    customer_id, returned_at, currency, folded_sku = found
    lines = OrderLine.objects.filter(
        variant__folded_sku=folded_sku,
        order__currency=currency,
        order__placed_at__lte=returned_at,
        returned_milli__lt=F("quantity_milli"),
    ).exclude(order__status__in=["draft", "cancelled"])
    if customer_id is not None:
        lines = lines.filter(order__customer_id=customer_id)
    rows = list(
        lines.order_by("-order__placed_at", "-id").values_list(
            "id", "order_id", "unit_price_minor", F("quantity_milli") - F("returned_milli")
        )[:limit]
    )
    orders = orders_by_id(row[1] for row in rows)
    return [MatchCandidate(id_, orders[order_id], price, left) for id_, order_id, price, left in rows]


def _page(returns: QuerySet[Return], *, cursor: str | None, limit: int) -> Page[ReturnRow]:
    returns = returns.order_by("-returned_at", "-id")
    if cursor:
        at, id_ = decode_time_cursor(cursor)
        returns = returns.filter(returned_at__lte=at).exclude(returned_at=at, id__gte=id_)
    rows = _with_lines(returns.values_list(*_ROW)[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor([last.returned_at.isoformat(), str(last.id)]) if last else None)


def _with_lines(rows: Iterable[tuple[Any, ...]]) -> list[ReturnRow]:
    rows = list(rows)
    lines: defaultdict[UUID, list[ReturnLineRow]] = defaultdict(list)
    if rows:
        found = ReturnLine.objects.filter(return_of_id__in=[row[0] for row in rows]).order_by("return_of_id", "key")
        for line in found.values_list(*_LINE):
            lines[line[1]].append(ReturnLineRow(*line))
    return [ReturnRow(*(*row, lines[row[0]])) for row in rows]


def return_causes_of(product_id: UUID, *, limit: int = 5) -> list[tuple[UUID | None, int]]:
    """Why a product came back, the most frequent first: a cause (None: nobody said) and how many returns."""
    lines = ReturnLine.objects.filter(variant__product_id=product_id).order_by()
    counted = lines.values("return_of__cause_id").annotate(returns=Count("return_of_id", distinct=True))
    rows = counted.order_by("-returns", "return_of__cause_id").values_list("return_of__cause_id", "returns")
    return list(rows[:limit])
