"""How many go from where to where."""

from collections import defaultdict
from dataclasses import dataclass

from regulars.ui.charts import Chart
from regulars.ui.pictures.paper import INK, WIDTH, colour_of, shortened, tag, words

BOX, GAP = 11, 11


@dataclass
class _Box:
    """left, top, height as drawn; out_at, in_at: where the next ribbon leaves and arrives."""

    name: str
    depth: int
    value: float
    colour: str
    left: float = 0.0
    top: float = 0.0
    height: float = 0.0
    out_at: float = 0.0
    in_at: float = 0.0


def draw_flow(chart: Chart, height: int) -> str:
    """Boxes in columns, as high as what flows through them, and ribbons between (a Sankey diagram)."""
    series = chart.option["series"][0]
    links: list[dict[str, object]] = series["links"]
    boxes = _boxes(chart, height)
    ribbons = []
    for link in links:
        source, target = boxes[str(link["source"])], boxes[str(link["target"])]
        value = float(str(link["value"]))
        thick = value * (source.height / source.value if source.value else 0)
        x0, x1 = source.left + BOX, target.left
        y0, y1 = source.out_at, target.in_at
        source.out_at, target.in_at = y0 + thick, y1 + thick
        drawn_as = _ribbon(x0, y0, x1, y1, thick)
        ribbons.append(tag("path", d=drawn_as, fill=source.colour, fill_opacity=0.25))
    last = max(box.depth for box in boxes.values())
    drawn = []
    for box in boxes.values():
        drawn.append(tag("rect", x=box.left, y=box.top, width=BOX, height=max(box.height, 1.0), fill=box.colour))
        is_last = box.depth == last
        x = box.left - 4 if is_last else box.left + BOX + 4
        text = shortened(f"{box.name} {chart.unit.text(box.value)}", WIDTH / max(last, 1) - BOX - 8)
        drawn.append(words(text, x, box.top + box.height / 2 + 3, anchor="end" if is_last else "start", colour=INK))
    return "".join([*ribbons, *drawn])


def _ribbon(x0: float, y0: float, x1: float, y1: float, thick: float) -> str:
    middle = (x0 + x1) / 2
    there = f"M{x0:.1f} {y0:.1f} C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}"
    y0, y1 = y0 + thick, y1 + thick
    return f"{there} V{y1:.1f} C{middle:.1f} {y1:.1f} {middle:.1f} {y0:.1f} {x0:.1f} {y0:.1f} Z"


def _boxes(chart: Chart, height: int) -> dict[str, _Box]:
    series = chart.option["series"][0]
    out: dict[str, float] = defaultdict(float)
    into: dict[str, float] = defaultdict(float)
    for link in series["links"]:
        out[link["source"]] += link["value"]
        into[link["target"]] += link["value"]
    boxes = {
        node["name"]: _Box(
            node["title"],
            node["depth"],
            max(out[node["name"]], into[node["name"]]),
            colour_of(chart, node["name"], place),
        )
        for place, node in enumerate(series["data"])
    }
    depths = sorted({box.depth for box in boxes.values()})
    columns = [[box for box in boxes.values() if box.depth == depth] for depth in depths]
    scale = min(
        (height - 12 - GAP * (len(column) - 1)) / (sum(box.value for box in column) or 1.0) for column in columns
    )
    for place, column in enumerate(columns):
        top = 6.0
        for box in column:
            box.left = place * (WIDTH - BOX) / max(len(columns) - 1, 1)
            box.top = box.out_at = box.in_at = top
            box.height = box.value * scale
            top += box.height + GAP
    return boxes
