"""Recommendations against implicit, RecTools and mlxtend, on two years of a gift wholesaler.

Lists: before each of six months, from what was known; the month says what was wanted. All numbers of ours were chosen
on the months before these. Baskets: one thing is taken out of each basket of the last months and looked for. Intervals:
the last gap of every customer and product that have two, from all others.
"""

import os
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from numpy.typing import NDArray
from scipy import sparse

from benchmarks.peers import ask
from benchmarks.report import report
from regulars.insight.rules.recommending import ease, links, refill, scoring
from regulars.insight.rules.recommending.bought import Bought, owned, popularity, profiles
from regulars.insight.rules.recommending.judging import PLACES, best_of, ndcg
from regulars.insight.rules.recommending.ranking import Ranking, rank
from regulars.insight.rules.recommending.weights import Weights, weights_of

FEES = ("POST", "DOT", "M", "C2", "BANK CHARGES", "D", "AMAZONFEE", "CRUK", "S", "ADJUST", "ADJUST2", "m", "B")
TUNED_ON, MONTHS = "2011-05", ("2011-06", "2011-07", "2011-08", "2011-09", "2011-10", "2011-11")
BASKETS_FROM, BASKETS_TO = "2011-09", "2011-12"
LEAST_SUPPORT = 0.01
_PEER = "recommenders"


@dataclass(frozen=True)
class Shop:
    """Lines of known customers; order, product: places; day: from 1970-01-01."""

    customer: NDArray[np.int64]
    product: NDArray[np.int64]
    order: NDArray[np.int64]
    day: NDArray[np.int64]

    @property
    def bought(self) -> Bought:
        rows = np.unique(np.stack([self.customer, self.product, self.day], axis=1), axis=0).astype(np.int32)
        return Bought(*rows.T, int(self.customer.max()) + 1, int(self.product.max()) + 1)


def main() -> None:
    shop = gift_shop()
    with TemporaryDirectory() as folder:
        figures = [*lists(shop, Path(folder)), *baskets(shop, Path(folder)), *intervals(shop)]
    report("insight-recommending", "no database", figures)


