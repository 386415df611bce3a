"""Dated exchange rates: the latest one on or before a day holds."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

SAME = Decimal(1)


class RateMissing(LookupError):
    """No rate of this currency holds on that day; say which one, then try again."""

    def __init__(self, currency: str, on_date: date) -> None:
        super().__init__(f"no rate for {currency} on {on_date.isoformat()} or before")
        self.currency = currency
        self.on_date = on_date


@dataclass(frozen=True)
class RateTable:
    """Rates of several currencies; each is a series of (date from which it holds, rate), oldest first.

    A rate is units of the base currency for one unit of the other.
    """

    base_currency: str
    series: Mapping[str, tuple[tuple[date, Decimal], ...]] = field(default_factory=dict)

    def on(self, currency: str, on_date: date) -> Decimal:
        """The rate that holds on a day; 1 for the base currency. Raises RateMissing."""
        if currency == self.base_currency:
            return SAME
        series = self.series.get(currency, ())
        place = bisect_right(series, on_date, key=lambda entry: entry[0])
        if place == 0:
            raise RateMissing(currency, on_date)
        return series[place - 1][1]
