"""Goods that come back: never more than was bought, worth their share, matched by hand where nothing was found."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.commerce.actions import orders
from regulars.commerce.actions.returns import (
    CannotMatch,
    CannotReturn,
    LineReturn,
    ReturnRefusal,
    match_return,
    return_lines,
    write_off_stock,
)
from regulars.commerce.models import Order, OrderLine, Return, ReturnLine, StockWriteOff
from regulars.commerce.queries.returns import (
    match_candidates,
    return_of,
    returns_of_customer,
    returns_of_order,
    unmatched_count,
    unmatched_returns,
)
from regulars.commerce.rules.returns import TooMuchReturned
from regulars.foundation.models import AuditEntry, Event
from tests.commerce.conftest import DAY, NOW, Cast, Draft


def state() -> list[Any]:
    tables = (Order, OrderLine, Return, ReturnLine, StockWriteOff, Event, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in tables]  # type: ignore[attr-defined]


def refused(error: type[Exception], act: Callable[[], Any]) -> Any:
    before = state()
    with pytest.raises(error) as caught:
        act()
    assert state() == before
    return caught.value


@pytest.fixture
def line(cast: Cast, order: UUID) -> UUID:
    """Anna's two packs of sencha."""
    return OrderLine.objects.get(order_id=order, variant_id=cast.sencha_100).id


def take_back(cast: Cast, order: UUID, line: UUID, quantity_milli: int, **values: Any) -> UUID:
    said = {"returned_at": NOW, "by": cast.by, "now": NOW, **values}
    return return_lines(order_id=order, lines=[LineReturn(line, quantity_milli)], **said)


def unmatched(cast: Cast, *, quantity_milli: int = 3000, **values: Any) -> UUID:
    """A return line as an import leaves it when it finds nothing that it undoes."""
    total = quantity_milli * 35
    said = {"source": "csv", "number": "C1", "customer_id": cast.anna, "returned_at": NOW, "currency": "RUB", **values}
    head = Return.objects.create(
        local_date=NOW.date(), total_minor=total, base_total_minor=total, is_matched=False, recorded_at=NOW, **said
    )
    return ReturnLine.objects.create(
        return_of=head,
        key="1",
        variant_id=cast.sencha_100,
        quantity_milli=quantity_milli,
        total_minor=total,
        base_total_minor=total,
    ).id


def test_a_line_comes_back_in_parts(cast: Cast, order: UUID, line: UUID) -> None:
    first = take_back(cast, order, line, 1000, reason="wrong size")
    take_back(cast, order, line, 1000)

    row = Order.objects.get(id=order)
    assert (row.returned_minor, row.base_returned_minor, row.status) == (700_00, 700_00, "placed")
    taken = return_of(first)
    assert taken
    assert (taken.number, taken.total_minor, taken.is_matched, taken.reason) == ("1-R1", 350_00, True, "wrong size")
    assert [one.number for one in returns_of_order(order)] == ["1-R1", "1-R2"]
    assert len(returns_of_customer(cast.anna).rows) == 2
    assert Event.objects.filter(kind="commerce.goods_returned", customer_id=cast.anna).count() == 2

    error = refused(TooMuchReturned, lambda: take_back(cast, order, line, 1))
    assert error.left_milli == 0


def test_the_same_number_again_changes_nothing(cast: Cast, order: UUID, line: UUID) -> None:
    first = take_back(cast, order, line, 1000, source="till", number="7")
    before = state()
    assert take_back(cast, order, line, 1000, source="till", number="7") == first
    assert state() == before


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"quantity_milli": 0}, ReturnRefusal.NOTHING),
        ({"quantity_milli": -1}, ReturnRefusal.NOTHING),
        ({"returned_at": NOW + DAY}, ReturnRefusal.FUTURE),
        ({"returned_at": NOW - 9 * DAY}, ReturnRefusal.BEFORE_ORDER),
        ({"line": uuid4()}, ReturnRefusal.OTHER_ORDER),
    ],
)
def test_what_cannot_come_back_is_refused(
    cast: Cast, order: UUID, line: UUID, values: dict[str, Any], reason: ReturnRefusal
) -> None:
    said = {"line": line, "quantity_milli": 1000, **values}
    assert refused(CannotReturn, lambda: take_back(cast, order, **said)).reason == reason


def test_nothing_comes_back_from_a_cancelled_order(cast: Cast, order: UUID, line: UUID) -> None:
    orders.cancel_order(order_id=order, by=cast.by, now=NOW)
    assert refused(CannotReturn, lambda: take_back(cast, order, line, 1)).reason == ReturnRefusal.NOT_SOLD


