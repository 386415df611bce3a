"""Setting the shop up, and changing what it says of itself."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.money import is_currency_code
from regulars.shop.actions.causes import plant_default_causes
from regulars.shop.events import AsOfMoved, ShopSetUp
from regulars.shop.models import CurrencyRate, Shop
from regulars.shop.queries.settings import ShopSettings
from regulars.shop.queries.settings import shop as settings_of
from regulars.shop.rules import AsOfMode
from regulars.shop.rules.as_of import as_of, is_jump
from regulars.shop.rules.calendars import is_time_zone


class CannotSetUp(Exception):
    """The shop is set up already, or a value is not one."""


class CannotChangeShop(Exception):
    """A value is not one, the base currency is locked, or the move of the as-of date is not confirmed."""


class JumpNotConfirmed(CannotChangeShop):
    """The as-of date would move by more than 30 days: ask, then call again with `is_jump_confirmed`."""


def set_up_shop(
    *,
    name: str,
    base_currency: str,
    time_zone: str,
    language: str,
    country: str = "",
    by: Actor,
    now: datetime,
) -> ShopSettings:
    """Give the shop its settings and a first cause tree; once."""
    with transaction.atomic():
        if Shop.objects.exists():
            raise CannotSetUp(_("The shop is set up already: change its settings instead."))
        try:
            _check(name=name, base_currency=base_currency, time_zone=time_zone)
        except CannotChangeShop as error:
            raise CannotSetUp(*error.args) from error
        shop = Shop.objects.create(
            name=name.strip(),
            base_currency=base_currency,
            time_zone=time_zone,
            language=language,
            country=country,
        )
        plant_default_causes()
        audit.record(verb="shop.set_up", subject_kind="shop", subject_id="1", by=by, now=now, after=_values(shop))
        events.record(
            ShopSetUp(customer_id=None, occurred_at=now, base_currency=base_currency, time_zone=time_zone),
            by=by,
            now=now,
        )
    return settings_of()


@dataclass(frozen=True, kw_only=True)
class ShopForm:
    """What a person may say of the shop, all of it at once."""

    name: str
    base_currency: str
    time_zone: str
    language: str
    country: str
    as_of_mode: AsOfMode
    as_of_date: date | None


def change_shop(
    *,
    form: ShopForm,
    has_orders: bool,
    newest_order_at: datetime | None,
    is_jump_confirmed: bool = False,
    by: Actor,
    now: datetime,
) -> ShopSettings:
    """Write the settings. Amounts that are frozen in the base currency lock it: `has_orders` (commerce knows).

    Raises JumpNotConfirmed, CannotChangeShop.
    """
    with transaction.atomic():
        shop = Shop.objects.select_for_update().first()
        if shop is None:
            raise CannotChangeShop(_("Set the shop up first."))
        _check(name=form.name, base_currency=form.base_currency, time_zone=form.time_zone)
        if form.base_currency != shop.base_currency:
            if has_orders:
                raise CannotChangeShop(_("Orders hold amounts in the base currency, so it cannot change any more."))
            if CurrencyRate.objects.exists():
                raise CannotChangeShop(_("Rates are in the base currency: remove them before you change it."))
        if form.as_of_mode is AsOfMode.FIXED and form.as_of_date is None:
            raise CannotChangeShop(_("Give the date of which the figures shall speak."))
        before = _values(shop)
        has_moved = (shop.as_of_mode, shop.as_of_date) != (form.as_of_mode, _fixed_date(form))
        if has_moved and not is_jump_confirmed:
            moments = [
                as_of(mode, now=now, time_zone=form.time_zone, fixed_date=day, newest_order_at=newest_order_at).at
                for mode, day in (
                    (AsOfMode(shop.as_of_mode), shop.as_of_date),
                    (form.as_of_mode, form.as_of_date),
                )
            ]
            if is_jump(*moments):
                raise JumpNotConfirmed(_("The as-of date would move by more than 30 days. Confirm that this is meant."))
        shop.name = form.name.strip()
        shop.base_currency = form.base_currency
        shop.time_zone = form.time_zone
        shop.language = form.language
        shop.country = form.country
        shop.as_of_mode = form.as_of_mode.value
        shop.as_of_date = _fixed_date(form)
        shop.save()
        audit.record(
            verb="shop.changed", subject_kind="shop", subject_id="1", by=by, now=now, before=before, after=_values(shop)
        )
        if has_moved:
            events.record(
                AsOfMoved(customer_id=None, occurred_at=now, mode=shop.as_of_mode, as_of_date=shop.as_of_date),
                by=by,
                now=now,
            )
    return settings_of()


def _fixed_date(form: ShopForm) -> date | None:
    return form.as_of_date if form.as_of_mode is AsOfMode.FIXED else None


def _check(*, name: str, base_currency: str, time_zone: str) -> None:
    if not name.strip():
        raise CannotChangeShop(_("Give the shop a name."))
    if not is_currency_code(base_currency):
        raise CannotChangeShop(_("The currency must be an ISO 4217 code such as RUB or EUR."))
    if not is_time_zone(time_zone):
        raise CannotChangeShop(_("The time zone must be a name such as Europe/Moscow."))


def _values(shop: Shop) -> dict[str, Any]:
    names = ("name", "base_currency", "time_zone", "language", "country", "as_of_mode", "as_of_date")
    return {name: getattr(shop, name) for name in names}
