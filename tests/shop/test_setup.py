"""Setting up, changing what the shop says of itself, moving the as-of date."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from regulars.foundation import audit
from regulars.foundation.models import Event
from regulars.shop import actions, queries
from regulars.shop.actions.setup import JumpNotConfirmed, ShopForm
from regulars.shop.queries.settings import BEFORE_SET_UP
from regulars.shop.rules import AsOfMode
from tests.shop.conftest import BY, NOW, Shop

FORM = ShopForm(
    name="Чайная лавка",
    base_currency="RUB",
    time_zone="Europe/Moscow",
    language="ru",
    country="RU",
    as_of_mode=AsOfMode.AUTOMATIC,
    as_of_date=None,
)


def change(form: ShopForm, *, has_orders: bool = False, **more: object) -> queries.ShopSettings:
    given = {"newest_order_at": NOW, **more}
    return actions.change_shop(form=form, has_orders=has_orders, by=BY, now=NOW, **given)  # type: ignore[arg-type]


@pytest.mark.django_db
def test_before_set_up_there_is_something_to_show() -> None:
    shop = queries.shop()
    assert shop == BEFORE_SET_UP
    assert not shop.is_set_up
    assert queries.as_of(now=NOW, newest_order_at=None).is_now
    assert queries.currencies() == ["EUR"]
    assert queries.causes() == []


def test_set_up_brings_a_cause_tree_and_says_so(shop: Shop) -> None:
    assert queries.shop().is_set_up
    tree = queries.causes()
    assert [cause.name("ru") for cause in tree if cause.depth == 0][:2] == ["Ассортимент", "Причины покупателя"]
    assert Event.objects.get(kind="shop.shop_set_up").payload["base_currency"] == "RUB"
    [entry] = audit.page(verb="shop.set_up").rows
    assert entry.after["name"] == "Чайная лавка"


def test_a_shop_is_set_up_once(shop: Shop) -> None:
    with pytest.raises(actions.CannotSetUp):
        actions.set_up_shop(name="Другая", base_currency="EUR", time_zone="UTC", language="en", by=BY, now=NOW)
    assert queries.shop().name == "Чайная лавка"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"base_currency": "rubles"}, {"time_zone": "Moscow"}], ids=["name", "currency", "zone"]
)
def test_wrong_values_set_nothing_up(wrong: dict[str, str]) -> None:
    right = {"name": "Tea", "base_currency": "EUR", "time_zone": "UTC", "language": "en"}
    with pytest.raises(actions.CannotSetUp):
        actions.set_up_shop(**{**right, **wrong}, by=BY, now=NOW)
    assert not queries.shop().is_set_up
    assert queries.causes() == []


def test_the_base_currency_is_locked_by_orders_and_rates(shop: Shop) -> None:
    euro = replace(FORM, base_currency="EUR")
    with pytest.raises(actions.CannotChangeShop):
        change(euro, has_orders=True)
    assert queries.shop().base_currency == "RUB"
    assert change(euro).base_currency == "EUR"


def test_a_jump_of_the_as_of_date_must_be_confirmed(shop: Shop) -> None:
    far = replace(FORM, as_of_mode=AsOfMode.FIXED, as_of_date=(NOW - timedelta(days=90)).date())
    with pytest.raises(JumpNotConfirmed):
        change(far)
    assert queries.shop().as_of_mode is AsOfMode.AUTOMATIC
    assert not Event.objects.filter(kind="shop.as_of_moved").exists()
    change(far, is_jump_confirmed=True)
    found = queries.as_of(now=NOW, newest_order_at=NOW)
    assert (found.date, found.is_now) == (date(2025, 12, 10), False)
    assert Event.objects.get(kind="shop.as_of_moved").payload == {"mode": "fixed", "as_of_date": "2025-12-10"}


def test_a_small_move_needs_no_confirmation(shop: Shop) -> None:
    near = replace(FORM, as_of_mode=AsOfMode.FIXED, as_of_date=(NOW - timedelta(days=20)).date())
    change(near)
    assert queries.shop().as_of_mode is AsOfMode.FIXED
    # Automatic and now are the same day while orders are fresh; where the newest is old, they are far apart.
    change(replace(FORM, as_of_mode=AsOfMode.NOW))
    with pytest.raises(JumpNotConfirmed):
        change(FORM, newest_order_at=NOW - timedelta(days=400))


def test_a_fixed_date_must_be_given(shop: Shop) -> None:
    with pytest.raises(actions.CannotChangeShop):
        change(replace(FORM, as_of_mode=AsOfMode.FIXED))
    assert queries.shop().as_of_mode is AsOfMode.AUTOMATIC