def gift_shop() -> Shop:
    folder = Path(os.environ.get("REGULARS_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    text = {name: pa.string() for name in ("Invoice", "StockCode", "Customer ID")}
    options = pyarrow.csv.ConvertOptions(column_types=text)
    table = pyarrow.csv.read_csv(folder / "online_retail_ii.csv.gz", convert_options=options)
    is_sale = pc.and_(pc.greater(table["Quantity"], 0), pc.greater(table["Price"], 0))
    is_known = pc.not_equal(pc.fill_null(table["Customer ID"], ""), "")
    is_goods = pc.invert(pc.is_in(table["StockCode"], pa.array(FEES)))
    table = table.filter(pc.and_(pc.and_(is_sale, is_known), is_goods))
    places = [
        np.unique(table[name].to_pylist(), return_inverse=True)[1] for name in ("Customer ID", "StockCode", "Invoice")
    ]
    moments = table["InvoiceDate"].cast(pa.timestamp("us")).to_numpy()
    return Shop(*places, np.asarray(moments, dtype="datetime64[D]").astype(np.int64))


# ── Lists ────────────────────────────────────────────────────────────────────


def lists(shop: Shop, folder: Path) -> list[tuple[str, float, float | None]]:
    bought = shop.bought
    days = [_day(month) for month in (TUNED_ON, *MONTHS, "2011-12")]
    np.savez(folder / "purchases.npz", customer=bought.customer, product=bought.product, day=bought.day, days=days)
    ask(_PEER, "lists", folder / "purchases.npz", folder / "lists.npz")
    peers = np.load(folder / "lists.npz")
    found: dict[str, list[float]] = {}
    seconds = []
    for month, (start, end) in enumerate(pairwise(days[1:])):
        known = bought.before(start)
        who, wanted, has = _asked(bought, start, end)
        started = time.perf_counter()
        ours = _ours(known, start, who)
        seconds.append(time.perf_counter() - started)
        for kind, goal in (("all", wanted), ("new", wanted & ~has)):
            judged = {"ours": ours[kind], **{peer: peers[f"{peer}_{kind}_{month}"] for peer in ("als", "ease")}}
            for name, table in judged.items():
                found.setdefault(f"{name} {kind}", []).append(float(ndcg(table, goal).mean()))
    mean = {name: 1000 * float(np.mean(values)) for name, values in found.items()}
    return [
        ("NDCG@10 ×1000, all items / implicit ALS", mean["ours all"], mean["als all"]),
        ("NDCG@10 ×1000, all items / RecTools EASE", mean["ours all"], mean["ease all"]),
        ("NDCG@10 ×1000, new items / RecTools EASE", mean["ours new"], mean["ease new"]),
        ("NDCG@10 ×1000, new items / implicit ALS", mean["ours new"], mean["als new"]),
        ("seconds for a month's lists of everybody", float(np.mean(seconds)), None),
    ]


def _asked(bought: Bought, start: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Who bought in a month and before it; what of the products known by then he wanted, and what he had."""
    has = owned(bought.before(start))
    within = (bought.day >= start) & (bought.day < end)
    rows = bought.customer[within], bought.product[within]
    wanted = sparse.csr_array((np.ones(int(within.sum()), dtype=np.float32), rows), shape=has.shape)
    who = np.flatnonzero((np.diff(wanted.indptr) > 0) & (np.diff(has.indptr) > 0))
    is_known = np.asarray(has.sum(axis=0)).ravel() > 0
    return who, (wanted[who].toarray() > 0) & is_known, has[who].toarray() > 0


def _ours(known: Bought, today: int, who: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    """As the product does: the second stage where it came to a customer, published weights for everybody else."""
    ranking = rank(known, today=today)
    again, new = _first_stage(known, today, who)
    if ranking is not None:
        for scores in (again, new):
            _rank_over(scores, ranking, who)
    has = owned(known)[who].toarray() > 0
    return {"all": best_of(again), "new": best_of(np.where(has, -np.inf, new))}


def _first_stage(known: Bought, today: int, who: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    faded = profiles(known, today=today, half_life_days=scoring.WEIGHTS_HALF_LIFE_DAYS)
    faded.data = faded.data.clip(max=scoring.MOST_PURCHASES)
    counted = links.links_of(owned(known), count=15)
    weights = weights_of(faded, counted, ridge=scoring.RIDGE, count=50, most_products=ease.most_products(256))
    matrix = _matrix(weights, known.products)
    wanted = popularity(known, today=today, half_life_days=scoring.POPULARITY_HALF_LIFE_DAYS)
    trend = np.maximum(wanted, scoring.LEAST_POPULARITY)
    own, liked = (
        profiles(known, today=today, half_life_days=days)[who]
        for days in (scoring.AGAIN_HALF_LIFE_DAYS, scoring.NEW_HALF_LIFE_DAYS)
    )
    again = ((own @ matrix).toarray() + scoring.OWN * own.toarray()) * trend**scoring.AGAIN_TREND
    return again, (liked @ matrix).toarray() * trend**scoring.NEW_TREND


def _rank_over(scores: NDArray[Any], ranking: Ranking, who: NDArray[np.int64]) -> None:
    """Where the second stage came to a customer, its scores instead."""
    place = np.full(int(max(who.max(), ranking.customer.max())) + 1, -1)
    place[who] = np.arange(len(who))
    asked = place[ranking.customer] >= 0
    rows = place[ranking.customer[asked]]
    scores[np.unique(rows)] = -np.inf
    scores[rows, ranking.product[asked]] = ranking.score[asked]


def _matrix(weights: Weights, products: int) -> sparse.csr_array:
    return sparse.csr_array((weights.weight, (weights.source, weights.target)), shape=(products, products))


# ── Baskets ──────────────────────────────────────────────────────────────────


def baskets(shop: Shop, folder: Path) -> list[tuple[str, float, float | None]]:
    start, end = _day(BASKETS_FROM), _day(BASKETS_TO)
    rows = np.unique(np.stack([shop.order, shop.product], axis=1), axis=0)
    placed = np.zeros(int(shop.order.max()) + 1, dtype=np.int64)
    np.maximum.at(placed, shop.order, shop.day)
    past, asked = rows[placed[rows[:, 0]] < start], rows[(placed[rows[:, 0]] >= start) & (placed[rows[:, 0]] < end)]
    asked, held = _one_out(asked)
    products = int(shop.product.max()) + 1
    np.savez(
        folder / "baskets.npz", order=np.unique(past[:, 0], return_inverse=True)[1], product=past[:, 1],
        asked_order=asked[:, 0], asked_product=asked[:, 1], held=held, products=products, least_support=LEAST_SUPPORT,
    )  # fmt: skip
    theirs = ask(_PEER, "baskets", folder / "baskets.npz", folder / "baskets-lists.npz")
    peer = np.load(folder / "baskets-lists.npz")["tfidf"]
    known, open_ = (_incidence(part, products) for part in (past, asked))
    counted = links.links_of(known, count=scoring.BASKET_COUNT)
    weights = weights_of(
        known, counted, ridge=scoring.BASKET_RIDGE, count=scoring.BASKET_COUNT, most_products=ease.most_products(256)
    )
    scores = (open_ @ _matrix(weights, products)).toarray()
    scores[open_.toarray() > 0] = -np.inf
    ours = best_of(scores)
    started = time.perf_counter()
    pairs = links.pairs_of(known, least=int(np.ceil(LEAST_SUPPORT * known.shape[0])))
    seconds = time.perf_counter() - started
    if 2 * len(pairs.first) != theirs["rules"]:
        raise RuntimeError(f"not the same rules: {2 * len(pairs.first)} and {theirs['rules']}")
    return [
        ("basket add-on hit@10 ×1000 / implicit TF-IDF", *(1000 * _hits(table, held) for table in (ours, peer))),
        (f"ms for {theirs['rules']} pair rules / mlxtend fpgrowth", 1000 * seconds, 1000 * theirs["seconds"]),
    ]


def _one_out(rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Baskets of two things or more without one drawn thing each, numbered anew; and what was taken out."""
    order, count = np.unique(rows[:, 0], return_counts=True)
    rows = rows[np.isin(rows[:, 0], order[count > 1])]
    drawn = np.random.default_rng(0).random(len(rows))
    rows = rows[np.lexsort((drawn, rows[:, 0]))]
    is_first = np.concatenate([[True], np.diff(rows[:, 0]) != 0])
    number = np.cumsum(is_first) - 1
    return np.stack([number, rows[:, 1]], axis=1)[~is_first], rows[is_first, 1]


def _incidence(rows: NDArray[np.int64], products: int) -> sparse.csr_array:
    order = np.unique(rows[:, 0], return_inverse=True)[1]
    ones = np.ones(len(rows), dtype=np.float32)
    return sparse.csr_array((ones, (order, rows[:, 1])), shape=(int(order.max()) + 1, products))


def _hits(table: NDArray[np.int64], held: NDArray[np.int64]) -> float:
    return float((table[:, :PLACES] == held[:, None]).any(axis=1).mean())


# ── Intervals ────────────────────────────────────────────────────────────────


def intervals(shop: Shop) -> list[tuple[str, float, float | None]]:
    bought = shop.bought
    gaps = refill.gaps_of(bought)
    is_last = np.concatenate([np.diff(gaps.pair) != 0, [True]])
    several = np.bincount(gaps.pair)[gaps.pair] > 1
    known = refill.Gaps(gaps.customer[~is_last], gaps.product[~is_last], gaps.pair[~is_last], gaps.days[~is_last])
    effects = refill.effects_of(known, customers=bought.customers, products=bought.products)
    assert effects is not None
    asked = is_last & several
    ours = effects.days(customer=gaps.customer[asked], product=gaps.product[asked], pair=gaps.pair[asked])
    medians = _medians(known, bought.products)[gaps.product[asked]]
    error, simple = (float(np.abs(gaps.days[asked] - guess).mean()) for guess in (ours, medians))
    return [("mean error of the next gap, days / product's median", error, simple)]


def _medians(gaps: refill.Gaps, products: int) -> NDArray[np.float64]:
    order = np.lexsort((gaps.days, gaps.product))
    begins = np.searchsorted(gaps.product[order], np.arange(products + 1))
    found = np.full(products, np.median(gaps.days))
    for product in np.flatnonzero(np.diff(begins)):
        found[product] = np.median(gaps.days[order[begins[product] : begins[product + 1]]])
    return found


def _day(month: str) -> int:
    return int((np.datetime64(month) - np.datetime64("1970-01-01")).astype("timedelta64[D]").astype(int))


if __name__ == "__main__":
    main()
