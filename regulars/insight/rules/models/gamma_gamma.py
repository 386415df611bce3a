"""Gamma-Gamma: what a customer's purchases cost on average, drawn towards the shop's.

Single purchases are Gamma(p, ν), ν ~ Gamma(q, γ) over customers, apart from how often they buy. Source: Fader and
Hardie, "The Gamma-Gamma Model of Monetary Value" (2013). x: how many purchases a mean rests on.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, digamma, gammaln, polygamma

from regulars.insight.rules.models.fits import Fit, Note, error_of
from regulars.insight.rules.models.histories import Floats
from regulars.insight.rules.models.newton import Objective, Value, maximise

NAME = "gamma_gamma"
LETTERS = ("p", "q", "gamma")


def fit(x: ArrayLike, mean: ArrayLike) -> Fit | None:
    """The likeliest parameters, from customers with purchases of a positive mean; None where there is none."""
    counts, means = (np.asarray(values, dtype=np.float64) for values in (x, mean))
    is_told = (counts > 0) & (means > 0) & np.isfinite(means)
    counts, means = counts[is_told], means[is_told]
    if not len(counts):
        return None
    typical = float(np.exp(np.log(means).mean()))
    centre = np.log([1.0, 1.0, typical])
    starts = [np.log([p, q, typical * (q / p)]) for p, q in ((6.0, 4.0), (1.0, 2.0), (30.0, 30.0))]
    found = maximise(objective(counts, means / typical), [start - [0, 0, np.log(typical)] for start in starts],
                     centre=np.zeros(3))  # fmt: skip
    point = found.point + centre
    values = dict(zip(LETTERS, np.exp(point).tolist(), strict=True))
    variances = dict(zip(LETTERS, np.diag(found.covariance).tolist(), strict=True))
    errors = {letter: error_of(value, variances[letter]) for letter, value in values.items()}
    note = Note.NONE if found.is_converged else Note.NOT_CONVERGED
    if found.is_held:
        # Equal prices have no likeliest spread: the less, the likelier.
        note = Note.SAME_VALUES
    likelihood = found.value - len(means) * float(np.log(typical))
    return Fit(NAME, values, likelihood, errors, len(means), found.is_converged, note)


def objective(x: Floats, mean: Floats) -> Objective:
    """Log-likelihood (equation 1a of the note), gradient and Hessian in ln p, ln q, ln γ."""
    kinds, places = np.unique(x, return_inverse=True)
    customers = np.bincount(places).astype(np.float64)
    total = x * mean
    fixed = -float(np.log(mean).sum())
    log_total = np.log(total)

    def value(point: Floats) -> Value:
        p, q, gamma = (float(each) for each in np.exp(point))
        share = gamma / (gamma + total)
        log_share = np.log(share)
        log_rest = log_total - np.log(gamma + total)
        both, own = p * kinds + q, p * kinds
        count = float(len(x))
        result = (
            float(customers @ (gammaln(both) - gammaln(own)))
            - count * float(gammaln(q))
            + q * float(log_share.sum())
            + p * float(x @ log_rest)
            + fixed
        )
        by_p = p * (float((customers * kinds) @ (digamma(both) - digamma(own))) + float(x @ log_rest))
        by_q = q * (float(customers @ digamma(both)) - count * float(digamma(q)) + float(log_share.sum()))
        weight = p * x + q
        shares, shares_x = float(share.sum()), float(x @ share)
        by_gamma = q * count - float(weight @ share)
        curve, curve_own = polygamma(1, both), polygamma(1, own)
        hessian = np.empty((3, 3))
        hessian[0, 0] = by_p + p * p * float((customers * kinds**2) @ (curve - curve_own))
        hessian[0, 1] = p * q * float((customers * kinds) @ curve)
        hessian[0, 2] = -p * shares_x
        hessian[1, 1] = by_q + q * q * (float(customers @ curve) - count * float(polygamma(1, q)))
        hessian[1, 2] = q * (count - shares)
        hessian[2, 2] = -float(weight @ (share * (1.0 - share)))
        for i, j in ((1, 0), (2, 0), (2, 1)):
            hessian[i, j] = hessian[j, i]
        return result, np.array([by_p, by_q, by_gamma]), hessian

    return value


def expected_value(fit: Fit, x: ArrayLike, mean: ArrayLike) -> Floats:
    """E(M | x, mean): a customer's average purchase (equation 5); x = 0: the shop's.

    Where the mean over customers does not exist (p x + q ≤ 1), the value at the mean ν is given instead.
    """
    counts = np.asarray(x, dtype=np.float64)
    total = np.where(counts > 0, counts * np.asarray(mean, dtype=np.float64), 0.0)
    known = fit["p"] * counts + fit["q"]
    return np.asarray(fit["p"] * (fit["gamma"] + total) / np.where(known > 1.0, known - 1.0, known))


def at_most(fit: Fit, total: ArrayLike, n: ArrayLike, x: ArrayLike, mean: ArrayLike) -> Floats:
    """The probability that the next n purchases of a customer cost `total` together at most (a beta prime)."""
    counts, money = np.asarray(x, dtype=np.float64), np.asarray(total, dtype=np.float64)
    known = fit["gamma"] + np.where(counts > 0, counts * np.asarray(mean, dtype=np.float64), 0.0)
    return np.asarray(betainc(fit["p"] * np.asarray(n), fit["p"] * counts + fit["q"], money / (known + money)))
