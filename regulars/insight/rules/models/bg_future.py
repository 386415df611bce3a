"""What a fitted BG/NBD, MBG/NBD or MBG/CNBD-k says of the future. Formulas: docs/insight-formulas.md.

Somebody who is still a customer is in hidden step j of his pause with a known weight; his rate is then
Gamma(r+kx+j, α+T) and his chance to leave Beta(a, b+x (+1)), independent of each other. So the chance of at least n
purchases is a product: having stayed n−1 times, and the kn−j steps having been made (a negative binomial tail).

Arrays broadcast against each other; t is one span of time.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from regulars.insight.rules.models.bg_family import Shape, shape_of, stage_logs
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Floats, as_columns, distinct
from regulars.insight.rules.models.quadrature import beta_nodes

ENOUGH, ROUNDING, FALLING = 1e-11, 1e-6, 0.999
MOST_PURCHASES = 5_000
# (α+T) e³⁰ is longer than any shop will stand.
NEVER = 30.0


def p_alive(fit: Fit, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The probability that somebody with this history is still a customer, 0–1."""
    shape, (purchases, recency, age) = shape_of(fit), as_columns(x, t_x, T)
    steps = fit["r"] + shape.k * purchases
    last = fit["b"] + purchases - 1.0 + shape.early
    behind = np.log1p((age - recency) / (fit["alpha"] + recency))
    could_leave = (purchases > 0) | (shape.early > 0)
    left = np.log(fit["a"]) - np.log(np.where(could_leave, last, 1.0)) + steps * behind
    left -= _stages(fit, shape, purchases, recency, age)[1]
    return np.where(could_leave, expit(-left), 1.0)


def expected_purchases(
    fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, drop_out_factor: float = 1.0
) -> Floats:
    """Expected purchases within t from now. drop_out_factor scales everybody's chance to leave from now on."""
    return np.asarray(expected_by(fit, [t], x, t_x, T, drop_out_factor=drop_out_factor)[0])


def expected_by(
    fit: Fit, times: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, drop_out_factor: float = 1.0
) -> Floats:
    """Expected purchases by each of several times from now: one row for each time, one column for each customer."""
    shape, (purchases, recency, age) = shape_of(fit), as_columns(x, t_x, T)
    spans = np.asarray(times, dtype=np.float64)
    alive = p_alive(fit, purchases, recency, age)
    if shape.k == 1:
        chosen, places, _ = distinct(purchases, age)
        return np.asarray(alive * _at_random(fit, spans, purchases[chosen], age[chosen], drop_out_factor)[:, places])
    return np.stack([alive * _in_steps(fit, float(t), (purchases, recency, age), drop_out_factor) for t in spans])


def expected_of_new(fit: Fit, t: float) -> float:
    """Expected purchases of a customer within t after his first one."""
    return float(expected_purchases(fit, t, 0.0, 0.0, 0.0)[0])


