"""The money that is at stake with a customer who is silent."""

from itertools import pairwise
from math import erf

import numpy as np
from numpy.typing import NDArray

_Floats = NDArray[np.float64]
# So many average purchases of the shop are mixed into a customer's own average: one great order is no habit.
PRIOR_PURCHASES = 2
# Beyond the fifth purchase the chance of another one hardly changes, and few customers tell of it.
DEEPEST = 5


def again_shares(numbers: NDArray[np.int64]) -> list[float]:
    """Share of customers with k days of purchase who had one more, for k = 1 … DEEPEST.

    (n₊₁ + 1) / (n + 2): Laplace's rule of succession, so that a shop of one customer gets a half, not a certainty.
    Those who came lately have not had their chance yet: the share errs on the side of caution.
    """
    reached = [int((numbers >= k).sum()) for k in range(1, DEEPEST + 2)]
    return [(following + 1) / (count + 2) for count, following in pairwise(reached)]


def steadied_average(revenue_minor: _Floats, number: NDArray[np.int64]) -> _Floats:
    """A customer's average purchase, drawn towards the shop's by PRIOR_PURCHASES; not below 0.

    (revenue + k × shop's average) / (purchases + k): the form that the expectation of a Gamma-Gamma model takes (Fader
    and Hardie, "The Gamma-Gamma Model of Monetary Value", 2013, equation 5), with a fixed k instead of a fitted one.
    """
    is_buyer = number > 0
    whole, purchases = float(revenue_minor[is_buyer].sum()), int(number[is_buyer].sum())
    of_shop = max(whole, 0.0) / purchases if purchases else 0.0
    steadied = (revenue_minor + PRIOR_PURCHASES * of_shop) / (number + PRIOR_PURCHASES)
    return np.where(is_buyer, np.maximum(steadied, 0.0), np.nan)


def risk_of(silence_days: _Floats, centre: _Floats, spread: _Floats) -> _Floats:
    """The share of his pauses that would be over by now: Φ((ln silence − centre) / spread). NaN where not known."""
    z = (np.log(np.maximum(silence_days, 0.5)) - centre) / spread
    return np.fromiter(((1.0 + erf(x / 2**0.5)) / 2.0 for x in z.tolist()), np.float64, len(z))


def yearly_minor(average_minor: _Floats, centre: _Floats, spread: _Floats) -> _Floats:
    """What a customer brings in a year at his rhythm: average × 365 / mean pause.

    The mean of a log-normal pause is exp(centre + spread²/2); purchases per unit of time tend to its inverse
    (elementary renewal theorem: Ross, Stochastic Processes, 2nd ed., theorem 3.3.4). A pause lasts a day at least.
    """
    return np.maximum(average_minor, 0.0) * 365.0 / np.maximum(np.exp(centre + spread**2 / 2.0), 1.0)


def at_stake_minor(
    *,
    number: NDArray[np.int64],
    average_minor: _Floats,
    silence_days: _Floats,
    centre: _Floats,
    spread: _Floats,
    is_lost: NDArray[np.bool_],
    again: list[float],
) -> NDArray[np.int64]:
    """A year's money × the chance of one more purchase after so many × the risk of silence. Lost: gone, so nothing."""
    chance = np.array([0.0, *again])[np.minimum(number, DEEPEST)]
    expected = yearly_minor(average_minor, centre, spread) * chance * risk_of(silence_days, centre, spread)
    return np.rint(np.where(is_lost | np.isnan(expected), 0.0, expected)).astype(np.int64)
