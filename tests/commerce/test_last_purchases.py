"""What customers bought last, for those who look at many at once."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.commerce.models import OrderLine
from regulars.commerce.queries.orders import last_purchases_of
from tests.insight.shops import Bought, Line, load, set_up

pytestmark = pytest.mark.django_db


def test_the_newest_kept_order_counts_with_its_dearest_goods_first() -> None:
    set_up()
    goods = (Line(0, 300), Line(1, 900), Line(0, 100), Line(2, 5000))
    loaded = load([Bought(0, 10, goods), Bought(0, 5), Bought(0, 20, status="cancelled"), Bought(1, 7)], customers=3)
    found = last_purchases_of(loaded.customers)
    assert found.keys() == set(loaded.customers[:2])
    assert found[loaded.customers[0]].order_id == loaded.orders[0]
    assert found[loaded.customers[0]].goods == ["Product 1", "Product 0"], "each once, no delivery"


def test_gifts_for_others_are_left_out() -> None:
    set_up()
    loaded = load([Bought(0, 10, (Line(0, 300), Line(1, 900)))])
    OrderLine.objects.filter(variant_id=loaded.variants[1]).update(is_gift=True)
    assert last_purchases_of(loaded.customers)[loaded.customers[0]].goods == ["Product 0"]


def test_two_queries_for_any_number_of_customers() -> None:
    set_up()
    loaded = load([Bought(who, day) for who in range(3) for day in (1, 9)])
    for count in (1, 3):
        with CaptureQueriesContext(connection) as queries:
            assert len(last_purchases_of(loaded.customers[:count])) == count
        assert len(queries) == 2
