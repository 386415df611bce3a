"""What it would bring if fewer customers dropped out.

In the model (BG/NBD: Fader, Hardie and Lee 2005) everybody leaves after each purchase with a chance p of his own. "Five
per cent less churn" is p × 0.95 for everybody from today on; what has happened, and so who is still a customer, stays
as it is. How sure that is: the same with parameters drawn around the fitted ones, in logarithms, with the covariance
that the curvature of the likelihood gives (Efron and Hastie, Computer Age Statistical Inference, 2016, section 4.3).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from regulars.insight.rules.economics.worth import QUARTERS, SPANS
from regulars.insight.rules.models import bg_family, buying
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Floats, Histories

# Chances to leave, against what they are: from a half up to half as much again; .95 is the one that is asked for.
FACTORS = (0.5, 0.7, 0.85, 0.95, 1.0, 1.2, 1.5)
ASKED = 0.95
SAMPLED = 300
DRAWS = 24
SEED = 1


@dataclass(frozen=True)
class ChurnEffect:
    """Money of the base and of a new customer by each of SPANS, under other chances to leave.

    base: a row for each of FACTORS, in units of the base's money of one year as things are. of_new: the same in
    purchases after the first. drawn_base, drawn_new: [draw, as it is or ASKED, span]. customers: how many of them were
    looked at.
    """

    base: Floats
    of_new: Floats
    drawn_base: Floats
    drawn_new: Floats
    customers: int


def effect_of_churn(fit: Fit, histories: Histories, everybody: Histories, money_minor: Floats) -> ChurnEffect | None:
    """What other chances to leave would change; None where no money is expected of anybody.

    fit: of `histories`. everybody, money_minor: one place for each customer, the last the money expected in a year.
    """
    chosen = _sample(money_minor)
    if chosen is None:
        return None
    # The last one stands for whoever comes new.
    x, t_x, T = (np.append(column[chosen], 0.0) for column in (everybody.frequency, everybody.recency, everybody.age))
    now = buying.expected_by(fit, [SPANS[len(QUARTERS) - 1]], x, t_x, T)[0, :-1]

    def curves(of: Fit, factor: float) -> Floats:
        """Of the base, of a new customer: a row for each."""
        each = buying.expected_by(of, SPANS, x, t_x, T, drop_out_factor=factor)
        # Customers are drawn in proportion to their money, so their ratios are averaged as they are.
        ratios = np.divide(each[:, :-1], now, out=np.zeros_like(each[:, :-1]), where=now > 0)
        return np.stack([ratios.mean(axis=1), each[:, -1]])

    # Matrices of 32 rows: threads would spend their time on waiting for each other.
    with threadpool_limits(1, user_api="blas"):
        as_fitted = np.stack([curves(fit, factor) for factor in FACTORS])
        drawn = np.stack([[curves(of, factor) for factor in (1.0, ASKED)] for of in drawn_fits(fit, histories)])
    return ChurnEffect(as_fitted[:, 0], as_fitted[:, 1], drawn[:, :, 0], drawn[:, :, 1], everybody.customers)


def drawn_fits(fit: Fit, histories: Histories, *, count: int = DRAWS, seed: int = SEED) -> list[Fit]:
    """The fit with other parameters that the data allow as well."""
    centre = np.log([fit[letter] for letter in bg_family.LETTERS])
    *_, hessian = bg_family.objective(histories, bg_family.shape_of(fit))(centre)
    if not np.all(np.isfinite(hessian)):
        return [fit] * count
    eigenvalues, vectors = np.linalg.eigh(-hessian)
    # Where the likelihood is flat it knows nothing: a factor of e each way is left, not infinity.
    spreads = 1.0 / np.sqrt(np.maximum(eigenvalues, 1.0))
    steps = np.random.default_rng(seed).standard_normal((count, len(centre))) * spreads
    points = np.exp(centre + steps @ vectors.T)
    return [replace(fit, parameters=dict(zip(bg_family.LETTERS, point.tolist(), strict=True))) for point in points]


def interval(values: Floats, *, share: float = 0.8) -> tuple[float, float]:
    """Between which values the middle `share` of draws lies."""
    low, high = np.quantile(values, [(1.0 - share) / 2.0, (1.0 + share) / 2.0])
    return float(low), float(high)


def between(curves: Floats, factor: float, factors: Sequence[float] = FACTORS) -> Floats:
    """The curve of a factor that lies between two others, by a straight line; curves: a row for each of `factors`."""
    return np.asarray([np.interp(factor, factors, column) for column in np.asarray(curves).T])


def _sample(money_minor: Floats) -> NDArray[np.intp] | None:
    """Places of customers in proportion to their money, every so many roubles one.

    Systematic sampling with probability proportional to size (Cochran, Sampling Techniques, 3rd ed., section 9A.10).
    """
    upto = np.cumsum(np.where(money_minor > 0, money_minor, 0.0))
    if not len(upto) or upto[-1] <= 0:
        return None
    marks = (np.arange(SAMPLED) + 0.5) / SAMPLED * upto[-1]
    return np.asarray(np.searchsorted(upto, marks), dtype=np.intp)
