"""Pareto/NBD: buys at random at rate λ ~ Gamma(r, α), leaves after a life of rate μ ~ Gamma(s, β), unseen.

Source: Schmittlein, Morrison and Colombo, "Counting Your Customers" (Management Science 33, 1987); Fader and Hardie, "A
Note on Deriving the Pareto/NBD Model" (2005). Instead of the differences of two hypergeometric functions of the papers,
one for α ≥ β and one for α < β, the integral that they solve is taken by Gauss's rule: nothing cancels, α and β need
not be told apart, and the derivatives come with it (docs/insight-formulas.md).
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from regulars.insight.rules.models.bg_family import SEEN, Rates, Shape, without_leaving
from regulars.insight.rules.models.fits import Fit, Note, error_of
from regulars.insight.rules.models.histories import Floats, Histories, as_columns, distinct
from regulars.insight.rules.models.newton import Objective, Value, maximise
from regulars.insight.rules.models.quadrature import legendre_nodes

NAME = "pareto_nbd"
LETTERS = ("r", "alpha", "s", "beta")
FEW_GROUPS = 1_000
NODES = 24
# e to the minus this is nothing.
NOTHING_LEFT = 36.0
AT_ONCE = 8_192
ENOUGH = 1e-11
MOST_PURCHASES = 5_000
# (α+T) e³⁰ is longer than any shop will stand.
NEVER = 30.0
AT_RANDOM = Shape(k=1, early=0)


def fit(histories: Histories) -> Fit | None:
    """The likeliest parameters; None where no time has passed since anybody's first purchase."""
    if histories.exposure <= 0:
        return None
    typical = histories.typical_age
    centre = np.log([1.0, typical, 1.0, typical])
    rate = max(histories.purchases, 0.5) / histories.exposure
    starts = [
        np.log([r, r / (rate * quicker), s, typical * b])
        for r, quicker, s, b in ((0.6, 2.0, 0.6, 0.4), (2.0, 1.1, 0.3, 5.0), (1.0, 8.0, 2.0, 0.5))
    ]
    is_small = len(histories.age) <= FEW_GROUPS
    found = maximise(objective(histories), starts if is_small else starts[:1], centre=centre)
    if not is_small and (found.is_held or not found.is_converged):
        found = maximise(objective(histories), starts, centre=centre)
    values = dict(zip(LETTERS, np.exp(found.point).tolist(), strict=True))
    variances = dict(zip(LETTERS, np.diag(found.covariance).tolist(), strict=True))
    errors = {letter: error_of(value, variances[letter]) for letter, value in values.items()}
    note = Note.HELD if found.is_held else Note.NONE
    if 2 * (found.value - without_leaving(histories, AT_RANDOM, centre)) < SEEN:
        note = Note.NO_DROP_OUT
    if histories.purchases == 0:
        note = Note.NOBODY_RETURNED
    if not found.is_converged:
        note = Note.NOT_CONVERGED
    return Fit(NAME, values, found.value, errors, histories.customers, found.is_converged, note)


def objective(histories: Histories) -> Objective:
    """Log-likelihood, gradient and Hessian in ln r, ln α, ln s, ln β."""
    rates = Rates(histories, AT_RANDOM)
    # Who bought this very day has had no time to leave.
    silent = histories.where(histories.age > histories.recency)

    def value(point: Floats) -> Value:
        r, alpha, s, beta = (float(each) for each in np.exp(point))
        total, gradient, hessian = np.zeros(1), np.zeros(4), np.zeros((4, 4))
        for part, place in ((rates.value(r, alpha, is_open=False), slice(0, 2)), (rates.stayed(s, beta), slice(2, 4))):
            total += part[0]
            gradient[place] += part[1]
            hessian[place, place] += part[2]
        for first in range(0, len(silent.age), AT_ONCE):
            part = _mixed(silent, slice(first, first + AT_ONCE), (r, alpha, s, beta))
            total += part[0]
            gradient += part[1]
            hessian += part[2]
        return float(total[0]), gradient, hessian

    return value


