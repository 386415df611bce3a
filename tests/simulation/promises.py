"""What is promised of each customer, held against what came of it."""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from tests.simulation.analysing import Judged
from tests.simulation.worlds import Floats

# Four standard errors of sampling, and what a model fitted to this very sample may be off besides.
SIGMAS, MODEL = 4.0, 0.04
PROMISED = 0.8


def chances_come_true(shop: Judged) -> None:
    """Of those of whom "62 of 100 buy within 90 days" is said, 62 of 100 do; the same of who has not left."""
    _is_calibrated(shop, shop.figures("buys_90"), shop.truth.visits_within(shop.customers, 90) > 0)
    _is_calibrated(shop, shop.figures("p_alive"), shop.truth.is_alive(shop.customers))


def years_money_lies_in_its_interval(shop: Judged) -> None:
    """In eight of ten cases. Of those who have most likely left, more: their nothing is in every interval."""
    spent = shop.truth.spent_within(shop.customers, 365)
    low, high = shop.figures("value_365_low_minor"), shop.figures("value_365_high_minor")
    inside = (spent >= low) & (spent <= high)
    assert inside.mean() > PROMISED - _allowed(len(inside)), inside.mean()
    active = shop.figures("p_alive") > 0.8
    assert abs(inside[active].mean() - PROMISED) < _allowed(int(active.sum())) + MODEL, inside[active].mean()


def next_purchase_falls_into_its_window(shop: Judged) -> None:
    """In eight of ten cases of those who come again."""
    following = shop.truth.next_day(shop.customers)
    first, last = shop.figures("next_from_date"), shop.figures("next_to_date")
    comes = np.isfinite(following) & np.isfinite(first)
    share = ((following >= first) & (following <= last))[comes].mean()
    assert abs(share - PROMISED) < _allowed(int(comes.sum())) + MODEL, share


def totals_come_out(shop: Judged) -> None:
    """What is expected of all together."""
    for name, days in (("expected_90", 90), ("expected_365", 365)):
        visits = shop.truth.visits_within(shop.customers, days)
        expected = shop.figures(name).sum()
        allowed = SIGMAS * sqrt(float((visits**2).sum())) + 0.06 * visits.sum()
        assert abs(expected - visits.sum()) < allowed, (name, expected, visits.sum())


def everything_is_within_bounds(shop: Judged) -> None:
    """However odd the shop: shares are shares, intervals have their ends in order, nothing is negative."""
    for name in ("p_alive", "buys_90"):
        said = shop.figures(name)
        assert np.all(np.isnan(said) | ((said >= 0) & (said <= 1))), name
    low, value, high = (shop.figures(f"value_365{end}_minor") for end in ("_low", "", "_high"))
    assert np.all(np.isnan(low) == np.isnan(high))
    assert np.all(np.isnan(low) | ((low >= 0) & (low <= high)))
    assert np.all(np.isnan(value) | (value >= 0))
    assert shop.figures("at_stake_minor").min(initial=0) >= 0


def _is_calibrated(shop: Judged, said: Floats, happened: NDArray[np.bool_]) -> None:
    tenths = shop.tenths(said, happened)
    assert len(tenths) >= 4, "something is said of different customers"
    for mean, share, count in tenths:
        allowed = SIGMAS * sqrt(max(mean * (1 - mean), 0.01) / count) + MODEL
        assert abs(mean - share) < allowed, (mean, share, count)


def _allowed(count: int) -> float:
    return SIGMAS * sqrt(PROMISED * (1 - PROMISED) / count) + MODEL
