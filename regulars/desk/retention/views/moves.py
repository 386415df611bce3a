"""From which stage to which customers moved, month to month or over a longer span."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import csv_response
from regulars.desk.insight.charts import stages_chart
from regulars.desk.retention.charts import moves_chart, stage_names
from regulars.desk.retention.words import moves_words
from regulars.foundation.access import Permission
from regulars.insight.rules.moves import flows
from regulars.ui import formats


class SpanForm(forms.Form):
    """Until which evening, and over how many months."""

    until = forms.ChoiceField(label=gettext_lazy("Until the evening of"), required=False)
    months = forms.ChoiceField(label=gettext_lazy("Over"), required=False)


@dataclass(frozen=True)
class Asked:
    """Two evenings, and who went where between them; without evenings, nothing can be said yet."""

    form: SpanForm | None
    first_date: date | None
    last_date: date | None
    flows: Mapping[tuple[str, str], int]


@require_GET
@requires(Permission.SEE_INSIGHT)
def moves(request: StaffRequest) -> HttpResponse:
    """Moves between stages, and how many customers stood in each over time."""
    found = findings.shop_findings(["moves", "stages_by_month", "rhythm"])
    asked = _asked(request, found.get("moves"))
    context = {
        "asked": asked,
        "words": moves_words(asked.flows),
        "chart": moves_chart(asked.flows),
        "stages": stages_chart(found.get("stages_by_month")),
        "rhythm": found.get("rhythm"),
    }
    return render(request, "desk/retention/moves.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def export_moves(request: StaffRequest) -> StreamingHttpResponse:
    asked = _asked(request, findings.shop_finding("moves"))
    names = {key: name for key, name, _tone in stage_names()}
    headers = [_("From stage"), _("To stage"), _("Customers"), _("First evening"), _("Last evening")]
    rows = (
        [names[before], names[after], count, asked.first_date, asked.last_date]
        for (before, after), count in asked.flows.items()
    )
    return csv_response("moves-between-stages", headers, rows)


def _asked(request: StaffRequest, found: Mapping[str, Any] | None) -> Asked:
    if not found or not found["pairs"]:
        return Asked(None, None, None, {})
    evenings = [date.fromisoformat(day) for day in found["evenings"]]
    pairs = {(pair["from"], pair["to"]): pair["moves"] for pair in found["pairs"]}
    last = len(evenings) - 1
    until = next((n for n, day in enumerate(evenings) if day.isoformat() == request.GET.get("until")), last)
    lengths = [until - first for first, end in pairs if end == until]
    if not lengths:
        until, lengths = last, [last - first for first, end in pairs if end == last]
    typed = request.GET.get("months", "")
    length = int(typed) if typed.isascii() and typed.isdigit() and int(typed) in lengths else min(lengths)
    form = SpanForm(initial={"until": evenings[until].isoformat(), "months": str(length)})
    ends = sorted({end for _first, end in pairs}, reverse=True)
    form.fields["until"].choices = [  # type: ignore[attr-defined]
        (evenings[end].isoformat(), formats.day(evenings[end])) for end in ends
    ]
    form.fields["months"].choices = [  # type: ignore[attr-defined]
        (str(n), ngettext("%(count)d month", "%(count)d months", n) % {"count": n}) for n in sorted(lengths)
    ]
    return Asked(form, evenings[until - length], evenings[until], flows(pairs[until - length, until]))
