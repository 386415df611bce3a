"""What a model of buying reads: for each customer how often he came back, when last, and since when he is known.

A purchase is a day of purchase; the first one is the beginning and is not counted. All times are in one unit (days
everywhere but in the tests of published tables, which count weeks).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Histories:
    """Equal-length arrays, one place for each group of equal customers.

    frequency x: purchases after the first. recency t_x: from the first to the last (0 where x = 0). age T: from the
    first until now. weight: how many customers are alike. log_gap_total: Σ ln of every pause of every customer, in the
    same unit; only MBG/CNBD-k reads it.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    weight: Floats
    log_gap_total: float = 0.0

    def where(self, is_meant: NDArray[np.bool_]) -> "Histories":
        """Those groups alone, without pauses."""
        return Histories(self.frequency[is_meant], self.recency[is_meant], self.age[is_meant], self.weight[is_meant])

    @cached_property
    def customers(self) -> int:
        return round(float(self.weight.sum()))

    @cached_property
    def purchases(self) -> float:
        """All purchases after the first ones."""
        return float(self.weight @ self.frequency)

    @cached_property
    def exposure(self) -> float:
        """All ages together: customer-days (or weeks)."""
        return float(self.weight @ self.age)

    @cached_property
    def typical_age(self) -> float:
        """The mean age; 1 where nobody has any."""
        return self.exposure / self.customers if self.exposure > 0 else 1.0

    @cached_property
    def by_age(self) -> tuple[Floats, Floats, Floats]:
        """The ages that there are, and for each how many customers and how many purchases."""
        chosen, places, _ = distinct(self.age)
        customers, purchases = (
            np.asarray(np.bincount(places, weights=weight), dtype=np.float64)
            for weight in (self.weight, self.weight * self.frequency)
        )
        return self.age[chosen], customers, purchases

    @cached_property
    def reached(self) -> Floats:
        """How many customers have more than i purchases, i = 0, 1, …, largest − 1."""
        if not len(self.frequency):
            return np.zeros(0)
        counts = np.bincount(self.frequency.astype(np.intp), weights=self.weight)
        return np.asarray(counts[::-1].cumsum()[::-1][1:], dtype=np.float64)


def ungrouped(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, log_gap_total: float = 0.0) -> Histories:
    """Each customer for himself. Raises ValueError where the arrays are no histories."""
    x, t_x, T = (np.asarray(values, dtype=np.float64) for values in (frequency, recency, age))
    if not x.shape == t_x.shape == T.shape or x.ndim != 1:
        raise ValueError("frequency, recency and age are one-dimensional and of one length")
    if not (np.all(x >= 0) and np.all(t_x >= 0) and np.all(t_x <= T) and np.all(np.isfinite(T)) and np.all(x % 1 == 0)):
        raise ValueError("0 ≤ recency ≤ age, and frequency counts")
    return Histories(x, t_x, T, np.ones(len(x)), log_gap_total)


def grouped(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike, *, log_gap_total: float = 0.0
) -> tuple[Histories, Places]:
    """Equal customers as one, and for each customer the place of his group: `result[places]` is per customer."""
    each = ungrouped(frequency, recency, age, log_gap_total=log_gap_total)
    chosen, places, weight = distinct(each.frequency, each.recency, each.age)
    alike = Histories(each.frequency[chosen], each.recency[chosen], each.age[chosen], weight, log_gap_total)
    return alike, places


def as_columns(*values: ArrayLike) -> tuple[Floats, ...]:
    """One-dimensional arrays of one length from numbers and arrays."""
    return tuple(np.broadcast_arrays(*(np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in values)))


def distinct(*columns: Floats) -> tuple[Places, Places, Floats]:
    """Rows that differ: where one of each stands, for every row the place of its like, and how many are alike."""
    keys = _keys(columns)
    keys, order = _in_order(keys)
    firsts = np.flatnonzero(np.diff(keys, prepend=-1))
    sizes = np.diff(firsts, append=len(keys))
    places = np.empty(len(keys), dtype=np.intp)
    places[order] = np.repeat(np.arange(len(firsts)), sizes)
    return order[firsts], places, sizes.astype(np.float64)


def _in_order(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], Places]:
    """Sorted keys and where they stood; as one number, where they fit, since numbers sort faster than their places."""
    bits = max(len(keys) - 1, 0).bit_length()
    if int(keys.max(initial=0)).bit_length() + bits > 62:
        order = np.argsort(keys)
        return keys[order], order
    both = np.sort(keys << bits | np.arange(len(keys)))
    return both >> bits, both & ((1 << bits) - 1)


def _keys(columns: Sequence[Floats]) -> NDArray[np.int64]:
    """One whole number for each row, equal where the rows are."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for codes in map(_codes, columns):
        key = key * (int(codes.max(initial=0)) + 1) + codes
    return key


def _codes(values: Floats) -> NDArray[np.int64]:
    whole = values.astype(np.int64)
    if np.array_equal(whole, values) and whole.min(initial=0) >= 0 and whole.max(initial=0) < 1 << 20:
        return whole
    return np.unique(values, return_inverse=True)[1].astype(np.int64)
