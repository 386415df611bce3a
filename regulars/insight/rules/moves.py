"""From which stage to which customers moved between two evenings."""

from collections.abc import Mapping, Sequence

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import Table
from numpy.typing import NDArray

# Places of stages in the counts; the first is held by those who had not bought yet.
NOT_YET = "not_yet"
PLACES = (NOT_YET, "new", "occasional", "repeat", "regular", "loyal", "leaving", "lost")
# Spans in months over which moves are counted.
SPANS = (1, 3, 6, 12, 24)


def standings(spans: Table, evenings: Sequence[int]) -> Table:
    """One row for each buyer, a column (e0, e1 …) for each evening: the place of his stage in PLACES, 0: not yet any.

    spans: as `series.stage_spans` has them.
    """
    code = ibis.cases(
        *((spans.stage == name, ibis.literal(place, "int8")) for place, name in enumerate(PLACES) if place),
        else_=ibis.literal(0, "int8"),
    )
    coded = spans.mutate(code=code).filter(_.stop.isnull() | (_.stop > min(evenings)))
    columns = [
        coded.code.max(where=(coded.start <= day) & (coded.stop.isnull() | (coded.stop > day)))
        .fill_null(0)
        .name(f"e{place}")
        for place, day in enumerate(evenings)
    ]
    return coded.group_by("customer_id").agg(*columns).drop("customer_id")


def moves_between(before: NDArray[np.int8], after: NDArray[np.int8]) -> list[tuple[int, int, int]]:
    """(place before, place after, customers) of everybody who had bought by the second evening."""
    size = len(PLACES)
    counts = np.bincount(before.astype(np.int64) * size + after, minlength=size * size)
    return [(n // size, n % size, int(counts[n])) for n in np.flatnonzero(counts).tolist() if n]


def spans_between(count: int, lengths: Sequence[int] = SPANS) -> list[tuple[int, int]]:
    """Pairs of evenings (places of the first and the last) that lie a wanted number of steps apart."""
    return [(last - length, last) for length in lengths for last in range(length, count)]


def flows(moves: Sequence[Sequence[int]]) -> Mapping[tuple[str, str], int]:
    """The same by the names of stages."""
    return {(PLACES[before], PLACES[after]): count for before, after, count in moves}
