"""What must hold of every model whatever its parameters and whatever the history."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight.rules.models import buying, gamma_gamma, mbg_cnbd_k, season
from regulars.insight.rules.models.fits import Fit, Note
from regulars.insight.rules.models.histories import Histories, grouped, ungrouped
from tests.rules.models.shops import Truth, drawn, drawn_with_future

SECOND = {"bg_nbd": ("a", "b"), "mbg_nbd": ("a", "b"), "mbg_cnbd_k": ("a", "b"), "pareto_nbd": ("s", "beta")}


@st.composite
def fits(draw: st.DrawFn) -> Fit:
    name = draw(st.sampled_from(sorted(SECOND)))
    logs = [draw(st.floats(-2, 2)) for _ in range(4)]
    centre = (1.0, 30.0, 1.0, 60.0 if name == "pareto_nbd" else 2.0)
    letters = ("r", "alpha", *SECOND[name])
    values = {letter: float(at * np.exp(log)) for letter, at, log in zip(letters, centre, logs, strict=True)}
    if name == "mbg_cnbd_k":
        values["k"] = float(draw(st.integers(1, 4)))
    return Fit(name, values, 0.0, {}, 1, True)


histories = st.tuples(st.integers(0, 20), st.floats(0, 200), st.floats(0, 200)).map(
    lambda drawn: (drawn[0], drawn[1] if drawn[0] else 0.0, (drawn[1] if drawn[0] else 0.0) + drawn[2])
)


@settings(max_examples=60, deadline=None)
@given(fits(), histories)
def test_silence_makes_leaving_likelier_and_time_brings_purchases(fit: Fit, history: tuple[int, float, float]) -> None:
    x, t_x, T = history
    ages = T + np.array([0.0, 5.0, 50.0, 500.0])
    alive = buying.p_alive(fit, x, t_x, ages)
    assert np.all((alive >= 0) & (alive <= 1))
    assert np.all(np.diff(alive) <= 1e-9)
    expected = buying.expected_by(fit, [1, 10, 90, 365], x, t_x, T)[:, 0]
    assert np.all(np.diff(expected) >= -1e-12)
    assert np.all(np.isfinite(expected))
    any_soon, any_later = (buying.probability_of_any(fit, t, x, t_x, T)[0] for t in (30, 90))
    assert 0 <= any_soon <= any_later + 1e-9 <= alive[0] + 2e-6


@settings(max_examples=40, deadline=None)
@given(fits(), histories, st.floats(1, 200))
def test_chances_add_up_to_the_expectation(fit: Fit, history: tuple[int, float, float], t: float) -> None:
    chances = [chance[0] for chance in buying.at_least(fit, t, *history)]
    assert np.all(np.diff(chances) <= 1e-9)
    assert sum(chances) == pytest.approx(buying.expected_purchases(fit, t, *history)[0], rel=1e-4, abs=1e-9)
    low, high = buying.count_interval(fit, t, *history)
    reached = [1.0, *chances, 0.0]
    below, above = 1 - reached[int(low[0])], reached[int(high[0]) + 1]
    assert low[0] <= high[0]
    assert below <= 0.1 + 1e-9
    assert above <= 0.1 + 1e-9


@settings(max_examples=30, deadline=None)
@given(fits(), histories, st.floats(0.1, 10))
def test_the_unit_of_time_does_not_matter(fit: Fit, history: tuple[int, float, float], scale: float) -> None:
    x, t_x, T = history
    times = {"alpha", "beta"}
    scaled = {letter: value * (scale if letter in times else 1) for letter, value in fit.parameters.items()}
    other = Fit(fit.name, scaled, 0.0, {}, 1, True)
    same = buying.expected_purchases(other, 60 * scale, x, t_x * scale, T * scale)[0]
    assert same == pytest.approx(buying.expected_purchases(fit, 60, x, t_x, T)[0], rel=1e-6)
    due = buying.next_purchase_in(other, 0.5, x, t_x * scale, T * scale)[0]
    assert due == pytest.approx(scale * buying.next_purchase_in(fit, 0.5, x, t_x, T)[0], rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(fits(), histories)
def test_less_leaving_brings_more(fit: Fit, history: tuple[int, float, float]) -> None:
    kept = buying.expected_purchases(fit, 365, *history, drop_out_factor=0.95)[0]
    as_is = buying.expected_purchases(fit, 365, *history, drop_out_factor=1.0)[0]
    assert kept >= as_is * (1 - 1e-6)


def test_grouping_gives_everybody_his_own_back() -> None:
    shop = drawn(Truth(customers=300), seed=1)
    alike, places = grouped(shop.frequency, shop.recency, shop.age)
    for name in ("frequency", "recency", "age"):
        assert np.array_equal(getattr(alike, name)[places], getattr(shop, name))
    assert alike.customers == 300
    assert len(alike.age) < 300
    assert np.array_equal(alike.reached, shop.reached)


@pytest.mark.parametrize("columns", [([1], [5], [4]), ([1.5], [1], [4]), ([-1], [0], [4]), ([1, 2], [1], [4])])
def test_what_is_no_history_is_refused(columns: tuple[list[float], list[float], list[float]]) -> None:
    with pytest.raises(ValueError, match="recency"):
        ungrouped(*columns)


@pytest.mark.parametrize("name", sorted(SECOND))
def test_the_truth_is_found_again(name: str) -> None:
    truth = Truth(customers=3_000, is_daily=False, early=name.startswith("mbg"))
    found = buying.fit(name, drawn(truth, seed=11))
    assert found is not None
    assert found.is_converged
    if name != "pareto_nbd":
        error = found.standard_errors["r"]
        assert error is not None
        assert abs(found["r"] - truth.r) < 4 * error


def test_regular_pauses_are_told_from_random_ones() -> None:
    clockwork = drawn(Truth(r=5.0, alpha=20.0, k=4, a=0.3, b=6.0, early=True, is_daily=False), seed=5)
    found = mbg_cnbd_k.fit(clockwork)
    assert found is not None
    assert found["k"] == 4
    random = mbg_cnbd_k.fit(drawn(Truth(early=True, is_daily=False), seed=5))
    assert random is not None
    assert random["k"] == 1


@pytest.mark.parametrize(
    ("name", "truth"),
    [
        ("bg_nbd", Truth(customers=2_000, is_daily=False)),
        ("bg_nbd", Truth(r=3.0, alpha=30.0, a=0.3, b=8.0, customers=2_000)),
        ("mbg_nbd", Truth(customers=2_000, early=True)),
        ("mbg_cnbd_k", Truth(r=5.0, alpha=20.0, k=4, a=0.3, b=6.0, customers=1_500, early=True, is_daily=False)),
    ],
)
def test_eight_of_ten_fall_into_the_stated_interval(name: str, truth: Truth) -> None:
    histories, came = drawn_with_future(truth, seed=8, after=120.0)
    found = buying.fit(name, histories)
    assert found is not None
    columns = histories.frequency, histories.recency, histories.age
    low, high = buying.count_interval(found, 120.0, *columns)
    assert ((low <= came) & (came <= high)).mean() >= 0.8
    expected = buying.expected_purchases(found, 120.0, *columns)
    assert expected.sum() == pytest.approx(came.sum(), rel=0.08)
    chance = buying.probability_of_any(found, 120.0, *columns)
    for likely in (chance < 0.2, chance > 0.8):
        assert chance[likely].mean() == pytest.approx((came[likely] > 0).mean(), abs=0.04)


def test_no_drop_out_is_said() -> None:
    found = buying.fit("bg_nbd", drawn(Truth(a=1e-6, b=1.0), seed=2))
    assert found is not None
    assert found.note == Note.NO_DROP_OUT
    assert buying.p_alive(found, 3, 60, 90)[0] > 0.95


def test_a_fit_is_kept_as_json() -> None:
    found = buying.fit("mbg_cnbd_k", drawn(Truth(customers=100), seed=2))
    assert found is not None
    assert Fit.from_json(found.as_json()) == found


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 50), st.floats(0.01, 1e6))
def test_a_mean_lies_between_the_customers_own_and_the_shops(x: int, mean: float) -> None:
    fit = Fit("gamma_gamma", {"p": 6.25, "q": 3.74, "gamma": 15.44}, 0.0, {}, 1, True)
    of_shop = gamma_gamma.expected_value(fit, 0, 0.0)
    expected = float(gamma_gamma.expected_value(fit, x, mean))
    assert min(of_shop, mean) * (1 - 1e-9) <= expected <= max(of_shop, mean) * (1 + 1e-9)
    half = gamma_gamma.at_most(fit, [expected * 0.1, expected, expected * 10], 1, x, mean)
    assert 0 <= half[0] < half[1] < half[2] <= 1


def test_gamma_gamma_of_one_price_says_so() -> None:
    found = gamma_gamma.fit([1, 2, 3, 4], [10.0] * 4)
    assert found is not None
    assert found.note == Note.SAME_VALUES
    assert gamma_gamma.expected_value(found, 2, 10.0) == pytest.approx(10.0, rel=0.01)
    assert gamma_gamma.fit([0, 2], [0.0, 0.0]) is None


def test_the_level_of_a_steady_shop_is_one_and_follows_the_season() -> None:
    steady = season.Quarter(1000.0, 1000.0)
    assert season.level(steady, steady, came=1000.0) == pytest.approx(1.0)
    assert season.level(steady, steady, came=1500.0) == pytest.approx(1.5, rel=0.02)
    few = season.Quarter(4.0, 4.0)
    assert 1.0 < season.level(few, few, came=6.0) < 1.25
    assert season.level(steady, season.Quarter(0.0, 10.0), came=5.0) == 1.0


def test_histories_of_nobody() -> None:
    nobody, places = grouped([], [], [])
    assert isinstance(nobody, Histories)
    assert (nobody.customers, len(places)) == (0, 0)
    assert all(buying.fit(name, nobody) is None for name in SECOND)


@given(fits())
@settings(max_examples=20, deadline=None)
def test_nobody_is_asked_about(fit: Fit) -> None:
    nobody: list[float] = []
    assert buying.expected_by(fit, [90, 365], nobody, nobody, nobody).shape == (2, 0)
    for asked in (
        buying.p_alive(fit, nobody, nobody, nobody),
        buying.next_purchase_in(fit, 0.5, nobody, nobody, nobody),
    ):
        assert len(asked) == 0
    assert len(buying.probability_of_any(fit, 90, nobody, nobody, nobody)) == 0
    assert len(buying.count_interval(fit, 90, nobody, nobody, nobody)[0]) == 0
