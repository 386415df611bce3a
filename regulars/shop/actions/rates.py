"""Currencies' dated rates."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.money import is_currency_code
from regulars.shop.events import RateSet
from regulars.shop.models import CurrencyRate
from regulars.shop.queries.settings import shop

DIGITS = Decimal("0.0000000001")
LARGEST = Decimal(10) ** 10


class CannotSetRate(Exception):
    """The code is not ISO 4217 or the base currency, or the rate is not above zero."""


def set_rate(*, currency: str, valid_from_date: date, rate: Decimal, by: Actor, now: datetime) -> None:
    """From a date on, one unit of `currency` is `rate` units of the base currency. Orders keep their frozen rates."""
    set_rates(entries=[(currency, valid_from_date, rate)], by=by, now=now)


def set_rates(*, entries: Iterable[tuple[str, date, Decimal]], by: Actor, now: datetime) -> int:
    """Many at once (currency, date, rate): all of them or none; how many were new or different."""
    base = shop().base_currency
    wanted = {(currency, day): _checked(currency, rate, base=base) for currency, day, rate in entries}
    with transaction.atomic():
        currencies = {currency for currency, _day in wanted}
        rows = CurrencyRate.objects.select_for_update().filter(currency__in=currencies)
        before = {(row.currency, row.valid_from_date): row.rate for row in rows}
        changed = {key: rate for key, rate in wanted.items() if before.get(key) != rate}
        CurrencyRate.objects.bulk_create(
            [CurrencyRate(currency=c, valid_from_date=day, rate=rate) for (c, day), rate in changed.items()],
            update_conflicts=True,
            unique_fields=["currency", "valid_from_date"],
            update_fields=["rate"],
            batch_size=200,
        )
        for (currency, day), rate in changed.items():
            old = before.get((currency, day))
            audit.record(
                verb="rate.set",
                subject_kind="rate",
                subject_id=f"{currency} {day.isoformat()}",
                by=by,
                now=now,
                before={} if old is None else {"rate": old},
                after={"rate": rate},
            )
        events.record_all(
            (
                RateSet(customer_id=None, occurred_at=now, currency=currency, valid_from_date=day)
                for currency, day in changed
            ),
            by=by,
            now=now,
        )
    return len(changed)


def remove_rate(*, currency: str, valid_from_date: date, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        row = CurrencyRate.objects.filter(currency=currency, valid_from_date=valid_from_date).first()
        if row is None:
            return
        audit.record(
            verb="rate.removed",
            subject_kind="rate",
            subject_id=f"{currency} {valid_from_date.isoformat()}",
            by=by,
            now=now,
            before={"rate": row.rate},
        )
        row.delete()


def _checked(currency: str, rate: Decimal, *, base: str) -> Decimal:
    if not is_currency_code(currency):
        raise CannotSetRate(_("“%(code)s” is not an ISO 4217 code such as EUR.") % {"code": currency[:10]})
    if currency == base:
        raise CannotSetRate(_("%(code)s is the base currency: its rate is always 1.") % {"code": currency})
    if not rate.is_finite() or not Decimal(0) < rate < LARGEST or (rounded := rate.quantize(DIGITS)) == 0:
        raise CannotSetRate(_("The rate must be a number above zero."))
    return rounded
