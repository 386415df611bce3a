"""BG/NBD, MBG/NBD and MBG/CNBD-k: one family.

While he is a customer, somebody's purchases come at a rate λ, each after k hidden steps (Erlang-k pauses; k = 1:
at random); after each purchase he leaves with probability p. λ ~ Gamma(r, α), p ~ Beta(a, b). In the BG model nobody
leaves right after his first purchase, in the modified one (MBG) with probability p.

Sources: Fader, Hardie and Lee, "Counting Your Customers the Easy Way" (Marketing Science 24, 2005) for BG/NBD;
Batislam, Denizel and Filiztekin (IJRM 24, 2007) and Hoppe and Wagner (Marketing JRM 3, 2007) for MBG/NBD; Platzer and
Reutterer (Marketing Science 35, 2016) and Reutterer, Platzer and Schröder (IJRM 38, 2021) for k > 1.
Derivations and equation numbers: docs/insight-formulas.md.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from regulars.insight.rules.models.fits import Fit, Note, error_of
from regulars.insight.rules.models.histories import Floats, Histories
from regulars.insight.rules.models.newton import Objective, Value, maximise

LETTERS = ("r", "alpha", "a", "b")
# Few groups: other starts cost little, and hard shops have more than one hill.
FEW_GROUPS = 1_000
# Twice the gain in log-likelihood that one boundary parameter needs to be seen, χ̄² at 95 % (Self and Liang, 1987).
SEEN = 2.71


@dataclass(frozen=True)
class Shape:
    """What tells the members of the family apart: steps k of a pause; chances to leave before the first return."""

    k: int
    early: int


def shape_of(fit: Fit) -> Shape:
    return Shape(int(fit.parameters.get("k", 1)), 0 if fit.name == "bg_nbd" else 1)


def fitted(histories: Histories, name: str, shape: Shape) -> Fit | None:
    """The model that makes the histories likeliest; None where no time has passed since anybody's first purchase."""
    if histories.exposure <= 0:
        return None
    centre = np.log([1.0, histories.typical_age, 1.0, 1.0])
    rate = shape.k * max(histories.purchases, 0.5) / histories.exposure
    starts = [
        np.log([r, r / (rate * quicker), a, b])
        for r, quicker, a, b in ((0.5, 1.5, 0.7, 2.0), (3.0, 1.1, 0.05, 3.0), (1.0, 6.0, 2.0, 2.0))
    ]
    is_small = len(histories.age) <= FEW_GROUPS
    found = maximise(objective(histories, shape), starts if is_small else starts[:1], centre=centre)
    if not is_small and (found.is_held or not found.is_converged):
        found = maximise(objective(histories, shape), starts, centre=centre)
    values = dict(zip(LETTERS, np.exp(found.point).tolist(), strict=True))
    errors = {
        letter: error_of(value, variance)
        for (letter, value), variance in zip(values.items(), np.diag(found.covariance).tolist(), strict=True)
    }
    likelihood = float(found.value + of_pauses(histories, shape.k))
    note = _note(histories, shape, gain=found.value - without_leaving(histories, shape, centre), is_held=found.is_held)
    if not found.is_converged:
        note = Note.NOT_CONVERGED
    if name == "mbg_cnbd_k":
        values["k"], errors["k"] = float(shape.k), None
    return Fit(name, values, likelihood, errors, histories.customers, found.is_converged, note)


def _note(histories: Histories, shape: Shape, *, gain: float, is_held: bool) -> Note:
    if histories.purchases == 0:
        return Note.NOBODY_RETURNED
    if 2 * gain < SEEN:
        return Note.NO_DROP_OUT
    return Note.HELD if is_held else Note.NONE


def of_pauses(histories: Histories, k: int) -> float:
    """The part of the log-likelihood that holds no parameter: (k−1) Σ ln pause − Σ x ln (k−1)!"""
    log_factorial = float(np.log(np.arange(1, k)).sum())
    return (k - 1) * histories.log_gap_total - histories.purchases * log_factorial if k > 1 else 0.0


def without_leaving(histories: Histories, shape: Shape, centre: Floats) -> float:
    """The log-likelihood of the same model with p = 0 (NBD for k = 1), without `of_pauses`."""
    rates = Rates(histories, shape)

    def value(point: Floats) -> Value:
        r, alpha = np.exp(point)
        return rates.value(float(r), float(alpha), is_open=True)

    rate = shape.k * max(histories.purchases, 0.5) / histories.exposure
    return maximise(value, [np.log([1.0, 1.0 / rate])], centre=centre[:2]).value


