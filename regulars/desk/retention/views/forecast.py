"""What the next thirteen weeks will bring: orders, repeat purchases, new and lost customers, with bands."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.retention.charts import SERIES_NAMES, forecast_chart
from regulars.desk.retention.parts import Choice, choice_from
from regulars.desk.retention.words import forecast_words, method_words
from regulars.foundation.access import Permission
from regulars.insight.rules.forecast import LEAST_WEEKS
from regulars.shop import queries as shop
from regulars.shop.rules import Indicator

_GOALS = {"orders": Indicator.ORDERS, "new": Indicator.NEW_BUYERS}


@require_GET
@requires(Permission.SEE_INSIGHT)
def forecast(request: StaffRequest) -> HttpResponse:
    """Past weeks and coming ones. A part of the shop has no goals of its own."""
    choice, found = _asked(request)
    goals = [] if choice.part.place or not found else shop.goals(is_open=True)
    cards = []
    starts, days = (found["starts"], found["ahead"]) if found else ([], [])
    for key, series in found["parts"][choice.part.place].items() if found and starts else ():
        own_goals = [goal for goal in goals if goal.indicator == _GOALS.get(key)]
        name, ahead = str(SERIES_NAMES[key]), series["ahead"]
        cards.append(
            {
                "name": name,
                "words": forecast_words(name, ahead) if ahead else [],
                "method": method_words(ahead["method"]) if ahead else "",
                "chart": forecast_chart(name, starts, days, series, own_goals),
            }
        )
    context = {"choice": choice, "found": found, "cards": cards, "least_weeks": LEAST_WEEKS}
    return render(request, "desk/retention/forecast.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def export_forecast(request: StaffRequest) -> StreamingHttpResponse:
    choice, found = _asked(request)
    headers = [_("Figure"), _("Week of"), _("Counted"), _("Expected"), _("Lower end"), _("Upper end")]

    def rows() -> Iterator[list[Cell]]:
        for key, series in found["parts"][choice.part.place].items() if found else ():
            name, ahead = str(SERIES_NAMES[key]), series["ahead"]
            for start, count in zip(found["starts"], series["past"], strict=True) if found else ():
                yield [name, start, count, None, None, None]
            for n, start in enumerate(found["ahead"]) if found and ahead else ():
                yield [name, start, None, ahead["expected"][n], ahead["low"][n], ahead["high"][n]]

    return csv_response("forecast", headers, rows())


def _asked(request: StaffRequest) -> tuple[Choice, Mapping[str, Any] | None]:
    found = findings.shop_findings(["cuts", "forecast"])
    return choice_from(found.get("cuts"), request.GET.get("part", "")), found.get("forecast")
