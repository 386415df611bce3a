"""Calls to expect as traffic and conversion grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.commerce.attributes import ENQUIRY_KINDS
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.retention.charts import hours_chart, weekday_name
from regulars.foundation.access import Permission
from regulars.insight.rules.calls import CallsAhead, calls_ahead, people_needed
from regulars.shop.attributes import CHANNELS

_DEFAULTS = {"traffic": 0, "conversion": 0, "minutes": 5}


def _slider(step: int) -> forms.NumberInput:
    return forms.NumberInput(attrs={"type": "range", "step": step})


class WhatIfForm(forms.Form):
    """Sliders; growth in per cent."""

    kind = forms.ChoiceField(label=gettext_lazy("What comes in"))
    traffic = forms.IntegerField(
        label=gettext_lazy("Visitors, change in per cent"), min_value=-50, max_value=200, widget=_slider(5)
    )
    conversion = forms.IntegerField(
        label=gettext_lazy("Share of visitors who order, change in per cent"),
        min_value=-50,
        max_value=200,
        widget=_slider(5),
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes that one takes"), min_value=1, max_value=60, widget=_slider(1)
    )

    def __init__(self, data: Any, kinds: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [(kind, ENQUIRY_KINDS[kind]) for kind in kinds]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for; growth as a share of one."""
        values = self.cleaned_data
        return {**values, "traffic": values["traffic"] / 100, "conversion": values["conversion"] / 100}

    @property
    def sliders(self) -> list[forms.BoundField]:
        return [self[name] for name in ("traffic", "conversion", "minutes")]


@dataclass(frozen=True)
class Channel:
    """What came in by one channel in the past weeks, for each order of the shop."""

    name: str
    enquiries: int
    orders: int
    per_order: float

    @property
    def per_hundred(self) -> float:
        return 100 * self.per_order


@dataclass(frozen=True)
class Answer:
    """A week to come. busiest: weekday, hour, how many in that hour; people: who must answer then."""

    kind: str
    ahead: CallsAhead
    ahead_as_is: CallsAhead
    channels: Sequence[Channel]
    hours: Mapping[tuple[int, int], float]
    busiest: str
    busiest_count: float
    people: int


@require_GET
@requires(Permission.SEE_INSIGHT)
def calls(request: StaffRequest) -> HttpResponse:
    """How many calls, forms or messages a week will bring if visitors and conversion change."""
    found = findings.shop_findings(["calls", "forecast"])
    form, answer = _asked(request, found)
    context = {
        "form": form,
        "answer": answer,
        "asked": form.asked if form else None,
        "is_analysed": "calls" in found,
        "past": _past(found["calls"]["weeks"]) if found.get("calls") else "",
        "chart": hours_chart(answer.hours) if answer else None,
    }
    return render(request, "desk/retention/calls.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def export_calls(request: StaffRequest) -> StreamingHttpResponse:
    _form, answer = _asked(request, findings.shop_findings(["calls", "forecast"]))
    headers = [_("Weekday"), _("Hour"), _("Expected in a week")]
    hours = answer.hours if answer else {}
    rows: list[list[Cell]] = [[weekday_name(day), hour, round(count, 3)] for (day, hour), count in hours.items()]
    return csv_response("calls-to-expect", headers, rows)


def _past(weeks: int) -> str:
    return ngettext("in the last week", "in the last %(weeks)d weeks", weeks) % {"weeks": weeks}


def _asked(request: StaffRequest, found: Mapping[str, Any]) -> tuple[WhatIfForm | None, Answer | None]:
    calls = found.get("calls")
    if not calls or not calls["enquiries"]:
        return None, None
    kinds = sorted({row["kind"] for row in calls["enquiries"]}, key=lambda kind: (kind != "call", kind))
    defaults = {**_DEFAULTS, "kind": kinds[0]}
    form = WhatIfForm({**defaults, **request.GET.dict()}, kinds)
    if not form.is_valid():
        form = WhatIfForm(defaults, kinds)
        form.is_valid()
    return form, _answer(calls, found.get("forecast"), form.asked)


def _answer(calls: Mapping[str, Any], forecast: Mapping[str, Any] | None, asked: Mapping[str, Any]) -> Answer | None:
    rows = [row for row in calls["enquiries"] if row["kind"] == asked["kind"]]
    weekly = [sum(row["weekly"][week] for row in rows) for week in range(calls["weeks"])]
    orders_ahead = _orders_ahead(calls, forecast)
    growth = {name: asked[name] for name in ("traffic", "conversion")}
    ahead = calls_ahead(weekly, calls["orders"], orders_ahead=orders_ahead, **growth)
    as_is = calls_ahead(weekly, calls["orders"], orders_ahead=orders_ahead, traffic=0, conversion=0)
    if ahead is None or as_is is None:
        return None
    counts = {(day, hour): count for kind, day, hour, count in calls["hours"] if kind == asked["kind"]}
    total = sum(counts.values())
    hours = {place: ahead.expected * count / total for place, count in counts.items()}
    (weekday, hour), busiest = max(hours.items(), key=lambda item: item[1])
    return Answer(
        str(ENQUIRY_KINDS[asked["kind"]]),
        ahead,
        as_is,
        _channels(rows, calls),
        hours,
        _("%(weekday)s, %(hour)d:00") % {"weekday": weekday_name(weekday), "hour": hour},
        busiest,
        people_needed(busiest, asked["minutes"]),
    )


def _orders_ahead(calls: Mapping[str, Any], forecast: Mapping[str, Any] | None) -> float:
    """Of an average coming week; without a forecast, of the past ones."""
    ahead = forecast["parts"][0]["orders"]["ahead"] if forecast else None
    if ahead:
        return float(ahead["total"]) / len(ahead["expected"])
    return float(sum(calls["orders"])) / max(1, len(calls["orders"]))


def _channels(rows: Sequence[Mapping[str, Any]], calls: Mapping[str, Any]) -> list[Channel]:
    orders = sum(calls["orders"])
    found = [
        Channel(
            str(CHANNELS[row["channel"]]),
            sum(row["weekly"]),
            calls["orders_by_channel"].get(row["channel"], 0),
            sum(row["weekly"]) / orders,
        )
        for row in rows
    ]
    return sorted(found, key=lambda channel: -channel.enquiries)
