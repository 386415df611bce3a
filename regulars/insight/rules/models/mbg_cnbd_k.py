"""MBG/CNBD-k: pauses more regular than chance (Erlang-k), k from the likelihood (Platzer and Reutterer 2016).

Parameters: r, alpha (rate of hidden steps, k to a purchase), a, b (leaving), k. See `bg_family` and `bg_future`.
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

NAME = "mbg_cnbd_k"
MOST_STEPS = 8
# Less is no reason to call pauses regular.
LEAST_GAIN = 0.01


def fit(histories: Histories, *, k: int | None = None) -> Fit | None:
    """The likeliest parameters; k: given, or the one after which the likelihood falls, at most MOST_STEPS.

    `histories.log_gap_total` must be there: without it, different k cannot be compared. None where no time has passed
    since anybody's first purchase.
    """
    best: Fit | None = None
    for steps in [k] if k else range(1, MOST_STEPS + 1):
        found = bg_family.fitted(histories, NAME, bg_family.Shape(k=steps, early=1))
        if best is not None and (found is None or found.log_likelihood < best.log_likelihood + LEAST_GAIN):
            break
        best = found
    return best
