"""Who bought what when, as arrays and as the matrices that everything else is made of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Whole = NDArray[np.int32]
Reals = NDArray[np.float32]


@dataclass(frozen=True)
class Bought:
    """One row for each customer, product and day of purchase, sorted so. All three: one place a row.

    customer, product: counted from 0 and below `customers`, `products`; day: counted from any one day.
    """

    customer: Whole
    product: Whole
    day: Whole
    customers: int
    products: int

    def before(self, day: int) -> "Bought":
        """What was known on the morning of a day."""
        kept = self.day < day
        return Bought(self.customer[kept], self.product[kept], self.day[kept], self.customers, self.products)

    @property
    def is_first_of_pair(self) -> NDArray[np.bool_]:
        """Whether a row is the first purchase of its product by its customer."""
        changed = (np.diff(self.customer) != 0) | (np.diff(self.product) != 0)
        return np.concatenate([np.ones(min(len(self.day), 1), dtype=bool), changed])


def faded(age_days: NDArray[np.int32], half_life_days: float) -> Reals:
    """What a purchase still counts: 1 on its day, half after each half-life."""
    weights: Reals = np.exp2(-np.asarray(age_days, dtype=np.float32) / np.float32(half_life_days))
    return weights


def profiles(bought: Bought, *, today: int, half_life_days: float) -> sparse.csr_array:
    """Customers × products: purchases that fade with age, summed."""
    return _matrix(bought, faded(today - bought.day, half_life_days))


def owned(bought: Bought) -> sparse.csr_array:
    """Customers × products: 1 where a customer ever bought a product."""
    first = bought.is_first_of_pair
    once = Bought(bought.customer[first], bought.product[first], bought.day[first], bought.customers, bought.products)
    return _matrix(once, np.ones(len(once.day), dtype=np.float32))


def popularity(bought: Bought, *, today: int, half_life_days: float) -> Reals:
    """Purchases of each product, faded: what is wanted now."""
    weights = faded(today - bought.day, half_life_days)
    return np.bincount(bought.product, weights=weights, minlength=bought.products).astype(np.float32)


def _matrix(bought: Bought, values: Reals) -> sparse.csr_array:
    places = (bought.customer, bought.product)
    return sparse.csr_array((values, places), shape=(bought.customers, bought.products))
