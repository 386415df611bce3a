"""What was found of goods, as the tables that are published."""

from collections.abc import Collection
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.audience.rules import LinkKind
from regulars.insight.actions.figures.arrays import zoned
from regulars.insight.actions.figures.recommending.ground import Goods
from regulars.insight.rules.recommending import refill
from regulars.insight.rules.recommending.links import Links, Paths, both
from regulars.insight.rules.recommending.ranking import Ranking
from regulars.insight.rules.recommending.weights import Weights

# A page asks who is due about now; who was due long ago has stopped.
_LATE_DAYS, _EARLY_DAYS = 90, 60
# A day as a moment that is that day in nearly every time zone.
_NOON = np.timedelta64(12, "h")

Places = NDArray[np.int32]


def link_rows(goods: Goods, links: Links, paths: Paths, following: Weights, basket: Weights) -> pa.Table:
    """LINK_COLUMNS of all kinds."""
    return pa.concat_tables(
        [
            _links(goods, LinkKind.NEXT, following, following.weight, counts=_uncounted(following)),
            _links(goods, LinkKind.BASKET, basket, basket.weight, counts=_counts(goods, basket)),
            _links(goods, LinkKind.BOUGHT_BY_SAME, links, links.strength, counts=(links.together, links.having)),
            _links(goods, LinkKind.THEN, paths, paths.strength, counts=(paths.together, paths.having), via=paths.via),
        ]
    )


def product_rows(goods: Goods, popularity: NDArray[np.float32], effects: refill.Effects | None) -> pa.Table:
    """One row for each product that was bought: product_id, popularity, and its refill interval."""
    size = len(goods.product_ids)
    unknown = np.full(size, np.nan)
    middle, low, high = effects.of_products if effects else (unknown, unknown, unknown)
    return pa.table(
        {
            "product_id": goods.product_ids,
            "popularity": pa.array(np.round(popularity.astype(np.float64), 4)),
            "refill_days": pa.array(middle, from_pandas=True),
            "refill_low_days": pa.array(low, from_pandas=True),
            "refill_high_days": pa.array(high, from_pandas=True),
            "refill_gaps": pa.array(effects.product_gaps if effects else np.zeros(size, dtype=np.int64)),
        }
    )


def refill_rows(goods: Goods, gaps: refill.Gaps, effects: refill.Effects | None) -> pa.Table:
    """REFILL_COLUMNS of those whose time is near: who bought a product twice, and is due from a while ago to soon."""
    bought = goods.bought
    last = np.concatenate([bought.is_first_of_pair[1:], np.ones(min(len(bought.day), 1), dtype=bool)])
    ends = last & ~bought.is_first_of_pair
    customer, product, day = bought.customer[ends], bought.product[ends], bought.day[ends]
    pair = np.arange(len(customer), dtype=np.int32)
    if effects is None:
        customer, product, day, pair = customer[:0], product[:0], day[:0], pair[:0]
        interval = np.empty(0)
    else:
        interval = effects.days(customer=customer, product=product, pair=pair)
    due = day + np.maximum(np.rint(interval), 1.0)
    near = (due >= goods.today - _LATE_DAYS) & (due < goods.today + _EARLY_DAYS)
    times = np.bincount(gaps.pair, minlength=len(pair)) + 1 if len(pair) else np.empty(0, np.int64)
    return pa.table(
        {
            "customer_id": goods.customer_ids.take(pa.array(customer[near])),
            "product_id": goods.product_ids.take(pa.array(product[near])),
            "purchases": pa.array(times[near]),
            "last_at": _noon_of(day[near]),
            "interval_days": pa.array(np.round(interval[near], 2)),
            "due_at": _noon_of(due[near]),
        }
    )


def offer_rows(goods: Goods, ranking: Ranking | None) -> pa.Table:
    """OFFER_COLUMNS of those to whom the second stage came."""
    nobody = np.empty(0, dtype=np.int32)
    customer, product = (ranking.customer, ranking.product) if ranking else (nobody, nobody)
    score = np.round(ranking.score.astype(np.float64), 6) if ranking else np.empty(0)
    return pa.table(
        {
            "customer_id": goods.customer_ids.take(pa.array(customer)),
            "product_id": goods.product_ids.take(pa.array(product)),
            "score": pa.array(score),
        }
    )


def soonest(refills: pa.Table) -> pa.Table:
    """When the first thing that he keeps buying is due, for each customer: customer_id, refill_at."""
    return refills.group_by("customer_id").aggregate([("due_at", "min")]).rename_columns(["customer_id", "refill_at"])


def beside(rows: pa.Table, found: pa.Table, *, key: str) -> pa.Table:
    """`rows` with the other columns of `found`, which has each key once; null where it has none."""
    places = pc.index_in(rows[key], value_set=found[key].combine_chunks())
    for name in found.column_names:
        if name != key:
            rows = rows.append_column(name, found[name].take(places))
    return rows


def places_of(goods: Goods, product_ids: Collection[UUID]) -> NDArray[np.bool_]:
    """One place for each product: whether it is among these."""
    return np.isin(goods.product_ids.to_numpy(zero_copy_only=False), [id_.hex for id_ in product_ids])


def _links(
    goods: Goods,
    kind: LinkKind,
    found: Links | Paths | Weights,
    weight: NDArray[np.float32] | NDArray[np.float64],
    *,
    counts: tuple[NDArray[np.int64], NDArray[np.int64]],
    via: Places | None = None,
) -> pa.Table:
    size = len(found.source)
    return pa.table(
        {
            "kind": pa.array(np.full(size, kind.value), pa.string()),
            "product_id": goods.product_ids.take(pa.array(found.source)),
            "other_id": goods.product_ids.take(pa.array(found.target)),
            # Sums of many floats differ in their last digits from machine to machine; what is published shall not.
            "weight": pa.array(np.round(weight.astype(np.float64), 5)),
            "together": pa.array(counts[0]),
            "having": pa.array(counts[1]),
            "via_id": pa.nulls(size, pa.string()) if via is None else goods.product_ids.take(pa.array(via)),
        }
    )


def _uncounted(weights: Weights) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    nothing = np.zeros(len(weights.source), dtype=np.int64)
    return nothing, nothing


def _counts(goods: Goods, weights: Weights) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """In how many baskets both ends of each weight lie, and in how many the first."""
    having = np.rint(np.asarray(goods.baskets.sum(axis=0)).ravel()).astype(np.int64)
    return both(goods.baskets, weights.source, weights.target), having[weights.source]


def _noon_of(day: NDArray[np.float64] | Places) -> pa.Array:
    moments = np.asarray(day, dtype="datetime64[D]").astype("datetime64[us]") + _NOON
    return zoned(moments.astype("datetime64[us]"))
