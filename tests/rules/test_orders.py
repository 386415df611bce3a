"""Orders, returns, prices and enquiries as pure decisions."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.commerce.rules import OrderDraft, OrderLineDraft, OrderStatus, may_move
from regulars.commerce.rules.orders import (
    MOVES,
    BadAmounts,
    amounts_of,
    amounts_of_draft,
    content_hash,
    goods_amount,
    line_keys,
    local_moment,
    parts_in_base,
)

NOW = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
TEA, COFFEE = UUID(int=1), UUID(int=2)
goods = st.lists(st.integers(0, 10**9), min_size=1, max_size=12)


def draft(*lines: OrderLineDraft, **values: object) -> OrderDraft:
    said = {"source": "desk", "number": "1", "customer_id": None, "placed_at": NOW, "currency": "RUB", **values}
    return OrderDraft(lines=lines or (line(),), **said)  # type: ignore[arg-type]


def line(**values: object) -> OrderLineDraft:
    said = {"variant_id": TEA, "quantity_milli": 1000, "unit_price_minor": 350_00, **values}
    return OrderLineDraft(**said)  # type: ignore[arg-type]


@given(goods, st.data())
def test_amounts_always_add_up(prices: list[int], data: st.DataObject) -> None:
    own = [data.draw(st.integers(0, price)) for price in prices]
    left = sum(prices) - sum(own)
    discount, delivery, tax = data.draw(st.integers(0, left)), data.draw(st.integers(0, 10**6)), 7

    amounts = amounts_of(
        list(zip(prices, own, strict=True)), discount_minor=discount, delivery_minor=delivery, tax_minor=tax
    )

    assert amounts.goods_minor == sum(prices)
    assert amounts.discount_minor == sum(own) + discount == sum(one.discount_minor for one in amounts.lines)
    assert amounts.total_minor == sum(one.total_minor for one in amounts.lines) + delivery + tax
    assert all(one.total_minor == one.goods_minor - one.discount_minor >= 0 for one in amounts.lines)


@pytest.mark.parametrize(
    ("lines", "more", "reason"),
    [
        ([], {}, "no_lines"),
        ([(100, 0)], {"discount_minor": 101}, "discount"),
        ([(100, 0)], {"discount_minor": -1}, "discount"),
        ([(100, 101)], {}, "discount"),
        ([(100, 0)], {"delivery_minor": -1}, "delivery"),
        ([(100, 0)], {"tax_minor": -1}, "tax"),
    ],
)
def test_figures_that_cannot_be_added_up_are_refused(
    lines: list[tuple[int, int]], more: dict[str, int], reason: str
) -> None:
    with pytest.raises(BadAmounts) as refused:
        amounts_of(lines, **more)
    assert refused.value.reason == reason


def test_a_gift_line_costs_nothing_and_takes_no_share_of_the_discount() -> None:
    amounts = amounts_of_draft(draft(line(), line(variant_id=COFFEE, is_gift=True), discount_minor=50_00))
    assert [one.total_minor for one in amounts.lines] == [300_00, 0]


def test_tax_that_prices_hold_is_not_added() -> None:
    assert amounts_of_draft(draft(tax_minor=58_33)).total_minor == 350_00
    assert amounts_of_draft(draft(tax_minor=70_00, is_tax_included=False)).total_minor == 420_00


@pytest.mark.parametrize(
    ("quantity", "price", "amount"), [(1500, 3, 4), (500, 1, 0), (1500, 1, 2), (250, 399_90, 99_98), (2500, 1, 2)]
)
def test_goods_are_rounded_half_to_even(quantity: int, price: int, amount: int) -> None:
    assert goods_amount(quantity, price) == amount


@given(
    st.lists(st.integers(-(10**8), 10**8), min_size=1, max_size=10),
    st.decimals(min_value="0.0001", max_value=500, places=4),
)
def test_parts_in_base_add_up_to_the_whole(parts: list[int], rate: Decimal) -> None:
    total, bases = parts_in_base(parts, currency="EUR", base_currency="RUB", rate=rate)
    assert sum(bases) == total
    assert all(abs(base - part * rate) <= 1 for base, part in zip(bases, parts, strict=True))


def test_the_base_currency_is_left_as_it_is() -> None:
    assert parts_in_base([1, 2, 3], currency="RUB", base_currency="RUB", rate=Decimal(1)) == (6, [1, 2, 3])


def test_yen_have_no_minor_unit() -> None:
    assert parts_in_base([1000], currency="JPY", base_currency="RUB", rate=Decimal("0.55")) == (55_000, [55_000])


def test_the_local_date_is_that_of_the_place() -> None:
    assert local_moment(NOW, "Europe/Moscow") == (date(2026, 3, 3), 1)
    assert local_moment(NOW, "America/New_York") == (date(2026, 3, 2), 17)


def test_equal_lines_are_told_apart_by_their_ordinal() -> None:
    assert line_keys(["a", "b", "a", "a"]) == ["a#1", "b#1", "a#2", "a#3"]


def test_what_is_said_the_same_has_the_same_digest() -> None:
    moscow = draft(placed_at=NOW.astimezone(datetime.fromisoformat("2026-01-01T00:00+03:00").tzinfo))
    assert content_hash(draft()) == content_hash(moscow) == content_hash(draft(status=OrderStatus.PAID))
    assert content_hash(draft()) != content_hash(draft(line(quantity_milli=2000)))
    assert content_hash(draft()) != content_hash(draft(comment="ring twice"))


def test_no_way_leads_back() -> None:
    for status in OrderStatus:
        reached, frontier = set(), set(MOVES[status])
        while frontier:
            reached |= frontier
            frontier = {target for one in frontier for target in MOVES[one]} - reached
        assert status not in reached
    assert may_move(OrderStatus.PLACED, OrderStatus.PAID)
    assert not may_move(OrderStatus.COMPLETED, OrderStatus.CANCELLED)
