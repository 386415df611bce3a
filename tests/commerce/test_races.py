"""Two at once, each with a connection of its own: what must be once is once, and nothing exceeds."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from regulars.commerce.actions.orders import CannotMove, cancel_order, change_status, place_order
from regulars.commerce.actions.returns import CannotMatch, CannotReturn, LineReturn, match_return, return_lines
from regulars.commerce.models import Order, OrderLine, Return, ReturnLine
from regulars.commerce.rules import OrderStatus
from regulars.commerce.rules.returns import TooMuchReturned
from regulars.customers.actions.merging import merge_customers
from regulars.customers.rules import MergeReason
from regulars.foundation.models import Event
from tests.commerce.conftest import NOW, draft_of, make_cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each answered or raised; they start together."""
    barrier, answers = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            answers[place] = act()
        except Exception as error:
            answers[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(i, act)) for i, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_two_placements_of_the_same_order_are_one() -> None:
    cast = make_cast()
    draft = draft_of(cast)
    answers = at_once(*[lambda: place_order(draft=draft, by=cast.by, now=NOW)] * 4)
    assert sorted(answer.is_new for answer in answers) == [False, False, False, True]
    assert len({answer.order_id for answer in answers}) == 1
    assert (Order.objects.count(), OrderLine.objects.count()) == (1, 2)
    assert Event.objects.filter(kind="commerce.order_placed").count() == 1


def test_returns_of_the_same_line_never_exceed_it() -> None:
    cast = make_cast()
    order_id = place_order(draft=draft_of(cast), by=cast.by, now=NOW).order_id
    line = OrderLine.objects.get(variant_id=cast.sencha_100).id

    def take_back() -> Any:
        return return_lines(order_id=order_id, lines=[LineReturn(line, 1000)], returned_at=NOW, by=cast.by, now=NOW)

    answers = at_once(*[take_back] * 5)
    assert sum(isinstance(answer, TooMuchReturned) for answer in answers) == 3
    assert OrderLine.objects.get(id=line).returned_milli == 2000
    assert Order.objects.get().returned_minor == 700_00
    assert sorted(Return.objects.values_list("number", flat=True)) == ["1-R1", "1-R2"]


def test_a_return_and_matching_by_hand_share_what_is_left() -> None:
    cast = make_cast()
    order_id = place_order(draft=draft_of(cast), by=cast.by, now=NOW).order_id
    line = OrderLine.objects.get(variant_id=cast.sencha_100).id
    head = Return.objects.create(
        source="csv",
        number="C1",
        customer_id=cast.anna,
        returned_at=NOW,
        local_date=NOW.date(),
        currency="RUB",
        total_minor=700_00,
        base_total_minor=700_00,
        is_matched=False,
        recorded_at=NOW,
    )
    part = ReturnLine.objects.create(
        return_of=head,
        key="1",
        variant_id=cast.sencha_100,
        quantity_milli=2000,
        total_minor=700_00,
        base_total_minor=700_00,
    ).id
    answers = at_once(
        lambda: match_return(return_line_id=part, order_line_id=line, by=cast.by, now=NOW),
        lambda: return_lines(order_id=order_id, lines=[LineReturn(line, 2000)], returned_at=NOW, by=cast.by, now=NOW),
        lambda: match_return(return_line_id=part, order_line_id=line, by=cast.by, now=NOW),
    )
    assert sum(isinstance(answer, TooMuchReturned | CannotMatch) for answer in answers) == 2, answers
    assert OrderLine.objects.get(id=line).returned_milli == 2000
    assert Order.objects.get().returned_minor == 700_00


def test_a_status_is_reached_once_and_a_cancelled_order_takes_nothing_back() -> None:
    cast = make_cast()
    order_id = place_order(draft=draft_of(cast), by=cast.by, now=NOW).order_id
    line = OrderLine.objects.get(variant_id=cast.sencha_100).id
    answers = at_once(
        lambda: change_status(order_id=order_id, status=OrderStatus.COMPLETED, by=cast.by, now=NOW),
        lambda: cancel_order(order_id=order_id, by=cast.by, now=NOW),
        lambda: return_lines(order_id=order_id, lines=[LineReturn(line, 1000)], returned_at=NOW, by=cast.by, now=NOW),
    )
    order = Order.objects.get()
    if order.status == OrderStatus.CANCELLED:
        assert [type(answer) for answer in answers[::2]] == [CannotMove, CannotReturn]
        assert not Return.objects.exists()
    else:
        assert isinstance(answers[1], CannotMove)
        assert (order.status, order.returned_minor) == (OrderStatus.COMPLETED, 350_00)


def test_an_order_placed_during_a_merge_is_the_survivors() -> None:
    cast = make_cast()
    said = [draft_of(cast, number=str(i)) for i in range(4)]
    answers = at_once(
        lambda: merge_customers(
            survivor_id=cast.boris, absorbed_id=cast.anna, reason=MergeReason.BY_HAND, by=cast.by, now=NOW
        ),
        *[lambda draft=draft: place_order(draft=draft, by=cast.by, now=NOW) for draft in said],
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)], answers
    assert set(Order.objects.values_list("customer_id", flat=True)) == {cast.boris}
