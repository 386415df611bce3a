"""Which products are bought by the same people (or lie in the same baskets), counted; and the second step from there.

A link A → B says: of `having` with A, `together` have B too. How far that is beyond chance is the lift, drawn towards 1
by FIRMNESS pseudo-observations, so that three of three is no miracle:

    strength = (together + k) / (expected + k),   expected = having A · having B / all

Lift: Brin, Motwani, Ullman and Tsur, "Dynamic Itemset Counting" (SIGMOD 1997), there called interest; drawn towards
what is expected as in DuMouchel, "Bayesian Data Mining in Large Frequency Tables" (The American Statistician 53, 1999).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from regulars.insight.rules.recommending.ease import rank_within

# Fewer common buyers are an accident.
LEAST_TOGETHER = 5
FIRMNESS = 5.0
# A link worth naming: by half more often than by chance.
LEAST_STRENGTH = 1.5
_BLOCK = 256

Places = NDArray[np.int32]


@dataclass(frozen=True)
class Links:
    """One row for each link, sorted by `source` and falling strength; `having` belongs to the source."""

    source: Places
    target: Places
    together: NDArray[np.int64]
    having: NDArray[np.int64]
    strength: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Paths:
    """Second-level links: `source` → `via` → `target`, the two ends not linked themselves. together: both ends."""

    source: Places
    via: Places
    target: Places
    together: NDArray[np.int64]
    having: NDArray[np.int64]
    strength: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.source)


@dataclass(frozen=True)
class Pairs:
    """Products found together, first < second, and by how many."""

    first: Places
    second: Places
    together: NDArray[np.int64]


def pairs_of(incidence: sparse.csr_array, *, least: int) -> Pairs:
    """All pairs of products that at least `least` rows (customers or baskets, values 1) have both of."""
    parts = []
    for start, counted in _counted(incidence):
        rows, columns = counted.row + start, counted.col
        kept = (counted.data >= least) & (rows < columns)
        parts.append((rows[kept], columns[kept], counted.data[kept]))
    first, second, together = _joined(parts, 3)
    return Pairs(first.astype(np.int32), second.astype(np.int32), np.rint(together).astype(np.int64))


def links_of(incidence: sparse.csr_array, *, count: int, least: int = LEAST_TOGETHER) -> Links:
    """The `count` strongest links of each product over rows of ones."""
    having = np.asarray(incidence.sum(axis=0)).ravel()
    everybody = max(incidence.shape[0], 1)
    parts = []
    for start, counted in _counted(incidence):
        rows, columns, together = counted.row + start, counted.col, counted.data
        strength = (together + FIRMNESS) / (having[rows] * having[columns] / everybody + FIRMNESS)
        kept = (together >= least) & (strength >= LEAST_STRENGTH) & (rows != columns)
        rows, columns, together, strength = rows[kept], columns[kept], together[kept], strength[kept]
        order = np.lexsort((columns, -together, -strength, rows))
        first = order[rank_within(rows[order]) < count]
        parts.append((rows[first], columns[first], together[first], strength[first]))
    rows, columns, together, strength = _joined(parts, 4)
    return Links(
        rows.astype(np.int32),
        columns.astype(np.int32),
        np.rint(together).astype(np.int64),
        np.rint(having[rows.astype(np.int64)]).astype(np.int64),
        strength,
    )


def paths_of(links: Links, incidence: sparse.csr_array, *, count: int) -> Paths:
    """The `count` strongest second-level links of each product, each by the way whose weaker step is best."""
    products = incidence.shape[1]
    begins = np.searchsorted(links.source, np.arange(products + 1))
    lengths = begins[links.target + 1] - begins[links.target]
    first = np.repeat(np.arange(len(links)), lengths)
    second = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    second += np.repeat(begins[links.target], lengths)
    source, via, target = links.source[first], links.target[first], links.target[second]
    strength = np.minimum(links.strength[first], links.strength[second])
    direct = np.sort(links.source.astype(np.int64) * products + links.target)
    ends = source.astype(np.int64) * products + target
    known = direct[np.minimum(np.searchsorted(direct, ends), max(len(direct) - 1, 0))] == ends if len(direct) else False
    kept = (source != target) & ~known
    source, via, target, strength, ends = source[kept], via[kept], target[kept], strength[kept], ends[kept]
    best = np.lexsort((via, -strength, ends))
    best = best[rank_within(ends[best]) == 0]
    best = best[np.lexsort((target[best], -strength[best], source[best]))]
    best = best[rank_within(source[best]) < count]
    source, via, target, strength = source[best], via[best], target[best], strength[best]
    having = np.asarray(incidence.sum(axis=0)).ravel()
    return Paths(
        source, via, target, both(incidence, source, target), np.rint(having[source]).astype(np.int64), strength
    )


def both(incidence: sparse.csr_array, first: Places, second: Places) -> NDArray[np.int64]:
    """How many rows have both products of each pair; `first` is sorted."""
    found = np.zeros(len(first), dtype=np.int64)
    for start, counted in _counted(incidence):
        begin, end = np.searchsorted(first, [start, start + _BLOCK])
        if begin < end:
            piece = counted.toarray()
            found[begin:end] = np.rint(piece[first[begin:end] - start, second[begin:end]])
    return found


def _counted(incidence: sparse.csr_array) -> Iterator[tuple[int, sparse.coo_array]]:
    """Rows of the counts of pairs, piece by piece: only one piece is held at a time."""
    rows = incidence.tocsc().T.tocsr()
    for start in range(0, incidence.shape[1], _BLOCK):
        yield start, (rows[start : start + _BLOCK] @ incidence).tocoo()


def _joined(parts: Sequence[tuple[NDArray[np.float64], ...]], width: int) -> tuple[NDArray[np.float64], ...]:
    if not parts:
        return tuple(np.empty(0) for _ in range(width))
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))
