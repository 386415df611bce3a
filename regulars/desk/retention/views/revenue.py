"""Who brings the money: the curve of Pareto, and how much hangs on few."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import csv_response
from regulars.desk.retention.charts import pareto_chart
from regulars.desk.retention.parts import Choice, choice_from
from regulars.desk.retention.words import revenue_words
from regulars.foundation.access import Permission
from regulars.insight.rules.pareto import TOP_SHARES


@require_GET
@requires(Permission.SEE_INSIGHT)
def revenue(request: StaffRequest) -> HttpResponse:
    """How unevenly customers bring the money, in the last year or since the beginning."""
    choice, found, span = _asked(request)
    context = {
        "choice": choice,
        "kept": {"span": span} if span != "year" else {},
        "found": found,
        "span": span,
        "top": list(zip(TOP_SHARES, found["top"], strict=True)) if found else [],
        "words": revenue_words(found) if found else [],
        "chart": pareto_chart(found["curve"]) if found else None,
        "facts": findings.shop_finding("facts"),
    }
    return render(request, "desk/retention/revenue.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def export_revenue(request: StaffRequest) -> StreamingHttpResponse:
    _choice, found, _span = _asked(request)
    headers = [_("Share of customers, the best first"), _("Share of the money")]
    return csv_response("who-brings-the-money", headers, found["curve"] if found else [])


def _asked(request: StaffRequest) -> tuple[Choice, Mapping[str, Any] | None, str]:
    found = findings.shop_findings(["cuts", "revenue"])
    choice = choice_from(found.get("cuts"), request.GET.get("part", ""))
    span = "ever" if request.GET.get("span") == "ever" else "year"
    return choice, found["revenue"][choice.part.place][span] if found.get("revenue") else None, span
