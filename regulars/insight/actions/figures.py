"""From a folder of extracts to what is published: the expressions of `rules`, run one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import NormalDist
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
from ibis.expr.types import Table
from numpy.typing import NDArray

from regulars.audience.actions.findings import CUSTOMER_COLUMNS, PRODUCT_COLUMNS, Findings
from regulars.audience.rules import Stage
from regulars.insight.rules import purchases, rhythm, series, stages, summaries, value
from regulars.insight.store import Store

EPOCH = date(1970, 1, 1)
WEEKS = 53
COHORTS = 36


@dataclass(frozen=True)
class Question:
    """What a run asks for. as_of: facts before it count; today: its day in the shop's zone.

    history_since: historical orders recorded after it make a change of stage a fact instead of news.
    """

    as_of: datetime
    today: date
    is_now: bool
    thresholds: stages.Thresholds
    stages_before: Mapping[str, str]
    history_since: datetime | None

    @property
    def as_of_day(self) -> int:
        return (self.today - EPOCH).days

    @property
    def before(self) -> datetime:
        """`as_of` as the engine has moments: UTC, without zone."""
        return self.as_of.astimezone(UTC).replace(tzinfo=None)


def findings_from(
    engine: Store, folder: Path, question: Question, *, on_share: Callable[[float], None]
) -> tuple[Findings, dict[str, int]]:
    """Everything that is published, and counts for the run's page."""
    extracts = engine.extracts(folder)
    orders = engine.kept(purchases.orders_of(extracts, before=question.before))
    returns = engine.kept(purchases.returns_of(extracts, before=question.before))
    days = engine.kept(purchases.purchase_days(orders))
    on_share(0.3)
    shop_rhythm = _rhythm_of(engine, days)
    days = engine.kept(rhythm.with_rhythm(days, shop_rhythm, patience=question.thresholds.patience))
    new_days = stages.new_days_of(question.thresholds, shop_rhythm.median_days if shop_rhythm else None)
    rows = engine.rows(
        summaries.customer_rows(
            extracts, orders, returns, days, as_of_day=question.as_of_day, thresholds=question.thresholds
        )
    )
    on_share(0.5)
    customers, stage_of, again = _customers(rows, question, new_days)
    products = engine.rows(summaries.product_rows(extracts, orders, returns))
    on_share(0.8)
    steps = engine.rows(series.stage_steps(days, question.thresholds, new_days=new_days))
    shop = {
        "facts": _facts(engine, orders, rows),
        "rhythm": _rhythm_json(shop_rhythm, question.thresholds, new_days, again),
        "stages": {stage.value: int((stage_of == stage.value).sum()) for stage in Stage},
        **_weeks_and_months(engine, orders, returns, days, question),
        "stages_by_month": _stages_by_month(steps, question.as_of_day),
        "cohorts": _cohorts(engine.rows(series.cohorts(days))),
        "concentration": series.shares_of_top(rows["revenue_minor"].to_pylist()),
    }
    on_share(1.0)
    counts = {"customers": rows.num_rows, "products": products.num_rows, "orders": shop["facts"]["orders"]}
    place = products.column_names.index("last_sold_at")
    products = products.set_column(place, "last_sold_at", _zoned(_days64(products["last_sold_at"])))
    return Findings(_tuples(customers, CUSTOMER_COLUMNS), _tuples(products, PRODUCT_COLUMNS), shop), counts


def _rhythm_of(engine: Store, days: Table) -> rhythm.ShopRhythm | None:
    sums = engine.rows(rhythm.gap_sums(days)).to_pylist()[0]
    found = rhythm.variances(**sums)
    if found is None:
        return None
    within, between = found
    weighted = engine.rows(rhythm.weighted_centre(days, within=within, between=between)).to_pylist()[0]
    centre = weighted["weighted_sum"] / weighted["weight_sum"]
    # Sums over many rows differ in their last digits from run to run; what is published shall not.
    return rhythm.ShopRhythm(round(centre, 9), round(within, 9), round(between, 9), sums["gaps"], sums["customers"])


