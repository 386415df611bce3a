"""How good lists of recommendations are, judged on purchases that came after.

NDCG@10: of the best possible sum over the ten places of the list, each counting 1 / log2(place + 1), the share that
was reached (Järvelin and Kekäläinen, ACM TOIS 20, 2002). hit@10: whether the one thing taken out was among ten.
"""

import numpy as np
from numpy.typing import NDArray

PLACES = 10
_WORTH = 1.0 / np.log2(np.arange(2, PLACES + 2))


def ndcg(lists: NDArray[np.int64], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """For each customer who wanted anything, the NDCG of his list.

    lists: customers × PLACES, products in falling order, −1 for an empty place. wanted: customers × products.
    """
    counts = wanted.sum(axis=1)
    lists, wanted, counts = lists[counts > 0], wanted[counts > 0], counts[counts > 0]
    hits = np.take_along_axis(wanted, np.maximum(lists, 0), axis=1) & (lists >= 0)
    best = np.cumsum(_WORTH)[np.minimum(counts, PLACES) - 1]
    found: NDArray[np.float64] = (hits * _WORTH).sum(axis=1) / best
    return found


def best_of(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """The PLACES products with the greatest scores above −∞ for each customer, equal ones by the smaller number."""
    order = np.argsort(-scores, axis=1, kind="stable")[:, :PLACES]
    return np.where(np.isfinite(np.take_along_axis(scores, order, axis=1)), order, -1)
