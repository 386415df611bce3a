"""After how many days a customer wants a product again.

The natural logarithm of a gap is a shop's centre, plus what is usual for the product, plus what is usual for the
customer, plus what is particular to the two, plus chance. Each effect is drawn towards 0 by how little is known of it:

    effect = Σ residuals / (n + σ²/τ²)

σ² within and τ² between by moments, products and customers in turns until they settle (backfitting: Hastie and
Tibshirani, "Generalized Additive Models", 1990, chapter 4; shrinkage: Efron and Morris, JASA 70, 1975). The middle of
what is left over is added, because days, unlike their logarithms, are judged by their median.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.insight.rules.recommending.bought import Bought

# Fewer gaps say nothing about a shop, fewer of a product nothing that a page could say about it.
LEAST_GAPS = 10
LEAST_GAPS_OF_PRODUCT = 10
# Turns of backfitting; the effects of the real shops at hand stand still after three.
_TURNS = 5
_LEAST_BETWEEN = 1e-9
_LOW, _HIGH = 0.1, 0.9

Floats = NDArray[np.float64]
Places = NDArray[np.int32]


@dataclass(frozen=True)
class Gaps:
    """Days between two purchases of one product by one customer, one row each, in the order of `Bought`.

    pair: which of the pairs that have gaps, counted from 0.
    """

    customer: Places
    product: Places
    pair: Places
    days: NDArray[np.int32]


@dataclass(frozen=True)
class Effects:
    """What the logarithm of a gap is made of; one place for each product, customer and pair with gaps.

    product_gaps: how many gaps are known of each product. low, high: chance's tenth and ninetieth percentile around
    the centre, for a pair as little known as most.
    """

    centre: float
    product: Floats
    customer: Floats
    pair: Floats
    product_gaps: NDArray[np.int64]
    low: float
    high: float

    def days(self, *, customer: Places, product: Places, pair: Places) -> Floats:
        """The middle of the next gap in days; pair −1: the two have none yet."""
        own = np.where(pair >= 0, self.pair[np.maximum(pair, 0)], 0.0) if len(self.pair) else 0.0
        found: Floats = np.exp(self.centre + self.product[product] + self.customer[customer] + own)
        return found

    @property
    def of_products(self) -> tuple[Floats, Floats, Floats]:
        """For each product: the middle, and between which eight of ten gaps lie; NaN where too few are known."""
        middle = np.where(self.product_gaps >= LEAST_GAPS_OF_PRODUCT, self.centre + self.product, np.nan)
        return np.exp(middle), np.exp(middle + self.low), np.exp(middle + self.high)


def gaps_of(bought: Bought) -> Gaps:
    """The gaps between purchases of the same product by the same customer."""
    follows = ~bought.is_first_of_pair
    places = np.flatnonzero(follows)
    customer, product = bought.customer[places], bought.product[places]
    changed = (np.diff(customer) != 0) | (np.diff(product) != 0)
    pair = np.concatenate([np.zeros(min(len(places), 1), np.int32), np.cumsum(changed, dtype=np.int32)])
    return Gaps(customer, product, pair, bought.day[places] - bought.day[places - 1])


def effects_of(gaps: Gaps, *, customers: int, products: int) -> Effects | None:
    """The effects behind gaps; None where there are too few to say anything."""
    if len(gaps.days) < LEAST_GAPS:
        return None
    logs = np.log(gaps.days.astype(np.float64))
    centre = float(logs.mean())
    of_product, of_customer = np.zeros(products), np.zeros(customers)
    for _ in range(_TURNS):
        of_product = _shrunk(gaps.product, logs - centre - of_customer[gaps.customer], products)
        of_customer = _shrunk(gaps.customer, logs - centre - of_product[gaps.product], customers)
    left = logs - centre - of_product[gaps.product] - of_customer[gaps.customer]
    of_pair = _shrunk(gaps.pair, left, int(gaps.pair[-1]) + 1)
    left -= of_pair[gaps.pair]
    middle = float(np.median(left))
    around = logs - centre - of_product[gaps.product] - middle
    low, high = np.quantile(around, [_LOW, _HIGH])
    counts = np.bincount(gaps.product, minlength=products)
    return Effects(centre + middle, of_product, of_customer, of_pair, counts, float(low), float(high))


def _shrunk(group: Places, residuals: Floats, size: int) -> Floats:
    counts = np.bincount(group, minlength=size)
    sums = np.bincount(group, weights=residuals, minlength=size)
    known = counts > 0
    groups, rows = int(known.sum()), len(residuals)
    if rows == groups:
        # One each: what is between them and what is within cannot be told apart.
        return np.zeros(size)
    between_sum = float((sums[known] ** 2 / counts[known]).sum())
    within = (float((residuals**2).sum()) - between_sum) / (rows - groups)
    size_left = rows - float((counts**2).sum()) / rows
    between = 0.0
    if size_left > 0:
        between = (between_sum - sums.sum() ** 2 / rows - (groups - 1) * within) / size_left
    if between <= _LEAST_BETWEEN:
        return np.zeros(size)
    return sums / (counts + within / between)
