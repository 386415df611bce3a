"""What returns are worth and what they undo."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.commerce.rules.returns import (
    ReturnedGoods,
    ReturnMatch,
    SoldLine,
    TooMuchReturned,
    match_returns,
    returned_amount,
    split_amounts,
)

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def sold(id_: int, day: int, left: int, key: str = "anna tea") -> SoldLine:
    return SoldLine(UUID(int=id_), key, DAY + timedelta(days=day), left)


def returned(id_: int, day: int, quantity: int, key: str = "anna tea") -> ReturnedGoods:
    return ReturnedGoods(UUID(int=id_), key, DAY + timedelta(days=day), quantity)


def match(return_id: int, line_id: int | None, quantity: int) -> ReturnMatch:
    return ReturnMatch(UUID(int=return_id), UUID(int=line_id) if line_id else None, quantity)


@given(st.integers(0, 10**8), st.lists(st.integers(1, 5000), min_size=1, max_size=8))
def test_the_parts_of_a_line_are_worth_the_whole(total: int, steps: list[int]) -> None:
    quantity, before, amounts = sum(steps), 0, []
    for step in steps:
        amounts.append(
            returned_amount(
                line_total_minor=total, line_quantity_milli=quantity, returned_milli=before, quantity_milli=step
            )
        )
        before += step
    assert sum(amounts) == total
    assert min(amounts) >= 0


@pytest.mark.parametrize("quantity", [0, -1, 1001])
def test_no_more_comes_back_than_was_bought(quantity: int) -> None:
    with pytest.raises(TooMuchReturned) as refused:
        returned_amount(line_total_minor=100, line_quantity_milli=3000, returned_milli=2000, quantity_milli=quantity)
    assert refused.value.left_milli == 1000


def test_the_latest_order_before_the_return_comes_first() -> None:
    lines = [sold(1, day=1, left=1000), sold(2, day=5, left=1000), sold(3, day=20, left=1000)]
    assert match_returns([returned(9, day=10, quantity=1000)], lines) == [match(9, 2, 1000)]


def test_a_return_is_split_over_lines_and_the_rest_stays_unmatched() -> None:
    lines = [sold(1, day=1, left=2000), sold(2, day=5, left=1000)]
    assert match_returns([returned(9, day=10, quantity=5000)], lines) == [
        match(9, 2, 1000),
        match(9, 1, 2000),
        match(9, None, 2000),
    ]


def test_returns_share_what_is_left_and_the_earlier_one_chooses_first() -> None:
    later, earlier = returned(8, day=12, quantity=1000), returned(9, day=10, quantity=1000)
    lines = [sold(1, day=1, left=1000), sold(2, day=11, left=1000)]
    assert match_returns([later, earlier], lines) == [match(9, 1, 1000), match(8, 2, 1000)]


def test_another_customer_or_price_is_another_matter() -> None:
    assert match_returns([returned(9, day=10, quantity=1)], [sold(1, day=1, left=1, key="boris tea")]) == [
        match(9, None, 1)
    ]


keys = st.sampled_from(["anna tea", "anna coffee", "boris tea"])
lines_strategy = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4000), keys), max_size=10)
returns_strategy = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6000), keys), max_size=10)


@given(lines_strategy, returns_strategy, st.randoms())
def test_matching_loses_nothing_exceeds_nothing_and_knows_no_order(lines, returns, random) -> None:  # type: ignore[no-untyped-def]
    bought = [sold(i + 1, day, left, key) for i, (day, left, key) in enumerate(lines)]
    back = [returned(i + 100, day, quantity, key) for i, (day, quantity, key) in enumerate(returns)]

    matches = match_returns(back, bought)

    for goods in back:
        assert sum(m.quantity_milli for m in matches if m.return_id == goods.id) == goods.quantity_milli
    by_id = {one.id: one for one in back}
    for line in bought:
        mine = [m for m in matches if m.order_line_id == line.id]
        assert sum(m.quantity_milli for m in mine) <= line.left_milli
        assert all(by_id[m.return_id].key == line.key for m in mine)
        assert all(by_id[m.return_id].returned_at >= line.placed_at for m in mine)
    assert all(m.quantity_milli > 0 for m in matches)
    random.shuffle(bought)
    random.shuffle(back)
    assert match_returns(back, bought) == matches


@given(st.integers(0, 10**8), st.integers(0, 10**8), st.lists(st.integers(1, 10**6), min_size=1, max_size=6))
def test_split_amounts_add_up(total: int, base: int, quantities: list[int]) -> None:
    parts = split_amounts(total, base, quantities)
    assert [sum(part[i] for part in parts) for i in (0, 1)] == [total, base]
