"""The same questions to whichever model of buying was fitted.

    histories, places = grouped(x, t_x, T, log_gap_total=…)
    fit = buying.fit("bg_nbd", histories)
    buying.p_alive(fit, x, t_x, T), buying.expected_purchases(fit, 90, x, t_x, T), …

x, t_x, T as in `Histories`, one place for each customer (or group); t in the same unit of time.
"""

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from regulars.insight.rules.models import bg_future, bg_nbd, mbg_cnbd_k, mbg_nbd, pareto_nbd
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Floats, Histories

FITTERS: dict[str, Callable[[Histories], Fit | None]] = {
    bg_nbd.NAME: bg_nbd.fit,
    mbg_nbd.NAME: mbg_nbd.fit,
    mbg_cnbd_k.NAME: mbg_cnbd_k.fit,
    pareto_nbd.NAME: pareto_nbd.fit,
}


class _Future(Protocol):
    """What a module must offer that says something of the future."""

    def p_alive(self, fit: Fit, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats: ...

    def expected_by(
        self, fit: Fit, times: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, drop_out_factor: float = 1.0
    ) -> Floats: ...

    def expected_of_new(self, fit: Fit, t: float) -> float: ...

    def at_least(self, fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Iterator[Floats]: ...

    def at_least_if_alive(self, fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Iterator[Floats]: ...

    def next_purchase_in(self, fit: Fit, share: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats: ...


def _of(fit: Fit) -> _Future:
    return pareto_nbd if fit.name == pareto_nbd.NAME else bg_future


def fit(name: str, histories: Histories) -> Fit | None:
    """The likeliest parameters of the named model; None where no time has passed since anybody's first purchase."""
    return FITTERS[name](histories)


def p_alive(fit: Fit, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The probability that somebody with this history is still a customer, 0–1."""
    return _of(fit).p_alive(fit, x, t_x, T)


def expected_purchases(
    fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, drop_out_factor: float = 1.0
) -> Floats:
    """Expected purchases within t from now. drop_out_factor: .95 = everybody leaves 5 % less from now on."""
    return np.asarray(expected_by(fit, [t], x, t_x, T, drop_out_factor=drop_out_factor)[0])


def expected_by(
    fit: Fit, times: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, drop_out_factor: float = 1.0
) -> Floats:
    """Expected purchases by each of several times from now: one row for each time, one column for each customer."""
    return _of(fit).expected_by(fit, times, x, t_x, T, drop_out_factor=drop_out_factor)


def expected_of_new(fit: Fit, t: float) -> float:
    """Expected purchases of a customer within t after his first one."""
    return _of(fit).expected_of_new(fit, t)


def probability_of_any(fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The probability of at least one purchase within t from now, 0–1."""
    return next(at_least(fit, t, x, t_x, T))


def at_least(fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Iterator[Floats]:
    """The probabilities of at least 1, 2, 3, … purchases within t from now, for as long as anybody's is not nil."""
    return _of(fit).at_least(fit, t, x, t_x, T)


def next_purchase_in(fit: Fit, share: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The span from now within which a share (0–1) of customers like this one, if they buy again at all, do so."""
    return _of(fit).next_purchase_in(fit, share, x, t_x, T)


def count_interval(
    fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, share: float = 0.8
) -> tuple[Floats, Floats]:
    """The fewest and the most purchases within t from now that hold with probability `share` at least (equal tails)."""
    low, high = np.zeros(1), np.zeros(1)
    for chance in at_least(fit, t, x, t_x, T):
        low = low + (chance > (1.0 + share) / 2.0)
        high = high + (chance > (1.0 - share) / 2.0)
        if not np.any(chance > (1.0 - share) / 2.0):
            break
    return low, high
