"""Charts as values: Python says what is shown, one script draws it, and a table tells the same to those who listen.

A chart becomes an ECharts option in a JSON script tag; static/ui/charts.js adds colours of the light or dark theme and
the number format of the page's language, and draws on a canvas (strict CSP leaves nothing else).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

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
    """One line or row of bars. `tone` asks for a meaning: good, warn, bad, quiet; else colours go round."""

    name: str
    values: Sequence[Value]
    kind: Kind = "line"
    tone: str = ""
    is_dashed: bool = False
    # For what holds until it is changed, as a price does.
    is_stepped: bool = False


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

    @property
    def data(self) -> dict[str, Any]:
        return {"option": self.option, "unit": self.unit.as_json(), "tones": self.tones, "label": self.label}

    @property
    def is_empty(self) -> bool:
        return not self.rows


def trend(label: str, points: Sequence[str], series: Sequence[Series], *, unit: Unit = NUMBER, head: str = "") -> Chart:
    """Lines, areas or bars over `points` (days, months, steps); each series has a value for each point."""
    return _grid_chart(label, points, series, unit=unit, head=head)


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
