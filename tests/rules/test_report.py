"""What to do first: by the money that hangs on it, and only where the numbers bear it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.rules import report
from regulars.insight.rules.first_purchases import prior_of
from regulars.insight.rules.report import Beginning, Returned

AGAIN = [0.3, 0.6, 0.7, 0.8, 0.8]
shares = st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5)


def step(bottleneck: object = None, **changed: object) -> report.HelpOverStep | None:
    given_: dict[str, object] = {"newcomers_a_year": 200, "again": AGAIN, "buyers": 500, "average_minor": 1000.0}
    return report.help_over_step(bottleneck, **{**given_, **changed})  # type: ignore[arg-type]


def test_the_step_that_loses_most_is_named_with_the_money_that_follows() -> None:
    found = step()
    assert found is not None
    assert (found.step, found.reached, found.passed, found.aim) == (1, 200, 0.3, pytest.approx(0.35))
    # 5 of 100 of 200 customers: a purchase each, and what follows it: .6 + .6 × .7 + .6 × .7 × .8 / (1 − .8).
    assert found.stake_minor == round(200 * 0.05 * 1000 * (1 + 0.6 + 0.42 + 0.42 * 0.8 / 0.2))


def test_a_measured_bottleneck_comes_before_a_guess() -> None:
    bottleneck = {"step": 2, "people_a_year": 90, "overall": 0.4, "better": 0.5, "horizon_days": 90,
                  "gained_minor": 7000}  # fmt: skip
    assert step(bottleneck) == report.HelpOverStep(2, 90, 0.4, 0.5, 90, 7000)
    assert step({**bottleneck, "gained_minor": 0}) == step()


@pytest.mark.parametrize("changed", [{"buyers": 29}, {"newcomers_a_year": 0}, {"again": []}, {"average_minor": 0.0}])
def test_too_little_says_nothing_of_steps(changed: dict[str, object]) -> None:
    assert step(**changed) is None


@given(shares, st.integers(1, 5))
def test_further_purchases_are_as_many_as_chances_allow(again: list[float], number: int) -> None:
    found = report.further_purchases(again, number)
    assert 0 <= found <= 4 + 0.95 / 0.05 + 1e-9


def test_further_purchases_of_a_constant_chance_are_geometric() -> None:
    assert report.further_purchases([0.5] * 5, 1) == pytest.approx(1.0)


def forward(rows: list[Beginning], **changed: object) -> report.PutForward | None:
    prior = prior_of([row.back for row in rows], [row.had for row in rows])
    given_: dict[str, object] = {"newcomers_a_year": 100, "again": AGAIN, "average_minor": 1000.0}
    return report.put_forward(rows, prior=prior, **{**given_, **changed})  # type: ignore[arg-type]


def test_a_first_product_must_surely_be_better() -> None:
    usual = [Beginning(f"P{n}", 200, 60) for n in range(8)]
    found = forward([*usual, Beginning("Oolong", 100, 70), Beginning("Lucky", 3, 3)])
    assert found is not None
    assert (found.product, found.buyers, found.again) == ("Oolong", 100, 0.7)
    assert 0.3 < found.usually < 0.4
    assert found.stake_minor > 0
    assert forward(usual) is None
    assert forward([]) is None


def test_few_buyers_promise_less_money_than_many() -> None:
    usual = [Beginning(f"P{n}", 200, 60 + n) for n in range(8)]
    few, many = (forward([*usual, Beginning("Oolong", had, round(had * 0.75))]) for had in (24, 240))
    assert few is None or many is not None
    assert (few.stake_minor if few else 0) < many.stake_minor  # type: ignore[union-attr]


def returned(name: str, part: float, orders: int = 50) -> Returned:
    return Returned(name, orders, 100_000, round(100_000 * part))


def test_a_product_that_comes_back_too_often_is_named() -> None:
    products = [returned("Cup", 0.2), returned("Teapot", 0.3), returned("Gift", 0.9, orders=3)]
    found = report.look_into_returns(products=products, sold_minor=10_000_000, returned_minor=200_000, years=2.0)
    assert found is not None
    assert (found.product, found.returned, found.usually) == ("Teapot", 0.3, 0.02)
    assert found.stake_minor == (30_000 - 2_000) / 2
    assert report.look_into_returns(products=products, sold_minor=100, returned_minor=50, years=2.0) is None
    assert report.look_into_returns(products=[], sold_minor=100, returned_minor=0, years=2.0) is None


def test_dependence_is_said_where_one_of_several_brings_a_fifth() -> None:
    found = report.depend_less(top_minor=90, top_year_minor=50, revenue_minor=100, buyers=3)
    assert found == report.DependLess(0.9, 50)
    assert report.depend_less(top_minor=19, top_year_minor=9, revenue_minor=100, buyers=30) is None
    assert report.depend_less(top_minor=100, top_year_minor=9, revenue_minor=100, buyers=1) is None


def test_guests_are_a_thing_to_do_where_they_are_many() -> None:
    assert report.know_buyers(guest_orders=3, orders=3) == report.KnowBuyers(3, 1.0)
    assert report.know_buyers(guest_orders=1, orders=4) is None
    assert report.know_buyers(guest_orders=0, orders=0) is None


def test_money_decides_what_comes_first() -> None:
    leavers = report.call_leavers(customers=5, buyers=100, stake_minor=1000)
    one = report.depend_less(top_minor=30, top_year_minor=4000, revenue_minor=100, buyers=9)
    guests = report.know_buyers(guest_orders=9, orders=10)
    # A third of the money in one hand weighs a third: 1200 before 1000; guests have no money beside their name.
    assert report.first_things([guests, leavers, None, one]) == [one, leavers, guests]
    assert report.first_things([guests, leavers, one], count=2) == [one, leavers]
    assert report.first_things([None]) == []
    assert report.call_leavers(customers=0, buyers=9, stake_minor=0) is None


def test_the_way_to_the_first_purchase_is_mended_where_something_is_gained() -> None:
    bottleneck = {"step": "visit", "people_a_year": 900, "overall": 0.04, "better": 0.06, "horizon_days": 30,
                  "gained_minor": 500}  # fmt: skip
    assert report.mend_step(bottleneck) == report.MendStep("visit", 900, 0.04, 0.06, 30, 500)
    assert report.mend_step({**bottleneck, "gained_minor": 0}) is None
    assert report.mend_step(None) is None
