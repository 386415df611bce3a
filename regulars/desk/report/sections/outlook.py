"""What the coming weeks are likely to bring."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk.report.document import Section
from regulars.desk.report.known import Known
from regulars.desk.retention.charts import forecast_chart
from regulars.ui import formats
from regulars.ui.pictures import picture_of


def forecast(known: Known) -> Section:
    """Orders a week: what they were, and the band in which they will lie in eight weeks of ten."""
    bare = Section(title=_("The next quarter"), page=_("Forecast"), path=reverse("retention:forecast"))
    found = known.found.get("forecast") or {}
    parts = found.get("parts") or [{}]
    orders = parts[0].get("orders") or {}
    ahead = orders.get("ahead")
    if not ahead:
        return replace(bare, unknown=_("The next quarter: after half a year of sales."))
    chart = forecast_chart(_("Orders"), found["starts"], found["ahead"], orders)
    numbers = {
        "weeks": len(found["ahead"]),
        "low": formats.number(ahead["total_low"], 0),
        "high": formats.number(ahead["total_high"], 0),
        "expected": formats.number(ahead["total"], 0),
        "inside": ahead["inside"],
        "judged": ahead["judged"],
    }
    sentences = [
        _("In the next %(weeks)d weeks about %(expected)s orders are to be expected, most likely %(low)s to %(high)s.")
        % numbers
    ]
    if ahead["judged"]:
        sentences.append(
            _("Of %(judged)d weeks that were forecast in the same way, %(inside)d lay in the band drawn for them.")
            % numbers
        )
    return replace(bare, sentences=sentences, picture=picture_of(chart))
