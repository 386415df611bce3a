"""What the page of a product says of what goes with it, when it is bought again, and what became of its buyers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.audience.queries import moment
from regulars.foundation import clock
from regulars.foundation.access import Role
from regulars.shop import actions as shop
from tests.desk.found import product_row, publish
from tests.insight.shops import BY, NOW, Bought, CameBack, Line, Loaded, load, set_up

SignIn = Callable[[Role], Client]


@pytest.fixture
def sign_in(db: None, django_user_model: Any) -> SignIn:
    set_up()

    def make(role: Role) -> Client:
        staff_id = shop.add_staff(
            email=f"{role}@tea.example", name="Olga", role=role, password="correct horse tea", by=BY, now=NOW
        )
        client = Client(headers={"accept-language": "en"})
        client.force_login(
            django_user_model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return make


def firsts(product_id: Any, *, back: int, had: int) -> dict[str, Any]:
    row = {"key": product_id.hex, "customers": had, "had": [had] * 3, "back": [back] * 3, "year_minor": 0}
    prior = {"mean": 0.4, "strength": 10.0}
    return {"horizons": [90, 180, 365], "shop": row, "kinds": {"product": [row]}, "priors": {"product": [prior] * 3},
            "left_out": 0}  # fmt: skip


def publish_product(loaded: Loaded, *, due: int = 1, back: int = 90, **values: Any) -> None:
    """The first product goes with the second, by way of it leads to the third; so many customers are due."""
    tea, jam, cup = loaded.products
    links = [
        ("same", tea, jam, 3.0, 34, 120, None),
        ("same", jam, cup, 4.0, 12, 60, None),
        ("then", tea, cup, 2.0, 3, 120, jam),
    ]
    as_of = moment(clock.now()).at
    last_at, due_at = as_of - timedelta(days=30), as_of - timedelta(days=6)
    refills = [(customer, tea, 5, last_at, 24.0, due_at) for customer in loaded.customers[:due]]
    found = {"refill_days": 24.0, "refill_low_days": 14.0, "refill_high_days": 41.0, "refill_gaps": 80, **values}
    rows = [product_row(tea, **found), product_row(jam), product_row(cup)]
    publish(products=rows, shop={"firsts": firsts(tea, back=back, had=120)}, links=links, refills=refills)


def sold(customers: int = 3) -> Loaded:
    return load([Bought(n, 100, (Line(0, 1000),)) for n in range(customers)], kinds=("goods", "goods", "goods"))


def page_of(client: Client, loaded: Loaded, tail: str = "") -> str:
    return client.get(f"/products/{loaded.products[0]}{tail}").content.decode()


def test_a_product_says_what_goes_with_it_and_by_which_way(sign_in: SignIn) -> None:
    loaded = sold()
    publish_product(loaded)
    page = page_of(sign_in(Role.OWNER), loaded)
    assert "34 of 120 buyers take it too, 3 times as often as others" in page
    assert "34 of 120 buyers of this take “Product 1”, and 12 of its 60 buyers take that" in page
    assert "24 days" in page
    assert "Eight of ten times after 14 to 41 days; known from 80 intervals." in page
    assert "6 days late" in page
    assert "3% of the money" in page


def test_whether_a_product_makes_regulars_is_said_with_its_uncertainty(sign_in: SignIn) -> None:
    loaded = sold()
    owner = sign_in(Role.OWNER)
    publish_product(loaded, back=90)
    page = page_of(owner, loaded)
    assert "72 of 100 come back" in page, "(90 + 10 × 0.4) of (120 + 10)"
    assert "more than usual" in page
    assert "Usual in this shop: 40." in page
    publish_product(loaded, back=49)
    assert "as usual" in page_of(owner, loaded)
    publish_product(loaded, back=10)
    assert "fewer than usual" in page_of(owner, loaded)


def test_a_new_product_says_what_cannot_be_known_yet(sign_in: SignIn) -> None:
    loaded = sold()
    page = page_of(sign_in(Role.OWNER), loaded)
    assert "Nothing stands out yet" in page
    assert "too few customers have bought this twice" in page
    assert "fewer than five customers began with this product" in page


def test_each_role_sees_its_part_of_a_product(sign_in: SignIn) -> None:
    loaded = sold()
    publish_product(loaded)
    clients = {role: sign_in(role) for role in (Role.SELLER, Role.ANALYST, Role.PRODUCTION)}
    seller, analyst, production = (page_of(client, loaded) for client in clients.values())
    assert "34 of 120 buyers" in seller
    assert "Whose time it is" in seller
    assert "As a first purchase" not in seller
    assert "As a first purchase" in analyst
    assert "Whose time it is" not in production
    assert clients[Role.PRODUCTION].get(f"/products/{loaded.products[0]}/due").status_code == 403


def test_why_a_product_came_back_is_counted(sign_in: SignIn) -> None:
    loaded = sold()
    load([], [CameBack(0, 110, 500, order=0), CameBack(1, 111, 500)], loaded=loaded)
    publish_product(loaded)
    assert "<dt>no reason given</dt><dd>2</dd>" in page_of(sign_in(Role.OWNER), loaded)


def test_due_customers_take_as_many_queries_for_three_as_for_one(sign_in: SignIn) -> None:
    owner, loaded = sign_in(Role.OWNER), sold()
    for count in (1, 3):
        publish_product(loaded, due=count)
        for tail, most in (("/due", 13), ("", 32)):
            page_of(owner, loaded, tail)
            with CaptureQueriesContext(connection) as queries:
                page = page_of(owner, loaded, tail)
            assert len(queries) == most, (tail, [query["sql"] for query in queries])
            assert page.count("6 days late") == count
