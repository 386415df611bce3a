"""MBG/NBD: as BG/NBD, but may leave after the first purchase as well (Batislam, Denizel and Filiztekin 2007).

Parameters: r, alpha (rate), a, b (leaving). See `bg_family` for fitting and `bg_future` for what follows from it.
"""

from regulars.insight.rules.models import bg_family
from regulars.insight.rules.models.bg_future import (
    at_least,
    expected_by,
    expected_of_new,
    expected_purchases,
    next_purchase_in,
    p_alive,
    probability_of_any,
)
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Histories

__all__ = [
    "at_least",
    "expected_by",
    "expected_of_new",
    "expected_purchases",
    "fit",
    "next_purchase_in",
    "p_alive",
    "probability_of_any",
]

NAME = "mbg_nbd"


def fit(histories: Histories) -> Fit | None:
    """The likeliest parameters; None where no time has passed since anybody's first purchase."""
    return bg_family.fitted(histories, NAME, bg_family.Shape(k=1, early=1))
