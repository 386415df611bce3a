"""Charts of what was found about the shop; None where there is too little to draw."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from django.utils.translation import gettext as _

from regulars.audience.attributes import STAGES
from regulars.audience.rules import Stage
from regulars.shop.queries import GoalRow
from regulars.shop.rules.goals import expected_by
from regulars.ui import formats
from regulars.ui.charts import NUMBER, PERCENT, Chart, Series, Unit, bars, heat, trend

MONTHS_SHOWN = 24
COHORTS_SHOWN = 13
# From those who keep coming down to those who are gone, so that a stack shows what slides away on top.
_STACK = (Stage.LOYAL, Stage.REGULAR, Stage.REPEAT, Stage.OCCASIONAL, Stage.NEW, Stage.LEAVING, Stage.LOST)
_TONES = {Stage.OCCASIONAL: "quiet", Stage.LEAVING: "warn", Stage.LOST: "bad"}


def stages_chart(by_month: Mapping[str, Any] | None, *, months: int = MONTHS_SHOWN) -> Chart | None:
    """Customers in each stage at the end of each month."""
    if not by_month or len(by_month["months"]) < 2:
        return None
    points = [month_in_short(month) for month in by_month["months"][-months:]]
    series = [
        Series(str(STAGES[stage]), by_month["stages"][stage.value][-months:], "bar", _TONES.get(stage, ""))
        for stage in _STACK
    ]
    return bars(_("Customers by stage"), points, series, unit=Unit(digits=0), head=_("Month"), is_stacked=True)


def cohorts_chart(
    cohorts: Sequence[Mapping[str, Any]] | None,
    months: Sequence[Mapping[str, Any]] | None,
    *,
    count: int = COHORTS_SHOWN,
    is_share: bool = True,
) -> Chart | None:
    """Of those who first bought in a month, how many bought in the months after it. A month under way is left out."""
    if not cohorts or not months:
        return None
    is_cut = not months[-1]["is_whole"]
    rows: list[tuple[str, list[float | None]]] = []
    for cohort in cohorts[-count - int(is_cut) :]:
        active = cohort["active"][1 : len(cohort["active"]) - int(is_cut)][:count]
        if active or not is_cut:
            values = [round(n / cohort["size"], 4) if is_share else n for n in active]
            rows.append((f"{month_in_short(cohort['month'])} · {formats.number(cohort['size'], 0)}", values))
    width = max((len(values) for _name, values in rows), default=0)
    if not width:
        return None
    columns = [str(n) for n in range(1, width + 1)]
    padded = [(name, [*values, *[None] * (width - len(values))]) for name, values in rows]
    unit = Unit("percent", digits=0) if is_share else NUMBER
    return heat(_("Customers who came back, by month after the first purchase"), columns, padded, unit=unit,
                head=_("First purchase · customers"))  # fmt: skip


def repeat_chart(months: Sequence[Mapping[str, Any]] | None, goals: Sequence[GoalRow]) -> Chart | None:
    """The share of a month's buyers who had bought before, with the goals that were set for it."""
    whole = [month for month in months or () if month["is_whole"] and month["buyers"]][-MONTHS_SHOWN:]
    if len(whole) < 2:
        return None
    shares = [round(month["repeat_buyers"] / month["buyers"], 4) for month in whole]
    series = [Series(_("Share of buyers who had bought before"), shares, "area")]
    for goal in goals:
        days = [date.fromisoformat(f"{month['month']}-28") for month in whole]
        way = [
            round(expected_by(goal.line, day), 4) if goal.line.start_date <= day <= goal.line.due_date else None
            for day in days
        ]
        if any(value is not None for value in way):
            series.append(Series(_("Goal: %(name)s") % {"name": goal.owner_name}, way, is_dashed=True))
    points = [month_in_short(month["month"]) for month in whole]
    return trend(_("Share of repeat buyers"), points, series, unit=PERCENT, head=_("Month"))


def month_in_short(month: str) -> str:
    """«дек. 2011», Dec 2011."""
    return str(format_date(date.fromisoformat(f"{month}-01"), "LLL y", locale=formats.active_locale()))
