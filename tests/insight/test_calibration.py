"""What the product says of customers comes true as often as it says, on shops whose truth is known."""

from pathlib import Path

import pytest

from tests.simulation import Judged, World, judged, promises, simulate

# Full counts and more worlds: tests/soak/test_calibration_soak.py.
ODD = {
    "nobody leaves": World(customers=60, leaving=None, past_days=200),
    "everybody leaves after the first purchase": World(customers=60, leaving=(500.0, 0.5), past_days=200),
    "very young": World(customers=80, past_days=20),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return judged(simulate(World(customers=1200)), tmp_path_factory.mktemp("shop"))


def test_chances_come_true(shop: Judged) -> None:
    promises.chances_come_true(shop)


def test_a_years_money_lies_in_its_interval_eight_times_of_ten(shop: Judged) -> None:
    promises.years_money_lies_in_its_interval(shop)


def test_the_next_purchase_falls_into_its_window_eight_times_of_ten(shop: Judged) -> None:
    promises.next_purchase_falls_into_its_window(shop)


def test_totals_come_out(shop: Judged) -> None:
    promises.totals_come_out(shop)


@pytest.mark.parametrize("world", ODD.values(), ids=ODD.keys())
def test_odd_worlds_are_told_of_within_bounds(world: World, tmp_path: Path) -> None:
    promises.everything_is_within_bounds(judged(simulate(world), tmp_path))
