"""BG/NBD: buys at random, may leave after each purchase but the first (Fader, Hardie and Lee 2005).

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

NAME = "bg_nbd"


def fit(histories: Histories) -> Fit | None:
    """The likeliest parameters; None where no time has passed since anybody's first purchase."""
    return bg_family.fitted(histories, NAME, bg_family.Shape(k=1, early=0))
