"""A shop in Moscow that sells tea, two customers and a seller."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from regulars.commerce.actions import catalogue, orders
from regulars.commerce.rules import OrderDraft, OrderLineDraft
from regulars.customers.actions.profile import register_customer
from regulars.customers.rules import Person
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions as shop_actions
from tests.commerce.importing import set_up

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cast:
    """Everybody and everything that the tests speak of, by id."""

    anna: UUID
    boris: UUID
    olga: UUID
    by: Actor
    sencha: UUID
    arabica: UUID
    sencha_100: UUID
    arabica_250: UUID


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    system = Actor.system("test")
    shop_actions.set_up_shop(
        name="Чайная лавка", base_currency="RUB", time_zone="Europe/Moscow", language="ru", by=system, now=NOW
    )
    shop_actions.set_rate(currency="EUR", valid_from_date=date(2026, 1, 1), rate=Decimal("90.5"), by=system, now=NOW)
    olga = shop_actions.add_staff(
        email="olga@chai.example", name="Ольга", role=Role.OWNER, password="correct horse tea", by=system, now=NOW
    )
    by = Actor.staff(olga)
    anna, boris = (
        register_customer(person=Person(first_name=first, last_name=last), source="desk", by=by, now=NOW - 100 * DAY)
        for first, last in (("Анна", "Петрова"), ("Борис", "Семёнов"))
    )
    sencha = catalogue.add_product(name="Сенча", brand="Лавка", by=by, now=NOW - 50 * DAY)
    arabica = catalogue.add_product(name="Арабика", by=by, now=NOW - 50 * DAY)
    return Cast(
        anna,
        boris,
        olga,
        by,
        sencha,
        arabica,
        _variant(sencha, "SEN-100", 350_00, by),
        _variant(arabica, "ARA-250", 690_00, by),
    )


def _variant(product_id: UUID, sku: str, price_minor: int, by: Actor) -> UUID:
    return catalogue.add_variant(
        product_id=product_id,
        source="desk",
        sku=sku,
        currency="RUB",
        price_minor=price_minor,
        by=by,
        now=NOW - 50 * DAY,
    )


Draft = Callable[..., OrderDraft]


@pytest.fixture
def draft(cast: Cast) -> Draft:
    """A draft of Anna's: two packs of sencha, one of arabica; keywords replace its values."""

    def make(**values: Any) -> OrderDraft:
        return draft_of(cast, **values)

    return make


def draft_of(cast: Cast, **values: Any) -> OrderDraft:
    lines = (
        OrderLineDraft(variant_id=cast.sencha_100, quantity_milli=2000, unit_price_minor=350_00),
        OrderLineDraft(variant_id=cast.arabica_250, quantity_milli=1000, unit_price_minor=690_00),
    )
    said: dict[str, Any] = {
        "source": "desk",
        "number": "1",
        "customer_id": cast.anna,
        "placed_at": NOW - DAY,
        "currency": "RUB",
        "lines": lines,
    }
    return OrderDraft(**{**said, **values})


@pytest.fixture
def order(cast: Cast, draft: Draft) -> UUID:
    return orders.place_order(draft=draft(), by=cast.by, now=NOW).order_id


@pytest.fixture
def tea_shop(db: None, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"
    set_up()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"
