"""Which first purchase makes regulars: shares of those who came back, without letting three buyers win.

The true share of each product is taken as Beta around the mean of all products, with a strength found from how much
more the products differ than chance would make them:

    share ~ Beta(K m, K (1 − m)),    share given b of n ~ Beta(b + K m, n − b + K (1 − m))

m: pooled share; K = 1/ρ − 1, ρ by moments with weights n. Source: Kleinman, "Proportions with Extraneous Variance:
Single and Independent Samples" (JASA 68, 1973); empirical Bayes as Efron and Morris (JASA 70, 1975).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

# Eight of ten: the same as all bands of these pages.
INTERVAL = 0.8
# Where products seem not to differ at all, that itself is not known for sure: K stays below so much.
MOST_PRIOR, LEAST_PRIOR = 500.0, 2.0


@dataclass(frozen=True)
class Prior:
    """mean: the pooled share; strength: as how many customers of the usual kind it counts."""

    mean: float
    strength: float


@dataclass(frozen=True)
class Shrunk:
    """A share drawn towards the usual one, and between which values it lies in eight of ten cases."""

    share: float
    low: float
    high: float


def prior_of(back: Sequence[int], had: Sequence[int]) -> Prior | None:
    """What is usual, from all products' counts; None where nobody had the chance yet."""
    b, n = np.asarray(back, dtype=np.float64), np.asarray(had, dtype=np.float64)
    b, n = b[n > 0], n[n > 0]
    total, groups = float(n.sum()), len(n)
    if not groups:
        return None
    mean = float(b.sum()) / total
    spare = total - float((n**2).sum()) / total - (groups - 1)
    if not 0 < mean < 1 or spare <= 0:
        return Prior(mean, LEAST_PRIOR)
    spread = float((n * (b / n - mean) ** 2).sum()) / (mean * (1 - mean))
    rho = (spread - (groups - 1)) / spare
    strength = 1 / rho - 1 if rho > 0 else MOST_PRIOR
    return Prior(mean, min(max(strength, LEAST_PRIOR), MOST_PRIOR))


def shrunk(back: NDArray[np.int64], had: NDArray[np.int64], prior: Prior) -> list[Shrunk]:
    """Each product's share with its interval."""
    # A mean of exactly 0 or 1 would leave a Beta without width; half a customer is added to either side.
    good = back + prior.strength * prior.mean + (0.5 if prior.mean in (0, 1) else 0.0)
    bad = had - back + prior.strength * (1 - prior.mean) + (0.5 if prior.mean in (0, 1) else 0.0)
    low, high = (betaincinv(good, bad, edge) for edge in ((1 - INTERVAL) / 2, (1 + INTERVAL) / 2))
    return [
        Shrunk(float(share), float(a), float(z)) for share, a, z in zip(good / (good + bad), low, high, strict=True)
    ]


def wilson(back: int, had: int, *, level: float = INTERVAL) -> tuple[float, float]:
    """Between which values a share of few lies (Wilson, JASA 22, 1927); (0, 1) of nobody."""
    if not had:
        return 0.0, 1.0
    z = NormalDist().inv_cdf((1 + level) / 2)
    share, size = back / had, 1 + z * z / had
    centre = (share + z * z / (2 * had)) / size
    reach = z * sqrt(share * (1 - share) / had + z * z / (4 * had * had)) / size
    return max(centre - reach, 0.0), min(centre + reach, 1.0)