def _mixed(histories: Histories, some: slice, parameters: tuple[float, float, float, float]) -> Value:
    """Σ ln(1 + s J): J weighs "left between t_x and T" against "still there"."""
    r, alpha, s, beta = parameters
    age, weight = histories.age[some][:, None], histories.weight[some]
    steps = (r + histories.frequency[some])[:, None]
    at, log_width = _nodes((steps, alpha), (s + 1.0, beta), histories.recency[some][:, None], age)
    left_a, left_b = np.log1p((age - at) / (alpha + at)), np.log1p((age - at) / (beta + at))
    logs = np.log(s) + steps * left_a + s * left_b - np.log(beta + at) + log_width
    peak = logs.max(axis=1, keepdims=True)
    parts = np.exp(logs - peak)
    whole = parts.sum(axis=1)
    parts /= whole[:, None]
    log_left = peak[:, 0] + np.log(whole)
    turn_a, turn_b = alpha / (alpha + at), beta / (beta + at)
    now_a, now_b = alpha / (alpha + age), beta / (beta + age)
    by = [r * left_a, steps * (now_a - turn_a), 1.0 + s * left_b, s * (now_b - turn_b) - turn_b]
    bends = {
        (0, 0): by[0],
        (0, 1): r * (now_a - turn_a),
        (1, 1): steps * (now_a * (1 - now_a) - turn_a * (1 - turn_a)),
        (2, 2): s * left_b,
        (2, 3): s * (now_b - turn_b),
        (3, 3): s * now_b * (1 - now_b) - (s + 1.0) * turn_b * (1 - turn_b),
    }
    gone = expit(log_left)
    sure = weight * gone
    mean = np.stack([(parts * each).sum(axis=1) for each in by])
    hessian = -(mean * (sure * gone)) @ mean.T
    for i in range(4):
        for j in range(i, 4):
            curve = by[i] * by[j] + bends[i, j] if (i, j) in bends else by[i] * by[j]
            bent = float(sure @ (parts * curve).sum(axis=1))
            hessian[i, j] += bent
            if i != j:
                hessian[j, i] += bent
    return float(weight @ np.logaddexp(0.0, log_left)), mean @ sure, hessian


_Power = tuple[Floats | float, Floats | float]


def _nodes(buying: _Power, leaving: _Power, since: Floats, until: Floats) -> tuple[Floats, Floats]:
    """Where to look at (α+τ)^−m (β+τ)^−n between `since` and `until`, and the logarithm of each weight dτ.

    buying: (m, α); leaving: (n, β).

    Begun as one power (c+τ)^−q with the curve's own slope and bend at its beginning, it falls no slower afterwards
    (q ≤ m + n, by Cauchy and Schwarz). In ln(c+τ) it is nearly exponential, and ends where nothing is left of it.
    """
    (steps, alpha), (falls, beta) = buying, leaving
    by_alpha, by_beta = steps / (alpha + since), falls / (beta + since)
    bend = by_alpha**2 / steps + by_beta**2 / falls
    reach, power = (by_alpha + by_beta) / bend, (by_alpha + by_beta) ** 2 / bend
    span = np.minimum(np.log1p((until - since) / reach), NOTHING_LEFT / np.maximum(power - 1.0, 1e-9))
    places, weights = legendre_nodes(NODES)
    grown = span * places
    with np.errstate(divide="ignore"):
        return since + reach * np.expm1(grown), grown + np.log(reach * span) + np.log(weights)


