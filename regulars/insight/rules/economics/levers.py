"""The owner's "what if": profit of a year and of a lifetime under other churn, frequency, basket, margin, CAC."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from regulars.insight.rules.economics import worth
from regulars.insight.rules.economics.churn import between
from regulars.insight.rules.models.histories import Floats


class Lever(StrEnum):
    """What can be moved, each by a share of itself (0.1: a tenth more), the margin by points of revenue."""

    CHURN = "churn"
    FREQUENCY = "frequency"
    BASKET = "basket"
    MARGIN = "margin"
    CAC = "cac"


Moves = Mapping[Lever, float]


@dataclass(frozen=True)
class Business:
    """A shop as it is. Amounts: base currency, minor units.

    base_minor: money expected of present customers in twelve months. base, of_new: as `ChurnEffect`, a row for each of
    `factors`. first_minor, later_minor: an average first and later purchase. new_customers: a year. cac_minor: what one
    costs. retention_minor: a year's spending to keep customers. margin: a share of revenue. discount: a year.
    """

    base_minor: float
    factors: Sequence[float]
    base: Floats
    of_new: Floats
    first_minor: float
    later_minor: float
    new_customers: float
    cac_minor: float
    retention_minor: float
    margin: float
    discount: float


@dataclass(frozen=True)
class Profit:
    """Margin less spending, of twelve months; and today's worth of all that present and the year's new customers
    bring within worth.LIFETIME_YEARS.
    """

    year_minor: float
    lifetime_minor: float


def profit_of(shop: Business, moves: Moves) -> Profit:
    """What is left under these moves. Spending to keep customers stays as it is, and so does the number of new ones."""
    money = (1.0 + moves.get(Lever.FREQUENCY, 0.0)) * (1.0 + moves.get(Lever.BASKET, 0.0))
    first = 1.0 + moves.get(Lever.BASKET, 0.0)
    margin = shop.margin + moves.get(Lever.MARGIN, 0.0)
    factor = 1.0 + moves.get(Lever.CHURN, 0.0)
    base, new = (between(curves, factor, shop.factors) for curves in (shop.base, shop.of_new))
    spent = shop.new_customers * shop.cac_minor * (1.0 + moves.get(Lever.CAC, 0.0)) + shop.retention_minor
    firsts = shop.new_customers * shop.first_minor * first
    year = shop.base_minor * money * float(worth.of_year(base))
    year += firsts + shop.new_customers * shop.later_minor * money * float(worth.of_those_who_come(new))
    life = shop.base_minor * money * float(worth.lifetime(base, shop.discount))
    life += firsts + shop.new_customers * shop.later_minor * money * float(worth.lifetime(new, shop.discount))
    return Profit(margin * year - spent, margin * life - spent)


def elasticities(shop: Business, moves: Moves) -> dict[Lever, Profit]:
    """What one per cent of each lever (the margin: one per cent of itself) changes beside these moves, in money."""
    here = profit_of(shop, moves)
    found = {}
    for lever in Lever:
        # Less churn and cheaper customers are the better direction.
        sign = -1.0 if lever in (Lever.CHURN, Lever.CAC) else 1.0
        at = moves.get(lever, 0.0)
        whole = shop.margin + at if lever is Lever.MARGIN else 1.0 + at
        moved = profit_of(shop, {**moves, lever: at + sign * 0.01 * whole})
        found[lever] = Profit(moved.year_minor - here.year_minor, moved.lifetime_minor - here.lifetime_minor)
    return found


def value_of_new(shop: Business, moves: Moves) -> float:
    """Today's worth of one new customer's margin, his first purchase included, before what he cost."""
    alone = replace(shop, base_minor=0.0, retention_minor=0.0, cac_minor=0.0, new_customers=1.0)
    return profit_of(alone, moves).lifetime_minor
