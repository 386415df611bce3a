"""Enquiries: open, late, of a customer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from regulars.commerce.models import Enquiry
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome, EnquiryStep
from regulars.commerce.rules.enquiries import is_stuck
from regulars.foundation.paging import Page, decode_time_cursor, encode_cursor
from regulars.shop.rules import Channel


@dataclass(frozen=True)
class EnquiryRow:
    """`due_at`: when it has rested too long at its step; `step_since`: when it came to it."""

    id: UUID
    kind: EnquiryKind
    customer_id: UUID | None
    contact_name: str
    contact_value: str
    subject: str
    channel: Channel
    store_id: UUID | None
    owner_id: UUID | None
    step: EnquiryStep
    outcome: EnquiryOutcome
    loss_cause_id: UUID | None
    loss_note: str
    order_id: UUID | None
    opened_at: datetime
    step_since: datetime
    due_at: datetime | None
    closed_at: datetime | None

    def is_stuck(self, now: datetime) -> bool:
        return is_stuck(outcome=self.outcome, due_at=self.due_at, now=now)


class EnquiryState(StrEnum):
    """Which enquiries a list shows."""

    OPEN = "open"
    STUCK = "stuck"
    WON = "won"
    LOST = "lost"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class EnquiryFilters:
    state: EnquiryState = EnquiryState.OPEN
    step: EnquiryStep | None = None
    owner_id: UUID | None = None
    has_owner: bool | None = None
    store_id: UUID | None = None
    customer_ids: Sequence[UUID] | None = None


_ROW = (
    "id",
    "kind",
    "customer_id",
    "contact_name",
    "contact_value",
    "subject",
    "channel",
    "store_id",
    "owner_id",
    "step",
    "outcome",
    "loss_cause_id",
    "loss_note",
    "order_id",
    "opened_at",
    "step_since",
    "due_at",
    "closed_at",
)


def _row(values: tuple[Any, ...]) -> EnquiryRow:
    row = list(values)
    row[1], row[6] = EnquiryKind(row[1]), Channel(row[6])
    row[9], row[10] = EnquiryStep(row[9]), EnquiryOutcome(row[10])
    return EnquiryRow(*row)


def enquiry_of(enquiry_id: UUID) -> EnquiryRow | None:
    found = Enquiry.objects.filter(id=enquiry_id).values_list(*_ROW).first()
    return _row(found) if found else None


def enquiries_page(
    *,
    filters: EnquiryFilters = EnquiryFilters(),
    now: datetime,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[EnquiryRow]:
    """Enquiries that meet all filters: open ones by when they are due, others newest first."""
    rows = Enquiry.objects.filter(_where(filters, now=now))
    is_by_due = filters.state in (EnquiryState.OPEN, EnquiryState.STUCK)
    column = "due_at" if is_by_due else "opened_at"
    rows = rows.order_by("due_at", "id") if is_by_due else rows.order_by("-opened_at", "-id")
    if cursor:
        at, id_ = decode_time_cursor(cursor)
        way, other = ("gt", "lt") if is_by_due else ("lt", "gt")
        rows = rows.filter(**{f"{column}__{way}e": at}).exclude(**{column: at, f"id__{other}e": id_})
    found = [_row(row) for row in rows.values_list(*_ROW)[: limit + 1]]
    last = found[limit - 1] if len(found) > limit else None
    if last is None:
        return Page(found)
    mark = last.due_at if is_by_due else last.opened_at
    assert mark is not None
    return Page(found[:limit], encode_cursor([mark.isoformat(), str(last.id)]))


def enquiries_of_customer(customer_id: UUID, *, now: datetime, limit: int = 20) -> list[EnquiryRow]:
    """A customer's enquiries, newest first."""
    filters = EnquiryFilters(state=EnquiryState.ALL, customer_ids=[customer_id])
    return list(enquiries_page(filters=filters, now=now, limit=limit).rows)


def enquiry_counts(*, now: datetime) -> dict[EnquiryState, int]:
    """How many are open, stuck, won and lost."""
    counted = Enquiry.objects.aggregate(
        **{
            state.value: Count("id", filter=_where(EnquiryFilters(state=state), now=now))
            for state in EnquiryState
            if state != EnquiryState.ALL
        }
    )
    return {EnquiryState(name): number for name, number in counted.items()}


def _where(filters: EnquiryFilters, *, now: datetime) -> Q:
    where = Q()
    if filters.state in (EnquiryState.OPEN, EnquiryState.STUCK):
        where &= Q(outcome=EnquiryOutcome.OPEN.value)
    elif filters.state != EnquiryState.ALL:
        where &= Q(outcome=filters.state.value)
    if filters.state == EnquiryState.STUCK:
        where &= Q(due_at__lt=now)
    plain: dict[str, Any] = {
        "step": filters.step.value if filters.step else None,
        "owner_id": filters.owner_id,
        "owner_id__isnull": None if filters.has_owner is None else not filters.has_owner,
        "store_id": filters.store_id,
        "customer_id__in": filters.customer_ids,
    }
    return where & Q(**{name: value for name, value in plain.items() if value is not None})
