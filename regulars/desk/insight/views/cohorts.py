"""Who comes back, by the month of the first purchase."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.insight import charts
from regulars.foundation.access import Permission
from regulars.shop import queries as shop
from regulars.shop.rules import Indicator


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
