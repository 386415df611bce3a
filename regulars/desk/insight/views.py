"""Pages of what was found: quiet leavers, stages, cohorts, analysis runs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.audience.attributes import STAGES
from regulars.audience.queries import findings
from regulars.audience.queries.findings import FindingSort
from regulars.audience.rules import Stage
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.insight import charts
from regulars.desk.insight.forms import ThresholdsForm
from regulars.desk.insight.people import people_from
from regulars.desk.insight.words import STAGE_TONES, STATE_NAMES, definition_of, steps_in_words
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.money import Money
from regulars.foundation.paging import Page
from regulars.insight.actions.stage_rules import change_stage_rules, request_analysis
from regulars.insight.queries import runs
from regulars.insight.queries.stage_rules import stage_preview, stage_rules
from regulars.insight.rules.stages import Thresholds, new_days_of
from regulars.shop import queries as shop
from regulars.shop.rules import Indicator

_PAGE = 50
_EXPORT_PIECE = 500
_SHOWN = {"leaving": (Stage.LEAVING,), "lost": (Stage.LOST,), "both": (Stage.LEAVING, Stage.LOST)}


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def leavers(request: StaffRequest) -> HttpResponse:
    """Customers who have been silent for longer than is usual with them."""
    shown, sort = _asked(request)
    page = findings.customers_in(_SHOWN[shown], sort=sort, cursor=request.GET.get("cursor"), limit=_PAGE)
    context = {
        "page": page,
        "people": people_from(page.rows),
        "shown": shown,
        "sort": sort.value,
        "publication": findings.publication(),
        "rhythm": findings.shop_finding("rhythm"),
        "may_export": request.staff.may(Permission.EXPORT_CUSTOMERS),
    }
    return render(request, "desk/insight/leavers.html", context)


@require_GET
@requires(Permission.EXPORT_CUSTOMERS)
def export_leavers(request: StaffRequest) -> StreamingHttpResponse:
    shown, sort = _asked(request)
    currency = request.shop.base_currency

    def rows() -> Iterator[list[Cell]]:
        cursor: str | None = None
        while True:
            page = findings.customers_in(_SHOWN[shown], sort=sort, cursor=cursor, limit=_EXPORT_PIECE)
            for person in people_from(page.rows):
                found = person.found
                pause, limit = found.gap_median_days, found.gap_limit_days
                yield [
                    str(person.id),
                    person.name,
                    person.seller,
                    person.stage,
                    found.last_order_at,
                    found.silence_days,
                    None if pause is None else round(pause),
                    None if limit is None else round(limit),
                    found.orders,
                    Money(found.revenue_minor, currency).amount,
                    Money(found.at_stake_minor, currency).amount,
                ]
            cursor = page.next_cursor
            if cursor is None:
                return

    headers = [
        "id",
        _("Customer"),
        _("Seller"),
        _("Stage"),
        _("Last purchase"),
        _("Silent, days"),
        _("Usual pause, days"),
        _("Limit, days"),
        _("Orders"),
        _("Revenue, %(currency)s") % {"currency": currency},
        _("At stake, %(currency)s") % {"currency": currency},
    ]
    return csv_response("quiet-leavers", headers, rows())


def _asked(request: StaffRequest) -> tuple[str, FindingSort]:
    shown, sort = request.GET.get("show", "leaving"), request.GET.get("sort", "").removeprefix("-")
    return shown if shown in _SHOWN else "leaving", FindingSort(sort) if sort in set(
        FindingSort
    ) else FindingSort.AT_STAKE


@dataclass(frozen=True)
class StageRow:
    """A stage with its rule in words; `count_then`: under the rules that are being tried."""

    stage: Stage
    name: str
    tone: str
    definition: str
    count: int
    share: float
    count_then: int | None = None

    @property
    def change(self) -> int:
        return 0 if self.count_then is None else self.count_then - self.count


@requires(Permission.SEE_INSIGHT)
def stages(request: StaffRequest) -> HttpResponse:
    """Stages in words, how many are in each, and the form that changes the rules."""
    rules = stage_rules()
    may_edit = request.staff.may(Permission.MANAGE_SHOP)
    form = ThresholdsForm.showing(rules.thresholds)
    if request.method == "POST":
        form = ThresholdsForm(request.POST)
        if may_edit and form.is_valid():
            if change_stage_rules(thresholds=form.thresholds, by=request.by, now=clock.now()):
                messages.success(
                    request, _("The rules are saved. An analysis begins; nobody is reported as having changed.")
                )
            else:
                messages.info(request, _("Nothing was changed."))
            return redirect("insight:stages")
    found = findings.shop_findings(["stages_by_month", "rhythm", "stages"])
    context = {
        "rows": _stage_rows(found, rules.thresholds),
        "chart": charts.stages_chart(found.get("stages_by_month")),
        "rhythm": found.get("rhythm"),
        "form": form,
        "rules": rules,
        "may_edit": may_edit,
        "is_known": bool(found),
    }
    return render(request, "desk/insight/stages.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.MANAGE_SHOP)
def preview_stages(request: StaffRequest) -> HttpResponse:
    """How many customers would be where under the rules in the form; nothing is saved."""
    form = ThresholdsForm(request.GET)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        found = findings.shop_findings(["rhythm", "stages"])
        context["rows"] = _stage_rows(found, form.thresholds, stage_preview(form.thresholds))
    return render(request, "desk/insight/parts/preview.html", context)


def _stage_rows(
    found: Mapping[str, Any], thresholds: Thresholds, then: Mapping[Stage, int] | None = None
) -> list[StageRow]:
    counts, rhythm = found.get("stages") or {}, found.get("rhythm") or {}
    new_days = new_days_of(thresholds, rhythm.get("median_days"))
    total = sum(counts.values()) or 1
    return [
        StageRow(
            stage,
            str(STAGES[stage]),
            STAGE_TONES.get(stage, ""),
            definition_of(stage, thresholds, new_days),
            counts.get(stage.value, 0),
            counts.get(stage.value, 0) / total,
            then[stage] if then else None,
        )
        for stage in Stage
    ]


@require_GET
@requires(Permission.SEE_INSIGHT)
def cohorts(request: StaffRequest) -> HttpResponse:
    """Who comes back, by the month of the first purchase."""
    is_share = request.GET.get("as") != "count"
    found = findings.shop_findings(["cohorts", "months", "facts"])
    context = {
        "chart": charts.cohorts_chart(found.get("cohorts"), found.get("months"), count=24, is_share=is_share),
        "repeat": charts.repeat_chart(found.get("months"), shop.goals(indicator=Indicator.REPEAT_SHARE, is_open=True)),
        "facts": found.get("facts"),
        "is_share": is_share,
    }
    return render(request, "desk/insight/cohorts.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def analyses(request: StaffRequest) -> HttpResponse:
    """What was analysed when, and how long each step took."""
    page: Page[runs.RunRow] = runs.runs_page(cursor=request.GET.get("cursor"))
    rows = [
        (run, *STATE_NAMES[run.state], steps_in_words([(step.step, step.seconds) for step in run.steps]))
        for run in page.rows
    ]
    context = {"page": page, "rows": rows, "under_way": runs.run_under_way(), "publication": findings.publication()}
    return render(request, "desk/insight/analyses.html", context)


@require_POST
@requires(Permission.SEE_INSIGHT)
def start_analysis(request: StaffRequest) -> HttpResponse:
    request_analysis(now=clock.now(), is_full="full" in request.POST)
    messages.success(request, _("The analysis begins as soon as the worker is free."))
    return redirect("insight:analyses")
