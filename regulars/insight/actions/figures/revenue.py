"""How unevenly customers bring the money: the whole shop and its parts, ever and in the last year."""

from dataclasses import asdict
from typing import Any

import pyarrow as pa

from regulars.insight.actions.figures.arrays import whole
from regulars.insight.actions.figures.breakdowns import Parts
from regulars.insight.actions.figures.customers import Customers
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import breakdowns
from regulars.insight.rules.pareto import concentration


def revenue_from(ground: Ground, customers: Customers, parts: Parts) -> dict[str, Any]:
    """revenue: for each cut "ever" and "year"; concentration: the first of them in short, for the whole shop."""
    rows = ground.engine.rows(
        breakdowns.spending(
            ground.orders, ground.returns, parts.begun, parts.members, as_of_day=ground.question.as_of_day
        )
    )
    cut = whole(rows["cut"])
    columns = {"ever": "revenue_minor", "year": "revenue_year_minor"}
    money = {span: whole(rows[column]) for span, column in columns.items()}
    found = [
        _both(customers.rows, columns),
        *({span: asdict(concentration(money[span][cut == place])) for span in columns}
          for place in range(1, len(parts.cuts))),
    ]  # fmt: skip
    ever = found[0]["ever"]
    in_short = {
        "buyers": ever["buyers"],
        "top_tenth": ever["top"][2],
        "top_fifth": ever["top"][3],
        "for_80_percent": ever["for_80_percent"],
        "largest": ever["largest"],
        "gini": ever["gini"],
    }
    return {"revenue": found, "concentration": in_short}


def _both(rows: pa.Table, columns: dict[str, str]) -> dict[str, Any]:
    return {span: asdict(concentration(whole(rows[column]))) for span, column in columns.items()}
