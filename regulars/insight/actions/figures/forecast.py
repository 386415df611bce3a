"""The next thirteen weeks of the shop and its parts, and the calls that come with orders."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from regulars.insight.actions.figures.arrays import floats
from regulars.insight.actions.figures.breakdowns import WEEKS, WEEKS_SHOWN, Parts
from regulars.insight.actions.figures.calendar import iso_date
from regulars.insight.actions.figures.customers import Customers
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import breakdowns, calls
from regulars.insight.rules.forecast import HORIZON, forecast

# Weeks that say how many calls fall on an order.
CALL_WEEKS = 26


def forecast_from(ground: Ground, customers: Customers, parts: Parts) -> dict[str, Any]:
    """forecast: for each cut the past weeks and the next ones of each series; calls: what falls on an order."""
    as_of_day = ground.question.as_of_day
    placed = ground.engine.rows(
        breakdowns.weekly_orders(ground.extracts, ground.orders, as_of_day=as_of_day, weeks=WEEKS)
    ).to_pylist()
    orders = _weekly_orders(placed, parts)
    found = [
        {name: _series(counts) for name, counts in _all_series(parts, place, orders[place]).items()}
        for place in range(len(parts.cuts))
    ]
    starts = [iso_date(as_of_day - 7 * (n + 1)) for n in reversed(range(min(parts.weeks, WEEKS_SHOWN)))]
    return {
        "forecast": {
            "starts": starts,
            "ahead": [iso_date(as_of_day + 7 * n) for n in range(HORIZON)],
            "weeks": parts.weeks,
            "known_customers_90": _known_customers(customers),
            "parts": found,
        },
        "calls": _calls(ground, placed, orders[0]),
    }


def _all_series(parts: Parts, place: int, orders: list[int]) -> dict[str, list[int]]:
    """orders (where they were placed; of a category none), repeat purchases, new and lost customers, by week."""
    weekly = parts.weekly[place]
    repeat = [visits - new for visits, new in zip(weekly["buyer"], weekly["new"], strict=True)]
    series = {"repeat": repeat, "new": weekly["new"], "lost": weekly["lost"]}
    return series if parts.cuts[place].kind == "category" else {"orders": orders, **series}


def _series(counts: list[int]) -> dict[str, Any]:
    ahead = forecast(np.array(counts, dtype=np.int64))
    return {"past": counts[-WEEKS_SHOWN:], "ahead": asdict(ahead) if ahead else None}


def _weekly_orders(rows: Sequence[dict[str, Any]], parts: Parts) -> list[list[int]]:
    """Orders by week for each cut, guests' too."""
    columns = {"channel": "channel", "store": "store_id"}
    found = []
    for cut in parts.cuts:
        counts = [0] * parts.weeks
        for row in rows:
            place = parts.weeks + row["week"]
            is_in = cut.kind == "shop" or (cut.kind in columns and row[columns[cut.kind]] == cut.key)
            if is_in and place >= 0:
                counts[place] += row["orders"]
        found.append(counts)
    return found


def _known_customers(customers: Customers) -> float | None:
    """Purchases that the models expect within 90 days of those who have bought already; None without models."""
    if "expected_90" not in customers.published.column_names:
        return None
    expected = floats(customers.published["expected_90"])
    known = expected[~np.isnan(expected)]
    return round(float(known.sum()), 1) if len(known) else None


def _calls(ground: Ground, placed: Sequence[dict[str, Any]], orders: list[int]) -> dict[str, Any]:
    """Enquiries by week, kind and channel since the first one (at most CALL_WEEKS), and by hour; orders beside them.

    placed: orders by channel, store and week.
    """
    as_of_day = ground.question.as_of_day
    rows = ground.engine.rows(
        calls.weekly_enquiries(ground.extracts, as_of_day=as_of_day, weeks=CALL_WEEKS)
    ).to_pylist()
    weeks = min(max((-row["week"] for row in rows), default=0), len(orders))
    weekly: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        if row["week"] >= -weeks:
            weekly.setdefault((row["kind"], row["channel"]), [0] * weeks)[weeks + row["week"]] += row["enquiries"]
    by_channel: dict[str, int] = {}
    for row in placed:
        if row["week"] >= -weeks:
            by_channel[row["channel"]] = by_channel.get(row["channel"], 0) + row["orders"]
    hours = ground.engine.rows(calls.hourly_enquiries(ground.extracts, as_of_day=as_of_day, weeks=weeks)).to_pylist()
    return {
        "weeks": weeks,
        "orders": orders[len(orders) - weeks :],
        "orders_by_channel": by_channel,
        "enquiries": [
            {"kind": kind, "channel": channel, "weekly": counts} for (kind, channel), counts in sorted(weekly.items())
        ],
        "hours": sorted([row["kind"], row["weekday"], row["hour"], row["enquiries"]] for row in hours),
    }
