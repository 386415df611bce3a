"""Bars, lines and areas over points."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any

from regulars.ui.charts import Band, Chart
from regulars.ui.pictures.paper import (
    INK,
    LINE,
    SOFT,
    WIDTH,
    colour_of,
    legend,
    legend_height,
    length_of,
    short_text,
    shortened,
    tag,
    ticks,
    words,
)

LABEL_WIDTH = 190
ROW_HEIGHT = 21


@dataclass(frozen=True)
class _Frame:
    """The box in which values are drawn. `slot`: the width of a point."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    points: int

    @property
    def slot(self) -> float:
        return (self.right - self.left) / max(self.points, 1)

    def x(self, place: float) -> float:
        """The middle of a point."""
        return self.left + self.slot * (place + 0.5)

    def y(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def draw_grid(chart: Chart, height: int) -> str:
    """Standing bars, lines, areas and bands, with their axes and a legend."""
    points: list[str] = chart.option["xAxis"]["data"]
    shown = _own_series(chart)
    marks = ticks(*_extent(chart, shown))
    texts = [short_text(value, chart.unit) for value in marks]
    names = [one["name"] for one in shown] + [band.name for band in chart.bands]
    foot = legend_height(names) + 6 if len(names) > 1 else 0
    left = max(map(length_of, texts)) + 8
    frame = _Frame(left, WIDTH - 4, 10, height - 20 - foot, marks[0], marks[-1], len(points))
    drawn = [_axes(frame, points, list(zip(marks, texts, strict=True)))]
    drawn += [_band(chart, frame, band, place) for place, band in enumerate(chart.bands)]
    drawn.append(_bars(chart, frame, [one for one in shown if one["type"] == "bar"]))
    drawn += [_line(chart, frame, one, place) for place, one in enumerate(shown) if one["type"] == "line"]
    if foot:
        entries = [(name, colour_of(chart, name, place)) for place, name in enumerate(names[: len(shown)])]
        entries += [(band.name, _band_colour(chart, shown, place)) for place, band in enumerate(chart.bands)]
        drawn.append(legend(entries, height - foot + 4)[0])
    return "".join(drawn)


def draw_lying(chart: Chart) -> tuple[str, int]:
    """A row for each point: its name, its bars, and the figure behind them."""
    points: list[str] = chart.option["yAxis"]["data"]
    shown = _own_series(chart)
    left = min(max((length_of(point) for point in points), default=0) + 10, LABEL_WIDTH)
    values = [abs(value) for one in shown for value in one["data"] if value]
    room = WIDTH - left - max((length_of(chart.unit.text(value)) for value in values), default=20) - 10
    scale = room / max(values, default=1)
    bar = (ROW_HEIGHT - 7) / len(shown) if len(shown) < 3 else 7
    row = bar * len(shown) + 7
    drawn = []
    for place, point in enumerate(points):
        top = place * row + 3
        drawn.append(words(shortened(point, left - 8), left - 8, top + (row - 7) / 2 + 4, anchor="end", colour=INK))
        for index, one in enumerate(shown):
            value = one["data"][place]
            y = top + index * bar
            # One tone for each row, where rows mean something; else one for each series.
            colour = colour_of(chart, point if point in chart.tones else one["name"], index)
            drawn.append(tag("rect", x=left, y=y, width=abs(value or 0) * scale, height=bar - 1, rx=1.5, fill=colour))
            drawn.append(words(chart.unit.text(value), left + abs(value or 0) * scale + 5, y + bar / 2 + 3))
    height = row * len(points) + 6
    if len(shown) > 1:
        body, more = legend([(one["name"], colour_of(chart, one["name"], i)) for i, one in enumerate(shown)], height)
        drawn.append(body)
        height += more
    return "".join(drawn), ceil(height)


def _own_series(chart: Chart) -> list[dict[str, Any]]:
    """Without the layers that stand for bands on a page."""
    series: list[dict[str, Any]] = chart.option["series"]
    return series[2 * len(chart.bands) :]


def _extent(chart: Chart, shown: Sequence[dict[str, Any]]) -> tuple[float, float]:
    values = [value for band in chart.bands for value in (*band.lows, *band.highs) if value is not None]
    stacked = [one for one in shown if one.get("stack")]
    for one in shown:
        if not one.get("stack"):
            values += [value for value in one["data"] if value is not None]
    for column in zip(*(one["data"] for one in stacked), strict=True):
        known = [value for value in column if value is not None]
        values += [sum(value for value in known if value > 0), sum(value for value in known if value < 0)]
    return min([0.0, *values]), max([0.0, *values])


def _axes(frame: _Frame, points: Sequence[str], marks: Sequence[tuple[float, str]]) -> str:
    drawn = []
    for value, text in marks:
        y = frame.y(value)
        colour = SOFT if value == 0 else LINE
        drawn.append(tag("line", x1=frame.left, x2=frame.right, y1=y, y2=y, stroke=colour, stroke_width=0.7))
        drawn.append(words(text, frame.left - 6, y + 3.5, anchor="end"))
    widest = max((length_of(point) for point in points), default=1) + 10
    each = max(1, ceil(widest / frame.slot))
    # Counted from the last point, which is the one that matters most.
    drawn += [
        words(point, min(frame.x(place), WIDTH - length_of(point) / 2), frame.bottom + 15, anchor="middle")
        for place, point in enumerate(points)
        if (len(points) - 1 - place) % each == 0
    ]
    return "".join(drawn)


def _bars(chart: Chart, frame: _Frame, shown: Sequence[dict[str, Any]]) -> str:
    is_stacked = any(one.get("stack") for one in shown)
    width = min(frame.slot * 0.74, 30) / (1 if is_stacked else max(len(shown), 1))
    drawn = []
    for place in range(frame.points):
        above = below = 0.0
        start = frame.x(place) - width * (1 if is_stacked else len(shown)) / 2
        for index, one in enumerate(shown):
            value = one["data"][place] or 0
            begun = (above if value >= 0 else below) if is_stacked else 0.0
            y = sorted((frame.y(begun), frame.y(begun + value)))
            x = start if is_stacked else start + index * width
            colour = colour_of(chart, one["name"], index)
            if value:
                drawn.append(tag("rect", x=x, y=y[0], width=width, height=max(y[1] - y[0], 0.3), fill=colour))
            above, below = (begun + value, below) if value >= 0 else (above, begun + value)
    return "".join(drawn)


def _line(chart: Chart, frame: _Frame, one: dict[str, Any], place: int) -> str:
    colour = colour_of(chart, one["name"], place)
    dashed = {"stroke_dasharray": "5 4"} if one.get("lineStyle", {}).get("type") == "dashed" else {}
    drawn = []
    for spots in _stretches(frame, one["data"]):
        path = _path(spots, is_stepped="step" in one)
        if "areaStyle" in one:
            base = frame.y(max(frame.low, 0.0))
            area = f"{path} L{spots[-1][0]:.1f} {base:.1f} L{spots[0][0]:.1f} {base:.1f} Z"
            drawn.append(tag("path", d=area, fill=colour, fill_opacity=0.14))
        if len(spots) == 1:
            drawn.append(tag("circle", cx=spots[0][0], cy=spots[0][1], r=2.5, fill=colour))
        drawn.append(tag("path", d=path, fill="none", stroke=colour, stroke_width=1.8, **dashed))
    return "".join(drawn)


def _band(chart: Chart, frame: _Frame, band: Band, place: int) -> str:
    edges = [
        (frame.x(i), frame.y(low), frame.y(high))
        for i, (low, high) in enumerate(zip(band.lows, band.highs, strict=True))
        if low is not None and high is not None
    ]
    if not edges:
        return ""
    there = " L".join(f"{x:.1f} {high:.1f}" for x, _, high in edges)
    back = " L".join(f"{x:.1f} {low:.1f}" for x, low, _ in reversed(edges))
    colour = _band_colour(chart, _own_series(chart), place)
    return tag("path", d=f"M{there} L{back} Z", fill=colour, fill_opacity=0.2)


def _band_colour(chart: Chart, shown: Sequence[dict[str, Any]], place: int) -> str:
    """That of the line it belongs to: bands stand in the order of lines."""
    return colour_of(chart, shown[place]["name"] if place < len(shown) else "", place)


def _stretches(frame: _Frame, values: Sequence[float | None]) -> list[list[tuple[float, float]]]:
    """Unbroken runs of known values as points."""
    runs = groupby(enumerate(values), key=lambda pair: pair[1] is None)
    return [[(frame.x(i), frame.y(v)) for i, v in run if v is not None] for is_gap, run in runs if not is_gap]


def _path(spots: Sequence[tuple[float, float]], *, is_stepped: bool) -> str:
    parts = [f"M{spots[0][0]:.1f} {spots[0][1]:.1f}"]
    parts += [f"H{x:.1f} V{y:.1f}" if is_stepped else f"L{x:.1f} {y:.1f}" for x, y in spots[1:]]
    return " ".join(parts)
