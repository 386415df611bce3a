"""Customers won, woken and lost, week by week."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import csv_response
from regulars.desk.retention.charts import turns_chart
from regulars.desk.retention.parts import Choice, choice_from
from regulars.desk.retention.words import week_words
from regulars.foundation.access import Permission
from regulars.shop import queries as shop
from regulars.shop.rules import Indicator

_COLUMNS = ("new", "woken", "leaving", "lost")
_NOTHING: Mapping[str, Sequence[int]] = {name: [] for name in _COLUMNS}


@require_GET
@requires(Permission.SEE_INSIGHT)
def weeks(request: StaffRequest) -> HttpResponse:
    """How many customers each week brought, woke and lost."""
    choice, starts, counts = _asked(request)
    goals = [] if choice.part.place else shop.goals(indicator=Indicator.NEW_BUYERS, is_open=True)
    context = {
        "choice": choice,
        "words": week_words(counts),
        "chart": turns_chart(starts, counts, goals),
        "rhythm": findings.shop_finding("rhythm"),
    }
    return render(request, "desk/retention/weeks.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def export_weeks(request: StaffRequest) -> StreamingHttpResponse:
    _choice, starts, counts = _asked(request)
    headers = [_("Week of"), _("New"), _("Woken"), _("Began to leave"), _("Lost")]
    return csv_response("customers-by-week", headers, zip(starts, *(counts[name] for name in _COLUMNS), strict=True))


def _asked(request: StaffRequest) -> tuple[Choice, Sequence[str], Mapping[str, Any]]:
    found = findings.shop_findings(["cuts", "breakdowns"])
    choice = choice_from(found.get("cuts"), request.GET.get("part", ""))
    breakdowns = found.get("breakdowns")
    if not breakdowns:
        return choice, [], _NOTHING
    return choice, breakdowns["starts"], breakdowns["parts"][choice.part.place]["weeks"]
