"""Newton's method for a handful of positive parameters, in their logarithms.

Safeguarded: directions from the Hessian with its eigenvalues made negative (Nocedal and Wright, Numerical
Optimization, 2nd ed., section 3.4), bounded steps, halved until the objective rises (Armijo). Where the likelihood is
flat – nobody leaves, all customers alike – a weak prior holds the parameters: no weight at all within a factor of 150
around a centre, beyond it a normal one so wide that it moves the likelihood by a few thousandths.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.insight.rules.models.histories import Floats

# value, gradient, Hessian with regard to the logarithms of the parameters
Value = tuple[float, Floats, Floats]
Objective = Callable[[Floats], Value]

FREE_SPAN = 5.0
PRIOR_SPREAD = 60.0
FURTHEST = 18.0
LONGEST_STEP = 3.0
MOST_STEPS = 100
# Half the squared Newton decrement: how much the objective can still rise.
ENOUGH = 1e-10


@dataclass(frozen=True)
class Optimum:
    """point: logarithms of the parameters. value: the objective there without the prior. covariance: of `point`."""

    point: Floats
    value: float
    covariance: Floats
    is_converged: bool
    is_held: bool


def maximise(objective: Objective, starts: Sequence[Floats], *, centre: Floats) -> Optimum:
    """The best of the optima reached from `starts`; centre: of the weak prior."""
    with np.errstate(all="ignore"):
        found = [_climb(objective, start, centre) for start in starts]
    return max(found, key=lambda one: one.value)


def _climb(objective: Objective, start: Floats, centre: Floats) -> Optimum:
    low, high = centre - FURTHEST, centre + FURTHEST
    point = np.clip(start, low, high)
    value, gradient, hessian = _with_prior(objective, point, centre)
    is_converged = False
    for _ in range(MOST_STEPS):
        # What stands at a wall and would go through it stays there.
        is_free = ~(((point <= low) & (gradient < 0)) | ((point >= high) & (gradient > 0)))
        step, rise = _direction(gradient, hessian, is_free)
        if rise < ENOUGH * max(1.0, abs(value) * 1e-4):
            is_converged = True
            break
        for _ in range(30):
            tried = np.clip(point + step, low, high)
            new = _with_prior(objective, tried, centre)
            if new[0] >= value + 1e-4 * float(gradient @ (tried - point)):
                break
            step = step / 2
        else:
            # Rounding hides what is left to gain.
            is_converged = rise < 1e-6
            break
        point, (value, gradient, hessian) = tried, new
    covariance = np.asarray(np.linalg.pinv(-hessian, hermitian=True), dtype=np.float64)
    is_held = bool(np.any(np.abs(point - centre) > FREE_SPAN))
    return Optimum(point, value + _prior(point, centre)[0], covariance, is_converged, is_held)


def _direction(gradient: Floats, hessian: Floats, is_free: NDArray[np.bool_]) -> tuple[Floats, float]:
    """A step uphill among the free parameters, and how much a parabola promises of it."""
    gradient = np.where(is_free, gradient, 0.0)
    both_free = is_free[:, None] & is_free
    eigenvalues, vectors = np.linalg.eigh(np.where(both_free, -hessian, np.eye(len(gradient))))
    bent = np.maximum(np.abs(eigenvalues), 1e-9 * max(1.0, float(np.abs(eigenvalues).max())))
    along = vectors.T @ gradient
    step = vectors @ (along / bent)
    longest = float(np.abs(step).max())
    promised = float(along @ (along / bent)) / 2
    return (step * (LONGEST_STEP / longest) if longest > LONGEST_STEP else step), promised


def _with_prior(objective: Objective, point: Floats, centre: Floats) -> Value:
    value, gradient, hessian = objective(point)
    if not (np.isfinite(value) and np.all(np.isfinite(gradient)) and np.all(np.isfinite(hessian))):
        return -np.inf, np.zeros_like(point), -np.eye(len(point))
    cost, pull, bend = _prior(point, centre)
    return value - cost, gradient - pull, hessian - np.diag(bend)


def _prior(point: Floats, centre: Floats) -> tuple[float, Floats, Floats]:
    away = point - centre
    beyond = np.sign(away) * np.maximum(np.abs(away) - FREE_SPAN, 0.0) / PRIOR_SPREAD
    return float(beyond @ beyond) / 2, beyond / PRIOR_SPREAD, (beyond != 0) / PRIOR_SPREAD**2
