"""Each customer's own rhythm: his usual pause, and the pause that nine of ten of his stay below.

The natural logarithms of a customer's pauses (days between days of purchase) are taken as normal around his own
centre; centres are normal around the shop's. A customer with few pauses is drawn towards the shop ("shrunk"):

    centre = m + w (ȳ − m),   w = n / (n + σ²/τ²)

Source: Efron and Morris, "Data Analysis Using Stein's Estimator" (JASA 70, 1975); σ² within and τ² between customers by
moments, m weighted by precision (DerSimonian and Laird, Controlled Clinical Trials 7, 1986). A customer's own
irregularity is moderated by the shop's with PRIOR_GAPS pseudo-pauses (Smyth, SAGMB 3, 2004, section 3). Pauses still
open are not counted, so a young shop's rhythm comes out somewhat too quick.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist
from typing import Any

import ibis
import numpy as np
from ibis import _
from ibis.expr.types import Table
from numpy.typing import NDArray

PRIOR_GAPS = 4.0
# Fewer pauses, or customers who have any, say nothing about a shop.
LEAST_GAPS = 10
LEAST_CUSTOMERS = 5
# Nobody is as regular as a clock; keeps a limit apart from the usual pause.
LEAST_VARIANCE = 0.01
# Where customers do not differ, their own pauses tell nothing: n / (n + σ²/τ²) is then as good as 0.
LEAST_BETWEEN = 1e-12


@dataclass(frozen=True)
class ShopRhythm:
    """m, σ², τ² of the shop's logarithmic pauses, and how many pauses of how many customers they rest on."""

    centre: float
    within: float
    between: float
    gaps: int
    customers: int

    @property
    def median_days(self) -> float:
        return exp(self.centre)

    def limit_days(self, patience: float) -> float:
        """The pause that a share `patience` of all pauses of an unknown customer stays below."""
        return exp(self.centre + NormalDist().inv_cdf(patience) * (self.within + self.between) ** 0.5)


def gap_sums(days: Table) -> Table:
    """One row of sums over customers who have pauses: all that `variances` needs."""
    last = days.filter(_.next_day.isnull(), _.gaps > 0)
    return last.agg(
        customers=_.count(),
        gaps=_.gaps.sum().fill_null(0),
        gaps_squared=(_.gaps * _.gaps).sum().fill_null(0),
        log_sum=_.log_sum.sum().fill_null(0.0),
        log_squares=_.log_squares.sum().fill_null(0.0),
        between_sum=(_.log_sum * _.log_sum / _.gaps).sum().fill_null(0.0),
    )


def variances(
    *, customers: int, gaps: int, gaps_squared: int, log_sum: float, log_squares: float, between_sum: float
) -> tuple[float, float] | None:
    """σ² within and τ² between customers; None where the shop's rhythm cannot be known yet."""
    if gaps < LEAST_GAPS or customers < LEAST_CUSTOMERS:
        return None
    around_shop = between_sum - log_sum**2 / gaps
    if gaps == customers:
        # One pause each: what is between and what is within cannot be told apart.
        return max((log_squares - log_sum**2 / gaps) / (gaps - 1), LEAST_VARIANCE), 0.0
    within = max((log_squares - between_sum) / (gaps - customers), LEAST_VARIANCE)
    size = gaps - gaps_squared / gaps
    return within, max((around_shop - (customers - 1) * within) / size, 0.0) if size > 0 else 0.0


def weighted_centre(days: Table, *, within: float, between: float) -> Table:
    """One row: Σ w ȳ and Σ w, with w = 1 / (τ² + σ²/n)."""
    last = days.filter(_.next_day.isnull(), _.gaps > 0).mutate(weight=1.0 / (between + within / _.gaps))
    return last.agg(weighted_sum=(_.weight * _.log_sum / _.gaps).sum(), weight_sum=_.weight.sum())


def with_rhythm(days: Table, rhythm: ShopRhythm | None, *, patience: float) -> Table:
    """`days` with the rhythm as it was known on each of them: centre, spread (log days), median_days, limit_days."""
    if rhythm is None:
        unknown = ibis.null("float64")
        return days.mutate(centre=unknown, spread=unknown, median_days=unknown, limit_days=unknown)
    centre, variance = _own(_.gaps, _.log_sum, _.log_squares, rhythm, greatest=ibis.greatest)
    days = days.mutate(centre=centre, spread=variance.sqrt())
    z = NormalDist().inv_cdf(patience)
    return days.mutate(
        median_days=_.centre.exp(),
        limit_days=ibis.greatest((_.centre + z * _.spread).exp(), _.centre.exp() + 1.0),
    )


def _own(gaps: Any, log_sum: Any, log_squares: Any, rhythm: ShopRhythm, *, greatest: Callable[..., Any]) -> Any:
    """A customer's centre and variance from his own pauses, for columns and arrays alike."""
    prior_weight = rhythm.within / max(rhythm.between, LEAST_BETWEEN)
    # Without pauses all sums are 0, and so is the weight of his own mean.
    own_mean = log_sum / greatest(gaps, 1)
    own_squares = greatest(log_squares - log_sum * own_mean, 0.0)
    own_variance = (PRIOR_GAPS * rhythm.within + own_squares) / (PRIOR_GAPS + greatest(gaps - 1, 0))
    known_by = 1.0 / (gaps + prior_weight)
    return rhythm.centre + gaps * known_by * (own_mean - rhythm.centre), own_variance * (1.0 + known_by)


def own_arrays(
    gaps: NDArray[np.int64], log_sum: NDArray[np.float64], log_squares: NDArray[np.float64], rhythm: ShopRhythm | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centre and spread of customers of whom arrays tell; NaN where the shop's rhythm is not known."""
    if rhythm is None:
        unknown = np.full(len(gaps), np.nan)
        return unknown, unknown
    centre, variance = _own(gaps, log_sum, log_squares, rhythm, greatest=np.maximum)
    return centre, np.sqrt(variance)


def shop_rhythm_of(
    gaps: NDArray[np.int64], log_sum: NDArray[np.float64], log_squares: NDArray[np.float64]
) -> ShopRhythm | None:
    """The shop's rhythm from arrays with one place for each customer, as of a past day; None: not known yet."""
    has_any = gaps > 0
    n, total, squares = gaps[has_any].astype(np.float64), log_sum[has_any], log_squares[has_any]
    found = variances(
        customers=len(n),
        gaps=int(n.sum()),
        gaps_squared=int((n * n).sum()),
        log_sum=float(total.sum()),
        log_squares=float(squares.sum()),
        between_sum=float((total * total / n).sum()),
    )
    if found is None:
        return None
    within, between = found
    weight = 1.0 / (between + within / n)
    return ShopRhythm(float(weight @ (total / n) / weight.sum()), within, between, int(n.sum()), len(n))


def share_shorter(silence_days: float, *, median_days: float, limit_days: float, patience_z: float) -> float:
    """The share of a customer's own pauses that are shorter than a silence: Φ(ln(silence / median) / spread).

    The spread follows from the median and the limit, which a share Φ(patience_z) of his pauses stays below.
    """
    spread = log(limit_days / median_days) / patience_z
    return NormalDist().cdf(log(max(silence_days, 0.5) / median_days) / spread)
