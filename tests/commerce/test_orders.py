"""Orders: placed once, corrected, moved on, refused without a trace."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.commerce.actions import returns
from regulars.commerce.actions.orders import (
    CannotChange,
    CannotMove,
    CannotPlace,
    OrderRefusal,
    cancel_order,
    change_order,
    change_status,
    place_order,
)
from regulars.commerce.models import Order, OrderLine
from regulars.commerce.queries.orders import (
    OrderFilters,
    OrderSort,
    history_of_order,
    newest_order_at,
    order_of,
    orders_of_customer,
    orders_page,
)
from regulars.commerce.rules import OrderLineDraft, OrderStatus
from regulars.commerce.rules.orders import BadAmounts
from regulars.foundation import audit
from regulars.foundation.models import AuditEntry, Event
from regulars.shop import actions as shop_actions
from regulars.shop.rules.rates import RateMissing
from tests.commerce.conftest import DAY, NOW, Cast, Draft


def state() -> list[Any]:
    """All that an action on orders could have written."""
    return [
        list(model.objects.order_by("pk").values())  # type: ignore[attr-defined]
        for model in (Order, OrderLine, Event, AuditEntry)
    ]


def refused(error: type[Exception], act: Callable[[], Any]) -> Any:
    before = state()
    with pytest.raises(error) as caught:
        act()
    assert state() == before
    return caught.value


def test_an_order_is_placed_with_its_lines_and_frozen_amounts(cast: Cast, draft: Draft) -> None:
    said = draft(discount_minor=139_00, delivery_minor=300_00, comment="позвонить")
    order = order_of(place_order(draft=said, by=cast.by, now=NOW).order_id)
    assert order
    assert (order.goods_minor, order.discount_minor, order.row.total_minor) == (1390_00, 139_00, 1551_00)
    assert [line.total_minor for line in order.lines] == [630_00, 621_00]
    assert [line.sku for line in order.lines] == ["SEN-100", "ARA-250"]
    assert (order.rate, order.row.base_total_minor, order.local_hour) == (1, 1551_00, 15)
    [placed] = history_of_order(order.row.id)
    assert (placed.kind, placed.customer_id, placed.occurred_at) == ("commerce.order_placed", cast.anna, NOW - DAY)


def test_another_currency_keeps_the_rate_of_its_day(cast: Cast, draft: Draft) -> None:
    lines = (OrderLineDraft(variant_id=cast.sencha_100, quantity_milli=3000, unit_price_minor=333),)
    order_id = place_order(draft=draft(currency="EUR", lines=lines, delivery_minor=1), by=cast.by, now=NOW).order_id
    shop_actions.set_rate(currency="EUR", valid_from_date=date(2026, 2, 1), rate=Decimal(100), by=cast.by, now=NOW)
    order = order_of(order_id)
    assert order
    assert (order.rate, order.row.base_total_minor) == (Decimal("90.5"), 90_500)
    assert OrderLine.objects.get(order_id=order_id).base_total_minor == 90_410


def test_the_local_date_is_the_stores(cast: Cast, draft: Draft) -> None:
    store_id = shop_actions.add_store(name="Владивосток", code="vvo", time_zone="Asia/Vladivostok", by=cast.by, now=NOW)
    at = datetime(2026, 3, 9, 18, 30, tzinfo=UTC)
    place_order(draft=draft(number="a", placed_at=at), by=cast.by, now=NOW)
    place_order(draft=draft(number="b", placed_at=at, store_id=store_id), by=cast.by, now=NOW)
    assert list(Order.objects.order_by("number").values_list("local_date", "local_hour")) == [
        (date(2026, 3, 9), 21),
        (date(2026, 3, 10), 4),
    ]


def test_the_same_order_again_changes_nothing(cast: Cast, draft: Draft) -> None:
    first = place_order(draft=draft(), by=cast.by, now=NOW)
    before = state()
    again = place_order(draft=draft(), by=cast.by, now=NOW + DAY)
    assert (again.order_id, again.is_new) == (first.order_id, False)
    assert state() == before


def test_a_known_number_with_other_content_is_refused(cast: Cast, draft: Draft, order: UUID) -> None:
    error = refused(CannotPlace, lambda: place_order(draft=draft(delivery_minor=1), by=cast.by, now=NOW))
    assert error.reason == OrderRefusal.OTHER_CONTENT


def test_an_order_dated_after_now_is_refused(cast: Cast, draft: Draft) -> None:
    error = refused(CannotPlace, lambda: place_order(draft=draft(placed_at=NOW + DAY), by=cast.by, now=NOW))
    assert error.reason == OrderRefusal.FUTURE


def test_a_missing_rate_is_named(cast: Cast, draft: Draft) -> None:
    error = refused(RateMissing, lambda: place_order(draft=draft(currency="USD"), by=cast.by, now=NOW))
    assert (error.currency, error.on_date) == ("USD", date(2026, 3, 9))


@pytest.mark.parametrize(
    "values", [{"lines": ()}, {"discount_minor": 1390_01}, {"delivery_minor": -1}, {"status": OrderStatus.CANCELLED}]
)
def test_bad_figures_are_refused(cast: Cast, draft: Draft, values: dict[str, Any]) -> None:
    refused(ValueError, lambda: place_order(draft=draft(**values), by=cast.by, now=NOW))


def test_a_stranger_is_refused(cast: Cast, draft: Draft) -> None:
    refused(LookupError, lambda: place_order(draft=draft(customer_id=uuid4()), by=cast.by, now=NOW))


def test_a_guest_needs_no_customer(cast: Cast, draft: Draft) -> None:
    order = order_of(place_order(draft=draft(customer_id=None), by=cast.by, now=NOW).order_id)
    assert order
    assert order.row.customer_id is None


def test_equal_lines_both_stand(cast: Cast, draft: Draft) -> None:
    line = OrderLineDraft(variant_id=cast.sencha_100, quantity_milli=1000, unit_price_minor=350_00)
    order_id = place_order(draft=draft(lines=(line, line, replace(line, is_gift=True))), by=cast.by, now=NOW).order_id
    order = order_of(order_id)
    assert order
    assert [one.total_minor for one in order.lines] == [350_00, 350_00, 0]


def test_a_correction_replaces_lines_and_keeps_the_rest(cast: Cast, draft: Draft, order: UUID) -> None:
    kept = OrderLine.objects.get(order_id=order, variant_id=cast.sencha_100).id
    lines = (OrderLineDraft(variant_id=cast.sencha_100, quantity_milli=3000, unit_price_minor=350_00),)
    corrected = draft(lines=lines, customer_id=cast.boris)

    assert change_order(order_id=order, draft=corrected, by=cast.by, now=NOW)
    assert not change_order(order_id=order, draft=corrected, by=cast.by, now=NOW)

    view = order_of(order)
    assert view
    assert (view.row.total_minor, view.row.customer_id) == (1050_00, cast.boris)
    assert [line.id for line in view.lines] == [kept]
    assert [event.kind for event in history_of_order(order)] == ["commerce.order_placed", "commerce.order_changed"]
    [entry] = audit.page(subject_kind="order", subject_id=str(order)).rows
    assert (entry.before["total_minor"], entry.after["total_minor"]) == (1390_00, 1050_00)


def test_a_line_that_came_back_cannot_be_taken_out(cast: Cast, draft: Draft, order: UUID) -> None:
    line = OrderLine.objects.get(order_id=order, variant_id=cast.sencha_100)
    returns.return_lines(
        order_id=order, lines=[returns.LineReturn(line.id, 2000)], returned_at=NOW, by=cast.by, now=NOW
    )
    whole = draft().lines
    for lines in (whole[1:], (replace(whole[0], quantity_milli=1000), whole[1])):
        error = refused(
            CannotChange,
            lambda lines=lines: change_order(order_id=order, draft=draft(lines=lines), by=cast.by, now=NOW),
        )
        assert error.reason == OrderRefusal.LINE_RETURNED


def test_an_order_goes_its_way_and_not_back(cast: Cast, order: UUID) -> None:
    for status in (OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED):
        change_status(order_id=order, status=status, by=cast.by, now=NOW)
    error = refused(CannotMove, lambda: change_status(order_id=order, status=OrderStatus.PAID, by=cast.by, now=NOW))
    assert (error.current, error.target) == (OrderStatus.COMPLETED, OrderStatus.PAID)
    refused(CannotMove, lambda: cancel_order(order_id=order, by=cast.by, now=NOW))
    assert len(history_of_order(order)) == 4


def test_a_cancelled_order_keeps_its_amounts(cast: Cast, draft: Draft, order: UUID) -> None:
    cancel_order(order_id=order, by=cast.by, now=NOW)
    view = order_of(order)
    assert view
    assert (view.row.status, view.row.total_minor) == (OrderStatus.CANCELLED, 1390_00)
    assert history_of_order(order)[-1].kind == "commerce.order_cancelled"
    refused(CannotChange, lambda: change_order(order_id=order, draft=draft(comment="x"), by=cast.by, now=NOW))


def test_an_order_with_returns_is_not_cancelled(cast: Cast, order: UUID) -> None:
    line = OrderLine.objects.filter(order_id=order).first()
    assert line
    returns.return_lines(
        order_id=order, lines=[returns.LineReturn(line.id, 1000)], returned_at=NOW, by=cast.by, now=NOW
    )
    refused(CannotMove, lambda: cancel_order(order_id=order, by=cast.by, now=NOW))


def test_a_draft_becomes_news_when_it_is_placed(cast: Cast, draft: Draft) -> None:
    order_id = place_order(draft=draft(status=OrderStatus.DRAFT), by=cast.by, now=NOW).order_id
    assert history_of_order(order_id) == []
    change_status(order_id=order_id, status=OrderStatus.PLACED, by=cast.by, now=NOW)
    kinds = {event.kind for event in history_of_order(order_id)}
    assert kinds == {"commerce.order_placed", "commerce.order_status_changed"}


def test_lists_are_narrowed_sorted_and_paged(cast: Cast, draft: Draft) -> None:
    small = (OrderLineDraft(variant_id=cast.arabica_250, quantity_milli=1000, unit_price_minor=690_00),)
    for i in range(5):
        place_order(draft=draft(number=f"ЗАК-{i}", placed_at=NOW - i * DAY), by=cast.by, now=NOW)
    place_order(draft=draft(number="guest", customer_id=None, lines=small), by=cast.by, now=NOW)

    def numbers(sort: OrderSort = OrderSort.NEWEST, **filters: Any) -> list[str]:
        return [row.number for row in orders_page(filters=OrderFilters(**filters), sort=sort).rows]

    assert numbers(text="зак-3") == ["ЗАК-3"]
    assert "guest" not in numbers(text="сенча")
    assert numbers(text="ara-250", is_guest=True) == ["guest"]
    assert numbers(is_guest=True) == ["guest"]
    assert numbers(OrderSort.OLDEST)[0] == "ЗАК-4"
    assert numbers(OrderSort.LARGEST)[-1] == "guest"
    assert numbers(from_date=date(2026, 3, 10)) == ["ЗАК-0"]
    assert numbers(status=OrderStatus.PAID) == []
    assert numbers(has_returns=True) == []
    assert [row.number for row in orders_of_customer(cast.boris).rows] == []
    assert newest_order_at() == NOW
    for sort in OrderSort:
        seen: list[str] = []
        cursor = None
        while True:
            page = orders_page(sort=sort, cursor=cursor, limit=2)
            seen += [row.number for row in page.rows]
            if not (cursor := page.next_cursor):
                break
        assert seen == numbers(sort)
        assert len(seen) == 6


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_one_query_and_a_search_two(
    cast: Cast, draft: Draft, number: int, django_assert_num_queries: Any
) -> None:
    for i in range(number):
        place_order(draft=draft(number=str(i)), by=cast.by, now=NOW)
    with django_assert_num_queries(1):
        assert len(orders_page().rows) == number
    with django_assert_num_queries(2):
        assert len(orders_page(filters=OrderFilters(text="сенча")).rows) == number
    known = orders_page().rows[0].id
    with django_assert_num_queries(2):
        assert order_of(known)


def test_zero_price_is_no_bad_amount(cast: Cast, draft: Draft) -> None:
    free = OrderLineDraft(variant_id=cast.sencha_100, quantity_milli=1000, unit_price_minor=0)
    assert place_order(draft=draft(lines=(free,)), by=cast.by, now=NOW).is_new
    below = replace(free, unit_price_minor=-1)
    refused(BadAmounts, lambda: place_order(draft=draft(number="2", lines=(below,)), by=cast.by, now=NOW))