def probability_of_any(fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The probability of at least one purchase within t from now, 0–1."""
    return next(at_least(fit, t, x, t_x, T))


def at_least(fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Iterator[Floats]:
    """The probabilities of at least 1, 2, 3, … purchases within t from now, for as long as anybody's is not nil."""
    columns = as_columns(x, t_x, T)
    alive = p_alive(fit, *columns)
    for chance in at_least_if_alive(fit, t, *columns):
        yield alive * chance


def at_least_if_alive(fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Iterator[Floats]:
    """As `at_least`, for somebody known to be still a customer."""
    purchases, recency, age = as_columns(x, t_x, T)
    weights, _ = _stages(fit, shape_of(fit), purchases, recency, age)
    chosen, places, _ = distinct(purchases, age)
    for chances in _by_stage(fit, t, purchases[chosen], age[chosen]):
        yield (weights * chances[:, places]).sum(axis=0)


def _by_stage(fit: Fit, t: float, purchases: Floats, age: Floats) -> Iterator[Floats]:
    """P(at least 1), P(at least 2), … of somebody still there: a row for each hidden step that he may be in now.

    In step j the nth purchase is the (nk − j)th step from now. Those of whom nothing is left are no longer carried.
    """
    shape, places = shape_of(fit), np.arange(len(age))
    order = np.arange(shape.k, dtype=np.float64)[:, None]
    tail = _Tail(fit["r"] + shape.k * purchases + order, t / (fit["alpha"] + age + t))
    for left_out in range(1, shape.k):
        tail.advance(shape.k - left_out)
    survived, stayed, before = fit["b"] + purchases + shape.early, np.ones(len(age)), np.ones(len(age))
    for number in range(MOST_PURCHASES):
        found = stayed * np.maximum(tail.left, 0.0)
        chances = np.zeros((shape.k, len(age)))
        chances[:, places] = found
        yield chances
        highest = found.max(axis=0)
        # Rounding may leave a trace that never goes.
        has_more = highest > np.where(highest < FALLING * before, ENOUGH, ROUNDING)
        if not has_more.any():
            return
        tail.keep(has_more)
        places, before, survived = places[has_more], highest[has_more], survived[has_more]
        stayed = stayed[has_more] * (survived + number) / (fit["a"] + survived + number)
        for _ in range(shape.k):
            tail.advance(shape.k)


class _Tail:
    """left: P(N ≥ m), m = 1 at first, of P(N = i) = Γ(s+i)/(Γ(s) i!) (1−z)ˢ zⁱ; s: steps, z: share."""

    def __init__(self, steps: Floats, share: Floats) -> None:
        self._steps, self._made = steps, np.ones((len(steps), 1))
        self._log_share = np.log(np.maximum(share, 1e-300))
        self._log_chance = steps * np.log1p(-share)
        self.left = -np.expm1(self._log_chance)

    def advance(self, rows: int) -> None:
        """m one higher in the first rows."""
        made = self._made[:rows]
        self._log_chance[:rows] += self._log_share + np.log((self._steps[:rows] + made - 1.0) / made)
        self.left[:rows] -= np.exp(self._log_chance[:rows])
        made += 1.0

    def keep(self, columns: NDArray[np.bool_]) -> None:
        if not columns.all():
            self._steps, self._log_chance = self._steps[:, columns], self._log_chance[:, columns]
            self._log_share, self.left = self._log_share[columns], self.left[:, columns]


def next_purchase_in(fit: Fit, share: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The span from now within which a share (0–1) of customers like this one, if they are still customers, buy."""
    shape, (purchases, recency, age) = shape_of(fit), as_columns(x, t_x, T)
    alpha, steps = fit["alpha"] + age, fit["r"] + shape.k * purchases
    if shape.k == 1:
        return np.asarray(alpha * np.expm1(np.minimum(-np.log1p(-share) / steps, NEVER)))
    low, high = np.full(len(age), -NEVER), np.full(len(age), NEVER)
    weights, _ = _stages(fit, shape, purchases, recency, age)
    order = np.arange(shape.k, dtype=np.float64)[:, None]
    for _ in range(50):
        middle = (low + high) / 2
        tail = _Tail(steps + order, expit(middle))
        for left_out in range(1, shape.k):
            tail.advance(shape.k - left_out)
        is_short = (weights * tail.left).sum(axis=0) < share
        low, high = np.where(is_short, middle, low), np.where(is_short, high, middle)
    return np.asarray(alpha * np.exp((low + high) / 2))


def _stages(fit: Fit, shape: Shape, purchases: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Weights of the hidden steps of somebody still there, a row for each; and the logarithm of their sum."""
    if shape.k == 1:
        return np.ones((1, len(age))), np.zeros(len(age))
    silence = (age - recency) / (fit["alpha"] + age)
    weights = np.exp(stage_logs(shape.k, fit["r"] + shape.k * purchases, silence))
    total = weights.sum(axis=0)
    return weights / total, np.log(total)


def _at_random(fit: Fit, spans: Floats, purchases: Floats, age: Floats, factor: float) -> Floats:
    """E = ∫ (1 − (1 + p t/(α+T))^−(r+x)) / p dBeta(p; a, b+x (+1)), of somebody still there: k = 1."""
    kinds, places = np.unique(purchases, return_inverse=True)
    nodes, weights = beta_nodes(
        fit["a"],
        fit["b"] + kinds + shape_of(fit).early,
        count=_count(spans.max(initial=0.0) / (fit["alpha"] + age.min(initial=np.inf))),
    )
    nodes = np.maximum(nodes * factor, 1e-300)
    result = np.empty((len(spans), len(age)))
    for first in range(0, len(age), 8192):
        some = slice(first, first + 8192)
        p, weight = nodes[places[some]], weights[places[some]]
        steps, alpha = (fit["r"] + purchases[some])[:, None], (fit["alpha"] + age[some])[:, None]
        for row, t in zip(result, spans, strict=True):
            row[some] = (-np.expm1(-steps * np.log1p(p * (t / alpha))) / p * weight).sum(axis=1)
    return result


def _count(reach: float) -> int:
    """How many nodes: the integrand's pole at −(α+T)/t comes near for spans that are long beside what is known."""
    return 32 if reach <= 10.0 else 64 if reach <= 100.0 else 128


def _in_steps(fit: Fit, t: float, columns: tuple[Floats, ...], factor: float) -> Floats:
    """E = Σₙ P(at least n), of somebody still there; with a factor f, (1 − f p)ⁿ⁻¹ is averaged by quadrature."""
    purchases, recency, age = columns
    shape = shape_of(fit)
    weights, _ = _stages(fit, shape, purchases, recency, age)
    chosen, places, _ = distinct(purchases, age)
    kinds, kind = np.unique(purchases[chosen], return_inverse=True)
    nodes, node_weights = beta_nodes(fit["a"], fit["b"] + kinds + shape.early)
    survived = fit["b"] + kinds + shape.early
    total, stayed = np.zeros((shape.k, len(chosen))), np.ones(len(kinds))
    for number, chances in enumerate(_by_stage(fit, t, purchases[chosen], age[chosen])):
        scaled = (node_weights * (1.0 - np.minimum(nodes * factor, 1.0)) ** number).sum(axis=1)
        total += chances * (scaled / stayed)[kind] if factor != 1.0 else chances
        stayed = stayed * (survived + number) / (fit["a"] + survived + number)
    return np.asarray((weights * total[:, places]).sum(axis=0))
