"""Who comes back: by the month of the first purchase, as a table that darkens and as curves; and the repeat share."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.insight.charts import cohorts_chart, repeat_chart
from regulars.desk.retention.charts import curves_chart
from regulars.desk.retention.parts import Choice, choice_from
from regulars.desk.retention.words import cohort_words
from regulars.foundation.access import Permission
from regulars.shop import queries as shop
from regulars.shop.rules import Indicator

_MONTHS = 24
_NOTHING: Mapping[str, Any] = {"cohorts": [], "months": []}


@require_GET
@requires(Permission.SEE_INSIGHT)
def cohorts(request: StaffRequest) -> HttpResponse:
    """Of those whose first purchase fell into a month, who bought in the months after it."""
    is_share = request.GET.get("as") != "count"
    choice, part, back_days = _asked(request)
    # A goal is set for the shop, not for a part of it.
    goals = [] if choice.part.place else shop.goals(indicator=Indicator.REPEAT_SHARE, is_open=True)
    context = {
        "choice": choice,
        "kept": {} if is_share else {"as": "count"},
        "is_share": is_share,
        "words": cohort_words(part["cohorts"], back_days) if back_days else [],
        "chart": cohorts_chart(part["cohorts"], part["months"], count=_MONTHS, is_share=is_share),
        "curves": curves_chart(part["cohorts"], back_days),
        "repeat": repeat_chart(part["months"], goals),
        "facts": findings.shop_finding("facts"),
    }
    return render(request, "desk/retention/cohorts.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def export_cohorts(request: StaffRequest) -> StreamingHttpResponse:
    _choice, part, back_days = _asked(request)
    width = max((len(cohort["active"]) for cohort in part["cohorts"]), default=0)
    headers = [
        _("Month of the first purchase"),
        _("Customers"),
        *(_("Bought in month %(number)d") % {"number": n} for n in range(1, width)),
        *(_("Back within %(days)d days") % {"days": days} for days in back_days),
    ]

    def rows() -> Iterator[list[Cell]]:
        for cohort in part["cohorts"]:
            active, back = cohort["active"][1:], cohort["back"]
            yield [
                cohort["month"],
                cohort["size"],
                *active,
                *[None] * (width - 1 - len(active)),
                *back,
                *[None] * (len(back_days) - len(back)),
            ]

    return csv_response("who-comes-back", headers, rows())


def _asked(request: StaffRequest) -> tuple[Choice, Mapping[str, Any], list[int]]:
    found = findings.shop_findings(["cuts", "breakdowns"])
    choice = choice_from(found.get("cuts"), request.GET.get("part", ""))
    breakdowns = found.get("breakdowns")
    if not breakdowns:
        return choice, _NOTHING, []
    return choice, breakdowns["parts"][choice.part.place], breakdowns["back_days"]