def objective(histories: Histories, shape: Shape) -> Objective:
    """Log-likelihood (without `of_pauses`), gradient and Hessian in ln r, ln α, ln a, ln b."""
    rates, leaving = Rates(histories, shape), _Leaving(histories, shape)
    could_leave = histories.where((histories.frequency > 0) | (shape.early > 0))

    def value(point: Floats) -> Value:
        r, alpha, a, b = (float(each) for each in np.exp(point))
        total, gradient, hessian = np.zeros(1), np.zeros(4), np.zeros((4, 4))
        for part, place in ((rates.value(r, alpha, is_open=False), slice(0, 2)), (leaving.value(a, b), slice(2, 4))):
            total += part[0]
            gradient[place] += part[1]
            hessian[place, place] += part[2]
        mixed = _mixed(could_leave, shape, (r, alpha, a, b))
        return float(total[0]) + mixed[0], gradient + mixed[1], hessian + mixed[2]

    return value


class Rates:
    """ln Γ(r+kx)/Γ(r) + r ln α − (r+kx) ln(α+T), summed over customers, in ln r and ln α."""

    def __init__(self, histories: Histories, shape: Shape) -> None:
        self._shape, self._histories = shape, histories
        self._steps = np.repeat(histories.reached, shape.k)
        self._places = np.arange(len(self._steps), dtype=np.float64)
        self._age, self._customers, purchases = histories.by_age
        self._purchases = purchases * shape.k

    def value(self, r: float, alpha: float, *, is_open: bool) -> Value:
        """is_open: with the factor for the silence since the last purchase, as if nobody left."""
        age, customers = self._age, self._customers
        steps = customers * r + self._purchases
        share, behind = age / (alpha + age), np.log1p(age / alpha)
        first, second = _sums(r, self._steps, self._places)
        value = (
            float(self._steps @ np.log(r + self._places))
            - r * float(customers @ behind)
            - float(self._purchases @ np.log(alpha + age))
        )
        by_r = r * first - r * float(customers @ behind)
        by_alpha = float(r * customers.sum() - steps @ (1.0 - share))
        across = r * float(customers @ share)
        gradient = np.array([by_r, by_alpha])
        hessian = np.array([[by_r - r * r * second, across], [across, -float(steps @ (share * (1.0 - share)))]])
        if is_open and self._shape.k > 1:
            silence = _silence(self._histories, self._shape.k, r, alpha)
            weight = self._histories.weight
            value += float(weight @ silence.log)
            gradient += np.array([weight @ each for each in silence.gradient])
            hessian += np.array([[weight @ each for each in row] for row in silence.hessian])
        return value, gradient, hessian

    def stayed(self, s: float, beta: float) -> Value:
        """s ln β − s ln(β+T), summed over customers, in ln s and ln β: nobody has left (Pareto/NBD)."""
        share, behind = self._age / (beta + self._age), np.log1p(self._age / beta)
        by_s, by_beta = -s * float(self._customers @ behind), s * float(self._customers @ share)
        bend = -s * float(self._customers @ (share * (1.0 - share)))
        return by_s, np.array([by_s, by_beta]), np.array([[by_s, by_beta], [by_beta, bend]])


class _Leaving:
    """ln B(a, b+n)/B(a, b), n = x (+ 1 in the modified models), summed over customers, in ln a and ln b."""

    def __init__(self, histories: Histories, shape: Shape) -> None:
        everybody = [float(histories.customers)] * shape.early
        self._chances = np.concatenate([everybody, histories.reached])
        self._places = np.arange(len(self._chances), dtype=np.float64)

    def value(self, a: float, b: float) -> Value:
        stayed, all_ = _sums(b, self._chances, self._places), _sums(a + b, self._chances, self._places)
        value = float(-self._chances @ np.log1p(a / (b + self._places)))
        by_a, by_b = -a * all_[0], b * (stayed[0] - all_[0])
        across = a * b * all_[1]
        return (
            value,
            np.array([by_a, by_b]),
            np.array([[by_a + a * a * all_[1], across], [across, by_b - b * b * (stayed[1] - all_[1])]]),
        )


def _sums(start: float, counts: Floats, places: Floats) -> tuple[float, float]:
    """Σ c/(θ+i) and Σ c/(θ+i)²: ln Γ(θ+n)/Γ(θ) differentiated, without the digamma function."""
    inverse = 1.0 / (start + places)
    return float(counts @ inverse), float(counts @ (inverse * inverse))


