"""Sales plans: a month's, for everybody; a day's, where it differs."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.home.forms import DayPlanForm, Key, MonthPlanForm, key_text
from regulars.desk.home.sales import planned_days, weekday_shares
from regulars.foundation import clock
from regulars.foundation.access import Permission, Role
from regulars.shop import actions, queries
from regulars.shop.attributes import CHANNELS
from regulars.shop.rules import PlanPeriod, PlanScope
from regulars.shop.rules.plans import PlanEntry, days_of

SCOPE_NAMES = {
    PlanScope.SHOP: gettext_lazy("The whole shop"),
    PlanScope.STORE: gettext_lazy("Stores"),
    PlanScope.SELLER: gettext_lazy("Sellers"),
    PlanScope.CHANNEL: gettext_lazy("Channels"),
}


@requires(Permission.EDIT_GOALS)
def plan(request: StaffRequest) -> HttpResponse:
    """The month's plans. `?month=2026-11` another month, `?copy=1` begins with the amounts of the month before."""
    month, names, currency = _month(request), _names(), request.shop.base_currency
    before = _before(month)
    shown = _of_months(queries.plans_of_month(before if request.GET.get("copy") else month))
    form = MonthPlanForm(request.POST or None, month=month, names=names, plans=shown, currency=currency)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_plans(entries=form.entries(), by=request.by, now=clock.now())
        except actions.CannotSetPlan as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The plan is saved."))
            return redirect(f"{reverse('home:plan')}?month={month:%Y-%m}")
    stores = [amount for (scope, _id), amount in shown.items() if scope is PlanScope.STORE]
    context = {
        "form": form,
        "groups": [(SCOPE_NAMES[scope], fields) for scope, fields in form.groups() if fields],
        "month": month,
        "month_before": before,
        "month_after": _after(month),
        "stores_minor": sum(stores) if stores else None,
        "is_copied": bool(request.GET.get("copy")),
        "can_copy": not shown and bool(_of_months(queries.plans_of_month(before))),
    }
    return render(request, "desk/home/plan.html", context, status=422 if form.errors else 200)


@requires(Permission.EDIT_GOALS)
def days(request: StaffRequest) -> HttpResponse:
    """A plan day by day: `?scope=store:…&month=2026-11`."""
    month, currency, names = _month(request), request.shop.base_currency, _names()
    key = next((key for key in names if key_text(key) == request.GET.get("scope")), (PlanScope.SHOP, ""))
    entries = queries.plans_of_month(month)
    spread = planned_days(month, entries, key, weekday_shares(findings.shop_finding("weekdays"), key))
    fixed = {
        entry.on_date: entry.amount_minor
        for entry in entries
        if (entry.scope, entry.scope_id) == key and entry.period is PlanPeriod.DAY and entry.amount_minor is not None
    }
    form = DayPlanForm(
        request.POST or None, key=key, days=days_of(month), fixed=fixed, spread=spread, currency=currency
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_plans(entries=form.entries(), by=request.by, now=clock.now())
        except actions.CannotSetPlan as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The plan is saved."))
            return redirect(f"{reverse('home:plan')}?month={month:%Y-%m}")
    context = {"form": form, "month": month, "name": names[key], "total_minor": sum(spread.values()) or None}
    return render(request, "desk/home/plan_days.html", context, status=422 if form.errors else 200)


def _names() -> dict[Key, str]:
    """Whose sales can be planned, in the order of the form."""
    sellers = [person for person in queries.staff(is_active=True) if person.role in (Role.SELLER, Role.LEAD)]
    return {
        (PlanScope.SHOP, ""): str(SCOPE_NAMES[PlanScope.SHOP]),
        **{(PlanScope.STORE, str(store.id)): store.name for store in queries.stores(is_open=True)},
        **{(PlanScope.SELLER, str(person.id)): person.name for person in sellers},
        **{(PlanScope.CHANNEL, code): str(name) for code, name in CHANNELS.items()},
    }


def _of_months(entries: list[PlanEntry]) -> dict[Key, int]:
    return {
        (entry.scope, entry.scope_id): entry.amount_minor
        for entry in entries
        if entry.period is PlanPeriod.MONTH and entry.amount_minor is not None
    }


def _month(request: StaffRequest) -> date:
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return clock.now().astimezone(request.shop.zone).date().replace(day=1)


def _before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)