def test_one_line_named_twice_is_one_quantity(cast: Cast, order: UUID, line: UUID) -> None:
    twice = [LineReturn(line, 1500), LineReturn(line, 1500)]
    refused(
        TooMuchReturned,
        lambda: return_lines(order_id=order, lines=twice, returned_at=NOW, by=cast.by, now=NOW),
    )


def test_an_unmatched_return_is_pointed_at_its_line_and_the_rest_stays(cast: Cast, order: UUID, line: UUID) -> None:
    part = unmatched(cast)
    assert unmatched_count() == 1
    [candidate] = match_candidates(part)
    assert (candidate.order_line_id, candidate.left_milli, candidate.order.id) == (line, 2000, order)

    assert match_return(return_line_id=part, order_line_id=line, by=cast.by, now=NOW) == 2000

    [row] = unmatched_returns(text="c1").rows
    assert sorted(
        (one.order_line_id, one.quantity_milli, one.total_minor) for one in row.lines if one.order_line_id
    ) == [(line, 2000, 700_00)]
    assert [(one.quantity_milli, one.total_minor) for one in row.lines if not one.order_line_id] == [(1000, 350_00)]
    assert OrderLine.objects.get(id=line).returned_milli == 2000
    assert Order.objects.get(id=order).returned_minor == 700_00
    error = refused(CannotMatch, lambda: match_return(return_line_id=part, order_line_id=line, by=cast.by, now=NOW))
    assert error.reason == ReturnRefusal.MATCHED_ALREADY


def test_a_return_of_nobody_becomes_the_customers(cast: Cast, order: UUID, line: UUID) -> None:
    part = unmatched(cast, quantity_milli=1000, customer_id=None)
    match_return(return_line_id=part, order_line_id=line, by=cast.by, now=NOW)
    taken = Return.objects.get()
    assert (taken.customer_id, taken.is_matched) == (cast.anna, True)
    assert unmatched_count() == 0
    assert Event.objects.get(kind="commerce.return_matched").customer_id == cast.anna


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"customer_id": "boris"}, ReturnRefusal.OTHER_CUSTOMER),
        ({"currency": "EUR"}, ReturnRefusal.OTHER_CURRENCY),
        ({"returned_at": NOW - 9 * DAY}, ReturnRefusal.BEFORE_ORDER),
    ],
)
def test_what_does_not_fit_is_not_matched(
    cast: Cast, order: UUID, line: UUID, values: dict[str, Any], reason: ReturnRefusal
) -> None:
    if values.get("customer_id") == "boris":
        values = {"customer_id": cast.boris}
    part = unmatched(cast, **values)
    error = refused(CannotMatch, lambda: match_return(return_line_id=part, order_line_id=line, by=cast.by, now=NOW))
    assert error.reason == reason
    assert match_candidates(part) == []


def test_other_goods_are_not_matched(cast: Cast, order: UUID) -> None:
    other = OrderLine.objects.get(order_id=order, variant_id=cast.arabica_250).id
    part = unmatched(cast)
    error = refused(CannotMatch, lambda: match_return(return_line_id=part, order_line_id=other, by=cast.by, now=NOW))
    assert error.reason == ReturnRefusal.OTHER_GOODS


def test_stock_is_written_off_once(cast: Cast) -> None:
    said: dict[str, Any] = {"source": "csv", "key": "9:1", "variant_id": cast.sencha_100, "quantity_milli": 5000}
    first = write_off_stock(at=NOW, by=cast.by, now=NOW, **said)
    assert write_off_stock(at=NOW, by=cast.by, now=NOW, **said) == first
    assert StockWriteOff.objects.count() == 1
    assert Event.objects.filter(kind="commerce.stock_written_off").count() == 1


@pytest.mark.parametrize("number", [1, 3])
def test_a_list_takes_two_queries(cast: Cast, number: int, django_assert_num_queries: Any) -> None:
    for i in range(number):
        unmatched(cast, number=str(i))
    with django_assert_num_queries(2):
        assert len(unmatched_returns().rows) == number


def test_returns_are_paged(cast: Cast, draft: Draft) -> None:
    for i in range(5):
        unmatched(cast, number=str(i), returned_at=NOW - i * DAY)
    first = unmatched_returns(limit=3)
    second = unmatched_returns(limit=3, cursor=first.next_cursor)
    assert [row.number for row in [*first.rows, *second.rows]] == ["0", "1", "2", "3", "4"]
    assert second.next_cursor is None
