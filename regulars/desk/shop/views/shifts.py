"""Shifts: a week of a store."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.shop.forms import WEEKDAYS, ShiftForm
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import actions, queries
from regulars.shop.rules.calendars import first_instant


@dataclass(frozen=True)
class Week:
    """A store's week, Monday first, in the store's zone."""

    store: queries.StoreRow
    monday: date

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store.time_zone)

    @property
    def starts_at(self) -> datetime:
        return first_instant(self.monday, 0, self.store.time_zone)

    @property
    def ends_at(self) -> datetime:
        return first_instant(self.monday + timedelta(days=7), 0, self.store.time_zone)

    @property
    def address(self) -> str:
        return _address(self.store.id, self.monday)

    @property
    def earlier(self) -> str:
        return _address(self.store.id, self.monday - timedelta(days=7))

    @property
    def later(self) -> str:
        return _address(self.store.id, self.monday + timedelta(days=7))

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)


@dataclass(frozen=True)
class ShiftShown:
    id: UUID
    name: str
    hours: str


@dataclass(frozen=True)
class DayOfShifts:
    name: Promise
    date: date
    is_today: bool
    shifts: list[ShiftShown]


@requires(Permission.EDIT_SHIFTS)
def show(request: StaffRequest) -> HttpResponse:
    stores = queries.stores(is_open=True)
    if not stores:
        return render(request, "desk/shop/shifts.html", {"stores": stores})
    week = _week(request, stores)
    people = queries.staff(is_active=True)
    form = ShiftForm(request.POST or None, people=people, initial={"on_date": week.monday})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.add_shift(
                staff_id=UUID(said["staff_id"]),
                store_id=week.store.id,
                starts_at=first_instant(said["on_date"], said["hours"].start_minute, week.store.time_zone),
                ends_at=first_instant(said["on_date"], said["hours"].end_minute, week.store.time_zone),
                by=request.by,
                now=clock.now(),
            )
        except actions.CannotAddShift as error:
            form.add_error(None, str(error))
        else:
            day = said["on_date"]
            return redirect(_address(week.store.id, day - timedelta(days=day.weekday())))
    context = {"stores": stores, "week": week, "days": _days(week), "form": form, "people": people}
    return render(request, "desk/shop/shifts.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.EDIT_SHIFTS)
def copy(request: StaffRequest) -> HttpResponse:
    stores = queries.stores(is_open=True)
    if not stores:
        return redirect("shop:shifts")
    week = _week(request, stores)
    added, left_out = actions.copy_week(
        store_id=week.store.id,
        from_at=week.starts_at,
        time_zone=week.store.time_zone,
        by=request.by,
        now=clock.now(),
    )
    said = ngettext("%(count)d shift copied.", "%(count)d shifts copied.", added) % {"count": added}
    if left_out:
        said += " " + ngettext(
            "%(count)d was left out: the person works then already.",
            "%(count)d were left out: the people work then already.",
            left_out,
        ) % {"count": left_out}
    messages.success(request, said)
    return redirect(week.later)


@require_POST
@requires(Permission.EDIT_SHIFTS)
def remove(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    actions.remove_shift(shift_id=shift_id, by=request.by, now=clock.now())
    messages.success(request, _("The shift is removed."))
    stores = queries.stores(is_open=True)
    return redirect(_week(request, stores).address if stores else "shop:shifts")


def _week(request: StaffRequest, stores: list[queries.StoreRow]) -> Week:
    """The week asked for; without one, this week of the first store that has a floor."""
    asked = request.GET.get("store", "")
    store = next((store for store in stores if str(store.id) == asked), stores[0])
    try:
        day = date.fromisoformat(request.GET.get("week", ""))
    except ValueError:
        day = clock.now().astimezone(ZoneInfo(store.time_zone)).date()
    day = min(max(day, date(1990, 1, 1)), date(2200, 1, 1))
    return Week(store, day - timedelta(days=day.weekday()))


def _address(store_id: UUID, monday: date) -> str:
    return f"{reverse('shop:shifts')}?{urlencode({'store': str(store_id), 'week': monday.isoformat()})}"


def _days(week: Week) -> list[DayOfShifts]:
    found = queries.shifts(from_at=week.starts_at, to_at=week.ends_at, store_id=week.store.id)
    names = queries.staff_by_id(shift.staff_id for shift in found)
    today = clock.now().astimezone(week.zone).date()
    days = []
    for place, name in enumerate(WEEKDAYS):
        on = week.monday + timedelta(days=place)
        own = [
            ShiftShown(shift.id, names[shift.staff_id].name, _hours(shift, week.zone))
            for shift in found
            if max(shift.starts_at, week.starts_at).astimezone(week.zone).date() == on
        ]
        days.append(DayOfShifts(name, on, on == today, own))
    return days


def _hours(shift: queries.ShiftRow, zone: ZoneInfo) -> str:
    starts, ends = (at.astimezone(zone) for at in (shift.starts_at, shift.ends_at))
    ends_on_midnight = ends.time() == time() and ends > starts.astimezone(UTC)
    return f"{starts:%H:%M}–{'24:00' if ends_on_midnight else format(ends, '%H:%M')}"
