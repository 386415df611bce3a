"""EASE: which products lead to which, as one linear model with a closed form.

With G = XᵀX of customers (or baskets) × products and P = (G + λI)⁻¹, the weights are B = I − P · diag(1 / diag P):
each product told by all others, never by itself. Source: Steck, "Embarrassingly Shallow Autoencoders for Sparse Data"
(WWW 2019), equation 8.

The one square matrix is float32 and every step works in its place, because it is what decides how many products fit.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import lapack

Reals = NDArray[np.float32]
# Rows of the Gram matrix that are counted at once: a sparse piece beside the dense whole.
_BLOCK = 256


class CannotSolve(ValueError):
    """The ridge is too small for these figures: nothing can be said of the weights."""


def most_products(memory_mib: int) -> int:
    """How many products' square matrix stays within so much memory."""
    return int((memory_mib * 2**20 / np.dtype(np.float32).itemsize) ** 0.5)


def gram(incidence: sparse.csr_array) -> Reals:
    """XᵀX as a dense matrix, Fortran order."""
    columns = incidence.tocsc()
    rows = columns.T.tocsr()
    found = np.empty((incidence.shape[1],) * 2, dtype=np.float32, order="F")
    for start in range(0, incidence.shape[1], _BLOCK):
        found[:, start : start + _BLOCK] = (rows[start : start + _BLOCK] @ incidence).toarray().T
    return found


def weights(found: Reals, *, ridge: float) -> Reals:
    """B for a Gram matrix, which is overwritten: `B[a, b]` is how much having a speaks for b. Raises CannotSolve."""
    size = len(found)
    if not size:
        return found
    found[np.diag_indices(size)] += np.float32(ridge)
    factor, failed = lapack.spotrf(found, lower=1, overwrite_a=1)
    if failed:
        raise CannotSolve(ridge)
    inverse, failed = lapack.spotri(factor, lower=1, overwrite_c=1)
    if failed:
        raise CannotSolve(ridge)
    _mirror(inverse)
    diagonal = inverse.diagonal().copy()
    inverse /= -diagonal
    np.fill_diagonal(inverse, 0.0)
    solved: Reals = inverse
    return solved


def strongest(found: Reals, count: int) -> tuple[NDArray[np.int32], NDArray[np.int32], Reals]:
    """The `count` greatest weights of each row, for and against: rows, columns, weights; falling, then by the column.

    What speaks against a product says as much as what speaks for it: without it baskets are met less often.
    """
    size = len(found)
    count = min(count, size - 1)
    if count < 1:
        return np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32)
    parts = []
    for start in range(0, size, _BLOCK):
        piece = found[start : start + _BLOCK]
        size_of = np.abs(piece)
        least = -np.partition(-size_of, count - 1, axis=1)[:, count - 1 : count]
        rows, columns = np.nonzero((size_of >= least) & (size_of > 0))
        values = piece[rows, columns]
        order = np.lexsort((columns, -np.abs(values), rows))
        order = order[rank_within(rows[order]) < count]
        order = order[np.lexsort((columns[order], -values[order], rows[order]))]
        parts.append(((rows[order] + start).astype(np.int32), columns[order].astype(np.int32), values[order]))
    return (
        np.concatenate([part[0] for part in parts]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
    )


def rank_within(groups: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """0, 1, 2 … within each run of equal values."""
    if not len(groups):
        return np.empty(0, np.int64)
    places = np.arange(len(groups))
    begins = np.concatenate([[True], groups[1:] != groups[:-1]])
    return places - np.maximum.accumulate(np.where(begins, places, 0))


def _mirror(lower: Reals) -> None:
    """Write the lower triangle into the upper one, piece by piece."""
    for start in range(0, len(lower), _BLOCK):
        stop = min(start + _BLOCK, len(lower))
        square = np.tril(lower[start:stop, start:stop])
        lower[start:stop, start:stop] = square + np.tril(square, -1).T
        lower[start:stop, stop:] = lower[stop:, start:stop].T
