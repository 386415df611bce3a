"""The home page: what changed, whom to look at today, where everybody stands."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.audience.attributes import STAGES
from regulars.audience.queries import findings
from regulars.audience.rules import Stage
from regulars.commerce.queries import imports, orders
from regulars.desk.access import StaffRequest, signed_in
from regulars.desk.home.attention import evenings, own_stores, stuck_enquiries
from regulars.desk.home.sales import month_of_seller, month_of_shop
from regulars.desk.home.weeks import week_figures
from regulars.desk.insight import charts
from regulars.desk.insight.people import people_from
from regulars.desk.insight.words import STAGE_TONES
from regulars.desk.shop.views.goals import GoalShown, shown
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.insight.queries import runs
from regulars.shop import queries as shop
from regulars.shop.rules import Indicator

PEOPLE = 8
_FINDINGS = ("weeks", "months", "stages", "stages_by_month", "cohorts", "rhythm", "facts")


@signed_in
def today(request: StaffRequest) -> HttpResponse:
    """What each role may see of it; an empty shop gets its first steps."""
    if not orders.has_orders():
        return render(request, "desk/home/first_steps.html", {"steps": _first_steps(request), **_under_way(request)})
    as_of = shop.as_of(now=clock.now(), newest_order_at=orders.newest_order_at())
    context = {
        "as_of": as_of,
        "publication": findings.publication(),
        "sees_figures": request.staff.may(Permission.SEE_INSIGHT),
        "sees_people": request.staff.may(Permission.SEE_CUSTOMERS),
        "may_move_date": request.staff.may(Permission.MANAGE_SHOP),
        **_under_way(request),
        **_selling(request, as_of.date),
    }
    if context["sees_people"]:
        page = findings.customers_in([Stage.LEAVING], limit=PEOPLE)
        context |= {"people": people_from(page.rows), "people_total": page.total}
    if context["sees_figures"]:
        found = findings.shop_findings(_FINDINGS)
        goals = shop.goals(indicator=Indicator.REPEAT_SHARE, is_open=True)
        context |= {
            "week": week_figures(found.get("weeks"), request.shop.base_currency),
            "stages": _stages(found.get("stages") or {}),
            "stages_chart": charts.stages_chart(found.get("stages_by_month"), months=13),
            "cohorts_chart": charts.cohorts_chart(found.get("cohorts"), found.get("months")),
            "repeat_chart": charts.repeat_chart(found.get("months"), goals),
            "goals": _goals(request, found.get("months")),
            "facts": found.get("facts"),
            "rhythm": found.get("rhythm"),
        }
    return render(request, "desk/home/today.html", context)


@signed_in
def working(request: StaffRequest) -> HttpResponse:
    """What is under way, asked for again while it lasts."""
    return render(request, "desk/home/parts/working.html", {**_under_way(request), "was_working": True})


def _selling(request: StaffRequest, day: date) -> dict[str, object]:
    """At the till: plan against fact on `day`, stuck enquiries, the evening. Sellers see their own."""
    now, may = clock.now(), request.staff.may
    sees_all = may(Permission.SEE_INSIGHT)
    context: dict[str, object] = {"may_plan": may(Permission.EDIT_GOALS)}
    if sees_all:
        context["month"] = month_of_shop(day, request.shop.base_currency)
    elif may(Permission.CLOSE_DAY):
        context["own"] = month_of_seller(day, request.staff.id, request.staff.name)
    if may(Permission.SEE_ENQUIRIES):
        context["stuck"] = stuck_enquiries(request, now=now)
    if may(Permission.CLOSE_DAY):
        today = now.astimezone(request.shop.zone).date()
        context["evenings"] = evenings(own_stores(request.staff.id, sees_all=sees_all), today=today)
    return context


def _goals(request: StaffRequest, months: object) -> list[GoalShown]:
    today, currency = clock.now().astimezone(request.shop.zone).date(), request.shop.base_currency
    return [shown(goal, months, currency, today) for goal in shop.goals(is_open=True)]


def _under_way(request: StaffRequest) -> dict[str, object]:
    if not (request.staff.may(Permission.SEE_INSIGHT) or request.staff.may(Permission.RUN_IMPORTS)):
        return {}
    importing = imports.running_import() if request.staff.may(Permission.RUN_IMPORTS) else None
    return {"under_way": runs.run_under_way(), "importing": importing}


@dataclass(frozen=True)
class StageCount:
    name: str
    tone: str
    count: int
    share: float


def _stages(counts: dict[str, int]) -> list[StageCount]:
    total = sum(counts.values())
    return [
        StageCount(str(STAGES[stage]), STAGE_TONES.get(stage, ""), counts[stage.value], counts[stage.value] / total)
        for stage in Stage
        if total and stage.value in counts
    ]


@dataclass(frozen=True, kw_only=True)
class FirstStep:
    """A thing to do before there is anything to show. `url`: "" where the person's role does not include it."""

    icon: str
    title: str
    text: str
    url: str = ""
    action: str = ""
    is_done: bool = False


def _first_steps(request: StaffRequest) -> list[FirstStep]:
    may = request.staff.may
    return [
        FirstStep(
            icon="building-store",
            title=_("Say who you are"),
            text=_("Name, currency and time zone: every figure goes by them."),
            url=reverse("shop:settings") if may(Permission.MANAGE_SHOP) else "",
            action=_("Settings of the shop"),
            is_done=request.shop.is_set_up,
        ),
        FirstStep(
            icon="file-upload",
            title=_("Bring in your orders"),
            text=_("A table from your till, site or accounting will do: CSV or Excel, in any order of columns."),
            url=reverse("imports:list") if may(Permission.RUN_IMPORTS) else "",
            action=_("Import a file"),
        ),
        FirstStep(
            icon="heartbeat",
            title=_("See who is about to leave"),
            text=_("After the import everything is analysed by itself; this page then shows whom to call first."),
        ),
        FirstStep(
            icon="users-group",
            title=_("Invite your people"),
            text=_("Sellers get their own customers, analysts the figures without telephone numbers."),
            url=reverse("team:list") if may(Permission.MANAGE_STAFF) else "",
            action=_("Staff and roles"),
            is_done=len(shop.staff(is_active=True)) > 1,
        ),
    ]
