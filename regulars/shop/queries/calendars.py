"""Calendars as working hours, and shifts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from regulars.shop.models import Calendar, CalendarException, CalendarSpan, Shift
from regulars.shop.rules import CalendarExceptionKind
from regulars.shop.rules.calendars import Span, WorkingHours


@dataclass(frozen=True)
class ExceptionRow:
    """A date that differs: `spans` are its own, none of them means closed."""

    date: date
    spans: tuple[Span, ...]
    note: str


@dataclass(frozen=True)
class CalendarRow:
    id: UUID
    name: str
    hours: WorkingHours
    exceptions: tuple[ExceptionRow, ...]


@dataclass(frozen=True)
class ShiftRow:
    id: UUID
    staff_id: UUID
    store_id: UUID | None
    starts_at: datetime
    ends_at: datetime


def calendars(ids: Iterable[UUID] | None = None) -> list[CalendarRow]:
    """Calendars by name, with their weeks and exceptions, in three queries."""
    found = Calendar.objects.order_by("name")
    if ids is not None:
        found = found.filter(id__in=set(ids))
    heads = list(found.values_list("id", "name", "time_zone", "holiday_country"))
    spans: dict[tuple[UUID, int], list[Span]] = defaultdict(list)
    exceptions: dict[UUID, dict[date, ExceptionRow]] = defaultdict(dict)
    own = [head[0] for head in heads]
    for id_, weekday, start, end in CalendarSpan.objects.filter(calendar_id__in=own).values_list(
        "calendar_id", "weekday", "start_minute", "end_minute"
    ):
        spans[id_, weekday].append(Span(start, end))
    for exception in CalendarException.objects.filter(calendar_id__in=own):
        earlier = exceptions[exception.calendar_id].get(exception.date)
        added = earlier.spans if earlier else ()
        if exception.kind == CalendarExceptionKind.OPEN:
            assert exception.start_minute is not None
            assert exception.end_minute is not None
            added = (*added, Span(exception.start_minute, exception.end_minute))
        exceptions[exception.calendar_id][exception.date] = ExceptionRow(exception.date, added, exception.note)
    return [
        CalendarRow(
            id_,
            name,
            WorkingHours(
                time_zone,
                tuple(tuple(spans[id_, weekday]) for weekday in range(7)),
                country,
                {row.date: row.spans for row in exceptions[id_].values()},
            ),
            tuple(exceptions[id_].values()),
        )
        for id_, name, time_zone, country in heads
    ]


def working_hours(calendar_id: UUID | None) -> WorkingHours | None:
    """A calendar for `rules.calendars`; None (round the clock) where there is none."""
    if calendar_id is None:
        return None
    found = calendars([calendar_id])
    return found[0].hours if found else None


def shifts(*, from_at: datetime, to_at: datetime, store_id: UUID | None = None) -> list[ShiftRow]:
    """Shifts that overlap a stretch of time (of one store), by their beginning."""
    rows = Shift.objects.filter(starts_at__lt=to_at, ends_at__gt=from_at).order_by("starts_at", "id")
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    return [ShiftRow(*row) for row in rows.values_list("id", "staff_id", "store_id", "starts_at", "ends_at")]


def staff_on_shift(at: datetime, store_id: UUID | None = None) -> list[UUID]:
    """Who works at this moment (in this store)."""
    rows = Shift.objects.filter(starts_at__lte=at, ends_at__gt=at, staff__is_active=True).order_by("starts_at", "id")
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    return list(dict.fromkeys(rows.values_list("staff_id", flat=True)))
