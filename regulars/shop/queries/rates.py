"""Currencies and their dated rates."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from regulars.shop.models import CurrencyRate
from regulars.shop.queries.settings import shop
from regulars.shop.rules.rates import SAME, RateMissing, RateTable


@dataclass(frozen=True)
class RateRow:
    """Units of the base currency for one unit of `currency`, from `valid_from_date` on."""

    currency: str
    valid_from_date: date
    rate: Decimal


def rate_on(currency: str, on_date: date) -> Decimal:
    """Units of the base currency for one unit of `currency`: the latest rate on or before the day.

    1 for the base currency itself; raises `rules.rates.RateMissing` where none is known.
    """
    if currency == shop().base_currency:
        return SAME
    rows = CurrencyRate.objects.filter(currency=currency, valid_from_date__lte=on_date).order_by("-valid_from_date")
    rate = rows.values_list("rate", flat=True).first()
    if rate is None:
        raise RateMissing(currency, on_date)
    return rate


def rate_table(currencies: Iterable[str] | None = None) -> RateTable:
    """All rates (of some currencies) at once, for bulk work: `rate_table().on(currency, date)`."""
    rows = CurrencyRate.objects.order_by("currency", "valid_from_date")
    if currencies is not None:
        rows = rows.filter(currency__in=set(currencies))
    series: dict[str, list[tuple[date, Decimal]]] = defaultdict(list)
    for currency, valid_from_date, rate in rows.values_list("currency", "valid_from_date", "rate"):
        series[currency].append((valid_from_date, rate))
    return RateTable(shop().base_currency, {currency: tuple(entries) for currency, entries in series.items()})


def rates(currency: str | None = None) -> list[RateRow]:
    """Every rate, by currency, the newest first."""
    rows = CurrencyRate.objects.order_by("currency", "-valid_from_date")
    if currency is not None:
        rows = rows.filter(currency=currency)
    return [RateRow(*row) for row in rows.values_list("currency", "valid_from_date", "rate")]


def currencies() -> list[str]:
    """The currencies that can be booked: the base currency first, then those with a rate."""
    base = shop().base_currency
    others = CurrencyRate.objects.order_by("currency").values_list("currency", flat=True).distinct()
    return [base, *(currency for currency in others if currency != base)]
