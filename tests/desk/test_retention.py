"""Who comes back, first purchases, the money, forecasts, calls: what each page says, and to whom."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.audience.actions import findings as publishing
from regulars.commerce.models import Category, Product
from regulars.foundation.access import Role
from regulars.foundation.ids import new_id
from regulars.shop import actions as shop
from regulars.shop.rules import Indicator
from tests.insight.parts import Asked, Back, Sold, found_in
from tests.insight.shops import BY, NOW, set_up

SignIn = Callable[[Role], Client]
PATHS = ("", "weeks/", "moves/", "first/", "revenue/", "forecast/", "forecast/calls/")
TODAY = 428
QUERIES = 7


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


def publish(found: dict[str, Any]) -> None:
    """As an analysis would."""
    publishing.publish(publishing.Findings([], [], found), run_id=new_id(), as_of=NOW, is_baseline=True, by=BY, now=NOW)


@pytest.fixture(scope="module")
def ids() -> dict[str, str]:
    return {name: new_id().hex for name in ("tea", "cup", "main", "side", "teas", "cups")}


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory, ids: dict[str, str]) -> dict[str, Any]:
    """Two years of a shop: who begins with tea comes back, who begins with a cup does not."""
    sold = []
    for n in range(160):
        began = 4 * n
        is_tea = n % 2 == 0
        store, channel = (ids["main"], "store") if n % 4 < 2 else (None, "online")
        sold.append(Sold(f"c{n}", began, [(ids["tea"] if is_tea else ids["cup"], 1000 + 10 * n)], channel, store))
        for again in range(1, 6 if is_tea else 1 + (n % 8 == 1)):
            sold.append(Sold(f"c{n}", began + 25 * again, [(ids["tea"], 900)], channel, store))
    sold = [order for order in sold if order.day < 640]
    asked = [Asked(day, 11) for day in range(460, 640, 3)]
    return found_in(tmp_path_factory.mktemp("busy"), sold, [], asked, today=640)


@pytest.fixture
def owner(sign_in: SignIn, busy: dict[str, Any], ids: dict[str, str]) -> Client:
    category = Category.objects.create(name="Teas", path="teas")
    for name in ("tea", "cup"):
        Product.objects.create(id=ids[name], kind="goods", name=name.title(), category=category, created_at=NOW)
    publish(busy)
    return sign_in(Role.OWNER)


def read(client: Client, path: str) -> str:
    response = client.get(f"/retention/{path}")
    assert response.status_code == 200
    return response.content.decode()


def downloaded(client: Client, path: str) -> list[str]:
    response = client.get(f"/retention/{path}")
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]


def test_who_comes_back_is_said_first(owner: Client) -> None:
    page = read(owner, "")
    assert "who bought for the first time" in page
    assert "came back within 90 days" in page
    assert "Retention by month of the first purchase" in page
    assert "Quarter 2 of 2025" in page
    assert "Share of repeat buyers" in page


def test_a_part_of_the_shop_has_a_page_of_its_own(owner: Client) -> None:
    assert read(owner, "?part=channel:store") != read(owner, "")
    assert "Customers whose first purchase was in “Website”" in read(owner, "?part=channel:online")
    assert read(owner, "?part=channel:nonsense").count("The whole shop") == 1


def test_the_first_purchase_that_makes_regulars_wins(owner: Client) -> None:
    page = read(owner, "first/?within=90")
    assert "Those who began with “Tea” come back most surely" in page
    assert page.index(">Tea</a>") < page.index(">Cup</a>")
    assert page.count("more than usual") == page.count("fewer than usual") == 1
    assert "Website" in read(owner, "first/?by=channel")
    lines = downloaded(owner, "first/export/?by=product")
    assert len(lines) == 3
    assert lines[1].startswith("Tea,80,")


def test_moves_can_be_asked_over_a_longer_span(owner: Client) -> None:
    page = read(owner, "moves/?months=12")
    assert '<option value="12" selected>' in page
    assert "who used to come again" in page
    assert read(owner, "moves/?until=nonsense&months=99")
    assert len(downloaded(owner, "moves/export/?months=12")) > 3


def test_weeks_count_both_ways(owner: Client) -> None:
    page = read(owner, "weeks/")
    assert "In the last seven days: 1 new" in page
    assert len(downloaded(owner, "weeks/export/")) == 54


def test_few_who_bring_much_are_named_in_words(owner: Client) -> None:
    assert "of the customers bring" in read(owner, "revenue/")
    assert read(owner, "revenue/?span=ever&part=channel:store")
    assert downloaded(owner, "revenue/export/")[-1] == "1.0,1.0"


def test_forecasts_say_how_sure_they_are(owner: Client) -> None:
    page = read(owner, "forecast/")
    assert "Orders in the next 13 weeks: about" in page
    assert "lay within their band" in page
    lines = downloaded(owner, "forecast/export/")
    assert len(lines) == 1 + 4 * (53 + 13)


def test_calls_grow_with_the_sliders(owner: Client) -> None:
    assert "Call: about" in read(owner, "forecast/calls/")
    assert downloaded(owner, "forecast/calls/export/?traffic=100") != downloaded(owner, "forecast/calls/export/")
    assert read(owner, "forecast/calls/?traffic=nonsense&kind=none")


def test_goals_are_drawn_where_the_figure_is(owner: Client, django_user_model: Any) -> None:
    person = django_user_model.objects.first()
    for indicator in (Indicator.ORDERS, Indicator.NEW_BUYERS):
        shop.set_goal(
            indicator=indicator, start_value=20, target_value=40, start_date=date(2026, 7, 1),
            due_date=date(2026, 12, 1), owner_id=person.id, by=BY, now=NOW,
        )  # fmt: skip
    assert read(owner, "forecast/").count(f"Goal: {person.name}") >= 2
    assert f"Goal: {person.name}" in read(owner, "weeks/")
    assert f"Goal: {person.name}" not in read(owner, "weeks/?part=channel:store")


def test_the_same_in_russian(owner: Client) -> None:
    owner.post("/desk/language", {"language": "ru", "next": "/"})
    assert "купивших впервые за 90 дней верн" in read(owner, "")
    assert "Вернее всего возвращаются те, кто начал с «Tea»" in read(owner, "first/?within=90")
    assert "за ближайшие 13 недель" in read(owner, "forecast/")


@pytest.mark.parametrize("path", PATHS)
def test_figures_are_for_those_who_may_see_them(sign_in: SignIn, path: str) -> None:
    """Before the first analysis each page opens and says that it is early."""
    assert sign_in(Role.OWNER).get(f"/retention/{path}").status_code == 200
    assert sign_in(Role.SELLER).get(f"/retention/{path}").status_code == 403


TEA = "0" * 31 + "1"
ODD: dict[str, tuple[list[Sold], list[Back], dict[str, str]]] = {
    "nobody": ([], [], dict.fromkeys(PATHS, "Too early to say") | {"revenue/": "No revenue of known customers",
                                                                 "forecast/calls/": "No calls recorded"}),
    "guests only": (
        [Sold(None, day) for day in range(30, 60)],
        [],
        {"": "30 orders of guests", "first/": "Too early to say", "revenue/": "No revenue of known customers",
         "moves/": "Too early to say"},
    ),
    "one day": (
        [Sold(f"c{n}", 427, [(TEA, 1000)]) for n in range(30)],
        [],
        {"": "Too early to say", "first/": "too early", "forecast/": "Too early to say", "weeks/": "rhythm"},
    ),
    "one customer with nine tenths": (
        [Sold("whale", day, [(TEA, 90_000)]) for day in range(0, 420, 14)]
        + [Sold(f"c{n}", 14 * n, [(TEA, 10_000)]) for n in range(30)],
        [],
        {"revenue/?span=ever": "One customer brings 90% of the money"},
    ),
    "a gap of a year": (
        [Sold(f"c{n % 9}", gap + 3 * n, [(TEA, 900)]) for gap in (0, 395) for n in range(10)],
        [],
        {"forecast/": "too young to know its seasons"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ODD)
def test_odd_shops_are_told_what_cannot_be_known(tmp_path: Path, sign_in: SignIn, name: str) -> None:
    sold, back, words = ODD[name]
    publish(found_in(tmp_path, sold, back, today=TODAY))
    client = sign_in(Role.OWNER)
    pages = {path: read(client, path) for path in {*PATHS, *words}}
    assert {path: text for path, text in words.items() if text not in pages[path]} == {}


def test_queries_do_not_grow_with_rows(tmp_path: Path, sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER)
    seen = []
    for products in (1, 3):
        sold: list[Sold] = []
        for _ in range(products):
            product = Product.objects.create(kind="goods", name="Tea", created_at=NOW)
            sold += [Sold(f"{product.id}{n}", n, [(product.id.hex, 100)]) for n in range(6)]
        publish(found_in(tmp_path / str(products), sold, today=TODAY))
        client.get("/retention/first/")
        with CaptureQueriesContext(connection) as queries:
            page = read(client, "first/")
        assert page.count(">Tea</a>") == products
        seen.append(len(queries))
    assert seen == [QUERIES, QUERIES]