@dataclass(frozen=True)
class _Silence:
    """ln Σⱼ (r+kx)ⱼ/j! ((T−t_x)/(α+T))ʲ, j < k: no kth step since the last purchase. In ln r and ln α."""

    log: Floats
    gradient: tuple[Floats, Floats]
    hessian: tuple[tuple[Floats, Floats], tuple[Floats, Floats]]


def _silence(histories: Histories, k: int, r: float, alpha: float) -> _Silence:
    steps, share = r + k * histories.frequency, alpha / (alpha + histories.age)
    weights = np.exp(stage_logs(k, steps, (histories.age - histories.recency) / (alpha + histories.age)))
    total = weights.sum(axis=0)
    weights /= total
    order = np.arange(k)[:, None]
    inverse = np.concatenate([np.zeros((1, len(steps))), 1.0 / (steps + order[:-1])])
    by_r = r * inverse.cumsum(axis=0)
    bend = by_r - r * r * (inverse * inverse).cumsum(axis=0)
    by_alpha = -order * share
    mean_r, mean_alpha = (weights * by_r).sum(axis=0), (weights * by_alpha).sum(axis=0)
    across = (weights * by_r * by_alpha).sum(axis=0) - mean_r * mean_alpha
    return _Silence(
        np.log(total),
        (mean_r, mean_alpha),
        (
            ((weights * (bend + by_r * by_r)).sum(axis=0) - mean_r**2, across),
            (across, (weights * by_alpha**2).sum(axis=0) - mean_alpha**2 + mean_alpha * (1.0 - share)),
        ),
    )


def stage_logs(k: int, steps: Floats, silence_share: Floats) -> Floats:
    """ln of (r+kx)ⱼ/j! ((T−t_x)/(α+T))ʲ, one row for each j < k; steps: r+kx."""
    order = np.arange(k - 1)[:, None]
    with np.errstate(divide="ignore"):
        each = np.log(steps + order) - np.log(order + 1.0) + np.log(silence_share)
    return np.concatenate([np.zeros((1, len(steps))), each.cumsum(axis=0)])


def _mixed(could_leave: Histories, shape: Shape, parameters: tuple[float, float, float, float]) -> Value:
    """Σ ln(S₁ + S₂): either he left after his last purchase (S₁), or he only has been silent since (S₂)."""
    r, alpha, a, b = parameters
    x, age, recency, weight = could_leave.frequency, could_leave.age, could_leave.recency, could_leave.weight
    behind, last = np.log1p((age - recency) / (alpha + recency)), b + x - 1.0 + shape.early
    turn, turn_last = alpha / (alpha + age), alpha / (alpha + recency)
    left = np.log(a) - np.log(last) + (r + shape.k * x) * behind
    by = np.stack([r * behind, (r + shape.k * x) * (turn - turn_last), np.ones(len(x)), -b / last])
    bends = {
        (0, 0): r * behind,
        (0, 1): r * (turn - turn_last),
        (1, 1): (r + shape.k * x) * (turn * (1.0 - turn) - turn_last * (1.0 - turn_last)),
        (3, 3): by[3] * (1.0 + by[3]),
    }
    stays: Value = (0.0, np.zeros(4), np.zeros((4, 4)))
    if shape.k > 1:
        silence = _silence(could_leave, shape.k, r, alpha)
        stays = _padded(silence, weight)
        left = left - silence.log
        by[:2] -= silence.gradient
        for (i, j), curve in list(bends.items())[:3]:
            bends[i, j] = curve - silence.hessian[i][j]
    gone = expit(left)
    sure = weight * gone
    hessian = (by * (sure * (1.0 - gone))) @ by.T
    for (i, j), curve in bends.items():
        hessian[i, j] += sure @ curve
    hessian[1, 0] = hessian[0, 1]
    return float(weight @ np.logaddexp(0.0, left)) + stays[0], by @ sure + stays[1], hessian + stays[2]


def _padded(silence: _Silence, weight: Floats) -> Value:
    gradient, hessian = np.zeros(4), np.zeros((4, 4))
    gradient[:2] = [weight @ each for each in silence.gradient]
    hessian[:2, :2] = [[weight @ each for each in row] for row in silence.hessian]
    return float(weight @ silence.log), gradient, hessian
