"""How unevenly customers bring the money."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOP_SHARES = (0.01, 0.05, 0.10, 0.20)
CURVE_POINTS = 50


@dataclass(frozen=True)
class Concentration:
    """Of customers with revenue above nothing.

    top: for each of TOP_SHARES the part of the money that so many of the best customers bring (at least one). largest:
    the part of the very best. for_80_percent: how few bring four fifths. gini: 0 where all bring the same, towards 1
    where one brings all. curve: (share of customers, share of money), best first, from (0, 0) to (1, 1).
    """

    buyers: int
    revenue_minor: int
    top: tuple[float, ...]
    largest: float
    for_80_percent: int
    gini: float
    curve: tuple[tuple[float, float], ...]


NOBODY = Concentration(0, 0, tuple(0.0 for _ in TOP_SHARES), 0.0, 0, 0.0, ())


def concentration(revenues: NDArray[np.int64]) -> Concentration:
    """Who brought nothing, or sent back more than he bought, is no buyer here.

    Source of the index: Gini, "Variabilità e mutabilità" (1912), as the area between the Lorenz curve and the diagonal.
    """
    ordered = np.sort(revenues[revenues > 0])[::-1]
    count = len(ordered)
    if not count:
        return NOBODY
    so_far = np.cumsum(ordered)
    total = int(so_far[-1])
    shares = so_far / total
    best = [max(1, round(share * count)) for share in TOP_SHARES]
    places = np.unique(np.rint(np.linspace(0, count, CURVE_POINTS + 1)[1:]).astype(np.int64))
    ranks = np.arange(1, count + 1)
    # The best stand first, so the weights of Gini's sum run the other way round.
    gini = float((ordered.astype(np.float64) * (count + 1 - 2 * ranks)).sum() / (count * total))
    return Concentration(
        count,
        total,
        tuple(round(float(shares[n - 1]), 6) for n in best),
        round(float(shares[0]), 6),
        int(np.searchsorted(so_far, 0.8 * total) + 1),
        round(max(gini, 0.0), 6),
        ((0.0, 0.0), *((round(float(n / count), 4), round(float(shares[n - 1]), 6)) for n in places)),
    )
