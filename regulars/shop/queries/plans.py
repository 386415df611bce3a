"""Sales plans and evening sign-offs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from regulars.foundation.paging import BadCursor, Page, decode_cursor, encode_cursor
from regulars.shop.models import DaySignOff, SalesPlan
from regulars.shop.rules import PlanPeriod, PlanScope
from regulars.shop.rules.plans import PlanEntry, days_of


@dataclass(frozen=True)
class SignOffRow:
    """A day as it was closed. Amounts: base currency. undone_at: when it was opened again, that same evening."""

    id: UUID
    store_id: UUID
    store_name: str
    time_zone: str
    on_date: date
    orders: int
    expected_minor: int
    counted_minor: int
    has_checked_orders: bool
    has_checked_cash: bool
    note: str
    signed_by_id: UUID
    signed_by_name: str
    signed_at: datetime
    undone_at: datetime | None

    @property
    def difference_minor(self) -> int:
        return self.counted_minor - self.expected_minor


def plans_of_month(month_date: date) -> list[PlanEntry]:
    """All plans of a month and of its days, of every scope."""
    rows = SalesPlan.objects.filter(on_date__range=(month_date, days_of(month_date)[-1]))
    rows = rows.order_by("scope", "scope_id", "period", "on_date")
    return [
        PlanEntry(PlanScope(scope), scope_id, PlanPeriod(period), on_date, amount_minor)
        for scope, scope_id, period, on_date, amount_minor in rows.values_list(
            "scope", "scope_id", "period", "on_date", "amount_minor"
        )
    ]


_SIGN_OFF = (
    "id", "store_id", "store__name", "store__time_zone", "on_date", "orders", "expected_minor", "counted_minor",
    "has_checked_orders", "has_checked_cash", "note", "signed_by_id", "signed_by__name", "signed_at", "undone_at",
)  # fmt: skip


def sign_offs_of(days: Sequence[date]) -> dict[tuple[UUID, date], SignOffRow]:
    """The sign-offs in force, by store and day."""
    rows = DaySignOff.objects.filter(on_date__in=list(days), undone_at__isnull=True).values_list(*_SIGN_OFF)
    return {(row[1], row[4]): SignOffRow(*row) for row in rows}


def sign_off_of(sign_off_id: UUID) -> SignOffRow | None:
    row = DaySignOff.objects.filter(id=sign_off_id).values_list(*_SIGN_OFF).first()
    return SignOffRow(*row) if row else None


def sign_offs_page(*, store_id: UUID | None = None, cursor: str | None = None, limit: int = 30) -> Page[SignOffRow]:
    """The history, those that were undone included, the newest day first."""
    rows = DaySignOff.objects.order_by("-on_date", "-signed_at", "-id")
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    if cursor:
        rows = rows.filter(_after(cursor))
    found = [SignOffRow(*row) for row in rows.values_list(*_SIGN_OFF)[: limit + 1]]
    last = found[limit - 1] if len(found) > limit else None
    if last is None:
        return Page(found)
    mark = [last.on_date.isoformat(), last.signed_at.isoformat(), str(last.id)]
    return Page(found[:limit], encode_cursor(mark))


def _after(cursor: str) -> Q:
    on_date, signed_at, id_ = decode_cursor(cursor, length=3)
    try:
        day, at, last_id = date.fromisoformat(on_date), datetime.fromisoformat(signed_at), UUID(id_)
    except (TypeError, ValueError) as error:
        raise BadCursor(cursor) from error
    later = Q(on_date=day, signed_at__lt=at) | Q(on_date=day, signed_at=at, id__lt=last_id)
    return Q(on_date__lt=day) | later
