"""Cost of winning and keeping customers, the worth of money to come, less churn, levers: pure."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.rules.economics import churn, worth
from regulars.insight.rules.economics.costs import (
    Acquisition,
    balance_of,
    curve_of,
    margin_of,
    payback_months,
)
from regulars.insight.rules.economics.levers import Business, Lever, elasticities, profit_of, value_of_new
from regulars.insight.rules.models import bg_nbd
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Histories, grouped, ungrouped

YEARS = np.arange(1, worth.LIFETIME_YEARS + 1)


# ── What customers cost ──────────────────────────────────────────────────────
def test_the_margin_goes_by_known_costs_and_by_the_owners_word_for_the_rest() -> None:
    known = margin_of(revenue_minor=1000, known_minor=1000, cost_minor=400, said_share=None)
    assert (known.share, known.known_share, known.is_said) == (0.6, 1.0, False)
    mixed = margin_of(revenue_minor=1000, known_minor=500, cost_minor=200, said_share=0.2)
    assert mixed.share == pytest.approx(0.5 * 0.6 + 0.5 * 0.2)
    assert mixed.is_said
    assert margin_of(revenue_minor=1000, known_minor=0, cost_minor=0, said_share=0.3).share == 0.3
    assert margin_of(revenue_minor=0, known_minor=0, cost_minor=0, said_share=None).share is None
    barely = margin_of(revenue_minor=1000, known_minor=50, cost_minor=20, said_share=None)
    assert barely.share is None, "a twentieth says nothing of the rest"


def test_nobody_came_or_nothing_was_spent_is_no_cost_of_a_customer() -> None:
    assert Acquisition(9_000, 3).cac_minor == 3_000
    assert Acquisition(9_000, 0).cac_minor is None
    assert Acquisition(9_000, 0).is_unmatched
    assert Acquisition(0, 4).cac_minor is None
    assert Acquisition(0, 4).is_unmatched
    assert not Acquisition(0, 0).is_unmatched


def test_payback_is_the_first_month_in_which_margin_covers_the_cost() -> None:
    assert payback_months(100, [150, 180, 210, 400], 0.5) == 2
    assert payback_months(10, [150], 0.5) == 0
    assert payback_months(1_000, [150, 180], 0.5) is None
    assert payback_months(1, [], 0.5) is None


def test_a_curve_adds_up_and_weighs_cohorts_by_size() -> None:
    assert curve_of([(1, [100, 50, 50]), (3, [900, 300])]) == [250.0, 337.5, 387.5]
    assert curve_of([]) == []


def test_shares_of_revenue_and_spending() -> None:
    found = balance_of(existing_minor=750, new_minor=250, retention_minor=10, acquisition_minor=90)
    assert (found.existing_revenue_share, found.retention_spending_share) == (0.75, 0.1)
    empty = balance_of(existing_minor=0, new_minor=0, retention_minor=0, acquisition_minor=0)
    assert (empty.existing_revenue_share, empty.retention_spending_share) == (None, None)


# ── What money to come is worth ──────────────────────────────────────────────
@given(st.floats(1, 1e6), st.floats(0.01, 0.99), st.floats(0.01, 0.5))
def test_the_elasticity_is_the_slope_of_the_formula(margin: float, retention: float, discount: float) -> None:
    step = 1e-6
    slope = np.log(worth.clv(margin, retention * (1 + step), discount) / worth.clv(margin, retention, discount)) / step
    assert slope == pytest.approx(worth.elasticity_to_retention(retention, discount), rel=1e-3)


def test_published_figures_of_the_formula() -> None:
    # Gupta and Lehmann: retention 90 %, discount 10 %: the margin multiple is 4.5.
    assert worth.clv(1.0, 0.9, 0.1) == pytest.approx(4.5)
    assert worth.elasticity_to_retention(0.9, 0.1) == pytest.approx(5.5)


def test_a_lifetime_of_years_is_the_textbooks_sum() -> None:
    """Purchases of somebody who stays each year with chance r: Σ m·rᵗ/(1+d)ᵗ, whole from m·r/(1+d−r) and its tail."""
    margin, retention, discount = 100.0, 0.6, 0.12
    yearly = margin * retention**YEARS
    cumulative = np.concatenate([yearly[0] * np.array([0.25, 0.5, 0.75]), np.cumsum(yearly)])
    whole = worth.clv(margin, retention, discount)
    tail = whole * (retention / (1 + discount)) ** worth.LIFETIME_YEARS
    assert worth.lifetime(cumulative, discount) == pytest.approx(whole - tail)
    assert worth.of_year(cumulative) == pytest.approx(60.0)
    assert worth.of_those_who_come(cumulative) == pytest.approx(30.0), "on average they have half a year left"


# ── Less churn ───────────────────────────────────────────────────────────────
def constant(retention: float, *, a_year: float = 20.0, sureness: float = 1e7) -> tuple[Fit, Histories]:
    """A BG/NBD of alike customers who all are there: rate and drop-out known for sure, r of them stay each year."""
    rate, leaving = a_year / 365, -np.log(retention) / a_year
    parameters = {"r": rate * sureness, "alpha": sureness, "a": leaving * sureness, "b": (1 - leaving) * sureness}
    fit = Fit("bg_nbd", parameters, 0.0, {}, 1, True)
    return fit, ungrouped([0.0], [0.0], [0.0])


def test_the_model_with_constant_rates_is_the_textbooks_formula() -> None:
    retention, discount = 0.7, 0.1
    fit, histories = constant(retention)
    found = churn.effect_of_churn(fit, histories, histories, np.array([1.0]))
    assert found is not None
    now = found.of_new[churn.FACTORS.index(1.0)]
    years = worth.by_year(now)
    assert years[1:] / years[:-1] == pytest.approx(np.full(9, retention), rel=1e-4)
    # The first year's money is m = c/r of a stream that shrinks by r each year before it is paid.
    whole = worth.clv(float(years[0]) / retention, retention, discount)
    tail = whole * (retention / (1 + discount)) ** worth.LIFETIME_YEARS
    assert worth.lifetime(now, discount) == pytest.approx(whole - tail, rel=1e-4)


def test_five_per_cent_less_drop_out_gains_what_the_elasticity_says() -> None:
    """r = exp(−λp): a change of p by −5 % changes r by 0.05·(−ln r), and the value by its elasticity times that."""
    retention, discount = 0.8, 0.1
    fit, histories = constant(retention)
    found = churn.effect_of_churn(fit, histories, histories, np.array([1.0]))
    assert found is not None
    less = found.of_new[churn.FACTORS.index(churn.ASKED)]
    years = worth.by_year(less)
    kept = retention**churn.ASKED
    assert years[1:] / years[:-1] == pytest.approx(np.full(9, kept), rel=1e-4)
    gain = np.log(worth.clv(1.0, kept, discount) / worth.clv(1.0, retention, discount))
    moved = np.log(kept / retention)
    middle = (worth.elasticity_to_retention(retention, discount) + worth.elasticity_to_retention(kept, discount)) / 2
    assert gain == pytest.approx(middle * moved, rel=0.01)


def simulated(customers: int = 800, seed: int = 3) -> tuple[Histories, Histories]:
    """Customers of a BG/NBD with r .8, α 40, a .9, b 3 over two years: grouped for the fit, and each."""
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(customers):
        age, now, last, count = float(rng.integers(30, 730)), 0.0, 0.0, 0
        rate, leaving = rng.gamma(0.8, 1 / 40), rng.beta(0.9, 3)
        while (now := now + rng.exponential(1 / rate)) < age:
            count, last = count + 1, now
            if rng.random() < leaving:
                break
        rows.append((count, round(last), age))
    x, t_x, T = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    return grouped(x, t_x, T)[0], ungrouped(x, t_x, T)


@pytest.fixture(scope="module")
def shop() -> tuple[churn.ChurnEffect, Business]:
    histories, everybody = simulated()
    fit = bg_nbd.fit(histories)
    assert fit is not None
    money = np.linspace(100, 10_000, everybody.customers)
    found = churn.effect_of_churn(fit, histories, everybody, money)
    assert found is not None
    business = Business(
        base_minor=1e7, factors=churn.FACTORS, base=found.base, of_new=found.of_new, first_minor=2_000,
        later_minor=1_500, new_customers=300, cac_minor=400, retention_minor=50_000, margin=0.4, discount=0.15,
    )  # fmt: skip
    return found, business


def test_less_drop_out_never_brings_less(shop: tuple[churn.ChurnEffect, Business]) -> None:
    found, _business = shop
    assert found.base[churn.FACTORS.index(1.0), 3] == pytest.approx(1.0), "the unit is the money of one year as it is"
    assert np.all(np.diff(found.base, axis=0) < 0)
    assert np.all(np.diff(found.base, axis=1) > 0)
    assert np.all(found.drawn_base[:, 1] > found.drawn_base[:, 0])


def test_draws_lie_around_the_fit_and_are_the_same_each_time(shop: tuple[churn.ChurnEffect, Business]) -> None:
    found, _business = shop
    low, high = churn.interval(found.drawn_base[:, 0, 3])
    assert low < 1.0 < high
    histories, everybody = simulated()
    fit = bg_nbd.fit(histories)
    assert fit is not None
    again = churn.effect_of_churn(fit, histories, everybody, np.linspace(100, 10_000, everybody.customers))
    assert again is not None
    assert np.array_equal(again.drawn_base, found.drawn_base)


def test_more_customers_make_it_surer() -> None:
    widths = []
    for customers in (200, 3200):
        histories, _everybody = simulated(customers)
        fit = bg_nbd.fit(histories)
        assert fit is not None
        alphas = [drawn["alpha"] for drawn in churn.drawn_fits(fit, histories)]
        widths.append(np.std(np.log(alphas)))
    assert widths[1] < widths[0] / 2


def test_no_money_no_effect() -> None:
    histories, everybody = simulated(30)
    fit = bg_nbd.fit(histories)
    assert fit is not None
    assert churn.effect_of_churn(fit, histories, everybody, np.zeros(30)) is None


# ── Levers ───────────────────────────────────────────────────────────────────
def test_levers_at_zero_change_nothing_and_each_moves_profit_its_way(shop: tuple[churn.ChurnEffect, Business]) -> None:
    _found, business = shop
    here = profit_of(business, {})
    assert profit_of(business, dict.fromkeys(Lever, 0.0)) == here
    better = {Lever.CHURN: -0.1, Lever.FREQUENCY: 0.1, Lever.BASKET: 0.1, Lever.MARGIN: 0.05, Lever.CAC: -0.1}
    for lever, by in better.items():
        moved = profit_of(business, {lever: by})
        assert moved.year_minor > here.year_minor, lever
        assert moved.lifetime_minor > here.lifetime_minor, lever


def test_one_per_cent_of_basket_and_of_margin_bring_the_same(shop: tuple[churn.ChurnEffect, Business]) -> None:
    _found, business = shop
    one = elasticities(business, {})
    assert one[Lever.BASKET].year_minor == pytest.approx(one[Lever.MARGIN].year_minor)
    assert one[Lever.CAC].year_minor == pytest.approx(0.01 * 300 * 400)
    assert all(gain.year_minor > 0 and gain.lifetime_minor > 0 for gain in one.values())


def test_a_new_customer_is_worth_his_margin_before_his_cost(shop: tuple[churn.ChurnEffect, Business]) -> None:
    _found, business = shop
    value = value_of_new(business, {})
    curve = business.of_new[churn.FACTORS.index(1.0)]
    assert value == pytest.approx(0.4 * (2_000 + 1_500 * float(worth.lifetime(curve, 0.15))))
    assert value_of_new(replace(business, cac_minor=9e9), {}) == value
