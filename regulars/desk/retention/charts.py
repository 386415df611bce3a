"""Charts of who comes back and what is to be expected; None where there is too little to draw."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from babel.dates import format_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.audience.attributes import STAGES
from regulars.audience.rules import Stage
from regulars.insight.rules.moves import NOT_YET, PLACES
from regulars.shop.queries import GoalRow
from regulars.shop.rules.goals import expected_by
from regulars.ui import formats
from regulars.ui.charts import PERCENT, Band, Chart, Node, Series, Unit, bars, flow, heat, trend

COUNT = Unit(digits=0)
QUARTERS_SHOWN = 6
WEEKS_SHOWN = 26
# A goal is set for a month; a week is so much of it.
WEEK_OF_MONTH = 7 / 30.4375
# From those who keep coming, at the top, down to those who are gone.
_ROWS = (Stage.LOYAL, Stage.REGULAR, Stage.REPEAT, Stage.NEW, Stage.OCCASIONAL, Stage.LEAVING, Stage.LOST)
_TONES = {Stage.LOYAL: "good", Stage.REGULAR: "good", Stage.OCCASIONAL: "quiet", Stage.LEAVING: "warn",
          Stage.LOST: "bad"}  # fmt: skip
SERIES_NAMES: Mapping[str, Promise] = {
    "orders": gettext_lazy("Orders"),
    "repeat": gettext_lazy("Repeat purchases"),
    "new": gettext_lazy("New customers"),
    "lost": gettext_lazy("Lost customers"),
}


def curves_chart(cohorts: Sequence[Mapping[str, Any]], back_days: Sequence[int]) -> Chart | None:
    """How many of 100 had come back so many days after the first purchase, by quarter of it and of all."""
    quarters: dict[str, list[Mapping[str, Any]]] = {}
    for cohort in cohorts:
        year, month = cohort["month"].split("-")
        name = _("Quarter %(number)d of %(year)s") % {"number": (int(month) + 2) // 3, "year": year}
        quarters.setdefault(name, []).append(cohort)
    lines = [(name, _curve(group, len(back_days))) for name, group in quarters.items()]
    drawn = [(name, curve) for name, curve in lines if curve[0] is not None][-QUARTERS_SHOWN:]
    if not drawn:
        return None
    all_of_them = _curve(cohorts, len(back_days), is_common=False)
    series = [
        Series(_("All"), [0, *all_of_them], "area", tone="quiet"),
        *(Series(name, [0, *curve]) for name, curve in drawn),
    ]
    points = ["0", *(str(days) for days in back_days)]
    return trend(_("Share who came back, by days since the first purchase"), points, series, unit=PERCENT,
                 head=_("Days"))  # fmt: skip


def _curve(cohorts: Sequence[Mapping[str, Any]], steps: int, *, is_common: bool = True) -> list[float | None]:
    """Shares at each step of cohorts that all have had it; not `is_common`: of those cohorts that have."""
    curve: list[float | None] = []
    for step in range(steps):
        ready = [cohort for cohort in cohorts if len(cohort["back"]) > step]
        size = sum(cohort["size"] for cohort in ready)
        is_known = size and (len(ready) == len(cohorts) or not is_common)
        curve.append(round(sum(cohort["back"][step] for cohort in ready) / size, 4) if is_known else None)
    return curve


def turns_chart(starts: Sequence[str], weeks: Mapping[str, Sequence[int]], goals: Sequence[GoalRow]) -> Chart | None:
    """Customers won and woken above, lost below, by week."""
    if len(starts) < 2:
        return None
    shown = slice(-WEEKS_SHOWN, None)
    series = [
        Series(_("New"), weeks["new"][shown], "bar", "good"),
        Series(_("Woken"), weeks["woken"][shown], "bar", "info"),
        Series(_("Lost"), [-count for count in weeks["lost"][shown]], "bar", "bad"),
    ]
    label = _("Customers won, woken and lost by week")
    points = [week_in_short(start) for start in starts[shown]]
    if not goals:
        return bars(label, points, series, unit=COUNT, head=_("Week of"), is_stacked=True)
    days = [date.fromisoformat(start) for start in starts[shown]]
    return trend(label, points, [*series, *goal_series(goals, days)], unit=COUNT, head=_("Week of"))


def goal_series(goals: Sequence[GoalRow], days: Sequence[date]) -> list[Series]:
    """Each goal's way, as much of a month's figure as falls on a week; goals that touch no day are left out."""
    found = []
    for goal in goals:
        way = [
            round(expected_by(goal.line, day) * WEEK_OF_MONTH, 1)
            if goal.line.start_date <= day <= goal.line.due_date
            else None
            for day in days
        ]
        if any(value is not None for value in way):
            found.append(Series(_("Goal: %(name)s") % {"name": goal.owner_name}, way, is_dashed=True))
    return found


def moves_chart(flows: Mapping[tuple[str, str], int]) -> Chart | None:
    """From which stage to which customers moved."""
    if not flows:
        return None
    nodes = [
        Node(f"{side}:{key}", name, depth, tone)
        for depth, side in enumerate(("from", "to"))
        for key, name, tone in stage_names()
        if not (depth and key == NOT_YET)
    ]
    order = [key for key, _name, _tone in stage_names()]
    links = sorted(flows.items(), key=lambda move: (order.index(move[0][0]), order.index(move[0][1])))
    return flow(
        _("Moves between stages"),
        nodes,
        [(f"from:{before}", f"to:{after}", count) for (before, after), count in links],
        unit=COUNT,
        head=[_("From stage"), _("To stage"), _("Customers")],
    )


def stage_names() -> list[tuple[str, str, str]]:
    """(key, name, tone) from the best stage down; whoever had not bought yet comes last."""
    assert {stage.value for stage in _ROWS} | {NOT_YET} == set(PLACES)
    return [
        *((stage.value, str(STAGES[stage]), _TONES.get(stage, "")) for stage in _ROWS),
        (NOT_YET, _("Not yet a customer"), "quiet"),
    ]


def pareto_chart(curve: Sequence[Sequence[float]]) -> Chart | None:
    """What share of the money the best customers bring, from the best one down to all."""
    if len(curve) < 3:
        return None
    points = [formats.percent(share, 0) for share, _money in curve]
    even = [round(share, 4) for share, _money in curve]
    return trend(
        _("Share of the money by share of customers, the best first"),
        points,
        [
            Series(_("Share of the money"), [round(money, 4) for _share, money in curve], "area"),
            Series(_("If all brought the same"), even, tone="quiet", is_dashed=True),
        ],
        unit=PERCENT,
        head=_("Best customers"),
    )


def forecast_chart(
    name: str, starts: Sequence[str], ahead: Sequence[str], series: Mapping[str, Any], goals: Sequence[GoalRow] = ()
) -> Chart:
    """The last weeks and the next ones with their band."""
    past, found = series["past"][-WEEKS_SHOWN:], series["ahead"]
    days = [*starts[-WEEKS_SHOWN:], *(ahead if found else [])]
    gap: list[None] = [None] * len(past)
    lines = [Series(_("Past weeks"), [*past, *([None] * len(ahead) if found else [])])]
    bands = []
    if found:
        # The dashed line begins where the solid one ends.
        lines.append(Series(_("Expected"), [*gap[:-1], *past[-1:], *found["expected"]], is_dashed=True))
        bands.append(Band(_("8 of 10 times within"), [*gap, *found["low"]], [*gap, *found["high"]]))
    lines += goal_series(goals, [date.fromisoformat(day) for day in days])
    points = [week_in_short(day) for day in days]
    return trend(name, points, lines, unit=Unit(digits=0), head=_("Week of"), bands=bands)


def hours_chart(hours: Mapping[tuple[int, int], float]) -> Chart | None:
    """Calls to expect in each hour of a week."""
    if not hours:
        return None
    known = sorted({hour for _weekday, hour in hours})
    columns = list(range(known[0], known[-1] + 1))
    rows = [(weekday_name(weekday), [_rounded(hours.get((weekday, hour))) for hour in columns]) for weekday in range(7)]
    return heat(_("Calls in each hour of a week"), [f"{hour}:00" for hour in columns], rows, unit=Unit(digits=1),
                head=_("Weekday"))  # fmt: skip


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def weekday_name(weekday: int) -> str:
    """«понедельник», Monday; 0 is Monday."""
    day = date(2024, 1, 1) + timedelta(days=weekday)
    return str(format_date(day, "cccc", locale=formats.active_locale()))


def week_in_short(start: str) -> str:
    """The first day of a week: «3 мар.», 3 Mar; with the year where it begins."""
    day = date.fromisoformat(start)
    pattern = "d MMM y" if day.timetuple().tm_yday <= 7 else "d MMM"
    return str(format_date(day, pattern, locale=formats.active_locale()))
