"""The board of associations: proposing, trying, deciding; what data proposes; who may do what."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.audience.rules import LinkKind
from regulars.commerce.models import Category, Product
from regulars.foundation.access import Role
from regulars.insight.actions.associations import End, propose_association, try_association
from regulars.insight.queries.associations import associations
from regulars.insight.rules.recommending.trying import AssociationState
from regulars.shop import actions as shop
from tests.desk.found import publish
from tests.insight.shops import BY, NOW, Loaded, load, set_up

SignIn = Callable[[Role], Client]
BOARD = "/associations/"


@pytest.fixture
def goods(db: None) -> Loaded:
    set_up()
    loaded = load([], kinds=("goods", "goods", "goods"))
    for id_, name in zip(loaded.products, ("Light oil", "Belt", "Measuring tape"), strict=True):
        Product.objects.filter(id=id_).update(name=name, search_text=name.casefold(), sort_name=name.casefold())
    return loaded


@pytest.fixture
def sign_in(goods: Loaded, django_user_model: Any) -> SignIn:
    def make(role: Role, language: str = "en") -> Client:
        staff_id = shop.add_staff(
            email=f"{role}@tea.example", name="Olga", role=role, password="correct horse tea", by=BY, now=NOW
        )
        client = Client(headers={"accept-language": language})
        client.force_login(
            django_user_model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return make


def shown(client: Client, path: str = BOARD) -> str:
    return client.get(path).content.decode()


def proposed(goods: Loaded, *places: int) -> list[UUID]:
    return [
        propose_association(
            source=End(product_id=goods.products[0]),
            target=End(product_id=goods.products[2]),
            need=f"a slimmer waist {place}",
            reason="",
            by=BY,
            now=NOW + timedelta(minutes=place),
        )
        for place in places or (0,)
    ]


def found_in_orders(goods: Loaded) -> None:
    oil, belt, tape = goods.products
    publish(
        [],
        links=[
            (LinkKind.THEN.value, oil, tape, 2.5, 1, 80, belt),
            (LinkKind.BOUGHT_BY_SAME.value, oil, belt, 3.0, 42, 120, None),
            (LinkKind.BOUGHT_BY_SAME.value, belt, tape, 2.5, 20, 80, None),
        ],
    )


def test_a_seller_proposes_by_typing_names(sign_in: SignIn, goods: Loaded) -> None:
    client = sign_in(Role.SELLER)
    assert "No associations yet" in shown(client)
    said = {"source": "light", "need": "a slimmer waist", "target": "tape", "reason": "Look how it goes down."}
    assert client.post(f"{BOARD}new/", said).status_code == 302
    (one,) = associations()
    assert (one.source_name, one.need, one.target_name, one.proposed_by) == (
        "Light oil", "a slimmer waist", "Measuring tape", "Olga"
    )  # fmt: skip
    page = shown(client)
    assert "Look how it goes down." in page
    assert "Try it" not in page
    assert client.post(f"{BOARD}{one.id}/try/").status_code == 403
    assert associations()[0].state is AssociationState.PROPOSED


def test_a_category_will_do_for_an_end(sign_in: SignIn) -> None:
    category = Category.objects.create(name="Sport", path="sport")
    said = {"source_category": str(category.id), "need": "shape", "target": "tape"}
    assert sign_in(Role.MARKETER).post(f"{BOARD}new/", said).status_code == 302
    (one,) = associations()
    assert (one.source_name, one.source_category_id, one.source_product_id) == ("Sport", category.id, None)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"source": ""}, "Type a product"),
        ({"source": "nothing like it"}, "No product on sale is found by this."),
        ({"source": "l"}, "Several products are found by this; choose one."),
        ({"target": "light oil"}, "It leads back to where it began"),
        ({"need": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_proposed_is_said(sign_in: SignIn, other: dict[str, str], says: str) -> None:
    said = {"source": "light", "need": "a slimmer waist", "target": "tape"} | other
    answer = sign_in(Role.LEAD).post(f"{BOARD}new/", said)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert associations() == []


def test_of_several_products_one_is_chosen(sign_in: SignIn, goods: Loaded) -> None:
    client = sign_in(Role.LEAD)
    found = shown(client, f"{BOARD}goods/?end=source&source=l")
    assert f'name="source_id" value="{goods.products[1]}"' in found
    said = {"source": "l", "source_id": str(goods.products[1]), "need": "shape", "target": "tape"}
    assert client.post(f"{BOARD}new/", said).status_code == 302
    assert associations()[0].source_name == "Belt"


def test_what_is_tried_is_kept_or_given_up(sign_in: SignIn, goods: Loaded) -> None:
    (made,) = proposed(goods)
    client = sign_in(Role.MARKETER)
    client.post(f"{BOARD}{made}/try/")
    assert "Not measured yet" in shown(client)
    shares = {"after": (30, 100), "before": (10, 100), "others_after": (9, 90), "others_before": (8, 80), "waiting": 4}
    publish([], shop={"associations": {str(made): {**shares, "within_days": 30}}})
    page = shown(client)
    assert "Hints at more" in page
    assert "30 of 100 buyers took the other thing within 30 days." in page
    assert "There is no control group here" in page
    client.post(f"{BOARD}{made}/keep/")
    assert associations()[0].state is AssociationState.KEPT
    assert (
        "Somebody has decided this one meanwhile" in client.post(f"{BOARD}{made}/keep/", follow=True).content.decode()
    )
    client.post(f"{BOARD}{made}/drop/")
    assert "Try it once more" in shown(client)
    assert client.post(f"{BOARD}{made}/nonsense/").status_code == 404


def test_data_proposes_and_one_click_tries(sign_in: SignIn, goods: Loaded) -> None:
    found_in_orders(goods)
    client = sign_in(Role.LEAD)
    page = shown(client)
    assert "42 of 120 buyers" in page
    assert "20 of 80 buyers" in page
    ends = dict(zip(("source", "via", "target"), map(str, goods.products), strict=True))
    client.post(f"{BOARD}take-over/", ends)
    (one,) = associations()
    assert (one.state, one.between) == (AssociationState.TRIED, "Belt")
    assert "42 of 120 buyers" not in shown(client)
    assert "on the board already" in client.post(f"{BOARD}take-over/", ends, follow=True).content.decode()
    assert client.post(f"{BOARD}take-over/", {**ends, "via": "x"}).status_code == 404


def test_a_seller_sees_no_figures(sign_in: SignIn, goods: Loaded) -> None:
    found_in_orders(goods)
    (made,) = proposed(goods)
    try_association(association_id=made, by=BY, now=NOW)
    page = shown(sign_in(Role.SELLER))
    assert "a slimmer waist" in page
    assert "Not measured yet" not in page
    assert "42 of 120" not in page


def test_the_board_speaks_russian(sign_in: SignIn, goods: Loaded) -> None:
    (made,) = proposed(goods)
    try_association(association_id=made, by=BY, now=NOW)
    page = shown(sign_in(Role.OWNER, "ru"))
    assert "Ассоциации" in page
    assert "Ещё не измерено" in page


def test_more_associations_ask_no_more_queries(sign_in: SignIn, goods: Loaded) -> None:
    client = sign_in(Role.OWNER)
    proposed(goods)
    shown(client)
    with CaptureQueriesContext(
        connection,
    ) as one:
        shown(client)
    for made in proposed(goods, 1, 2):
        try_association(association_id=made, by=BY, now=NOW)
    with CaptureQueriesContext(connection) as three:
        shown(client)
    assert len(three) == len(one) <= 16
