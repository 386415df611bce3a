"""Charts of the economics; None where there is too little to draw."""

from datetime import date

from babel.dates import format_date
from django.utils.translation import gettext as _

from regulars.desk.economics.words import PURPOSES
from regulars.insight.queries.economics import Economics
from regulars.shop.rules import SpendingPurpose
from regulars.ui import formats
from regulars.ui.charts import Chart, Series, Unit, bars, trend

MONTHS_SHOWN = 24


def cac_chart(found: Economics, currency: str) -> Chart | None:
    """The cost of a new customer by month."""
    months = [row for row in found.months[-MONTHS_SHOWN:] if row.is_entered]
    values = [row.won.cac_minor for row in months]
    if sum(value is not None for value in values) < 2:
        return None
    rounded = [None if value is None else round(value) for value in values]
    return trend(
        _("Cost of a new customer by month"),
        [_short(row.month_date) for row in months],
        [Series(_("Cost of a new customer"), rounded, "area")],
        unit=Unit("money", currency),
        head=_("Month"),
    )


def spending_chart(found: Economics, currency: str) -> Chart | None:
    """What was spent by month and purpose."""
    months = [row for row in found.months[-MONTHS_SHOWN:] if row.is_entered]
    if not months:
        return None
    series = [
        Series(str(PURPOSES[SpendingPurpose.ACQUISITION]), [row.won.spent_minor for row in months], "bar"),
        Series(str(PURPOSES[SpendingPurpose.RETENTION]), [row.retention_minor for row in months], "bar"),
        Series(str(PURPOSES[SpendingPurpose.OTHER]), [row.other_minor for row in months], "bar", "quiet"),
    ]
    points = [_short(row.month_date) for row in months]
    unit = Unit("money", currency)
    return bars(_("Spending by month"), points, series, unit=unit, head=_("Month"), is_stacked=True)


def payback_chart(found: Economics, currency: str) -> Chart | None:
    """What an average new customer's margin has brought by month, against what he cost."""
    cac, share = found.won.cac_minor, found.margin.share
    if cac is None or share is None or len(found.curve_minor) < 2:
        return None
    brought = [round(money * share) for money in found.curve_minor]
    return trend(
        _("Margin of a new customer, added up, against his cost"),
        [str(month) for month in range(len(brought))],
        [
            Series(_("Margin so far"), brought, "area", "good"),
            Series(_("Cost of a new customer"), [round(cac)] * len(brought), is_dashed=True, tone="warn"),
        ],
        unit=Unit("money", currency),
        head=_("Months after the first purchase"),
    )


def _short(month: date) -> str:
    return str(format_date(month, "LLL y", locale=formats.active_locale()))
