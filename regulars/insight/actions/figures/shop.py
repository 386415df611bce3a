"""What is known of the shop as a whole: by week, month and stage."""

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import pyarrow as pa

from regulars.audience.rules import Stage
from regulars.insight.actions.figures.arrays import whole
from regulars.insight.actions.figures.calendar import first_day_of, iso_date, month_name, months_between
from regulars.insight.actions.figures.customers import Customers
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import rhythm, series, stages

WEEKS = 53


def shop_from(ground: Ground, customers: Customers) -> dict[str, Any]:
    """Tables and series by name, as JSON."""
    engine, question = ground.engine, ground.question
    steps = engine.rows(series.stage_steps(ground.days, question.thresholds, new_days=ground.new_days))
    return {
        "facts": _facts(ground, customers.rows),
        "rhythm": _rhythm_json(ground.rhythm, question.thresholds, ground.new_days, customers.again),
        "stages": {stage.value: int((customers.stage == stage.value).sum()) for stage in Stage},
        **_weeks_and_months(ground),
        "stages_by_month": _stages_by_month(steps, question.as_of_day),
    }


def _facts(ground: Ground, rows: pa.Table) -> dict[str, Any]:
    orders = ground.orders
    totals = ground.engine.rows(
        orders.agg(
            orders=orders.count(),
            guest_orders=orders.customer_id.isnull().sum(),
            first_day=orders.day.min(),
            last_day=orders.day.max(),
        )
    ).to_pylist()[0]
    number = whole(rows["number"])
    return {
        "orders": totals["orders"],
        "guest_orders": totals["guest_orders"] or 0,
        "first_date": iso_date(totals["first_day"]),
        "last_date": iso_date(totals["last_day"]),
        "customers": rows.num_rows,
        "buyers": int((number > 0).sum()),
        "repeat_buyers": int((number > 1).sum()),
        "revenue_minor": int(whole(rows["revenue_minor"]).sum()),
    }


def _rhythm_json(
    found: rhythm.ShopRhythm | None, thresholds: stages.Thresholds, new_days: int, again: Sequence[float]
) -> dict[str, Any]:
    return {
        "is_known": found is not None,
        "median_days": found.median_days if found else None,
        "limit_days": found.limit_days(thresholds.patience) if found else None,
        "gaps": found.gaps if found else 0,
        "customers": found.customers if found else 0,
        "z": NormalDist().inv_cdf(thresholds.patience),
        "new_days": new_days,
        "again": list(again),
    }


def _weeks_and_months(ground: Ground) -> dict[str, Any]:
    engine, question, days = ground.engine, ground.question, ground.days
    sales = engine.rows(series.sales_by_day(ground.orders, ground.returns)).to_pylist()
    if not sales:
        return {"weeks": [], "months": []}
    turns = engine.rows(series.turns_by_day(days, question.thresholds, as_of_day=question.as_of_day)).to_pylist()
    first_day = min(row["day"] for row in sales)
    by_day = {
        name: {row["day"]: row[name] for row in sales} for name in ("orders", "guest_orders", "revenue_minor")
    } | {
        name: {row["day"]: row["customers"] for row in turns if row["what"] == name}
        for name in ("new", "woken", "leaving", "lost")
    }
    weeks = series.weeks_before(question.as_of_day, count=WEEKS, since=first_day)
    months = months_between(first_day, question.as_of_day)
    by_week = {name: series.totals(figures, weeks) for name, figures in by_day.items()}
    by_month = {name: series.totals(figures, [span for _, span in months]) for name, figures in by_day.items()}
    bought = {row.pop("month"): row for row in engine.rows(series.buyers_by_month(days)).to_pylist()}
    return {
        "weeks": [
            {"start": iso_date(week.start), **{name: figures[i] for name, figures in by_week.items()}}
            for i, week in enumerate(weeks)
        ],
        "months": [
            {
                "month": month_name(month),
                "is_whole": first_day_of(month + 1) <= question.as_of_day,
                **{name: figures[i] for name, figures in by_month.items()},
                **bought.get(month, _NOBODY),
            }
            for i, (month, _) in enumerate(months)
        ],
    }


def _stages_by_month(steps: pa.Table, as_of_day: int) -> dict[str, Any]:
    """How many customers stood in each stage on the last evening of each month, or yesterday in the last."""
    if not steps.num_rows:
        return {"months": [], "stages": {}}
    changes: dict[str, dict[int, int]] = {}
    for row in steps.to_pylist():
        changes.setdefault(row["stage"], {})[row["day"]] = row["change"]
    months = months_between(min(steps["day"].to_pylist()), as_of_day)
    evenings = [span.stop - 1 for _, span in months]
    return {
        "months": [month_name(month) for month, _ in months],
        "stages": {
            stage.value: series.running_counts(changes.get(stage.value, {}), evenings)
            for stage in Stage
            if stage is not Stage.POTENTIAL
        },
    }


_NOBODY = {"buyers": 0, "new_buyers": 0, "repeat_buyers": 0, "visits": 0, "repeat_visits": 0}
