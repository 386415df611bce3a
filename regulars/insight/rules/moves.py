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
# Digits to base 8 that a whole number of 64 bits holds.
PACKED = 20
# Spans in months over which moves are counted.
SPANS = (1, 3, 6, 12, 24)


def standings(spans: Table, evenings: Sequence[int]) -> Table:
    """One row for each buyer: where he stood on each evening, packed into whole numbers (p0, p1 …).

    A number holds PACKED evenings, the first in its lowest digit; a digit (to base 8) is the place of his stage in
    PLACES. At most one span holds an evening, so digits add up without carrying: one sum instead of one for each
    evening. spans: as `series.stage_spans` has them.
    """
    code = ibis.cases(
        *((spans.stage == name, ibis.literal(place, "int64")) for place, name in enumerate(PLACES) if place),
        else_=ibis.literal(0, "int64"),
    )
    last = max(evenings)
    coded = spans.filter(_.start <= last).mutate(code=code, end=ibis.coalesce(_.stop, last + 1))
    coded = coded.filter(coded.end > min(evenings))
    columns = {
        f"p{number}": sum(
            ((coded.start <= day) & (coded.end > day)).cast("int64") * len(PLACES) ** place
            for place, day in enumerate(evenings[start : start + PACKED])
        )
        * coded.code
        for number, start in enumerate(range(0, len(evenings), PACKED))
    }
    packed = coded.select("customer_id", **columns)
    return packed.group_by("customer_id").agg(**{name: packed[name].sum() for name in columns}).drop("customer_id")


def unpacked(numbers: Sequence[NDArray[np.int64]], count: int) -> list[NDArray[np.int8]]:
    """The places of all customers for each of `count` evenings."""
    return [((numbers[evening // PACKED] >> (3 * (evening % PACKED))) & 7).astype(np.int8) for evening in range(count)]


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
