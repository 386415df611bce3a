"""What a fitted BG/NBD, MBG/NBD or MBG/CNBD-k says of the future. Formulas: docs/insight-formulas.md.

Somebody who is still a customer is in hidden step j of his pause with a known weight; his rate is then
Gamma(r+kx+j, α+T) and his chance to leave Beta(a, b+x (+1)), independent of each other. So the chance of at least n
purchases is a product: having stayed n−1 times, and the kn−j steps having been made (a negative binomial tail).

Arrays broadcast against each other; t is one span of time.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
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
    shape, (purchases, recency, age) = shape_of(fit), as_columns(x, t_x, T)
    share = t / (fit["alpha"] + age + t)
    weights, _ = _stages(fit, shape, purchases, recency, age)
    tails = [_tails(fit["r"] + shape.k * purchases + j, share) for j in range(shape.k)]
    # In step j, the nth purchase is the (nk − j)th step from now.
    made = [[next(tail) for _ in range(shape.k - j)] for j, tail in enumerate(tails)]
    stayed, before = np.ones_like(age), np.ones_like(age)
    survived = fit["b"] + purchases + shape.early
    for number in range(MOST_PURCHASES):
        chance = stayed * sum(weight * each[-1] for weight, each in zip(weights, made, strict=True))
        yield chance
        # Rounding may leave a trace that never goes.
        if float(chance.max(initial=0.0)) < (ENOUGH if np.any(chance < FALLING * before) else ROUNDING):
            return
        before = chance
        stayed = stayed * (survived + number) / (fit["a"] + survived + number)
        made = [[next(tail) for _ in range(shape.k)] for tail in tails]


def next_purchase_in(fit: Fit, share: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The span from now within which a share (0–1) of customers like this one, if they are still customers, buy."""
    shape, (purchases, recency, age) = shape_of(fit), as_columns(x, t_x, T)
    alpha, steps = fit["alpha"] + age, fit["r"] + shape.k * purchases
    if shape.k == 1:
        return np.asarray(alpha * np.expm1(np.minimum(-np.log1p(-share) / steps, NEVER)))
    low, high = np.full(len(age), -NEVER), np.full(len(age), NEVER)
    weights, _ = _stages(fit, shape, purchases, recency, age)
    for _ in range(50):
        middle = (low + high) / 2
        reached = np.zeros(len(age))
        for j, weight in enumerate(weights):
            tail = _tails(steps + j, expit(middle))
            reached += weight * [next(tail) for _ in range(shape.k - j)][-1]
        low, high = np.where(reached < share, middle, low), np.where(reached < share, high, middle)
    return np.asarray(alpha * np.exp((low + high) / 2))


def _stages(fit: Fit, shape: Shape, purchases: Floats, recency: Floats, age: Floats) -> tuple[Floats, Floats]:
    """Weights of the hidden steps of somebody still there, a row for each; and the logarithm of their sum."""
    if shape.k == 1:
        return np.ones((1, len(age))), np.zeros(len(age))
    silence = (age - recency) / (fit["alpha"] + age)
    weights = np.exp(stage_logs(shape.k, fit["r"] + shape.k * purchases, silence))
    total = weights.sum(axis=0)
    return weights / total, np.log(total)


def _tails(steps: Floats, share: Floats) -> Iterator[Floats]:
    """P(N ≥ 1), P(N ≥ 2), … of a negative binomial N: Γ(s+i)/(Γ(s) i!) (1−z)ˢ zⁱ for each i, s steps, z share."""
    log_share = np.log(np.maximum(share, 1e-300))
    log_chance = steps * np.log1p(-share)
    left = -np.expm1(log_chance)
    i = 0
    while True:
        yield np.maximum(left, 0.0)
        i += 1
        log_chance = log_chance + log_share + np.log((steps + i - 1.0) / i)
        left = left - np.exp(log_chance)


def _at_random(fit: Fit, spans: Floats, purchases: Floats, age: Floats, factor: float) -> Floats:
    """E = ∫ (1 − (1 + p t/(α+T))^−(r+x)) / p dBeta(p; a, b+x (+1)), of somebody still there: k = 1."""
    kinds, places = np.unique(purchases, return_inverse=True)
    nodes, weights = beta_nodes(
        fit["a"], fit["b"] + kinds + shape_of(fit).early, count=_count(spans.max() / (fit["alpha"] + age.min()))
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
    """E = Σₙ P(at least n), of somebody still there; with a factor, E((1 − f p)ⁿ⁻¹) by quadrature."""
    purchases, _, age = columns
    early = shape_of(fit).early
    if factor == 1.0:
        return np.asarray(sum(at_least_if_alive(fit, t, *columns)))
    kinds, places = np.unique(purchases, return_inverse=True)
    nodes, weights = beta_nodes(fit["a"], fit["b"] + kinds + early)
    survived = fit["b"] + purchases + early
    total, stayed = np.zeros(len(age)), np.ones(len(age))
    for number, chance in enumerate(at_least_if_alive(fit, t, *columns)):
        scaled = (weights * (1.0 - np.minimum(nodes * factor, 1.0)) ** number).sum(axis=1)[places]
        total += chance / stayed * scaled
        stayed = stayed * (survived + number) / (fit["a"] + survived + number)
    return total
