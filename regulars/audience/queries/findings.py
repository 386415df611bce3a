"""What `insight` last found of customers, products and the shop. Pages read this, never an analytical engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from django.db.models import F, Q, QuerySet
from numpy.typing import NDArray

from regulars.audience import models
from regulars.audience.rules import Stage
from regulars.foundation.paging import BadCursor, Page, decode_cursor, encode_cursor
from regulars.shop.queries import shop


@dataclass(frozen=True)
class Publication:
    """Which findings readers see. `as_of`: the moment that they speak of; `version` grows with each publication."""

    run_id: UUID
    as_of: datetime
    published_at: datetime
    version: int
    slot: int


@dataclass(frozen=True)
class Finding:
    """What is known of one customer. Amounts: base currency, minor units, goods only, net of returns. Gaps: days.

    purchase_days: days with a purchase (two orders on one day are one). silence_days: from the last of them to the
    data's date. gap_median_days: his usual pause; gap_limit_days: nine of ten of his pauses are shorter; both None
    while the shop's rhythm cannot be known yet. due_at, overdue_at: last purchase plus these.
    refill_at: when the first thing that he keeps buying is due again.
    at_stake_minor: what silence has cost of the money expected of him, since he was due, of the year that follows.
    Scores: 1 (lowest fifth) to 5.

    By the models, from the data's date on; None where the shop is too young for them, or without a purchase:
    p_alive (0–1): he is still a customer at all; p_alive_due: the same on the day when he was due (for a fall from …
    to …). expected_90, expected_365: days with a purchase within so many days. buys_90 (0–1): at least one of them
    within 90 days, by the rule that told best on this shop's own past. value_365_minor: revenue of the next 365 days,
    and between value_365_low_minor and value_365_high_minor in 80 of 100 such cases. next_from_date, next_to_date: if
    he comes again, then between these days in 80 of 100 cases. is_silent_leaver: silent for longer than his limit, not
    yet lost, and p_alive clearly below p_alive_due.
    """

    customer_id: UUID
    stage: Stage
    stage_since: datetime | None
    orders: int
    purchase_days: int
    first_order_at: datetime | None
    last_order_at: datetime | None
    silence_days: int | None
    revenue_minor: int
    revenue_year_minor: int
    average_order_minor: int | None
    returned_minor: int
    gap_median_days: float | None
    gap_limit_days: float | None
    due_at: datetime | None
    overdue_at: datetime | None
    at_stake_minor: int
    p_alive: float | None
    p_alive_due: float | None
    expected_90: float | None
    expected_365: float | None
    buys_90: float | None
    value_365_minor: int | None
    value_365_low_minor: int | None
    value_365_high_minor: int | None
    next_from_date: date | None
    next_to_date: date | None
    is_silent_leaver: bool
    recency_score: int | None
    frequency_score: int | None
    monetary_score: int | None
    refill_at: datetime | None
    as_of: datetime

    @property
    def is_overdue(self) -> bool:
        """Silent for longer than his own limit."""
        if self.silence_days is None or self.gap_limit_days is None:
            return False
        return self.silence_days > self.gap_limit_days


@dataclass(frozen=True)
class ProductFinding:
    """What is known of one product. Amounts: base currency, minor units; `revenue_minor` is net of returns.

    customers: who bought it; repeat_customers: those of them who did on two days or more. Guest orders count in
    orders, quantity and revenue only. popularity: purchases that fade with age, halved every few weeks. refill_days:
    after how many days the same customer buys it again, eight of ten times between low and high; None: not known.
    """

    product_id: UUID
    orders: int
    customers: int
    repeat_customers: int
    quantity_milli: int
    revenue_minor: int
    returned_minor: int
    last_sold_at: datetime | None
    popularity: float
    refill_days: float | None
    refill_low_days: float | None
    refill_high_days: float | None
    refill_gaps: int


class Silence(StrEnum):
    """Who stays away. QUIET: quiet leavers; LATE: silent for longer than their own limit; LOST: far longer."""

    QUIET = "quiet"
    LATE = "late"
    LOST = "lost"


# A shop too young for a model knows who is late by the rhythm alone.
QUIET = Q(is_silent_leaver=True) | Q(stage=Stage.LEAVING.value, p_alive__isnull=True)
_SILENT = {
    Silence.QUIET: QUIET,
    Silence.LATE: Q(stage=Stage.LEAVING.value),
    Silence.LOST: Q(stage=Stage.LOST.value),
}


class FindingSort(StrEnum):
    """Orders in which found customers can be listed, the greatest first (SILENCE: the longest silent first)."""

    AT_STAKE = "at_stake"
    REVENUE = "revenue"
    SILENCE = "silence"


def publication() -> Publication | None:
    """What is published now; None before the first analysis."""
    fields = ("run_id", "as_of", "published_at", "version", "slot")
    row = models.Publication.objects.filter(run_id__isnull=False).values_list(*fields).first()
    return Publication(*row) if row else None


def finding_of(customer_id: UUID) -> Finding | None:
    """What is known of one customer (a survivor's id, not an alias)."""
    return findings_of_customers([customer_id]).get(customer_id)


def findings_of_customers(customer_ids: Sequence[UUID]) -> dict[UUID, Finding]:
    """The same for the rows of one page."""
    seen = publication()
    if seen is None:
        return {}
    rows = models.CustomerFinding.objects.filter(slot=seen.slot, customer_id__in=list(customer_ids))
    return {finding.customer_id: finding for finding in _findings(rows, as_of=seen.as_of)}


def findings_of(product_ids: Sequence[UUID]) -> dict[UUID, ProductFinding]:
    """What is known of the products of one page; those never sold are left out."""
    seen = publication()
    if seen is None:
        return {}
    rows = models.ProductFinding.objects.filter(slot=seen.slot, product_id__in=list(product_ids))
    return {row[0]: ProductFinding(*row) for row in rows.values_list(*_PRODUCT_FIELDS)}


def most_wanted(*, limit: int) -> list[ProductFinding]:
    """The products that are bought most now."""
    seen = publication()
    if seen is None:
        return []
    rows = models.ProductFinding.objects.filter(slot=seen.slot, popularity__gt=0).order_by("-popularity", "product_id")
    return [ProductFinding(*row) for row in rows.values_list(*_PRODUCT_FIELDS)[:limit]]


def shop_finding(name: str) -> Any:
    """A table or series about the whole shop ("cohorts", "stages", "months", "weeks", …); None where there is none."""
    return shop_findings([name]).get(name)


def shop_findings(names: Sequence[str]) -> dict[str, Any]:
    """Several of them by name, in one read."""
    seen = publication()
    if seen is None:
        return {}
    return dict(models.ShopFinding.objects.filter(slot=seen.slot, name__in=list(names)).values_list("name", "data"))


def customers_in(
    stages: Sequence[Stage], *, sort: FindingSort = FindingSort.AT_STAKE, cursor: str | None = None, limit: int = 50
) -> Page[Finding]:
    """Customers in these stages, e.g. the quiet leavers, with how many there are in all."""
    seen = publication()
    if seen is None:
        return Page([], total=0)
    found = models.CustomerFinding.objects.filter(slot=seen.slot, stage__in=[stage.value for stage in stages])
    page = _page(found, seen, sort=sort, cursor=cursor, limit=limit)
    return Page(page.rows, page.next_cursor, found.count())


def silent_customers(
    who: Silence, *, sort: FindingSort = FindingSort.AT_STAKE, cursor: str | None = None, limit: int = 50
) -> Page[Finding]:
    """Those who stay away. Without a total: the page comes from an index, the count looks at everybody."""
    seen = publication()
    if seen is None:
        return Page([])
    found = models.CustomerFinding.objects.filter(_SILENT[who], slot=seen.slot)
    return _page(found, seen, sort=sort, cursor=cursor, limit=limit)


def silent_count(who: Silence) -> int:
    seen = publication()
    return models.CustomerFinding.objects.filter(_SILENT[who], slot=seen.slot).count() if seen else 0


def _page(
    found: QuerySet[models.CustomerFinding], seen: Publication, *, sort: FindingSort, cursor: str | None, limit: int
) -> Page[Finding]:
    column, is_descending = _SORTS[sort]
    rows = found.order_by(F(column).desc() if is_descending else F(column).asc(), "customer_id")
    if cursor:
        rows = rows.filter(_after(cursor, column, is_descending=is_descending))
    page = _findings(rows[: limit + 1], as_of=seen.as_of)
    last = page[limit - 1] if len(page) > limit else None
    return Page(page[:limit], encode_cursor([_plain(getattr(last, column)), str(last.customer_id)]) if last else None)


def stage_counts() -> dict[Stage, int]:
    """How many customers are in each stage."""
    counts = shop_finding("stages") or {}
    return {stage: counts.get(stage.value, 0) for stage in Stage}


def stages_by_hex() -> dict[str, str]:
    """Everybody's published stage by customer id (32 hexadecimal digits), for the next analysis."""
    seen = publication()
    if seen is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT customer_id, stage FROM audience_customerfinding WHERE slot = %s", [seen.slot])
        return {id_ if isinstance(id_, str) else id_.hex: stage for id_, stage in cursor.fetchall()}


@dataclass(frozen=True)
class StageFacts:
    """What stages are judged by, one place for each customer; NaN where not known."""

    purchase_days: NDArray[np.int64]
    tenure_days: NDArray[np.int64]
    silence_days: NDArray[np.float64]
    gap_median_days: NDArray[np.float64]
    gap_limit_days: NDArray[np.float64]


def stage_facts() -> StageFacts:
    """For a preview of other rules: all customers, as published."""
    seen = publication()
    fields = ("purchase_days", "first_order_at", "last_order_at", "silence_days", "gap_median_days", "gap_limit_days")
    rows = models.CustomerFinding.objects.filter(slot=seen.slot).values_list(*fields) if seen else []
    columns = list(zip(*rows, strict=True)) or [()] * len(fields)
    number, first, last, silence, median, limit = columns
    zone = shop().zone
    tenure = [
        (b.astimezone(zone).date() - a.astimezone(zone).date()).days if a and b else 0
        for a, b in zip(first, last, strict=True)
    ]
    return StageFacts(
        np.array(number, dtype=np.int64),
        np.array(tenure, dtype=np.int64),
        *(_floats(c) for c in (silence, median, limit)),
    )


def _floats(column: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in column], dtype=np.float64)


