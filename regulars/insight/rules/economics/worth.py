"""What money to come is worth today.

CLV with a constant margin m a year, retention r and discount d: m·r/(1+d−r), the first margin falling due at the end of
the first year and only from those who stayed (Gupta and Lehmann, "Customers as Assets", Journal of Interactive
Marketing 17, 2003). Its elasticity to retention, ∂ln CLV/∂ln r, is (1+d)/(1+d−r).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Beyond ten years neither a model of buying nor the shop is what it was.
LIFETIME_YEARS = 10
# Quarters of the first year, for customers who come in its course; then whole years. In days.
QUARTERS = (91.25, 182.5, 273.75, 365.0)
SPANS = (*QUARTERS, *(365.0 * year for year in range(2, LIFETIME_YEARS + 1)))


def clv(margin: float, retention: float, discount: float) -> float:
    """m·r/(1+d−r)."""
    return margin * retention / (1.0 + discount - retention)


def elasticity_to_retention(retention: float, discount: float) -> float:
    """By how many per cent CLV grows when retention grows by one per cent (not point): (1+d)/(1+d−r)."""
    return (1.0 + discount) / (1.0 + discount - retention)


def by_year(cumulative: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """What falls into each of LIFETIME_YEARS years; cumulative: by each of SPANS."""
    at_years = np.asarray(cumulative, dtype=np.float64)[..., len(QUARTERS) - 1 :]
    return np.diff(at_years, axis=-1, prepend=0.0)


def lifetime(cumulative: Sequence[float] | NDArray[np.float64], discount: float) -> NDArray[np.float64]:
    """Worth today of what falls into each year, each counted at its end: Σ c_t / (1+d)^t."""
    years = np.arange(1, LIFETIME_YEARS + 1)
    return np.asarray(by_year(cumulative) @ (1.0 + discount) ** -years)


def of_year(cumulative: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """What falls into the first year."""
    return np.asarray(cumulative, dtype=np.float64)[..., len(QUARTERS) - 1]


def of_those_who_come(cumulative: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """What falls into a year from customers who come evenly in its course: the mean over their time left in it."""
    quarters = np.asarray(cumulative, dtype=np.float64)[..., : len(QUARTERS)]
    # Trapezoids over the four quarters; nothing at once.
    return np.asarray((quarters[..., :-1].sum(axis=-1) + quarters[..., -1] / 2) / len(QUARTERS))
