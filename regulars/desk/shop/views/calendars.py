"""Calendars: weeks of spans, holidays, exceptions."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.shop.forms import WEEKDAYS, CalendarForm, ExceptionForm, WeekForm, zone_names
from regulars.desk.shop.hours import Bar, bars_of, text_of
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import actions, queries
from regulars.shop.rules.calendars import Span, holidays_in, is_open, next_open

_USUAL_WEEK = ((Span(9 * 60, 18 * 60),),) * 5 + ((), ())


@dataclass(frozen=True)
class Day:
    """A weekday as shown: its name, its hours as text and as bars."""

    name: Promise
    text: str
    bars: list[Bar]


@requires(Permission.MANAGE_SHOP)
def show(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    rows = [
        {"calendar": calendar, "days": _days(calendar), "is_open": is_open(calendar.hours, now)}
        for calendar in queries.calendars()
    ]
    return render(request, "desk/shop/calendars.html", {"rows": rows})


@requires(Permission.MANAGE_SHOP)
def add(request: StaffRequest) -> HttpResponse:
    initial = {"time_zone": request.shop.time_zone, "holiday_country": request.shop.country}
    form = CalendarForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            calendar_id = actions.add_calendar(**form.cleaned_data, week=_USUAL_WEEK, by=request.by, now=clock.now())
        except actions.CannotChangeCalendar as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The calendar is there. Now say when it is open."))
            return redirect("shop:calendar", calendar_id=calendar_id)
    context = {"form": form, "zones": zone_names()}
    return render(request, "desk/shop/calendar_new.html", context, status=422 if form.errors else 200)


@requires(Permission.MANAGE_SHOP)
def edit(request: StaffRequest, calendar_id: UUID) -> HttpResponse:
    calendar = _calendar(calendar_id)
    form = CalendarForm(request.POST or None, initial=_head(calendar))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_calendar(calendar_id=calendar_id, **form.cleaned_data, by=request.by, now=clock.now())
        except actions.CannotChangeCalendar as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("shop:calendar", calendar_id=calendar_id)
    return _page(request, calendar, form=form)


@require_POST
@requires(Permission.MANAGE_SHOP)
def set_week(request: StaffRequest, calendar_id: UUID) -> HttpResponse:
    calendar = _calendar(calendar_id)
    form = WeekForm(request.POST)
    if not form.is_valid():
        return _page(request, calendar, week_form=form)
    actions.set_week(calendar_id=calendar_id, week=form.week, by=request.by, now=clock.now())
    messages.success(request, _("The week is saved."))
    return redirect("shop:calendar", calendar_id=calendar_id)


@require_POST
@requires(Permission.MANAGE_SHOP)
def set_exception(request: StaffRequest, calendar_id: UUID) -> HttpResponse:
    calendar = _calendar(calendar_id)
    form = ExceptionForm(request.POST)
    if not form.is_valid():
        return _page(request, calendar, exception_form=form)
    said = form.cleaned_data
    actions.set_exception(
        calendar_id=calendar_id,
        on_date=said["on_date"],
        spans=said["hours"],
        note=said["note"],
        by=request.by,
        now=clock.now(),
    )
    messages.success(request, _("The day is saved."))
    return redirect("shop:calendar", calendar_id=calendar_id)


@require_POST
@requires(Permission.MANAGE_SHOP)
def remove_exception(request: StaffRequest, calendar_id: UUID, on_date: str) -> HttpResponse:
    try:
        day = date.fromisoformat(on_date)
    except ValueError as error:
        raise Http404 from error
    actions.remove_exception(calendar_id=_calendar(calendar_id).id, on_date=day, by=request.by, now=clock.now())
    messages.success(request, _("The day follows its weekday again."))
    return redirect("shop:calendar", calendar_id=calendar_id)


def _page(
    request: StaffRequest,
    calendar: queries.CalendarRow,
    *,
    form: CalendarForm | None = None,
    week_form: WeekForm | None = None,
    exception_form: ExceptionForm | None = None,
) -> HttpResponse:
    now = clock.now()
    has_errors = any(given is not None and given.errors for given in (form, week_form, exception_form))
    has_hours = any(calendar.hours.week)
    opens_now = is_open(calendar.hours, now)
    context = {
        "calendar": calendar,
        "days": _days(calendar),
        "form": form or CalendarForm(initial=_head(calendar)),
        "week_form": week_form or WeekForm(initial=_texts(calendar)),
        "exception_form": exception_form or ExceptionForm(),
        "exceptions": [(row, text_of(row.spans)) for row in sorted(calendar.exceptions, key=lambda row: row.date)],
        "holidays": _holidays(calendar, now.astimezone(request.shop.zone).date()),
        "is_open": opens_now,
        "next_open": next_open(calendar.hours, now) if has_hours and not opens_now else None,
        "zones": zone_names(),
    }
    return render(request, "desk/shop/calendar.html", context, status=422 if has_errors else 200)


def _calendar(calendar_id: UUID) -> queries.CalendarRow:
    found = queries.calendars([calendar_id])
    if not found:
        raise Http404
    return found[0]


def _head(calendar: queries.CalendarRow) -> dict[str, Any]:
    hours = calendar.hours
    return {"name": calendar.name, "time_zone": hours.time_zone, "holiday_country": hours.holiday_country}


def _texts(calendar: queries.CalendarRow) -> dict[str, str]:
    return {f"day_{place}": text_of(day) for place, day in enumerate(calendar.hours.week)}


def _days(calendar: queries.CalendarRow) -> list[Day]:
    week = calendar.hours.week
    return [Day(name, text_of(week[i]), bars_of(week[i], week[i - 1])) for i, name in enumerate(WEEKDAYS)]


def _holidays(calendar: queries.CalendarRow, today: date) -> list[tuple[date, str]]:
    """Those of the coming twelve months, exceptions left out."""
    country, language = calendar.hours.holiday_country, (get_language() or "en")[:2]
    if not country:
        return []
    named = {**holidays_in(country, today.year, language), **holidays_in(country, today.year + 1, language)}
    until = today + timedelta(days=365)
    return [(day, name) for day, name in sorted(named.items()) if today <= day <= until]
