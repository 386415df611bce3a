"""Nodes and weights of Gauss's rules for the integrals that the models leave."""

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from regulars.insight.rules.models.histories import Floats

NODES = 32


def beta_nodes(a: float, b: ArrayLike, *, count: int = NODES) -> tuple[Floats, Floats]:
    """Nodes in 0–1 and weights (sum 1) for the mean over Beta(a, b): a row for each b.

    Golub and Welsch, "Calculation of Gauss Quadrature Rules" (Math. Comp. 23, 1969) with the recurrence of the Jacobi
    polynomials (Abramowitz and Stegun, 22.7.1); weights come normalised, so no beta function can overflow.
    """
    beta, alpha = a - 1.0, np.atleast_1d(np.asarray(b, dtype=np.float64))[:, None] - 1.0
    n = np.arange(1, count, dtype=np.float64)
    twice = 2.0 * n + alpha + beta
    matrix = np.zeros((len(alpha), count, count))
    places = np.arange(count)
    matrix[:, 0, 0] = ((beta - alpha) / (alpha + beta + 2.0))[:, 0]
    matrix[:, places[1:], places[1:]] = (beta - alpha) * (beta + alpha) / (twice * (twice + 2.0))
    # (n + α + β) and (2n + α + β − 1) are one and the same for n = 1, and may both be 0.
    ratio = np.where(n == 1, 1.0, (n + alpha + beta) / np.where(n == 1, 1.0, twice - 1.0))
    beside = np.sqrt(4.0 * n * (n + alpha) * (n + beta) * ratio / (twice**2 * (twice + 1.0)))
    matrix[:, places[1:], places[:-1]] = matrix[:, places[:-1], places[1:]] = beside
    nodes, vectors = np.linalg.eigh(matrix)
    return np.clip((nodes + 1.0) / 2.0, 0.0, 1.0), vectors[:, 0, :] ** 2


@cache
def legendre_nodes(count: int) -> tuple[Floats, Floats]:
    """Nodes in 0–1 and weights (sum 1) for the plain mean."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1.0) / 2.0, weights / 2.0
