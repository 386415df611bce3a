"""What an owner should do first: what the findings suggest, by the money of a year that hangs on it.

Each suggestion is a value with the numbers of its reason; faces put it into words. Amounts: base currency, minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import mul
from typing import Any

import numpy as np

from regulars.insight.rules.first_purchases import Prior, shrunk

# How many customers of a hundred more may be led over a step: a modest aim, not a promise.
STEP_AIM = 0.05
# The share of newcomers whom another first offer may reach.
OFFER_AIM = 0.10
# Below these, chance speaks louder than customers.
LEAST_BUYERS = 30
LEAST_FIRST_BUYERS = 20
LEAST_PRODUCT_ORDERS = 10
LARGE_SHARE = 0.2
LARGE_GUEST_SHARE = 1 / 3
UNUSUAL_RETURNS = 2.0


@dataclass(frozen=True)
class CallLeavers:
    """customers: leavers with money at stake; of_buyers: their share; stake_minor: what a year loses with them."""

    customers: int
    of_buyers: float
    stake_minor: int


@dataclass(frozen=True)
class HelpOverStep:
    """Of `reached` customers a year with `step` purchases, the share `passed` takes the next one.

    within_days: in so many days (None: ever). aim: the share in the better half of the months, or STEP_AIM more where
    months cannot be told apart yet; stake_minor: what the aim would bring, with the purchases that usually follow.
    """

    step: int
    reached: int
    passed: float
    aim: float
    within_days: int | None
    stake_minor: int


@dataclass(frozen=True)
class PutForward:
    """Of `buyers` who began with `product`, the share `again` came again; of all newcomers, `usually`.

    stake_minor: what OFFER_AIM of a year's newcomers would bring if they did so, too. A link, no proof: try it.
    """

    product: str
    buyers: int
    again: float
    usually: float
    stake_minor: int


@dataclass(frozen=True)
class LookIntoReturns:
    """Of the money for `product`, the share `returned` went back; of all products, `usually`.

    stake_minor: a year's money that came back beyond what is usual.
    """

    product: str
    returned: float
    usually: float
    stake_minor: int


@dataclass(frozen=True)
class DependLess:
    """One customer brings `share` of the revenue; stake_minor: what he brought in the last year."""

    share: float
    stake_minor: int


@dataclass(frozen=True)
class MendStep:
    """On the way to the first purchase: of `reached` people a year at `step`, the share `passed` goes on within days.

    aim: the share in the better half of the months; stake_minor: what that would bring.
    """

    step: str
    reached: int
    passed: float
    aim: float
    within_days: int
    stake_minor: int


@dataclass(frozen=True)
class KnowBuyers:
    """`share` of the orders are of guests: nobody can be asked back. No money is named, for it cannot be known."""

    guest_orders: int
    share: float
    stake_minor: int = 0


Suggestion = CallLeavers | HelpOverStep | PutForward | LookIntoReturns | DependLess | MendStep | KnowBuyers


@dataclass(frozen=True)
class Beginning:
    """Of `had` customers who began with `product` long enough ago, `back` came again."""

    product: str
    had: int
    back: int


@dataclass(frozen=True)
class Returned:
    """A product's orders, its money before returns, and what came back of it."""

    name: str
    orders: int
    sold_minor: int
    returned_minor: int


def first_things(suggestions: Sequence[Suggestion | None], count: int = 3) -> list[Suggestion]:
    """The suggestions with most money, those without any last. A dependence on one customer weighs by its share."""

    def weight(one: Suggestion) -> float:
        return one.stake_minor * (one.share if isinstance(one, DependLess) else 1.0)

    return sorted((one for one in suggestions if one is not None), key=weight, reverse=True)[:count]


def call_leavers(*, customers: int, buyers: int, stake_minor: int) -> CallLeavers | None:
    if not customers or stake_minor <= 0:
        return None
    return CallLeavers(customers, customers / max(buyers, customers), stake_minor)


