"""Tables whose cells darken with their value."""

from regulars.ui.charts import Chart
from regulars.ui.pictures.paper import INK, PAPER, WIDTH, length_of, mixed, short_text, tag, words

CELL_HEIGHT = 17
# Narrower cells have no room for their figure.
NARROWEST = 26.0


def draw_heat(chart: Chart) -> tuple[str, int]:
    columns: list[str] = chart.option["xAxis"]["data"]
    rows: list[str] = chart.option["yAxis"]["data"]
    cells: list[tuple[int, int, float]] = chart.option["series"][0]["data"]
    low, high = chart.option["visualMap"]["min"], chart.option["visualMap"]["max"]
    left = max((length_of(row) for row in rows), default=0) + 10
    width = (WIDTH - left) / max(len(columns), 1)
    drawn = [words(column, left + width * (place + 0.5), 11, anchor="middle") for place, column in enumerate(columns)]
    drawn += [
        words(row, left - 7, 16 + CELL_HEIGHT * place + 12, anchor="end", colour=INK) for place, row in enumerate(rows)
    ]
    for x, y, value in cells:
        share = (value - low) / (high - low) if high > low else 0.0
        at, top = left + width * x, 16 + CELL_HEIGHT * y
        drawn.append(
            tag("rect", x=at + 0.5, y=top + 0.5, width=width - 1, height=CELL_HEIGHT - 1, rx=2, fill=mixed(share))
        )
        if width >= NARROWEST:
            colour = PAPER if share > 0.6 else INK
            text = short_text(value, chart.unit)
            drawn.append(words(text, at + width / 2, top + 12, anchor="middle", colour=colour, size=9))
    return "".join(drawn), 16 + CELL_HEIGHT * len(rows) + 4
