"""Spending in the base currency, the files that brought it, and what the owner assumes."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from regulars.foundation.money import Money, converted
from regulars.foundation.paging import BadCursor, Page, decode_cursor, encode_cursor
from regulars.shop.models import EconomicsAssumptions, Spending, SpendingUpload
from regulars.shop.queries.rates import rate_table
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.shop.rules.rates import RateMissing, RateTable
from regulars.shop.rules.spending import rate_day

DEFAULT_DISCOUNT_SHARE = 0.15


@dataclass(frozen=True)
class SpendingRow:
    """base_minor: in the base currency at the rate of the month's last day; None where no rate is known any more."""

    id: UUID
    month_date: date
    purpose: SpendingPurpose
    channel: Channel | None
    currency: str
    amount_minor: int
    base_minor: int | None
    note: str
    upload_id: UUID | None
    source: str
    removed_at: datetime | None


@dataclass(frozen=True)
class SpendingUploadRow:
    id: UUID
    file_name: str
    added: int
    changed: int
    uploaded_at: datetime


@dataclass(frozen=True)
class MonthSpending:
    """What a month cost, in the base currency; channel None: for the whole shop."""

    month_date: date
    purpose: SpendingPurpose
    channel: Channel | None
    base_minor: int


@dataclass(frozen=True)
class Assumptions:
    """margin_share: where costs of goods are not known (None: not said). discount_share: a year later counts less."""

    margin_share: float | None
    discount_share: float


def spending_page(
    *, purpose: SpendingPurpose | None = None, is_removed: bool = False, cursor: str | None = None, limit: int = 50
) -> Page[SpendingRow]:
    """Spending, the newest month first."""
    rows = Spending.objects.filter(removed_at__isnull=not is_removed).order_by("-month_date", "-id")
    if purpose is not None:
        rows = rows.filter(purpose=purpose.value)
    if cursor:
        month, id_ = decode_cursor(cursor, length=2)
        try:
            rows = rows.filter(month_date__lte=date.fromisoformat(month))
            rows = rows.exclude(month_date=date.fromisoformat(month), id__gte=UUID(id_))
        except (TypeError, ValueError) as error:
            raise BadCursor(cursor) from error
    found = list(rows.values_list(*_ROW)[: limit + 1])
    rates = rate_table({row[4] for row in found})
    shown = [_row(row, rates) for row in found]
    last = shown[limit - 1] if len(shown) > limit else None
    return Page(shown[:limit], encode_cursor([last.month_date.isoformat(), str(last.id)]) if last else None)


def spending_of(spending_id: UUID) -> SpendingRow | None:
    row = Spending.objects.filter(id=spending_id).values_list(*_ROW).first()
    return _row(row, rate_table({row[4]})) if row else None


def has_spending() -> bool:
    return Spending.objects.filter(removed_at__isnull=True).exists()


def spending_by_month(*, from_date: date | None = None) -> tuple[list[MonthSpending], set[str]]:
    """Sums in the base currency, the oldest month first; and the currencies that were left out for want of a rate."""
    rows = Spending.objects.filter(removed_at__isnull=True)
    if from_date is not None:
        rows = rows.filter(month_date__gte=from_date)
    entries = list(rows.values_list("month_date", "purpose", "channel", "currency", "amount_minor"))
    rates = rate_table({entry[3] for entry in entries})
    sums: dict[tuple[date, str, str], int] = defaultdict(int)
    without_rate = set()
    for month, purpose, channel, currency, amount_minor in entries:
        base_minor = _in_base(amount_minor, currency, month, rates)
        if base_minor is None:
            without_rate.add(currency)
        else:
            sums[month, purpose, channel] += base_minor
    return [
        MonthSpending(month, SpendingPurpose(purpose), Channel(channel) if channel else None, base_minor)
        for (month, purpose, channel), base_minor in sorted(sums.items())
    ], without_rate


def spending_uploads(*, limit: int = 5) -> list[SpendingUploadRow]:
    """The last files that were taken in and not undone."""
    rows = SpendingUpload.objects.filter(undone_at__isnull=True).order_by("-uploaded_at", "-id")
    return [
        SpendingUploadRow(*row)
        for row in rows.values_list("id", "file_name", "added", "changed", "uploaded_at")[:limit]
    ]


def assumptions() -> Assumptions:
    row = EconomicsAssumptions.objects.values_list("margin_share", "discount_share").first()
    return Assumptions(*row) if row else Assumptions(None, DEFAULT_DISCOUNT_SHARE)


_ROW = (
    "id", "month_date", "purpose", "channel", "currency", "amount_minor", "note", "upload_id", "upload__file_name",
    "removed_at",
)  # fmt: skip


def _row(values: tuple[Any, ...], rates: RateTable) -> SpendingRow:
    id_, month, purpose, channel, currency, amount_minor, note, upload_id, file_name, removed_at = values
    return SpendingRow(
        id_,
        month,
        SpendingPurpose(purpose),
        Channel(channel) if channel else None,
        currency,
        amount_minor,
        _in_base(amount_minor, currency, month, rates),
        note,
        upload_id,
        file_name or "",
        removed_at,
    )


def _in_base(amount_minor: int, currency: str, month: date, rates: RateTable) -> int | None:
    try:
        rate = rates.on(currency, rate_day(month))
    except RateMissing:
        return None
    return converted(Money(amount_minor, currency), to=rates.base_currency, rate=rate).amount_minor
