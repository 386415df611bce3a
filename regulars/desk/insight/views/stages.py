"""Stages of loyalty: the rules in words, how many are where, and what other rules would change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.audience.attributes import STAGES
from regulars.audience.queries import findings
from regulars.audience.rules import Stage
from regulars.desk.access import StaffRequest, requires
from regulars.desk.insight import charts
from regulars.desk.insight.forms import ThresholdsForm
from regulars.desk.insight.words import STAGE_TONES, definition_of
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.insight.actions.stage_rules import change_stage_rules
from regulars.insight.queries.stage_rules import stage_preview, stage_rules
from regulars.insight.rules.stages import Thresholds, new_days_of


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
