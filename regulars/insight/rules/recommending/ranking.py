"""The second stage: what an active customer buys within the next month, by boosting over what the first stage knows.

Trees learn from the shop's own past: what was known on the mornings 30, 60 and 90 days ago, and what was bought in the
30 days after. They weigh habit, pulls, trend, season and a product's age against each other, as no one formula does.
Gradient boosting: Friedman, Annals of Statistics 29 (2001); histograms as in Ke et al., "LightGBM" (NIPS 2017).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from regulars.insight.rules.recommending.bought import Bought, popularity
from regulars.insight.rules.recommending.mornings import Morning

SPAN_DAYS = 30
WINDOWS = 3
# Fewer active customers teach nothing that the first stage does not know.
LEAST_CUSTOMERS = 1000
ACTIVE_DAYS = 365
# What two cores do in well under a minute; everybody else has the first stage.
MOST_CUSTOMERS, MOST_PRODUCTS = 20_000, 3000
# Per customer and list: how many are looked at, how many are kept.
_LOOKED_AT, _KEPT = 120, 20
# Per window: customers to learn from. Of what they did not buy every third is enough.
_TEACHERS = 1000
_NOT_BOUGHT = 3
_CHUNK = 500
_WANTED_HALF_LIFE_DAYS = 120.0

Places = NDArray[np.int32]
Reals = NDArray[np.float32]


@dataclass(frozen=True)
class Ranking:
    """For each active customer the products that he most likely buys next, his own and new ones; score: 0 to 1."""

    customer: Places
    product: Places
    score: Reals


def rank(bought: Bought, *, today: int) -> Ranking | None:
    """None where too few customers are active. The latest MOST_CUSTOMERS and most wanted MOST_PRODUCTS take part."""
    active = _active(bought, today=today)
    if len(active) < LEAST_CUSTOMERS:
        return None
    kept = _most_wanted(bought, today=today)
    bought = only(bought, active, kept)
    model = taught(bought, today=today)
    if model is None:
        return None
    morning = Morning.of(bought, day=today)
    everybody = np.arange(len(active))
    parts = [_best(model, morning, everybody[start : start + _CHUNK]) for start in range(0, len(active), _CHUNK)]
    customer, product, score = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return Ranking(active[customer].astype(np.int32), kept[product], score.astype(np.float32))


def taught(bought: Bought, *, today: int) -> HistGradientBoostingClassifier | None:
    """Trees that learned from the months before `today`; None where nobody bought in them who had bought before."""
    features, labels = [], []
    for window in range(1, WINDOWS + 1):
        day = today - SPAN_DAYS * window
        morning = Morning.of(bought.before(day), day=day)
        happened = _happened(bought, from_day=day, to_day=day + SPAN_DAYS)
        teachers = np.flatnonzero((np.diff(happened.indptr) > 0) & morning.is_known)
        teachers = teachers[:: max(1, -(-len(teachers) // _TEACHERS))]
        for start in range(0, len(teachers), _CHUNK):
            customers = teachers[start : start + _CHUNK]
            rows, products = candidates(morning, customers)
            is_bought = np.asarray(happened[customers].toarray()[rows, products] > 0)
            kept = is_bought | (np.arange(len(rows)) % _NOT_BOUGHT == 0)
            features.append(morning.features(customers, rows[kept], products[kept]))
            labels.append(is_bought[kept])
    if not labels or not np.concatenate(labels).any():
        return None
    model = HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.08,
        max_leaf_nodes=15,
        min_samples_leaf=100,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=0,
    )
    # On few cores that others use too, threads wait for each other longer than they work; and one adds up alike always.
    with threadpool_limits(1, user_api="openmp"):
        return model.fit(np.concatenate(features), np.concatenate(labels))


def candidates(morning: Morning, customers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which products are looked at for each of some customers: rows (places in `customers`) and products."""
    again, new = morning.first_scores(customers)
    count = min(_LOOKED_AT, again.shape[1])
    looked_at = np.zeros(again.shape, dtype=bool)
    for scores in (again, new):
        best = np.argpartition(-scores, count - 1, axis=1)[:, :count]
        rows = np.arange(len(scores))[:, None]
        looked_at[rows, best] |= scores[rows, best] > 0
    rows, products = np.nonzero(looked_at)
    return rows, products


def scores(
    model: HistGradientBoostingClassifier, morning: Morning, customers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Reals]:
    """Rows, products and the chance of each to be bought within the month."""
    rows, products = candidates(morning, customers)
    if not len(rows):
        return rows, products, np.empty(0, dtype=np.float32)
    features = morning.features(customers, rows, products)
    with threadpool_limits(1, user_api="openmp"):
        chance = model.predict_proba(features)[:, 1]
    return rows, products, chance.astype(np.float32)


def _best(
    model: HistGradientBoostingClassifier, morning: Morning, customers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Reals]:
    """The likeliest of what each has and of what he has not."""
    rows, products, chance = scores(model, morning, customers)
    is_new = ~morning.has(customers, rows, products)
    order = np.lexsort((products, -chance, is_new, rows))
    rows, products, chance, is_new = rows[order], products[order], chance[order], is_new[order]
    lists = rows * 2 + is_new
    begins = np.concatenate([[True], lists[1:] != lists[:-1]]) if len(lists) else np.empty(0, dtype=bool)
    places = np.arange(len(lists))
    rank_ = places - np.maximum.accumulate(np.where(begins, places, 0)) if len(lists) else places
    kept = rank_ < _KEPT
    return customers[rows[kept]], products[kept], chance[kept]


def _happened(bought: Bought, *, from_day: int, to_day: int) -> sparse.csr_array:
    within = (bought.day >= from_day) & (bought.day < to_day)
    ones = np.ones(int(within.sum()), dtype=np.float32)
    return sparse.csr_array(
        (ones, (bought.customer[within], bought.product[within])), shape=(bought.customers, bought.products)
    )


def _active(bought: Bought, *, today: int) -> NDArray[np.int64]:
    """Those who bought within ACTIVE_DAYS, the latest MOST_CUSTOMERS."""
    last = np.full(bought.customers, today - ACTIVE_DAYS - 1, dtype=np.int64)
    np.maximum.at(last, bought.customer, bought.day)
    active = np.flatnonzero(last >= today - ACTIVE_DAYS)
    return np.sort(active[np.lexsort((active, -last[active]))][:MOST_CUSTOMERS])


def _most_wanted(bought: Bought, *, today: int) -> Places:
    wanted = popularity(bought, today=today, half_life_days=_WANTED_HALF_LIFE_DAYS)
    ranked = np.lexsort((np.arange(len(wanted)), -wanted))
    return np.sort(ranked[: min(MOST_PRODUCTS, int((wanted > 0).sum()))]).astype(np.int32)


def only(bought: Bought, customers: NDArray[np.int64], products: Places) -> Bought:
    """The purchases of these products by these customers, both numbered anew."""
    customer, product = _numbered(customers, bought.customers), _numbered(products, bought.products)
    kept = (customer[bought.customer] >= 0) & (product[bought.product] >= 0)
    return Bought(
        customer[bought.customer[kept]],
        product[bought.product[kept]],
        bought.day[kept],
        len(customers),
        len(products),
    )


def _numbered(places: NDArray[np.int64] | Places, size: int) -> Places:
    number = np.full(size, -1, dtype=np.int32)
    number[places] = np.arange(len(places), dtype=np.int32)
    return number
