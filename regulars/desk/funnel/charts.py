"""Charts of the funnel; None where there is too little to draw."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date, get_month_names
from django.utils.translation import gettext as _

from regulars.desk.funnel.reading import GroupRow, StepRow
from regulars.desk.funnel.words import place_name, purchase_name
from regulars.shop.attributes import CHANNELS
from regulars.ui import formats
from regulars.ui.charts import PERCENT, Chart, Node, Series, Unit, bars, flow, heat, trend

PEOPLE = Unit(digits=0)
SHARE = Unit("percent", digits=0)
# Steps from purchase to purchase that a season is compared by: later ones are few people's.
SEASONAL_STEPS = 5
# A share of fewer people is drawn as none: it would say nothing.
FEWEST = 15
FLOW_NODES = 6


def steps_chart(steps: Sequence[StepRow]) -> Chart | None:
    """How many came to each step."""
    if not steps or not steps[0].people:
        return None
    people = Series(_("People who came so far"), [step.people for step in steps], "bar")
    return bars(
        _("People at each step"),
        [step.name for step in steps],
        [people],
        unit=PEOPLE,
        head=_("Step"),
        is_horizontal=True,
    )


def months_chart(groups: Sequence[GroupRow], months: Sequence[str], *, days: int) -> Chart | None:
    """The share who bought within some days, by the month in which their way began."""
    drawn = [
        (month, group) for month, group in zip(months, groups, strict=True)
        if group.share and group.share.people >= FEWEST
    ]  # fmt: skip
    if len(drawn) < 2:
        return None
    name = _("Bought within %(days)d days") % {"days": days}
    series = Series(name, [round(group.share.value, 4) for _, group in drawn if group.share], "area")
    points = [_short(month) for month, _ in drawn]
    return trend(_("Who bought, by the month in which the way began"), points, [series], unit=PERCENT, head=_("Month"))


def purchases_chart(back: Mapping[str, Any], *, horizon: int) -> Chart | None:
    """The share who bought once more within a horizon, by which purchase it was."""
    steps = [step for step in back["steps"] if step["within"][str(horizon)]]
    if len(steps) < 2:
        return None
    shares = [round(step["within"][str(horizon)]["value"], 4) for step in steps]
    series = Series(_("Bought again within %(days)d days") % {"days": horizon}, shares, "bar")
    points = [purchase_name(step["number"]) for step in steps]
    return bars(_("Who bought once more, by which purchase it was"), points, [series], unit=SHARE, head=_("Purchase"))


def season_chart(rows: Sequence[Mapping[str, Any]], by: str) -> Chart | None:
    """The share who bought again within 90 days, by when or where the purchase was made."""
    names = list(dict.fromkeys(row["name"] for row in rows))
    if by != "channel":
        names.sort(key=int)
    cells = {(row["name"], row["number"]): row["within"] for row in rows if row["people"] >= FEWEST}
    told = {number for (_name, number), share in cells.items() if share}
    steps = [step for step in range(1, SEASONAL_STEPS + 1) if step in told]
    shown = [name for name in names if any(cells.get((name, step)) for step in steps)]
    if not steps or len(shown) < 2:
        return None
    lines: list[tuple[str, list[float | None]]] = []
    for name in shown:
        shares = [cells.get((name, step)) for step in steps]
        lines.append((_group_name(by, name), [round(share["value"], 4) if share else None for share in shares]))
    label = _("Bought again within 90 days, by when or where and by which purchase it was")
    return heat(label, [purchase_name(step) for step in steps], lines, unit=SHARE, head=_("Purchase"))


def _group_name(by: str, name: str) -> str:
    if by == "quarter":
        return _("Quarter %(number)s") % {"number": name}
    if by == "channel":
        return str(CHANNELS.get(name, name))
    return str(get_month_names("abbreviated", context="stand-alone", locale=formats.active_locale())[int(name)])


def paths_chart(found: Mapping[str, Any], *, columns: int) -> Chart | None:
    """Where visits begin and how they go on, in so many columns of places; seldom ones are one box."""
    if found["visits"] < 2:
        return None
    steps = [row for row in found["flow"] if row["place"] < columns]
    looks: Counter[str] = Counter()
    for row in steps:
        looks[row["node"]] += row["times"]
    drawn = {node for node, _times in looks.most_common(FLOW_NODES)} | {"@cart", "@order", "@left"}
    links: Counter[tuple[str, str]] = Counter()
    for row in steps:
        start, end = _drawn(row["node"], drawn), _drawn(row["next"] or "@left", drawn)
        links[f"{row['place']}|{start}", f"{row['place'] + 1}|{end}"] += row["times"]
    nodes = [_node(key) for key in sorted({key for pair in links for key in pair})]
    ordered = sorted(links.items(), key=lambda link: (-link[1], link[0]))
    head = [_("Where from"), _("Where to"), _("Visits")]
    every = [(*pair, times) for pair, times in ordered]
    return flow(_("How visits go through the site"), nodes, every, unit=PEOPLE, head=head)


def _drawn(node: str, drawn: set[str]) -> str:
    return node if node in drawn else "@other"


def _node(key: str) -> Node:
    place, node = key.split("|", 1)
    tone = {"@left": "quiet", "@order": "good"}.get(node, "")
    return Node(key, _("left") if node == "@left" else place_name(node), int(place) - 1, tone)


def _short(month: str) -> str:
    return str(format_date(date.fromisoformat(f"{month}-01"), "LLL y", locale=formats.active_locale()))