def p_alive(fit: Fit, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The probability that somebody with this history is still a customer, 0–1."""
    purchases, recency, age = as_columns(x, t_x, T)
    result = np.empty(len(age))
    for first in range(0, len(age), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        steps, until = (fit["r"] + purchases[some])[:, None], age[some][:, None]
        at, log_width = _nodes((steps, fit["alpha"]), (fit["s"] + 1.0, fit["beta"]), recency[some][:, None], until)
        logs = (
            steps * np.log1p((until - at) / (fit["alpha"] + at))
            + fit["s"] * np.log1p((until - at) / (fit["beta"] + at))
            - np.log(fit["beta"] + at)
            + log_width
        )
        result[some] = expit(-np.log(fit["s"]) - np.logaddexp.reduce(logs, axis=1))
    return result


def expected_purchases(
    fit: Fit, t: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, drop_out_factor: float = 1.0
) -> Floats:
    """Expected purchases within t from now. drop_out_factor scales everybody's rate of leaving from now on."""
    return np.asarray(expected_by(fit, [t], x, t_x, T, drop_out_factor=drop_out_factor)[0])


def expected_by(
    fit: Fit, times: ArrayLike, x: ArrayLike, t_x: ArrayLike, T: ArrayLike, *, drop_out_factor: float = 1.0
) -> Floats:
    """Expected purchases by each of several times from now: one row for each time, one column for each customer.

    (r+x)/(α+T) · ∫₀ᵗ ((β+T)/(β+T+u))ˢ du for somebody still there: equation 41 of the note, also for s ≤ 1.
    """
    purchases, recency, age = as_columns(x, t_x, T)
    reach = (fit["beta"] + age) / drop_out_factor
    off = 1.0 - fit["s"] if abs(1.0 - fit["s"]) > 1e-9 else 1e-9
    spans = np.asarray(times, dtype=np.float64)[:, None]
    stay = reach * np.expm1(off * np.log1p(spans / reach)) / off
    alive = p_alive(fit, purchases, recency, age)
    return np.asarray(alive * (fit["r"] + purchases) / (fit["alpha"] + age) * stay)


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
    """As `at_least`, for somebody known to be still a customer: ∫ (density of the nth purchase) (still there) du."""
    purchases, _, age = as_columns(x, t_x, T)
    chosen, places, _ = distinct(purchases, age)
    steps, alpha, beta = (each[:, None] for each in _now(fit, purchases[chosen], age[chosen]))
    marks, weights = legendre_nodes(2 * NODES)
    least = np.minimum(alpha, beta)
    growth = np.log1p(t / least)
    at = least * np.expm1(growth * marks)
    dense = steps / (alpha + at) * np.exp(-steps * np.log1p(at / alpha) - fit["s"] * np.log1p(at / beta))
    dense *= weights * growth * (least + at)
    turn = at / (alpha + at)
    for number in range(1, MOST_PURCHASES):
        chance = dense.sum(axis=1)
        yield chance[places]
        if number > 1 and float(chance.max(initial=0.0)) < ENOUGH:
            return
        dense = dense * turn * (steps + number) / number


def next_purchase_in(fit: Fit, share: float, x: ArrayLike, t_x: ArrayLike, T: ArrayLike) -> Floats:
    """The span from now within which a share (0–1) of customers like this one, if they buy again at all, do so."""
    purchases, _, age = as_columns(x, t_x, T)
    chosen, places, _ = distinct(purchases, age)
    steps, alpha, beta = (each[:, None] for each in _now(fit, purchases[chosen], age[chosen]))
    low, high = np.full((len(chosen), 1), -NEVER), np.full((len(chosen), 1), NEVER)
    ever = _soon(fit, steps, alpha, beta, high)
    for _ in range(50):
        middle = (low + high) / 2
        is_enough = _soon(fit, steps, alpha, beta, middle) >= share * ever
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return np.asarray((alpha * np.exp(high))[:, 0][places])


def _soon(fit: Fit, steps: Floats, alpha: Floats, beta: Floats, log_span: Floats) -> Floats:
    """P(a purchase within α e^log_span), of somebody still there."""
    span = alpha * np.exp(log_span)
    at, log_width = _nodes((steps + 1.0, alpha), (fit["s"], beta), np.zeros_like(alpha), span)
    logs = -(steps + 1.0) * np.log1p(at / alpha) - fit["s"] * np.log1p(at / beta) + log_width
    return np.asarray(steps / alpha * np.exp(logs).sum(axis=1, keepdims=True))


def _now(fit: Fit, purchases: Floats, age: Floats) -> tuple[Floats, Floats, Floats]:
    """What is believed of λ and μ now: r+x, α+T, β+T."""
    return fit["r"] + purchases, fit["alpha"] + age, fit["beta"] + age
