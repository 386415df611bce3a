"""The same charts on paper: a `Chart` as an SVG that needs no script, no style sheet and no font of its own.

What charts.js draws on a page is drawn here for print: light colours, every label written out. A function of the chart
and the active language only.
"""

from regulars.ui.charts import Chart
from regulars.ui.pictures.flows import draw_flow
from regulars.ui.pictures.grids import draw_grid, draw_lying
from regulars.ui.pictures.heats import draw_heat
from regulars.ui.pictures.paper import WIDTH, sheet

__all__ = ["picture_of"]


def picture_of(chart: Chart, *, height: int = 230) -> str:
    """An <svg> of WIDTH by about `height`; lying bars and heat maps are as high as their rows need."""
    kind = chart.option["series"][0]["type"]
    if kind == "sankey":
        body = draw_flow(chart, height)
    elif kind == "heatmap":
        body, height = draw_heat(chart)
    elif kind == "pie":
        raise ValueError("a ring has no picture on paper: bars tell parts of a whole better there")
    elif chart.option["yAxis"]["type"] == "category":
        body, height = draw_lying(chart)
    else:
        body = draw_grid(chart, height)
    return sheet(body, WIDTH, height, label=chart.label)
