"""The shop by channel, store, category and first purchase: who came back, when, and what became of them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from ibis import literal
from ibis.expr.types import Table

from regulars.insight.actions.figures.calendar import first_day_of, iso_date, month_name, month_of
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import breakdowns, first_purchases, series
from regulars.insight.rules.breakdowns import BACK_DAYS, HORIZONS, Cut, Kind

COHORTS = 36
# Weeks that are counted: three years, so that forecasts know the same weeks of two years ago.
WEEKS = 157
WEEKS_SHOWN = 53
# Parts that have pages of their own: the largest.
MOST_PARTS = 8
# First purchases that are kept apart, and how many customers at least must have begun so.
MOST_PRODUCTS, LEAST_FIRST_BUYERS = 2000, 5
TURNS = ("buyer", "new", "woken", "leaving", "lost")

Weekly = dict[int, dict[str, list[int]]]


@dataclass(frozen=True)
class Parts:
    """begun, members: as `rules.breakdowns` describes them. weekly: by cut and turn, the oldest week first.

    weeks: whole weeks since the first sale, at most WEEKS.
    """

    cuts: Sequence[Cut]
    begun: Table
    members: Table
    effects: dict[str, list[dict[str, Any]]]
    weekly: Weekly
    weeks: int


def parts_of(ground: Ground) -> Parts:
    """Who belongs where, computed once for all pages that ask by part."""
    engine, as_of_day = ground.engine, ground.question.as_of_day
    firsts = engine.kept(breakdowns.first_orders(ground.orders, ground.days))
    begun = engine.kept(breakdowns.beginnings(ground.extracts, ground.orders, ground.returns, ground.days, firsts))
    goods = engine.kept(breakdowns.first_goods(ground.extracts, firsts, begun))
    categories = engine.kept(breakdowns.first_categories(ground.extracts, goods))
    effects = _effects(ground, begun, goods, categories)
    # A single channel is the shop once more.
    several = [kind for kind in _KINDS if len(effects[kind]) > 1]
    cuts = [Cut("shop"), *(Cut(kind, row["key"]) for kind in several for row in effects[kind][:MOST_PARTS])]
    members = engine.kept(breakdowns.members(begun, categories, cuts))
    turns = series.turns(ground.days, ground.question.thresholds, as_of_day=as_of_day)
    rows = engine.rows(breakdowns.weekly_turns(turns, begun, members, as_of_day=as_of_day, weeks=WEEKS)).to_pylist()
    weeks = _weeks(ground)
    return Parts(cuts, begun, members, effects, _weekly(rows, len(cuts), weeks), weeks)


_KINDS: tuple[Kind, ...] = ("channel", "store", "category")


def breakdowns_from(ground: Ground, parts: Parts) -> dict[str, Any]:
    """cuts, breakdowns (a place for each cut), cohorts (of the whole shop), firsts."""
    as_of_day = ground.question.as_of_day
    last = month_of(as_of_day - 1)
    since = last - COHORTS + 1
    active = ground.engine.rows(
        breakdowns.cohort_months(ground.days, parts.begun, parts.members, since_month=since)
    ).to_pylist()
    waits = ground.engine.rows(breakdowns.waits(parts.begun, parts.members, since_month=since)).to_pylist()
    starts = [iso_date(as_of_day - 7 * (n + 1)) for n in reversed(range(min(parts.weeks, WEEKS_SHOWN)))]
    found = [
        {
            "cohorts": _cohorts(_of(active, place), _of(waits, place), since, as_of_day),
            "months": _months(_of(active, place), as_of_day),
            "weeks": {name: counts[-WEEKS_SHOWN:] for name, counts in parts.weekly[place].items()},
        }
        for place in range(len(parts.cuts))
    ]
    return {
        "cuts": {"cuts": [asdict(cut) for cut in parts.cuts], "left_out": _left_out(parts)},
        "breakdowns": {"starts": starts, "back_days": list(BACK_DAYS), "parts": found},
        "cohorts": found[0]["cohorts"],
        "firsts": _firsts(parts),
    }


def _weeks(ground: Ground) -> int:
    first = ground.engine.rows(ground.orders.agg(day=ground.orders.day.min())).to_pylist()[0]["day"]
    return 0 if first is None else min((ground.question.as_of_day - first) // 7, WEEKS)


def _weekly(rows: Sequence[dict[str, Any]], cuts: int, weeks: int) -> Weekly:
    weekly: Weekly = {cut: {what: [0] * weeks for what in TURNS} for cut in range(cuts)}
    for row in rows:
        place = weeks + row["week"]
        if place >= 0:
            weekly[row["cut"]][row["what"]][place] = row["customers"]
    return weekly


def _of(rows: Sequence[dict[str, Any]], cut: int) -> list[dict[str, Any]]:
    return [row for row in rows if row["cut"] == cut]


def _cohorts(
    active: Sequence[dict[str, Any]], waits: Sequence[dict[str, Any]], since: int, as_of_day: int
) -> list[dict[str, Any]]:
    """The oldest first: size, how many bought in month 0, 1, 2 …, and how many came back within each of BACK_DAYS.

    A span that part of the cohort has not had yet is left out.
    """
    table: dict[int, dict[int, int]] = {}
    for row in active:
        if row["cohort"] >= since:
            table.setdefault(row["cohort"], {})[row["month"]] = row["customers"]
    soon: dict[int, dict[int, int]] = {}
    for row in waits:
        soon.setdefault(row["cohort"], {})[row["step"]] = row["customers"]
    last = month_of(as_of_day - 1)
    cohorts = []
    for cohort, months in sorted(table.items()):
        had = sum(first_day_of(cohort + 1) - 1 + days < as_of_day for days in BACK_DAYS)
        steps = [soon.get(cohort, {}).get(step, 0) for step in range(had)]
        cohorts.append(
            {
                "month": month_name(cohort),
                "size": months.get(cohort, 0),
                "active": [months.get(month, 0) for month in range(cohort, last + 1)],
                "back": np.cumsum(steps).tolist() if steps else [],
            }
        )
    return cohorts


def _months(active: Sequence[dict[str, Any]], as_of_day: int) -> list[dict[str, Any]]:
    """buyers, new_buyers, repeat_buyers of each month; is_whole: it is over."""
    months: dict[int, dict[str, int]] = {}
    for row in active:
        counts = months.setdefault(row["month"], {"buyers": 0, "new_buyers": 0, "repeat_buyers": 0})
        counts["buyers"] += row["customers"]
        counts["repeat_buyers"] += row["repeat"]
        counts["new_buyers"] += row["customers"] if row["cohort"] == row["month"] else 0
    return [
        {"month": month_name(month), "is_whole": first_day_of(month + 1) <= as_of_day, **counts}
        for month, counts in sorted(months.items())
    ]


def _effects(ground: Ground, begun: Table, goods: Table, categories: Table) -> dict[str, list[dict[str, Any]]]:
    """What became of those who began so, by kind; the largest first."""
    columns = begun.select("buyer", "first_day", "wait_days", "year_minor")
    tables = {
        "shop": begun.mutate(key=literal("")),
        "channel": begun.mutate(key=begun.channel),
        "store": begun.mutate(key=begun.store_id),
        "category": columns.join(categories.rename(key="category_id"), "buyer"),
        "product": columns.join(goods.rename(key="product_id"), "buyer"),
    }
    return {
        kind: _sorted(ground.engine.rows(breakdowns.effects(table, as_of_day=ground.question.as_of_day)))
        for kind, table in tables.items()
    }


def _sorted(rows: pa.Table) -> list[dict[str, Any]]:
    found = [
        {
            "key": row["key"],
            "customers": row["customers"],
            "had": [row[f"had_{days}"] or 0 for days in HORIZONS],
            "back": [row[f"back_{days}"] or 0 for days in HORIZONS],
            "year_minor": row["year_minor"],
        }
        for row in rows.to_pylist()
        if row["key"] is not None
    ]
    return sorted(found, key=lambda row: (-row["customers"], row["key"]))


def _left_out(parts: Parts) -> dict[str, int]:
    """How many parts of each kind have no pages of their own."""
    return {kind: max(0, len(parts.effects[kind]) - MOST_PARTS) for kind in _KINDS}


def _firsts(parts: Parts) -> dict[str, Any]:
    """Each kind of beginning with what is usual among its like, by horizon; products with few first buyers left out."""
    products = [row for row in parts.effects["product"] if row["customers"] >= LEAST_FIRST_BUYERS][:MOST_PRODUCTS]
    shown = {**parts.effects, "product": products}
    return {
        "horizons": list(HORIZONS),
        "shop": next(iter(parts.effects["shop"]), None),
        "kinds": {kind: shown[kind] for kind in (*_KINDS, "product")},
        "priors": {kind: _priors(parts.effects[kind]) for kind in (*_KINDS, "product")},
        "left_out": len(parts.effects["product"]) - len(products),
    }


def _priors(rows: Sequence[dict[str, Any]]) -> list[dict[str, float] | None]:
    priors = (
        first_purchases.prior_of([row["back"][place] for row in rows], [row["had"][place] for row in rows])
        for place in range(len(HORIZONS))
    )
    return [asdict(prior) if prior else None for prior in priors]