def _customers(rows: pa.Table, question: Question, new_days: int) -> tuple[pa.Table, NDArray[np.str_], list[float]]:
    """The rows of CUSTOMER_COLUMNS, everybody's stage, and the shares of those who bought again."""
    number = _whole(rows["number"])
    silence, limit, median = (_floats(rows[name]) for name in ("silence_days", "limit_days", "median_days"))
    centre, spread = _floats(rows["centre"]), _floats(rows["spread"])
    revenue = _floats(rows["revenue_minor"])
    ids = rows["customer_id"].to_pylist()
    stage = stages.stages_of(
        number=number,
        tenure_days=_whole(rows["tenure_days"]),
        silence_days=silence,
        limit_days=limit,
        before=np.array([question.stages_before.get(id_, "") for id_ in ids], dtype="U10"),
        thresholds=question.thresholds,
        new_days=new_days,
    )
    again = value.again_shares(number)
    at_stake = value.at_stake_minor(
        number=number,
        average_minor=value.steadied_average(revenue, number),
        silence_days=silence,
        centre=centre,
        spread=spread,
        is_lost=stage == Stage.LOST.value,
        again=again,
    )
    first_at, last_at, history_at = (_days64(rows[name]) for name in ("first_at", "last_at", "history_at"))
    is_news = np.full(len(number), question.is_now)
    if question.history_since is not None:
        since = np.datetime64(question.history_since.astimezone(UTC).replace(tzinfo=None), "us")
        is_news &= ~(history_at >= since)
    orders = _whole(rows["orders"])
    columns = {
        "customer_id": rows["customer_id"],
        "stage": pa.array(stage),
        "stage_since": _zoned(_since(rows, stage, limit, question.thresholds, new_days)),
        "is_news": pa.array(is_news),
        "orders": rows["orders"],
        "purchase_days": rows["number"],
        "first_order_at": _zoned(first_at),
        "last_order_at": _zoned(last_at),
        "silence_days": rows["silence_days"],
        "revenue_minor": rows["revenue_minor"],
        "revenue_year_minor": rows["revenue_year_minor"],
        "average_order_minor": _rounded(np.divide(revenue, orders, out=np.full(len(orders), np.nan), where=orders > 0)),
        "returned_minor": rows["returned_minor"],
        "gap_median_days": pa.array(median, mask=np.isnan(median)),
        "gap_limit_days": pa.array(limit, mask=np.isnan(limit)),
        "due_at": _zoned(_later(last_at, median)),
        "overdue_at": _zoned(_later(last_at, limit)),
        "at_stake_minor": pa.array(at_stake),
        **{name: rows[name] for name in ("recency_score", "frequency_score", "monetary_score")},
    }
    return pa.table(columns), stage, again


def _since(
    rows: pa.Table, stage: NDArray[np.str_], limit: NDArray[np.float64], thresholds: stages.Thresholds, new_days: int
) -> NDArray[np.datetime64]:
    """When everybody came into his stage: the purchase that made it, or the day on which silence outlasted a limit."""
    first_at, last_at, woken_at, created_at = (
        _days64(rows[name]) for name in ("first_at", "last_at", "woken_at", "created_at")
    )
    since = np.full(len(stage), np.datetime64("NaT"), dtype="datetime64[us]")
    for name, moments in (
        ("potential", created_at),
        ("new", first_at),
        ("occasional", _later(first_at, np.full(len(stage), new_days + 1.0))),
        ("leaving", _later(last_at, np.floor(limit) + 1)),
        ("lost", _later(last_at, np.floor(limit * thresholds.lost_factor) + 1)),
        *((name, np.fmax(_days64(rows[f"{name}_at"]), woken_at)) for name in ("repeat", "regular", "loyal")),
    ):
        since = np.where(stage == name, moments, since)
    return since


