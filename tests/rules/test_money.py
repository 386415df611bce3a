from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.foundation.money import CurrencyMismatch, Money, converted, exponent_of, minor_from, split

amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=30)


@given(amounts, weights)
def test_parts_add_up_exactly(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert len(parts) == len(weights)
    assert sum(parts) == amount


@given(amounts, weights)
def test_no_part_is_further_than_one_unit_from_its_share(amount: int, weights: list[int]) -> None:
    total = sum(weights)
    fair = [amount * w / Decimal(total) for w in weights] if total else [amount / Decimal(len(weights))] * len(weights)
    assert all(abs(part - share) < 1 for part, share in zip(split(amount, weights), fair, strict=True))


@given(amounts, weights)
def test_a_return_is_split_as_its_sale(amount: int, weights: list[int]) -> None:
    assert split(-amount, weights) == [-part for part in split(amount, weights)]


@given(st.integers(0, 10**6), weights)
def test_nothing_goes_to_a_part_without_weight(amount: int, weights: list[int]) -> None:
    if sum(weights):
        assert all(part == 0 for part, weight in zip(split(amount, weights), weights, strict=True) if weight == 0)


def test_equal_remainders_go_to_the_earlier_part() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(5, [0, 0]) == [3, 2]


def test_what_cannot_be_split_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to split"):
        split(1, [])
    with pytest.raises(ValueError, match="negative"):
        split(1, [2, -1])


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [("RUB", "10.005", 1000), ("RUB", "10.015", 1002), ("JPY", "10.5", 10), ("KWD", "1.2345", 1234)],
)
def test_minor_units_follow_the_currency_and_round_half_to_even(currency: str, amount: str, minor: int) -> None:
    assert minor_from(Decimal(amount), currency) == minor


@given(st.integers(-(10**12), 10**12), st.sampled_from(["RUB", "JPY", "KWD"]))
def test_major_and_minor_units_are_each_others_inverse(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert minor_from(money.amount, currency) == minor
    assert money.amount == Decimal(minor) / 10 ** exponent_of(currency)


def test_currencies_do_not_mix() -> None:
    roubles, euros = Money(100, "RUB"), Money(100, "EUR")
    for mix in (lambda: roubles + euros, lambda: roubles - euros, lambda: roubles < euros):
        with pytest.raises(CurrencyMismatch):
            mix()
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, "rub")


def test_conversion_crosses_exponents() -> None:
    assert converted(Money(10_000, "JPY"), to="RUB", rate=Decimal("0.6")) == Money(600_000, "RUB")
