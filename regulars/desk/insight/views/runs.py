"""Analysis runs: what was analysed when, and starting one by hand."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.insight.words import STATE_NAMES, steps_in_words
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.paging import Page
from regulars.insight.actions.stage_rules import request_analysis
from regulars.insight.queries import runs


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