def _facts(engine: Store, orders: Table, rows: pa.Table) -> dict[str, Any]:
    whole = engine.rows(
        orders.agg(
            orders=orders.count(),
            guest_orders=orders.customer_id.isnull().sum(),
            first_day=orders.day.min(),
            last_day=orders.day.max(),
        )
    ).to_pylist()[0]
    number = _whole(rows["number"])
    return {
        "orders": whole["orders"],
        "guest_orders": whole["guest_orders"] or 0,
        "first_date": _iso(whole["first_day"]),
        "last_date": _iso(whole["last_day"]),
        "customers": rows.num_rows,
        "buyers": int((number > 0).sum()),
        "repeat_buyers": int((number > 1).sum()),
        "revenue_minor": int(_whole(rows["revenue_minor"]).sum()),
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


def _weeks_and_months(engine: Store, orders: Table, returns: Table, days: Table, question: Question) -> dict[str, Any]:
    sales = engine.rows(series.sales_by_day(orders, returns)).to_pylist()
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
    months = _months(first_day, question.as_of_day)
    by_week = {name: series.totals(figures, weeks) for name, figures in by_day.items()}
    by_month = {name: series.totals(figures, [span for _, span in months]) for name, figures in by_day.items()}
    bought = {row.pop("month"): row for row in engine.rows(series.buyers_by_month(days)).to_pylist()}
    return {
        "weeks": [
            {"start": _iso(week.start), **{name: figures[i] for name, figures in by_week.items()}}
            for i, week in enumerate(weeks)
        ],
        "months": [
            {
                "month": _month_name(month),
                "is_whole": _day_of(month + 1) <= question.as_of_day,
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
    months = _months(min(steps["day"].to_pylist()), as_of_day)
    evenings = [span.stop - 1 for _, span in months]
    return {
        "months": [_month_name(month) for month, _ in months],
        "stages": {
            stage.value: series.running_counts(changes.get(stage.value, {}), evenings)
            for stage in Stage
            if stage is not Stage.POTENTIAL
        },
    }


_NOBODY = {"buyers": 0, "new_buyers": 0, "repeat_buyers": 0, "visits": 0, "repeat_visits": 0}


def _cohorts(rows: pa.Table) -> list[dict[str, Any]]:
    """The newest cohorts, the oldest of them first: size, and how many bought in month 0, 1, 2 …"""
    table: dict[int, dict[int, int]] = {}
    last = max(rows["month"].to_pylist(), default=0)
    for row in rows.to_pylist():
        table.setdefault(row["cohort"], {})[row["month"]] = row["customers"]
    return [
        {
            "month": _month_name(cohort),
            "size": active[cohort],
            "active": [active.get(month, 0) for month in range(cohort, last + 1)],
        }
        for cohort, active in sorted(table.items())[-COHORTS:]
    ]


def _months(first_day: int, as_of_day: int) -> list[tuple[int, series.Span]]:
    """Calendar months from the first sale to the eve of `as_of_day`, where the last is cut off."""
    first, last = _month_of(first_day), _month_of(max(first_day, as_of_day - 1))
    return [
        (month, series.Span(_day_of(month), min(_day_of(month + 1), max(as_of_day, first_day + 1))))
        for month in range(first, last + 1)
    ]


def _month_of(day: int) -> int:
    moment = EPOCH + timedelta(days=day)
    return moment.year * 12 + moment.month - 1


def _day_of(month: int) -> int:
    return (date(month // 12, month % 12 + 1, 1) - EPOCH).days


def _month_name(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def _iso(day: int | None) -> str | None:
    return None if day is None else (EPOCH + timedelta(days=day)).isoformat()


def _whole(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.asarray(column.combine_chunks().fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)


def _floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def _days64(column: pa.ChunkedArray) -> NDArray[np.datetime64]:
    return np.asarray(column.cast(pa.timestamp("us")).to_numpy(), dtype="datetime64[us]")


def _later(moments: NDArray[np.datetime64], days: NDArray[np.float64]) -> NDArray[np.datetime64]:
    spans = np.where(np.isnan(days), 0, days) * 86_400_000_000
    later: NDArray[np.datetime64] = moments + spans.astype("timedelta64[us]")
    return np.where(np.isnan(days), np.datetime64("NaT"), later)


def _zoned(moments: NDArray[np.datetime64]) -> pa.Array:
    return pa.array(moments, pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def _rounded(figures: NDArray[np.float64]) -> pa.Array:
    is_missing = np.isnan(figures)
    return pa.array(np.rint(np.where(is_missing, 0, figures)).astype(np.int64), mask=is_missing)


def _tuples(table: pa.Table, columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Rows for publishing, piece by piece; the first column holds ids."""
    for batch in table.select(columns).to_batches(max_chunksize=10_000):
        ids, *others = (column.to_pylist() for column in batch.columns)
        yield from zip(map(UUID, ids), *others, strict=True)
