"""Calendars."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit
from regulars.foundation.actors import Actor
from regulars.shop.models import Calendar, CalendarException, CalendarSpan
from regulars.shop.rules import CalendarExceptionKind
from regulars.shop.rules.calendars import Span, has_holidays, is_time_zone, overlaps

Week = Sequence[Sequence[Span]]


class CannotChangeCalendar(Exception):
    """A name is missing or taken, a zone or country unknown, or spans overlap."""


def add_calendar(
    *, name: str, time_zone: str, holiday_country: str, week: Week = ((),) * 7, by: Actor, now: datetime
) -> UUID:
    """A calendar with its week (seven days, Monday first)."""
    with transaction.atomic():
        calendar = Calendar()
        _fill(calendar, name=name, time_zone=time_zone, holiday_country=holiday_country)
        _check_week(week)
        calendar.save(force_insert=True)
        _write_week(calendar, week)
        after = {**_values(calendar), "week": _week_values(week)}
        _audit("calendar.added", calendar, before={}, after=after, by=by, now=now)
    return calendar.id


def change_calendar(
    *, calendar_id: UUID, name: str, time_zone: str, holiday_country: str, by: Actor, now: datetime
) -> None:
    with transaction.atomic():
        calendar = _locked(calendar_id)
        before = _values(calendar)
        _fill(calendar, name=name, time_zone=time_zone, holiday_country=holiday_country)
        calendar.save()
        _audit("calendar.changed", calendar, before=before, after=_values(calendar), by=by, now=now)


def set_week(*, calendar_id: UUID, week: Week, by: Actor, now: datetime) -> None:
    """Write all seven days anew."""
    _check_week(week)
    with transaction.atomic():
        calendar = _locked(calendar_id)
        before: list[list[Span]] = [[] for _day in range(7)]
        for span in CalendarSpan.objects.filter(calendar=calendar):
            before[span.weekday].append(Span(span.start_minute, span.end_minute))
        CalendarSpan.objects.filter(calendar=calendar).delete()
        _write_week(calendar, week)
        _audit(
            "calendar.week_set",
            calendar,
            before={"week": _week_values(before)},
            after={"week": _week_values(week)},
            by=by,
            now=now,
        )


def set_exception(
    *, calendar_id: UUID, on_date: date, spans: Sequence[Span], note: str = "", by: Actor, now: datetime
) -> None:
    """Let a date differ from its weekday: its own spans; none of them means closed."""
    if overlaps(spans):
        raise CannotChangeCalendar(_("Two spans of this day overlap."))
    with transaction.atomic():
        calendar = _locked(calendar_id)
        CalendarException.objects.filter(calendar=calendar, date=on_date).delete()
        if not spans:
            CalendarException.objects.create(
                calendar=calendar, date=on_date, kind=CalendarExceptionKind.CLOSED.value, note=note.strip()
            )
        for span in spans:
            CalendarException.objects.create(
                calendar=calendar,
                date=on_date,
                kind=CalendarExceptionKind.OPEN.value,
                start_minute=span.start_minute,
                end_minute=span.end_minute,
                note=note.strip(),
            )
        after = {"date": on_date, "spans": _week_values([spans])[0], "note": note.strip()}
        _audit("calendar.exception_set", calendar, before={}, after=after, by=by, now=now)


def remove_exception(*, calendar_id: UUID, on_date: date, by: Actor, now: datetime) -> None:
    """The date follows its weekday again."""
    with transaction.atomic():
        calendar = _locked(calendar_id)
        if CalendarException.objects.filter(calendar=calendar, date=on_date).delete()[0]:
            _audit("calendar.exception_removed", calendar, before={"date": on_date}, after={}, by=by, now=now)


def _locked(calendar_id: UUID) -> Calendar:
    calendar = Calendar.objects.select_for_update().filter(id=calendar_id).first()
    if calendar is None:
        raise CannotChangeCalendar(_("There is no such calendar any more."))
    return calendar


def _fill(calendar: Calendar, *, name: str, time_zone: str, holiday_country: str) -> None:
    if not name.strip():
        raise CannotChangeCalendar(_("Give the calendar a name."))
    if Calendar.objects.filter(name=name.strip()).exclude(id=calendar.id).exists():
        raise CannotChangeCalendar(_("Another calendar has this name."))
    if not is_time_zone(time_zone):
        raise CannotChangeCalendar(_("The time zone must be a name such as Europe/Moscow."))
    if holiday_country and not has_holidays(holiday_country):
        raise CannotChangeCalendar(_("We know no public holidays of this country."))
    calendar.name, calendar.time_zone, calendar.holiday_country = name.strip(), time_zone, holiday_country


def _check_week(week: Week) -> None:
    if len(week) != 7:
        raise CannotChangeCalendar(_("A week has seven days."))
    if any(overlaps(day) for day in week):
        raise CannotChangeCalendar(_("Two spans of one day overlap."))


def _write_week(calendar: Calendar, week: Week) -> None:
    CalendarSpan.objects.bulk_create(
        CalendarSpan(calendar=calendar, weekday=weekday, start_minute=span.start_minute, end_minute=span.end_minute)
        for weekday, day in enumerate(week)
        for span in day
    )


def _values(calendar: Calendar) -> dict[str, Any]:
    return {
        "name": calendar.name,
        "time_zone": calendar.time_zone,
        "holiday_country": calendar.holiday_country,
    }


def _week_values(week: Week) -> list[list[str]]:
    return [[f"{span.start_minute}-{span.end_minute}" for span in day] for day in week]


def _audit(
    verb: str, calendar: Calendar, *, before: dict[str, Any], after: dict[str, Any], by: Actor, now: datetime
) -> None:
    audit.record(verb=verb, subject_kind="calendar", subject_id=calendar.id, by=by, now=now, before=before, after=after)
