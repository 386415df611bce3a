"""Orders, returns, goods and enquiries on the desk, without a browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.commerce.actions import catalogue, enquiries, orders
from regulars.commerce.models import Enquiry, Order, OrderLine, Price, Product, Return, ReturnLine, Variant
from regulars.commerce.rules import EnquiryKind
from regulars.foundation import clock
from regulars.foundation.access import Role
from regulars.shop import actions as shop
from tests.commerce import conftest
from tests.commerce.conftest import Cast, draft_of

MINUTE = timedelta(minutes=1)
SignIn = Callable[[Role], Client]


@pytest.fixture
def cast(db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # Pages ask the real clock: the cast's orders must lie before it.
    monkeypatch.setattr(conftest, "NOW", clock.now() - MINUTE)
    return conftest.make_cast()


@pytest.fixture
def sign_in(cast: Cast, django_user_model: Any) -> SignIn:
    def make(role: Role) -> Client:
        staff_id = shop.add_staff(
            email=f"{role}@tea.example",
            name=f"Вера {role}",
            role=role,
            password="correct horse tea",
            by=cast.by,
            now=conftest.NOW,
        )
        client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(django_user_model.objects.get(id=staff_id), backend)
        return client

    return make


@pytest.fixture
def seller(sign_in: SignIn) -> Client:
    return sign_in(Role.SELLER)


def placed(cast: Cast, **values: Any) -> UUID:
    said = {"placed_at": conftest.NOW - MINUTE, **values}
    return orders.place_order(draft=draft_of(cast, **said), by=cast.by, now=conftest.NOW).order_id


def unmatched(cast: Cast, number: str = "C1") -> ReturnLine:
    head = Return.objects.create(
        source="csv",
        number=number,
        customer_id=cast.anna,
        returned_at=conftest.NOW,
        local_date=conftest.NOW.date(),
        currency="RUB",
        total_minor=350_00,
        base_total_minor=350_00,
        is_matched=False,
        recorded_at=conftest.NOW,
    )
    return ReturnLine.objects.create(
        return_of=head,
        key="1",
        variant_id=cast.sencha_100,
        quantity_milli=1000,
        total_minor=350_00,
        base_total_minor=350_00,
    )


def this_minute() -> str:
    """As the shop's clock in Moscow shows it, in the form of the browser's control."""
    return clock.now().astimezone(ZoneInfo("Europe/Moscow")).strftime("%Y-%m-%dT%H:%M")


def typed(cast: Cast, **values: str) -> dict[str, str]:
    """The order form with one line of sencha, as a browser sends it."""
    return {
        "do": "save",
        "number": "261121-TEST1",
        "customer": str(cast.anna),
        "lines": "1",
        "l0-variant": str(cast.sencha_100),
        "l0-quantity": "1,5",
        "l0-price": "350",
        "placed_at": (conftest.NOW - MINUTE).strftime("%Y-%m-%dT%H:%M"),
        "channel": "store",
        "currency": "RUB",
        **values,
    }


# ── Orders ───────────────────────────────────────────────────────────────────
def test_an_order_is_taken_once_however_often_the_form_is_sent(cast: Cast, seller: Client) -> None:
    for number in ("261121-TEST1", "261121-TEST1\x00"):
        answer = seller.post("/orders/new", typed(cast, discount="25", number=number))
        order = Order.objects.get()
        assert answer["Location"] == f"/orders/{order.id}"
    assert (order.total_minor, order.customer_id, order.source) == (500_00, cast.anna, "desk")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"lines": "0"}, "Add at least one product."),
        ({"l0-quantity": "many"}, "Enter a number"),
        ({"l0-quantity": "-1"}, "Enter a number from 0 up."),
        ({"l0-quantity": "0"}, "Each line needs a quantity above zero."),
        ({"discount": "10000"}, "The discount is greater than the price."),
        ({"placed_at": "2099-01-01T10:00"}, "dated after this moment"),
        ({"placed_at": "yesterday"}, "Enter a valid date"),
        ({"customer": "01900000-0000-7000-8000-000000000000"}, "The customer is no longer there."),
    ],
)
def test_a_bad_order_is_refused_with_what_to_do(cast: Cast, seller: Client, values: dict[str, str], said: str) -> None:
    answer = seller.post("/orders/new", typed(cast, **values))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Order.objects.exists()


def test_a_missing_rate_is_named_on_the_form(cast: Cast, seller: Client) -> None:
    answer = seller.post("/orders/new", typed(cast, currency="EUR", placed_at="2020-05-05T10:00"))
    assert answer.status_code == 422
    assert "No rate of EUR is known for 5 May 2020" in answer.content.decode()


def test_the_form_is_changed_by_its_buttons(cast: Cast, seller: Client) -> None:
    added = seller.post("/orders/new", typed(cast, do=f"add:{cast.arabica_250}")).content.decode()
    assert 'name="lines" value="2"' in added
    assert "₽1,215.00" in added
    removed = seller.post("/orders/new", typed(cast, do="remove:0")).content.decode()
    assert 'name="lines" value="0"' in removed
    without = seller.post("/orders/new", typed(cast, do="customer:")).content.decode()
    assert "Find a customer" in without
    assert seller.get("/orders/goods?goods=%00ara-250").content.decode().count("ARA-250") == 1
    for nonsense in ("add:nothing", "remove:x", "customer:x", "?"):
        assert seller.post("/orders/new", typed(cast, do=nonsense)).status_code == 200
    assert not Order.objects.exists()


def test_without_scripts_goods_and_people_are_found_by_a_button(cast: Cast, seller: Client) -> None:
    found = seller.post("/orders/new", typed(cast, do="find", goods="араб", people="", customer="")).content.decode()
    assert f'value="add:{cast.arabica_250}"' in found
    found = seller.post("/orders/new", typed(cast, do="find", goods="", people="семен", customer="")).content.decode()
    assert f'value="customer:{cast.boris}"' in found


def test_an_order_is_corrected_and_an_unchanged_form_changes_no_figure(cast: Cast, seller: Client) -> None:
    order_id = placed(cast, discount_minor=100_00, delivery_minor=50_00)
    page = seller.get(f"/orders/{order_id}/edit")
    sheet = page.context["sheet"]
    form = {**sheet.typed.head, "do": "save", "number": "1", "customer": str(cast.anna), "lines": "2"}
    for i, line in enumerate(sheet.typed.lines):
        form |= {f"l{i}-variant": str(line.variant_id), f"l{i}-key": line.key}
        form |= {f"l{i}-{name}": value for name, value in line.values.items()}
    before = Order.objects.values("total_minor", "discount_minor", "placed_at", "local_date").get()
    assert seller.post(f"/orders/{order_id}/edit", form).status_code == 302
    assert Order.objects.values("total_minor", "discount_minor", "placed_at", "local_date").get() == before
    assert seller.post(f"/orders/{order_id}/edit", {**form, "l0-quantity": "1"}).status_code == 302
    assert Order.objects.get().total_minor < before["total_minor"]


def test_only_allowed_moves_are_offered_and_taken(cast: Cast, seller: Client) -> None:
    order_id = placed(cast)
    assert "Mark as paid" in seller.get(f"/orders/{order_id}").content.decode()
    seller.post(f"/orders/{order_id}/move", {"status": "completed"})
    page = seller.get(f"/orders/{order_id}").content.decode()
    assert "Mark as paid" not in page
    answer = seller.post(f"/orders/{order_id}/move", {"status": "paid"}, follow=True)
    assert "has moved on meanwhile" in answer.content.decode()
    assert Order.objects.get().status == "completed"
    answer = seller.post(f"/orders/{order_id}/cancel", follow=True)
    assert "can no longer be cancelled" in answer.content.decode()


def test_an_order_is_cancelled_with_a_cause(cast: Cast, seller: Client) -> None:
    order_id = placed(cast)
    seller.post(f"/orders/{order_id}/cancel", {"cause": ""})
    assert Order.objects.get().status == "cancelled"
    assert "Cancelled" in seller.get(f"/orders/{order_id}").content.decode()


def test_orders_are_exported_harmlessly_as_the_reader_reads(cast: Cast, seller: Client) -> None:
    placed(cast, number="=1+1")
    placed(cast, number="other", customer_id=None)
    russian = {"headers": {"accept-language": "ru"}}
    text = b"".join(seller.get("/orders/export?q=other", **russian).streaming_content).decode()  # type: ignore[attr-defined, arg-type]
    assert len(text.splitlines()) == 2
    text = b"".join(seller.get("/orders/export", **russian).streaming_content).decode()  # type: ignore[attr-defined, arg-type]
    at = (conftest.NOW - MINUTE).astimezone(ZoneInfo("Europe/Moscow"))
    assert f"'=1+1,desk,{at:%Y-%m-%d %H:%M:%S},Оформлен,Анна Петрова,Другой канал,RUB,1390.00,0.00,1390.00" in text


def test_who_may_not_see_customers_sees_no_name(cast: Cast, sign_in: SignIn) -> None:
    order_id = placed(cast)
    production = sign_in(Role.PRODUCTION)
    for path in ("/orders/", f"/orders/{order_id}"):
        page = production.get(path).content.decode()
        assert "Петрова" not in page
        assert "Known customer" in page
    assert "Петрова" not in b"".join(production.get("/orders/export").streaming_content).decode()  # type: ignore[attr-defined]


# ── Returns ──────────────────────────────────────────────────────────────────
def test_a_line_is_taken_back_and_never_more_than_was_bought(cast: Cast, seller: Client) -> None:
    order_id = placed(cast)
    line = OrderLine.objects.get(variant_id=cast.sencha_100)
    path = f"/orders/{order_id}/return"
    for quantity, said in (
        ("3", "only 2 can still come back"),
        ("", "how much of which line"),
        ("x", "Enter a number"),
    ):
        answer = seller.post(path, {f"line_{line.id}": quantity, "returned_at": this_minute()})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert not Return.objects.exists()
    answer = seller.post(path, {f"line_{line.id}": "1", "returned_at": this_minute(), "reason": "Горчит"})
    assert answer.status_code == 302
    assert (Return.objects.get().total_minor, Return.objects.get().reason) == (350_00, "Горчит")
    assert "came back" in seller.get("/orders/").content.decode()


def test_an_unmatched_return_is_matched_by_hand(cast: Cast, seller: Client) -> None:
    placed(cast)
    part = unmatched(cast)
    line = OrderLine.objects.get(variant_id=cast.sencha_100)
    other = OrderLine.objects.get(variant_id=cast.arabica_250)
    page = f"/returns/{part.return_of_id}"
    assert "C1" in seller.get("/returns/").content.decode()
    assert str(line.id) in seller.get(page).content.decode()
    for bad, said in ((str(other.id), "holds other goods"), ("x", "Choose the order’s line")):
        answer = seller.post(f"{page}/match", {"line": str(part.id), "order_line": bad}, follow=True)
        assert said in answer.content.decode()
        assert not Return.objects.get().is_matched
    seller.post(f"{page}/match", {"line": str(part.id), "order_line": str(line.id)})
    assert Return.objects.get().is_matched
    assert "Every return has its purchase" in seller.get("/returns/").content.decode()
    assert seller.get(page).status_code == 200
    text = b"".join(seller.get("/returns/export").streaming_content).decode()  # type: ignore[attr-defined]
    assert len(text.splitlines()) == 1


# ── Goods ────────────────────────────────────────────────────────────────────
def test_costs_are_for_those_who_may_see_them(cast: Cast, sign_in: SignIn) -> None:
    catalogue.set_cost(variant_id=cast.sencha_100, cost_minor=123_45, by=cast.by, now=conftest.NOW)
    page = f"/products/{cast.sencha}"
    owner, production = sign_in(Role.OWNER), sign_in(Role.PRODUCTION)
    assert "123.45" in owner.get(page).content.decode()
    assert "123.45" not in production.get(page).content.decode()
    exported = b"".join(production.get("/products/export").streaming_content).decode()  # type: ignore[attr-defined]
    assert "SEN-100" in exported
    assert "123.45" not in exported


def test_a_product_is_added_with_its_variant_and_changed(cast: Cast, sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    said = {"name": "Улун", "kind": "goods", "new_category": "Чай", "brand": "", "is_sold": "on"}
    answer = owner.post("/products/new", said)
    product = Product.objects.get(name="Улун")
    assert answer["Location"] == f"/products/{product.id}/variants/new"
    variant = {"sku": "OOL-1", "pack_size": "0,1", "price": "520", "currency": "RUB", "cost": "200,50"}
    assert owner.post(answer["Location"], {**variant, "sku": "SEN-100"}).status_code == 422
    assert owner.post(answer["Location"], variant).status_code == 302
    row = Variant.objects.get(sku="OOL-1")
    assert (row.price_minor, row.cost_minor, row.pack_size_milli) == (520_00, 200_50, 100)
    owner.post(f"/products/{product.id}/variants/{row.id}", {**variant, "price": "555"})
    assert Price.objects.filter(variant=row).count() == 2
    assert owner.post(f"/products/{product.id}/edit", {**said, "name": "Улун молочный"}).status_code == 302
    assert "Улун молочный" in owner.get("/products/?q=молочн").content.decode()
    assert "Prices over time" in owner.get(f"/products/{product.id}").content.decode()


def test_skus_that_differ_by_case_are_shown(cast: Cast, seller: Client) -> None:
    assert "written in several ways" not in seller.get("/products/").content.decode()
    catalogue.add_variant(
        product_id=cast.arabica, source="csv", sku="sen-100", currency="RUB", by=cast.by, now=conftest.NOW
    )
    assert "1 SKU is written in several ways." in seller.get("/products/").content.decode()
    page = seller.get("/products/alike").content.decode()
    assert "SEN-100" in page
    assert "sen-100" in page


# ── Enquiries ────────────────────────────────────────────────────────────────
def enquiry(cast: Cast, name: str = "Вера", *, ago: timedelta = MINUTE) -> UUID:
    return enquiries.open_enquiry(
        kind=EnquiryKind.CALL, contact_name=name, opened_at=conftest.NOW - ago, by=cast.by, now=conftest.NOW
    )


def test_an_enquiry_is_taken_down_moved_assigned_and_lost(cast: Cast, seller: Client) -> None:
    said = {"kind": "call", "contact_name": "Вера", "channel": "phone", "opened_at": this_minute()}
    assert seller.post("/enquiries/new", {**said, "contact_name": ""}).status_code == 422
    assert seller.post("/enquiries/new", said).status_code == 302
    row = Enquiry.objects.get()
    page = f"/enquiries/{row.id}"
    seller.post(f"{page}/move", {"step": "contacted"})
    seller.post(f"{page}/assign", {"owner": str(cast.olga)})
    answer = seller.post(f"{page}/close", {"outcome": "lost"}, follow=True)
    assert "Say why it was lost" in answer.content.decode()
    row.refresh_from_db()
    assert (row.step, row.owner_id, row.outcome) == ("contacted", cast.olga, "open")
    seller.post(f"{page}/close", {"outcome": "lost", "note": "Дорого"})
    row.refresh_from_db()
    assert (row.outcome, row.loss_note) == ("lost", "Дорого")
    assert "Дорого" in seller.get(page).content.decode()
    assert seller.post(f"{page}/move", {"step": "nowhere"}).status_code == 404


def test_an_enquiry_that_rests_too_long_is_marked(cast: Cast, seller: Client) -> None:
    enquiry(cast, "Поздняя", ago=timedelta(hours=5))
    enquiry(cast, "Свежая")
    stuck = seller.get("/enquiries/?state=stuck").content.decode()
    assert "Поздняя" in stuck
    assert "Свежая" not in stuck
    board = seller.get("/enquiries/?view=board").content.decode()
    assert board.count("is-late") == 1


def test_an_order_taken_for_an_enquiry_wins_it(cast: Cast, seller: Client) -> None:
    id_ = enquiry(cast)
    assert seller.get(f"/orders/new?enquiry={id_}").status_code == 200
    seller.post("/orders/new", typed(cast, enquiry=str(id_)))
    row = Enquiry.objects.get()
    assert (row.outcome, row.order_id, row.customer_id) == ("won", Order.objects.get().id, cast.anna)


# ── All lists ────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("path", "queries"), [("/orders/", 8), ("/returns/", 7), ("/products/", 10), ("/enquiries/", 8)]
)
def test_a_list_takes_as_many_queries_for_three_as_for_one(
    cast: Cast, sign_in: SignIn, path: str, queries: int
) -> None:
    owner = sign_in(Role.OWNER)
    for number in ("1", "2", "3"):
        placed(cast, number=number)
        unmatched(cast, number)
        enquiry(cast, number)
        with CaptureQueriesContext(connection) as seen:
            assert owner.get(path).status_code == 200
        if number in "13":
            assert len(seen) == queries, [one["sql"] for one in seen]
        catalogue.add_product(name=f"Чай {number}", by=cast.by, now=conftest.NOW)


@pytest.mark.parametrize("path", ["/orders/", "/returns/", "/products/", "/products/alike", "/enquiries/"])
def test_what_was_tampered_with_is_no_fault_of_ours(cast: Cast, sign_in: SignIn, path: str) -> None:
    owner = sign_in(Role.OWNER)
    assert owner.get(f"{path}?cursor=nonsense").status_code == 400
    query = "store=x&seller=y&status=z&from_date=w&category=v&owner=u&state=t&sort=s&customer=r&q=%00%25_"
    assert owner.get(f"{path}?{query}").status_code == 200
