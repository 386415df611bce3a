"""How many calls, forms and messages fall on an order, when they come, and how many to expect."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from statistics import NormalDist

from ibis import _
from ibis.expr.types import Table

from regulars.insight.rules.purchases import Extracts

# 1 January 1970 was a Thursday; weekdays count from Monday.
_THURSDAY = 3
BAND = 0.8
# Nobody can talk every minute of an hour.
TALKING_SHARE = 0.8


def weekly_enquiries(extracts: Extracts, *, as_of_day: int, weeks: int) -> Table:
    """kind, channel, week (−1: the one that ended yesterday), enquiries."""
    dated = extracts.enquiries.mutate(day=_.local_date.epoch_days())
    return (
        dated.filter(_.day < as_of_day, _.day >= as_of_day - 7 * weeks)
        .mutate(week=((_.day - as_of_day) / 7).floor().cast("int64"))
        .group_by("kind", "channel", "week")
        .agg(enquiries=_.count())
    )


def hourly_enquiries(extracts: Extracts, *, as_of_day: int, weeks: int) -> Table:
    """kind, weekday (0: Monday), hour on the shop's clock, enquiries."""
    dated = extracts.enquiries.mutate(day=_.local_date.epoch_days())
    return (
        dated.filter(_.day < as_of_day, _.day >= as_of_day - 7 * weeks)
        .mutate(weekday=(_.day + _THURSDAY) % 7, hour=_.local_hour)
        .group_by("kind", "weekday", "hour")
        .agg(enquiries=_.count())
    )


@dataclass(frozen=True)
class CallsAhead:
    """In a week: expected, and between which numbers it will lie in eight of ten weeks; per_order: in the past."""

    per_order: float
    expected: float
    low: int
    high: int

    @property
    def per_hundred(self) -> float:
        """What comes with 100 orders."""
        return 100 * self.per_order


def calls_ahead(
    enquiries: Sequence[int], orders: Sequence[int], *, orders_ahead: float, traffic: float, conversion: float
) -> CallsAhead | None:
    """What a coming week will bring if as many enquiries fall on an order as before. None: no order, so no measure.

    enquiries, orders: of the same past weeks. orders_ahead: expected in a coming week as things are. traffic,
    conversion: growth as a share (0.2: a fifth more visitors, or a fifth more of them who buy).
    """
    asked, bought = sum(enquiries), sum(orders)
    if not bought or not asked:
        return None
    per_order = asked / bought
    expected = per_order * orders_ahead * (1 + traffic) * (1 + conversion)
    # Weeks scatter more than chance alone explains (Pearson's dispersion; McCullagh and Nelder, 1989, section 4.5).
    spread = [(a - per_order * b) ** 2 / (per_order * b) for a, b in zip(enquiries, orders, strict=True) if b]
    dispersion = max(1.0, sum(spread) / max(1, len(spread) - 1))
    variance = dispersion * expected + expected**2 * dispersion / asked
    reach = NormalDist().inv_cdf((1 + BAND) / 2) * sqrt(variance)
    return CallsAhead(per_order, expected, max(0, int(expected - reach)), ceil(expected + reach))


def people_needed(calls_an_hour: float, minutes_a_call: float) -> int:
    """Who must sit at the telephone in an hour so that talking fills at most TALKING_SHARE of it."""
    return ceil(round(calls_an_hour * minutes_a_call / 60 / TALKING_SHARE, 6))