_FIELDS = (
    "customer_id", "stage", "stage_since", "orders", "purchase_days", "first_order_at", "last_order_at",
    "silence_days", "revenue_minor", "revenue_year_minor", "average_order_minor", "returned_minor", "gap_median_days",
    "gap_limit_days", "due_at", "overdue_at", "at_stake_minor", "p_alive", "p_alive_due", "expected_90",
    "expected_365", "buys_90", "value_365_minor", "value_365_low_minor", "value_365_high_minor", "next_from_date",
    "next_to_date", "is_silent_leaver", "recency_score", "frequency_score", "monetary_score", "refill_at",
)  # fmt: skip
_PRODUCT_FIELDS = (
    "product_id", "orders", "customers", "repeat_customers", "quantity_milli", "revenue_minor", "returned_minor",
    "last_sold_at", "popularity", "refill_days", "refill_low_days", "refill_high_days", "refill_gaps",
)  # fmt: skip
_SORTS = {
    FindingSort.AT_STAKE: ("at_stake_minor", True),
    FindingSort.REVENUE: ("revenue_minor", True),
    FindingSort.SILENCE: ("last_order_at", False),
}


def _findings(rows: QuerySet[models.CustomerFinding], *, as_of: datetime) -> list[Finding]:
    found: list[dict[str, Any]] = list(rows.values(*_FIELDS))
    return [Finding(**{**row, "stage": Stage(row["stage"])}, as_of=as_of) for row in found]


def _after(cursor: str, column: str, *, is_descending: bool) -> Q:
    value, id_ = decode_cursor(cursor, length=2)
    try:
        value, id_ = datetime.fromisoformat(value) if column.endswith("_at") else int(value), UUID(id_)
    except (TypeError, ValueError) as error:
        raise BadCursor(cursor) from error
    beyond = "lt" if is_descending else "gt"
    return Q(**{f"{column}__{beyond}": value}) | Q(**{column: value}, customer_id__gt=id_)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
