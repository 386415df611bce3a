"""Goals: where the shop wants to get, by when, and whether it is on its way."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.shop.forms import GoalForm
from regulars.desk.shop.indicators import INDICATORS, all_months, months_of
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import actions, queries
from regulars.shop.rules import Indicator
from regulars.shop.rules.goals import expected_by, is_on_track, share_done
from regulars.ui import formats
from regulars.ui.charts import Chart, Series, trend

_MONTHS_BEFORE = 6


@dataclass(frozen=True)
class GoalShown:
    """A goal with how it goes; `current` is the last whole month's figure, "" while none is known."""

    goal: queries.GoalRow
    name: str
    start: str
    target: str
    current: str
    expected: str
    share: float
    is_known: bool
    is_on_track: bool
    is_over: bool
    chart: Chart | None


@requires(Permission.SEE_INSIGHT)
def show(request: StaffRequest) -> HttpResponse:
    today = clock.now().astimezone(request.shop.zone).date()
    months, currency = all_months(), request.shop.base_currency
    goals = [shown(goal, months, currency, today) for goal in queries.goals()]
    context = {
        "open": [goal for goal in goals if goal.goal.is_open],
        "closed": [goal for goal in goals if not goal.goal.is_open],
        "may_edit": request.staff.may(Permission.EDIT_GOALS),
    }
    return render(request, "desk/shop/goals.html", context)


@requires(Permission.EDIT_GOALS)
def add(request: StaffRequest) -> HttpResponse:
    today = clock.now().astimezone(request.shop.zone).date()
    initial: dict[str, Any] = {
        "start_date": today,
        "due_date": today + timedelta(days=182),
        "owner_id": str(request.staff.id),
        **_stands(request.GET.get("indicator", Indicator.REPEAT_SHARE.value), request.shop.base_currency),
    }
    form = _form(request, initial)
    if request.method == "POST" and form.is_valid():
        try:
            said = _values(form)
            said["indicator"] = Indicator(said["indicator"])
            actions.set_goal(**said, by=request.by, now=clock.now())
        except actions.CannotSetGoal as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The goal is set."))
            return redirect("shop:goals")
    return render(request, "desk/shop/goal.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.EDIT_GOALS)
def edit(request: StaffRequest, goal_id: UUID) -> HttpResponse:
    goal = next((goal for goal in queries.goals() if goal.id == goal_id), None)
    if goal is None:
        raise Http404
    kind, currency = INDICATORS[goal.indicator], request.shop.base_currency
    initial = {
        "indicator": goal.indicator.value,
        "start_value": kind.typed(goal.line.start_value, currency),
        "target_value": kind.typed(goal.line.target_value, currency),
        "start_date": goal.line.start_date,
        "due_date": goal.line.due_date,
        "owner_id": str(goal.owner_id),
        "note": goal.note,
    }
    form = _form(request, initial)
    form.fields["indicator"].disabled = True
    if request.method == "POST" and form.is_valid():
        try:
            said = _values(form)
            del said["indicator"]
            actions.change_goal(goal_id=goal_id, **said, by=request.by, now=clock.now())
        except actions.CannotSetGoal as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("shop:goals")
    return render(request, "desk/shop/goal.html", {"form": form, "goal": goal}, status=422 if form.errors else 200)


@require_POST
@requires(Permission.EDIT_GOALS)
def close(request: StaffRequest, goal_id: UUID) -> HttpResponse:
    try:
        actions.close_goal(goal_id=goal_id, by=request.by, now=clock.now())
    except actions.CannotSetGoal as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The goal is closed; it stays on record."))
    return redirect("shop:goals")


def _form(request: StaffRequest, initial: dict[str, Any]) -> GoalForm:
    people = queries.staff(is_active=True)
    return GoalForm(request.POST or None, people=people, currency=request.shop.base_currency, initial=initial)


def _values(form: GoalForm) -> dict[str, Any]:
    return {**form.cleaned_data, "owner_id": UUID(form.cleaned_data["owner_id"])}


def _stands(indicator: str, currency: str) -> dict[str, Any]:
    """Where the indicator stands by the last whole month, for a new goal."""
    if indicator not in list(Indicator):
        return {}
    known = months_of(Indicator(indicator), all_months())
    stands = {"indicator": indicator}
    if known:
        stands["start_value"] = INDICATORS[Indicator(indicator)].typed(round(known[-1][1], 4), currency)
    return stands


def shown(goal: queries.GoalRow, months: Any, currency: str, today: date) -> GoalShown:
    """A goal with how it goes by insight's `months`."""
    kind, line = INDICATORS[goal.indicator], goal.line
    unit = kind.unit(currency)
    known = [(month, value) for month, value in months_of(goal.indicator, months) if _end_of(month) <= today]
    during = [(month, value) for month, value in known if _end_of(month) > line.start_date]
    current = during[-1][1] if during else line.start_value
    judged_on = min(_end_of(during[-1][0]), today) if during else line.start_date
    return GoalShown(
        goal=goal,
        name=str(kind.name),
        start=unit.text(line.start_value),
        target=unit.text(line.target_value),
        current=unit.text(current) if during else "",
        expected=unit.text(expected_by(line, judged_on)),
        share=share_done(line, current),
        is_known=bool(during),
        is_on_track=is_on_track(line, current, judged_on),
        is_over=today > line.due_date,
        chart=_chart(goal, known, currency) if known else None,
    )


def _chart(goal: queries.GoalRow, known: list[tuple[date, float]], currency: str) -> Chart:
    """Months from half a year before the goal until it is due: what was, and the way to go."""
    kind, line = INDICATORS[goal.indicator], goal.line
    values = dict(known)
    month = _first_of(line.start_date - timedelta(days=30 * _MONTHS_BEFORE))
    months = []
    while month <= line.due_date:
        months.append(month)
        month = _end_of(month)
    way = [
        expected_by(line, min(_end_of(month), line.due_date)) if _end_of(month) > line.start_date else None
        for month in months
    ]
    return trend(
        str(kind.name),
        [formats.month(month) for month in months],
        [
            Series(_("As it is"), [values.get(month) for month in months], "area"),
            Series(_("The way to the goal"), way, is_dashed=True, tone="warn"),
        ],
        unit=kind.unit(currency),
        head=_("Month"),
    )


def _first_of(day: date) -> date:
    return day.replace(day=1)


def _end_of(month: date) -> date:
    """The first day of the month after."""
    return _first_of(month + timedelta(days=31))
