"""How much more, or less, known customers will buy than a model of buying thinks: the same weeks a year ago.

The models know no season and no change of pace. Two simple corrections are at hand, both from what happened a year ago
in the same weeks to those who were customers then:

    by the model      A₁ / E₁                  purchases that came, for each one that the model expected then
    by the pace       (A₁ / R₁) · (R / E)      purchases that came for each one of the weeks just before, then as now

The first is right where the model's own bias is the same as a year ago; it overshoots while a shop's customers are
newer than they were. The second is right where customers are as faithful as a year ago; it falls short while many of
them are newly won. Their errors lie on opposite sides, so their geometric mean is taken, with equal weights, which need
no past to be learnt from (Bates and Granger, "The Combination of Forecasts", Operational Research Quarterly 20, 1969;
Timmermann, Handbook of Economic Forecasting 1, 2006, section 7). A ratio of few purchases is drawn towards 1.
"""

from dataclasses import dataclass
from math import exp, log

# Weeks, so that weekdays stay where they are.
YEAR_DAYS = 364
# How far seasons move a quarter's purchases in a usual shop: standard deviation of the logarithm.
USUAL = 0.3
# Purchases of one customer come in clumps: counts vary more than Poisson's.
CLUMPING = 2.0
FURTHEST = 5.0


@dataclass(frozen=True)
class Quarter:
    """One stretch of weeks and the equally long one before it, for those who had bought before the stretch.

    expected: purchases in it by the model fitted on its eve. before: all purchases in the stretch before.
    """

    expected: float
    before: float


def level(now: Quarter, year_ago: Quarter, *, came: float) -> float:
    """What to multiply the model's expected purchases of the coming stretch by; 1 where a year ago tells nothing.

    year_ago: the stretch that began YEAR_DAYS earlier, seen as of then. came: purchases that came in it.
    """
    counts = (came, now.before, year_ago.before)
    if min(*counts, now.expected, year_ago.expected) <= 0:
        return 1.0
    by_model = log(came / year_ago.expected)
    by_pace = log(came / year_ago.before) + log(now.before / now.expected)
    variance = CLUMPING * (1.0 / came + (1.0 / now.before + 1.0 / year_ago.before) / 4.0)
    trusted = USUAL**2 / (USUAL**2 + variance)
    return min(max(exp(trusted * (by_model + by_pace) / 2.0), 1.0 / FURTHEST), FURTHEST)
