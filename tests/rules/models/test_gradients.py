"""Gradients and Hessians agree with finite differences, the integrals with the formulas that were printed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betaln, gammaln, hyp2f1

from regulars.insight.rules.models import bg_family, bg_future, gamma_gamma, pareto_nbd
from regulars.insight.rules.models.bg_family import Shape
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Floats, ungrouped
from regulars.insight.rules.models.newton import Objective
from tests.rules.models.shops import Truth, drawn

SHOP = drawn(Truth(customers=80, early=True, k=2), seed=3)
STEP = 1e-5


def assert_exact(objective: Objective, point: Floats) -> None:
    _, gradient, hessian = objective(point)
    moves = STEP * np.eye(len(point))
    near = [(objective(point + move), objective(point - move)) for move in moves]
    slopes = np.array([(up[0] - down[0]) / (2 * STEP) for up, down in near])
    bends = np.array([(up[1] - down[1]) / (2 * STEP) for up, down in near])
    np.testing.assert_allclose(gradient, slopes, rtol=1e-5, atol=1e-5 * np.abs(gradient).max())
    np.testing.assert_allclose(hessian, bends, rtol=1e-5, atol=1e-6 * np.abs(hessian).max())
    np.testing.assert_allclose(hessian, hessian.T)


points = st.lists(st.floats(-1.5, 1.5), min_size=4, max_size=4).map(np.array)


@settings(max_examples=15, deadline=None)
@given(points, st.sampled_from([Shape(1, 0), Shape(1, 1), Shape(2, 1), Shape(5, 1)]))
def test_bg_family(point: Floats, shape: Shape) -> None:
    assert_exact(bg_family.objective(SHOP, shape), point + np.log([1, 30, 1, 2]))


@settings(max_examples=10, deadline=None)
@given(points)
def test_pareto_nbd(point: Floats) -> None:
    assert_exact(pareto_nbd.objective(SHOP), point + np.log([1, 30, 1, 60]))


@settings(max_examples=10, deadline=None)
@given(points)
def test_gamma_gamma(point: Floats) -> None:
    x, mean = np.array([1.0, 2, 3, 1, 5]), np.array([10.0, 22, 13, 14, 3.3])
    assert_exact(gamma_gamma.objective(x, mean), point[:3] + np.log([6, 3, 15]))


def bg_log_likelihood(point: Floats, x: float, t_x: float, T: float) -> float:
    """Equation 6 of Fader, Hardie and Lee (2005), one customer."""
    r, alpha, a, b = np.exp(point)
    together = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    stays = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    left = betaln(a + 1, b + x - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x) if x > 0 else -np.inf
    return float(together + np.logaddexp(stays, left))


def pareto_log_likelihood(point: Floats, x: float, t_x: float, T: float) -> float:
    """Equations 18–20 of Fader and Hardie's note (2005), one customer, with the case α ≥ β and the other."""
    r, alpha, s, beta = np.exp(point)
    whole, most = r + s + x, max(alpha, beta)
    second = s + 1 if alpha >= beta else r + x

    def part(t: float) -> float:
        return float(hyp2f1(whole, second, whole + 1, abs(alpha - beta) / (most + t)) / (most + t) ** whole)

    stays = (alpha + T) ** -(r + x) * (beta + T) ** -s
    start = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    return float(start + np.log(stays + s / whole * (part(t_x) - part(T))))


@settings(max_examples=40, deadline=None)
@given(points, st.integers(0, 12), st.floats(0.01, 0.95), st.floats(5, 120))
def test_likelihoods_are_the_printed_formulas(point: Floats, x: int, share: float, T: float) -> None:
    t_x = share * T if x else 0.0
    one = ungrouped([x], [t_x], [T])
    bg = point + np.log([1, 30, 1, 2])
    assert bg_family.objective(one, Shape(1, 0))(bg)[0] == pytest.approx(bg_log_likelihood(bg, x, t_x, T), abs=1e-8)
    pareto = point + np.log([1, 30, 1, 60])
    printed = pareto_log_likelihood(pareto, x, t_x, T)
    assert pareto_nbd.objective(one)(pareto)[0] == pytest.approx(printed, abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(points, st.integers(0, 30), st.floats(0, 300), st.floats(1, 400))
def test_expectation_is_the_printed_formula_and_the_sum_of_chances(point: Floats, x: int, T: float, t: float) -> None:
    r, alpha, a, b = np.exp(point + np.log([1, 30, 1.2, 2]))
    fit = Fit("bg_nbd", {"r": r, "alpha": alpha, "a": a, "b": b}, 0.0, {}, 1, True)
    of_quadrature = bg_future.expected_purchases(fit, t, x, T, T)[0] / bg_future.p_alive(fit, x, T, T)[0]
    of_chances = float(sum(chance[0] for chance in bg_future.at_least_if_alive(fit, t, x, T, T)))
    assert of_quadrature == pytest.approx(of_chances, rel=1e-5)
    if abs(a - 1.0) > 0.01:
        turn = hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
        printed = (a + b + x - 1) / (a - 1) * (1 - ((alpha + T) / (alpha + T + t)) ** (r + x) * turn)
        assert of_quadrature == pytest.approx(printed, rel=1e-5)