def help_over_step(
    bottleneck: Mapping[str, Any] | None,
    *,
    newcomers_a_year: int,
    again: Sequence[float],
    buyers: int,
    average_minor: float,
) -> HelpOverStep | None:
    """The step from purchase to purchase where most can be won, or, in a young shop, where most are lost.

    bottleneck: of the finding "funnel", from purchase to purchase; None: months cannot be told apart yet. again: of
    those with k purchases, the share with one more, k = 1 …; average_minor: an average purchase.
    """
    if bottleneck is not None and bottleneck["gained_minor"] > 0:
        return HelpOverStep(bottleneck["step"], *_step(bottleneck))
    if buyers < LEAST_BUYERS or not newcomers_a_year or not again or average_minor <= 0:
        return None
    reached = [newcomers_a_year * share for share in accumulate([1.0, *again[:-1]], mul)]
    lost = [count * (1 - share) for count, share in zip(reached, again, strict=True)]
    place = lost.index(max(lost))
    stake = reached[place] * STEP_AIM * average_minor * (1 + further_purchases(again, place + 2))
    aim = min(again[place] + STEP_AIM, 1.0)
    return HelpOverStep(place + 1, round(reached[place]), again[place], aim, None, round(stake))


def mend_step(bottleneck: Mapping[str, Any] | None) -> MendStep | None:
    """The bottleneck of the finding "funnel" before the first purchase."""
    if bottleneck is None or bottleneck["gained_minor"] <= 0:
        return None
    return MendStep(bottleneck["step"], *_step(bottleneck))


def _step(found: Mapping[str, Any]) -> tuple[int, float, float, int, int]:
    return found["people_a_year"], found["overall"], found["better"], found["horizon_days"], found["gained_minor"]


def further_purchases(again: Sequence[float], number: int) -> float:
    """How many purchases follow the one with this number: a_k + a_k a_{k+1} + …, the last share for ever."""
    last = min(again[-1], 0.95)
    expected = last / (1 - last)
    for share in reversed(again[number - 1 :]):
        expected = share * (1 + expected)
    return expected


def put_forward(
    beginnings: Sequence[Beginning],
    *,
    prior: Prior | None,
    newcomers_a_year: int,
    again: Sequence[float],
    average_minor: float,
) -> PutForward | None:
    """The first product whose buyers surely come again more often than others, if there is one.

    "Surely": the lower end of the 80 % interval of its share, drawn towards what is usual, lies above that
    (`first_purchases`). The money counts the drawn share, so a few happy buyers promise no fortune.
    """
    several = [one for one in beginnings if one.had >= LEAST_FIRST_BUYERS]
    if prior is None or not several or not again or average_minor <= 0:
        return None
    back, had = (np.array([getattr(one, name) for one in several], dtype=np.int64) for name in ("back", "had"))
    shares = shrunk(back, had, prior)
    sure = [(share.low, place) for place, share in enumerate(shares) if share.low > prior.mean]
    if not sure:
        return None
    _, place = max(sure)
    best, share = several[place], shares[place].share
    stake = newcomers_a_year * OFFER_AIM * (share - prior.mean) * average_minor * (1 + further_purchases(again, 2))
    return PutForward(best.product, best.had, best.back / best.had, prior.mean, round(stake))


def look_into_returns(
    *, products: Sequence[Returned], sold_minor: int, returned_minor: int, years: float
) -> LookIntoReturns | None:
    """The product that loses most by coming back more than twice as often, by money, as goods do here."""
    if sold_minor <= 0 or returned_minor <= 0:
        return None
    usually = returned_minor / sold_minor
    beyond = {
        product: product.returned_minor - usually * product.sold_minor
        for product in products
        if product.orders >= LEAST_PRODUCT_ORDERS
        and product.sold_minor > 0
        and product.returned_minor > UNUSUAL_RETURNS * usually * product.sold_minor
    }
    if not beyond:
        return None
    worst = max(beyond, key=lambda product: (beyond[product], product.name))
    share = min(worst.returned_minor / worst.sold_minor, 1.0)
    return LookIntoReturns(worst.name, share, usually, round(beyond[worst] / max(years, 1.0)))


def depend_less(*, top_minor: int, top_year_minor: int, revenue_minor: int, buyers: int) -> DependLess | None:
    """Where one of several customers brings a fifth of the money or more."""
    if buyers < 2 or revenue_minor <= 0 or top_minor < LARGE_SHARE * revenue_minor:
        return None
    return DependLess(min(top_minor / revenue_minor, 1.0), max(top_year_minor, 0))


def know_buyers(*, guest_orders: int, orders: int) -> KnowBuyers | None:
    """Where a third of the orders or more are nobody's."""
    if not orders or guest_orders < LARGE_GUEST_SHARE * orders:
        return None
    return KnowBuyers(guest_orders, guest_orders / orders)
