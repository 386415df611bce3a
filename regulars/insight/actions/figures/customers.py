"""What is known of every customer: stage, since when, rhythm, scores, the money at stake."""

from dataclasses import dataclass
from datetime import UTC

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.audience.rules import Stage
from regulars.insight.actions.figures.arrays import floats, later, moments_of, rounded, whole, zoned
from regulars.insight.actions.figures.expectations import Asked, expectations_from
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.actions.figures.models import Models
from regulars.insight.rules import stages, summaries, value


@dataclass(frozen=True)
class Customers:
    """rows: as `rules.summaries` describes them; published: CUSTOMER_COLUMNS; stage: one place for each row.

    again: of those with k purchases, the share who had one more, k = 1 …
    """

    rows: pa.Table
    published: pa.Table
    stage: NDArray[np.str_]
    again: list[float]


def customers_from(ground: Ground, models: Models) -> Customers:
    """What is known of every customer."""
    question, new_days = ground.question, ground.new_days
    rows = ground.engine.rows(
        summaries.customer_rows(
            ground.extracts,
            ground.orders,
            ground.returns,
            ground.days,
            as_of_day=question.as_of_day,
            thresholds=question.thresholds,
        ).order_by("customer_id")
    )
    number = whole(rows["number"])
    silence, limit, median = (floats(rows[name]) for name in ("silence_days", "limit_days", "median_days"))
    centre, spread = floats(rows["centre"]), floats(rows["spread"])
    revenue = floats(rows["revenue_minor"])
    ids = rows["customer_id"].to_pylist()
    stage = stages.stages_of(
        number=number,
        tenure_days=whole(rows["tenure_days"]),
        silence_days=silence,
        limit_days=limit,
        before=np.array([question.stages_before.get(id_, "") for id_ in ids], dtype="U10"),
        thresholds=question.thresholds,
        new_days=new_days,
    )
    again = value.again_shares(number)
    asked = Asked(
        number=number,
        last_day=question.as_of_day - silence,
        silence_days=silence,
        median_days=median,
        limit_days=limit,
        centre=centre,
        spread=spread,
        is_lost=stage == Stage.LOST.value,
    )
    first_at, last_at, history_at = (moments_of(rows[name]) for name in ("first_at", "last_at", "history_at"))
    is_news = np.full(len(number), question.is_now)
    if question.history_since is not None:
        since = np.datetime64(question.history_since.astimezone(UTC).replace(tzinfo=None), "us")
        is_news &= ~(history_at >= since)
    orders = whole(rows["orders"])
    columns = {
        "customer_id": rows["customer_id"],
        "stage": pa.array(stage),
        "stage_since": zoned(_since(rows, stage, limit, question.thresholds, new_days)),
        "is_news": pa.array(is_news),
        "orders": rows["orders"],
        "purchase_days": rows["number"],
        "first_order_at": zoned(first_at),
        "last_order_at": zoned(last_at),
        "silence_days": rows["silence_days"],
        "revenue_minor": rows["revenue_minor"],
        "revenue_year_minor": rows["revenue_year_minor"],
        "average_order_minor": rounded(np.divide(revenue, orders, out=np.full(len(orders), np.nan), where=orders > 0)),
        "returned_minor": rows["returned_minor"],
        "gap_median_days": pa.array(median, mask=np.isnan(median)),
        "gap_limit_days": pa.array(limit, mask=np.isnan(limit)),
        "due_at": zoned(later(last_at, median)),
        "overdue_at": zoned(later(last_at, limit)),
        **expectations_from(models, asked, kept_share=_kept_share(rows)),
        **{name: rows[name] for name in ("recency_score", "frequency_score", "monetary_score")},
    }
    return Customers(rows, pa.table(columns), stage, again)


def _kept_share(rows: pa.Table) -> float:
    """Of the money of all sales to customers, what did not come back."""
    net, back = int(whole(rows["revenue_minor"]).sum()), int(whole(rows["returned_minor"]).sum())
    return max(net, 0) / (net + back) if net + back > 0 else 1.0


def _since(
    rows: pa.Table, stage: NDArray[np.str_], limit: NDArray[np.float64], thresholds: stages.Thresholds, new_days: int
) -> NDArray[np.datetime64]:
    """When everybody came into his stage: the purchase that made it, or the day on which silence outlasted a limit."""
    first_at, last_at, woken_at, created_at = (
        moments_of(rows[name]) for name in ("first_at", "last_at", "woken_at", "created_at")
    )
    since = np.full(len(stage), np.datetime64("NaT"), dtype="datetime64[us]")
    for name, moments in (
        ("potential", created_at),
        ("new", first_at),
        ("occasional", later(first_at, np.full(len(stage), new_days + 1.0))),
        ("leaving", later(last_at, np.floor(limit) + 1)),
        ("lost", later(last_at, np.floor(limit * thresholds.lost_factor) + 1)),
        *((name, np.fmax(moments_of(rows[f"{name}_at"]), woken_at)) for name in ("repeat", "regular", "loyal")),
    ):
        since = np.where(stage == name, moments, since)
    return since
