"""The weights that are published: from each product to those that it speaks for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from regulars.insight.rules.recommending import ease
from regulars.insight.rules.recommending.links import Links

Places = NDArray[np.int32]
# What a counted link is worth beside a weight, for products that found no place in the square matrix.
_LINKS_WORTH = 0.3


@dataclass(frozen=True)
class Weights:
    """Rows `source` → `target`, sorted by source and falling weight; solved: how many products the matrix held."""

    source: Places
    target: Places
    weight: NDArray[np.float32]
    solved: int


def weights_of(profiles: sparse.csr_array, links: Links, *, ridge: float, count: int, most_products: int) -> Weights:
    """EASE for the products with most weight in `profiles`, as many as fit; counted links for the rest."""
    weight = np.asarray(profiles.sum(axis=0)).ravel()
    ranked = np.lexsort((np.arange(len(weight)), -weight))
    held = np.sort(ranked[: min(most_products, int((weight > 0).sum()))]).astype(np.int32)
    found = ease.weights(ease.gram(profiles[:, held]), ridge=ridge)
    rows, columns, values = ease.strongest(found, count)
    is_rest = ~np.isin(links.source, held)
    share = (links.together[is_rest] / links.having[is_rest] * _LINKS_WORTH).astype(np.float32)
    source = np.concatenate([held[rows], links.source[is_rest]])
    target = np.concatenate([held[columns], links.target[is_rest]])
    value = np.concatenate([values, share])
    order = np.lexsort((target, -value, source))
    return Weights(source[order], target[order], value[order], len(held))
