"""Charts as values: Python says what is shown, one script draws it, and a table tells the same to those who listen.

A chart becomes an ECharts option in a JSON script tag; static/ui/charts.js adds colours of the light or dark theme and
the number format of the page's language, and draws on a canvas (strict CSP leaves nothing else).
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, Literal

from django.utils.translation import gettext

from regulars.foundation.money import exponent_of
from regulars.ui import formats

Kind = Literal["line", "area", "bar"]
Value = float | int | None


@dataclass(frozen=True)
class Unit:
    """What a figure counts. kind: number, percent (a share of one) or money (minor units of `currency`)."""

    kind: Literal["number", "percent", "money"] = "number"
    currency: str = ""
    digits: int = 1

    def text(self, value: Value) -> str:
        if value is None:
            return "–"
        if self.kind == "money":
            return formats.money(round(value), self.currency, is_rounded=True)
        if self.kind == "percent":
            return formats.percent(value, self.digits)
        return formats.number(value, self.digits)

    def as_json(self) -> dict[str, Any]:
        exponent = exponent_of(self.currency) if self.kind == "money" else 0
        return {"kind": self.kind, "currency": self.currency, "digits": self.digits, "exponent": exponent}


NUMBER = Unit()
PERCENT = Unit("percent")


@dataclass(frozen=True)
class Series:
    """One line or row of bars. `tone` asks for a meaning: good, warn, bad, info, quiet; else colours go round."""

    name: str
    values: Sequence[Value]
    kind: Kind = "line"
    tone: str = ""
    is_dashed: bool = False
    # For what holds until it is changed, as a price does.
    is_stepped: bool = False


@dataclass(frozen=True)
class Band:
    """Between which values something lies: an area behind the lines."""

    name: str
    lows: Sequence[Value]
    highs: Sequence[Value]


@dataclass(frozen=True)
class Node:
    """A box of a flow. `depth`: its column, from 0; `tone` as in `Series`."""

    key: str
    name: str
    depth: int
    tone: str = ""


@dataclass(frozen=True)
class Chart:
    """label: what the chart shows, one sentence. headers and rows: the same as a table of texts."""

    label: str
    option: dict[str, Any]
    unit: Unit
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    # Names and index of parts whose colour means something; charts.js looks them up in the theme.
    tones: dict[str, str] = field(default_factory=dict)
    bands: Sequence[Band] = ()

    @property
    def data(self) -> dict[str, Any]:
        data = {"option": self.option, "unit": self.unit.as_json(), "tones": self.tones, "label": self.label}
        return data | {"bands": [asdict(band) for band in self.bands]} if self.bands else data

    @property
    def is_empty(self) -> bool:
        return not self.rows


def trend(
    label: str,
    points: Sequence[str],
    series: Sequence[Series],
    *,
    unit: Unit = NUMBER,
    head: str = "",
    bands: Sequence[Band] = (),
) -> Chart:
    """Lines, areas or bars over `points` (days, months, steps); each series and band has a value for each point."""
    chart = _grid_chart(label, points, series, unit=unit, head=head)
    if not bands:
        return chart
    layers = [layer for place, band in enumerate(bands) for layer in _band_layers(band, f"band{place}")]
    names = [*(one.name for one in series), *(band.name for band in bands)]
    legend = {**chart.option["legend"], "show": True, "data": names}
    grid = {**chart.option["grid"], "bottom": 36}
    rows = [[*row, *(_ends(band, i, unit) for band in bands)] for i, row in enumerate(chart.rows)]
    return replace(
        chart,
        option={**chart.option, "legend": legend, "grid": grid, "series": [*layers, *chart.option["series"]]},
        headers=[*chart.headers, *(band.name for band in bands)],
        rows=rows,
        bands=bands,
    )


@dataclass(frozen=True)
class Course:
    """Values on days that need not lie evenly. kind "dots" marks them instead of joining them."""

    name: str
    points: Sequence[tuple[date, float]]
    kind: Literal["line", "area", "dots"] = "line"
    tone: str = ""
    is_dashed: bool = False


def over_time(
    label: str, courses: Sequence[Course], *, unit: Unit = NUMBER, highest: float | None = None, told: Collection[date]
) -> Chart:
    """Lines and dots over a calendar, where a week is as wide as any other. told: the days that the table names."""
    days = sorted({day for course in courses for day, _ in course.points if day in told})
    values = [dict(course.points) for course in courses]
    return Chart(
        label,
        {
            "tooltip": {"trigger": "axis"},
            "legend": {"show": len(courses) > 1, "bottom": 0, "type": "scroll"},
            "grid": {"left": 8, "right": 16, "top": 16, "bottom": 36 if len(courses) > 1 else 8, "containLabel": True},
            "xAxis": {"type": "time"},
            "yAxis": {"type": "value", "min": 0} | ({} if highest is None else {"max": highest}),
            "series": [_course(course) for course in courses],
        },
        unit,
        [gettext("Day"), *(course.name for course in courses)],
        [[formats.day(day), *(unit.text(found.get(day)) for found in values)] for day in days],
        {course.name: course.tone for course in courses if course.tone},
    )


def _course(course: Course) -> dict[str, Any]:
    data = [[day.isoformat(), value] for day, value in course.points]
    if course.kind == "dots":
        return {"name": course.name, "type": "scatter", "data": data, "symbolSize": 7}
    option: dict[str, Any] = {"name": course.name, "type": "line", "data": data, "showSymbol": False}
    if course.kind == "area":
        option["areaStyle"] = {"opacity": 0.15}
    if course.is_dashed:
        option["lineStyle"] = {"type": "dashed"}
    return option


def bars(
    label: str,
    points: Sequence[str],
    series: Sequence[Series],
    *,
    unit: Unit = NUMBER,
    head: str = "",
    is_horizontal: bool = False,
    is_stacked: bool = False,
) -> Chart:
    """Bars beside or upon each other, standing or lying."""
    as_bars = [Series(s.name, s.values, "bar", s.tone, s.is_dashed) for s in series]
    return _grid_chart(label, points, as_bars, unit=unit, head=head, is_horizontal=is_horizontal, is_stacked=is_stacked)


def ring(
    label: str, parts: Sequence[tuple[str, float]], *, unit: Unit = NUMBER, head: str = "", tones: Sequence[str] = ()
) -> Chart:
    """Parts of a whole; `tones` gives a meaning to each part, in order."""
    total = sum(value for _, value in parts) or 1
    return Chart(
        label,
        {
            "legend": {"bottom": 0, "type": "scroll"},
            "tooltip": {"trigger": "item"},
            "series": [
                {
                    "type": "pie",
                    "radius": ["52%", "76%"],
                    "center": ["50%", "44%"],
                    "label": {"show": False},
                    "data": [{"name": name, "value": value} for name, value in parts],
                }
            ],
        },
        unit,
        [head, label, "%"],
        [[name, unit.text(value), formats.percent(value / total)] for name, value in parts],
        {name: tone for (name, _), tone in zip(parts, tones, strict=False)},
    )


def heat(
    label: str,
    columns: Sequence[str],
    rows: Sequence[tuple[str, Sequence[Value]]],
    *,
    unit: Unit = PERCENT,
    head: str = "",
) -> Chart:
    """A table whose cells darken with their value; None leaves a cell empty."""
    cells = [[x, y, value] for y, (_, values) in enumerate(rows) for x, value in enumerate(values) if value is not None]
    return Chart(
        label,
        {
            "tooltip": {"trigger": "item"},
            "grid": {"left": 8, "right": 8, "top": 28, "bottom": 8, "containLabel": True},
            "xAxis": {"type": "category", "data": list(columns), "position": "top", "splitArea": {"show": False}},
            "yAxis": {"type": "category", "data": [name for name, _ in rows], "inverse": True},
            "visualMap": {
                "show": False,
                "min": min((cell[2] for cell in cells), default=0),
                "max": max((cell[2] for cell in cells), default=1),
            },
            "series": [{"type": "heatmap", "name": label, "data": cells, "label": {"show": True}}],
        },
        unit,
        [head, *columns],
        [[name, *(unit.text(value) for value in values)] for name, values in rows],
    )


def flow(
    label: str,
    nodes: Sequence[Node],
    links: Sequence[tuple[str, str, float]],
    *,
    unit: Unit = NUMBER,
    head: Sequence[str],
) -> Chart:
    """How many go from where to where (a Sankey diagram). links: keys of two nodes and how many.

    head: of the table: from, to, how many.
    """
    names = {node.key: node.name for node in nodes}
    used = {key for source, target, _ in links for key in (source, target)}
    return Chart(
        label,
        {
            "tooltip": {"trigger": "item"},
            "series": [
                {
                    "type": "sankey",
                    "left": 8,
                    "right": 8,
                    "top": 8,
                    "bottom": 8,
                    "nodeGap": 14,
                    "layoutIterations": 0,
                    "emphasis": {"focus": "adjacency"},
                    "data": [
                        {"name": node.key, "title": node.name, "depth": node.depth}
                        for node in nodes
                        if node.key in used
                    ],
                    "links": [{"source": source, "target": target, "value": value} for source, target, value in links],
                }
            ],
        },
        unit,
        head,
        [[names[source], names[target], unit.text(value)] for source, target, value in links],
        {node.key: node.tone for node in nodes if node.tone},
    )


def _band_layers(band: Band, stack: str) -> list[dict[str, Any]]:
    """An area between two lines is the lower one, unseen, with the distance to the higher upon it."""
    spans = [
        None if low is None or high is None else high - low for low, high in zip(band.lows, band.highs, strict=True)
    ]
    bare = {"type": "line", "stack": stack, "stackStrategy": "all", "symbol": "none", "silent": True, "smooth": 0.25,
            "lineStyle": {"opacity": 0}}  # fmt: skip
    return [
        {**bare, "name": f"{stack}-low", "data": list(band.lows)},
        {**bare, "name": band.name, "data": spans, "areaStyle": {"opacity": 0.22}},
    ]


def _ends(band: Band, place: int, unit: Unit) -> str:
    low, high = band.lows[place], band.highs[place]
    return unit.text(None) if low is None or high is None else f"{unit.text(low)} – {unit.text(high)}"


def _grid_chart(
    label: str,
    points: Sequence[str],
    series: Sequence[Series],
    *,
    unit: Unit,
    head: str,
    is_horizontal: bool = False,
    is_stacked: bool = False,
) -> Chart:
    names: dict[str, Any] = {"type": "category", "data": list(points)}
    figures: dict[str, Any] = {"type": "value"}
    if is_horizontal:
        names["inverse"] = True
    has_legend = len(series) > 1
    return Chart(
        label,
        {
            "tooltip": {"trigger": "axis"},
            "legend": {"show": has_legend, "bottom": 0, "type": "scroll"},
            "grid": {"left": 8, "right": 16, "top": 16, "bottom": 36 if has_legend else 8, "containLabel": True},
            "xAxis": figures if is_horizontal else names,
            "yAxis": names if is_horizontal else figures,
            "series": [_series(s, is_stacked=is_stacked) for s in series],
        },
        unit,
        [head, *(s.name for s in series)],
        [[point, *(unit.text(s.values[i]) for s in series)] for i, point in enumerate(points)],
        {s.name: s.tone for s in series if s.tone},
    )


def _series(series: Series, *, is_stacked: bool) -> dict[str, Any]:
    option: dict[str, Any] = {
        "name": series.name,
        "type": "bar" if series.kind == "bar" else "line",
        "data": list(series.values),
    }
    if is_stacked:
        option["stack"] = "all"
    if series.kind == "bar":
        return {**option, "barMaxWidth": 36}
    option |= {"smooth": 0.25, "showSymbol": len(series.values) <= 1, "symbolSize": 6}
    if series.kind == "area":
        option["areaStyle"] = {"opacity": 0.15}
    if series.is_stepped:
        option |= {"step": "end", "smooth": False}
    if series.is_dashed:
        option["lineStyle"] = {"type": "dashed"}
    return option
