"""What the coming year is worth with each customer, between which bounds, and what silence has cost of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

Floats = NDArray[np.float64]

# Beyond the fifth purchase the chance of another one hardly changes, and few customers tell of it.
DEEPEST = 5


def again_shares(numbers: NDArray[np.int64]) -> list[float]:
    """Share of customers with k days of purchase who had one more, for k = 1 … DEEPEST.

    (n₊₁ + 1) / (n + 2): Laplace's rule of succession, so that a shop of one customer gets a half, not a certainty.
    Those who came lately have not had their chance yet: the share errs on the side of caution.
    """
    reached = np.array([(numbers >= k).sum() for k in range(1, DEEPEST + 2)], dtype=np.float64)
    return [float(share) for share in (reached[1:] + 1.0) / (reached[:-1] + 2.0)]


@dataclass(frozen=True)
class Levels:
    """Between which quantiles of a forecast 80 of 100 outcomes lie: 10 below, 10 above; or 20 above `most`."""

    low: float = 0.1
    high: float = 0.9
    most: float = 0.8


def levels_from(places: Floats, *, least: int = 100) -> Levels:
    """The quantiles that held 80 of 100 in the past; the nominal ones where too few outcomes tell.

    places: F(what happened) under the forecast, uniform where it is right (Dawid, JRSS A 147, 1984). Using their
    empirical quantiles is split conformal prediction (Vovk, Gammerman and Shafer, 2005) on the scale of probability.
    """
    if len(places) < least:
        return Levels()
    low, high, most = np.clip(np.quantile(places, [0.1, 0.9, 0.8]), 0.001, 0.999)
    return Levels(float(low), float(high), float(most))


@dataclass(frozen=True)
class Spread:
    """How customers' money in a span is spread, one place for each; built by `spread_of`.

    nothing: the chance of no purchase. centre, width: of the logarithm of the money of those who do buy.
    """

    nothing: Floats
    centre: Floats
    width: Floats

    def at(self, level: float) -> Floats:
        """The money that a share `level` of such customers stays below."""
        inner = (level - self.nothing) / np.maximum(1.0 - self.nothing, 1e-12)
        has_any = inner > 0
        z = ndtri(np.where(has_any, np.minimum(inner, 1.0 - 1e-12), 0.5))
        return np.where(has_any, np.exp(self.centre + self.width * z), 0.0)

    def between(self, levels: "Levels") -> tuple[Floats, Floats]:
        """Bounds that hold 80 of 100; where "nothing" is likely enough to be the lower one, the upper is nearer."""
        low = self.at(levels.low)
        return low, np.where(low > 0, self.at(levels.high), self.at(levels.most))

    def place_of(self, money: Floats, among_nothing: Floats) -> Floats:
        """Which share of such customers stays below what happened, uniform where the spread is right.

        among_nothing: numbers within 0–1 that spread those without a purchase over their share of 0–1.
        """
        z = (np.log(np.maximum(money, 1.0)) - self.centre) / self.width
        return np.where(money > 0, self.nothing + (1.0 - self.nothing) * ndtr(z), self.nothing * among_nothing)


def spread_of(
    *, expected: Floats, buys: Floats, number: Floats, shape: Floats, average_minor: Floats, p: float, q: float
) -> Spread:
    """The money of a span from the moments of its parts.

    expected, buys: purchases and the chance of any in the span. number: days of purchase so far. shape: of the gamma
    that the rate is known by (r + x). average_minor: expected money of a purchase. p, q: of the Gamma-Gamma model.

    Of those who buy, purchases beyond the first are taken as negative binomial; the money of each is gamma with
    variance (mean)²/p around a mean that is itself known with variance (mean)²/(q + p n − 2) (Fader and Hardie, "The
    Gamma-Gamma Model of Monetary Value", 2013, equation 4); their sum as log-normal with the same two moments.
    """
    buys = np.clip(buys, 1e-9, 1.0)
    count = np.maximum(expected / buys, 1.0)
    beyond = count - 1.0
    of_count = (beyond + beyond**2 / np.maximum(shape, 0.05)) / count**2
    of_mean = 1.0 / np.maximum(q + p * number - 2.0, 0.5)
    squared = (1.0 / (max(p, 0.05) * count) + of_count) * (1.0 + of_mean) + of_mean
    variance = np.log1p(squared)
    centre = np.log(np.maximum(average_minor * count, 1.0)) - variance / 2.0
    return Spread(1.0 - buys, centre, np.sqrt(variance))


def at_stake_minor(
    *, value_due_minor: Floats, value_minor: Floats, is_due: NDArray[np.bool_], is_lost: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """What silence has cost since he was due: the year's money expected then less what is expected now.

    Nothing before he is due, and nothing once he is lost: that money is gone. NaN where nothing can be expected.
    """
    fallen = np.where(is_due & ~is_lost, value_due_minor - value_minor, 0.0)
    return np.rint(np.where(np.isnan(fallen), 0.0, np.maximum(fallen, 0.0))).astype(np.int64)


def next_window(*, silence_days: Floats, centre: Floats, spread: Floats, levels: Levels) -> tuple[Floats, Floats]:
    """Days from the last purchase between which the next one falls, if one comes at all; NaN: rhythm not known.

    Of the pauses of his that last longer than the silence so far (log-normal: `rules.rhythm`), those between the two
    levels.
    """
    over = _over(silence_days, centre, spread)
    low, high = (
        np.exp(centre + spread * ndtri(np.minimum(over + level * (1.0 - over), 1.0 - 1e-9)))
        for level in (levels.low, levels.high)
    )
    first = np.maximum(low, silence_days)
    return first, np.maximum(high, first)


def place_of_gap(gap_days: Floats, *, silence_days: Floats, centre: Floats, spread: Floats) -> Floats:
    """Which share of the pauses that outlast a silence end before one of `gap_days` does."""
    over = _over(silence_days, centre, spread)
    ended = ndtr((np.log(np.maximum(gap_days, 0.5)) - centre) / spread)
    return np.asarray(np.clip((ended - over) / np.maximum(1.0 - over, 1e-12), 0.0, 1.0), dtype=np.float64)


def _over(silence_days: Floats, centre: Floats, spread: Floats) -> Floats:
    """The share of his pauses that would be over by now."""
    return np.asarray(ndtr((np.log(np.maximum(silence_days, 0.5)) - centre) / spread), dtype=np.float64)
