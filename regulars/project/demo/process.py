"""How the sample shop's customers live: the process that docs/sample-shop.md describes, and its known truth.

Each customer has a generator of his own, so that more customers change nothing for those who were there.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from regulars.project.demo import seasons
from regulars.project.demo.baskets import Basket, Larder, SampleLine, fill_basket, guest_basket
from regulars.project.demo.catalogue import BY_SKU, REFILLED
from regulars.project.demo.people import SamplePerson, person
from regulars.project.demo.seasons import DAYS, ONLINE, STORES, Promotion

TIME_ZONE = "Europe/Moscow"

# Purchases a day: gamma, mean 1/38. Dropping out after a purchase: beta, mean .15; gaps are gamma of shape 3:
# MBG/CNBD-k with k = 3 (Reutterer, Platzer, Schröder 2021).
RATE_SHAPE, RATE_SCALE_DAYS = 1.6, 60.8
DROP_OUT_A, DROP_OUT_B = 0.9, 5.1
GAP_SHAPE = 3.0
# The tea that makes regulars: whoever takes it home the first time drops out so much less often.
WINS_PEOPLE_OVER, WON_OVER_FACTOR = "OO-MILK", 0.15
GUESTS_SHARE = 0.06
DISCOUNT_HUNTERS_SHARE = 0.14
WAIT_FOR_PROMOTION_DAYS = 45
_HOURS_STORE = np.array([4, 6, 7, 7, 6, 6, 8, 11, 13, 11, 6], dtype=float)
_HOURS_ONLINE = np.array([2, 1, 0.5, 0.5, 0.5, 0.5, 1, 2, 3, 5, 6, 6, 6, 5, 5, 4, 4, 5, 6, 7, 9, 10, 8, 4], dtype=float)


@dataclass(frozen=True)
class Nature:
    """What is true of a customer and what no one sees. Rates are per day; tastes are shares of refilled categories."""

    rate: float
    drop_out: float
    tastes: dict[str, float]
    staples: tuple[tuple[str, float], ...]
    waits_for_discount: float
    joined_on: date
    store: str


@dataclass(frozen=True)
class SampleOrder:
    number: str
    customer: int | None
    placed_at: datetime
    store: str
    seller: str
    lines: tuple[SampleLine, ...]
    delivery_minor: int = 0
    currency: str = "RUB"
    is_cancelled: bool = False


@dataclass(frozen=True)
class Life:
    """A customer as simulated: who, of what nature, when he stopped buying for good (None: still buys)."""

    person: SamplePerson
    nature: Nature
    orders: tuple[SampleOrder, ...]
    left_at: datetime | None


@dataclass(frozen=True)
class World:
    """What is the same for all: the days, how busy they are, promotions, price steps."""

    start_date: date
    end_date: date
    language: str
    busyness: NDArray[np.float64] = field(repr=False)
    promotions: tuple[Promotion, ...]
    steps: tuple[seasons.PriceStep, ...]

    @classmethod
    def until(cls, end_date: date, *, language: str) -> "World":
        """Two years that end with the day before `end_date`."""
        start = end_date - timedelta(days=DAYS)
        return cls(
            start,
            end_date,
            language,
            seasons.busyness(start, DAYS),
            seasons.promotions(start, end_date),
            seasons.price_steps(start),
        )

    @property
    def ends_at(self) -> datetime:
        return at_local(self.end_date, time())


def at_local(on: date, at: time) -> datetime:
    return datetime.combine(on, at, ZoneInfo(TIME_ZONE)).astimezone(UTC)


def live(number: int, world: World, *, seed: int) -> Life:
    """The life of customer `number`."""
    rng = np.random.default_rng([seed, number])
    who = person(number, rng, language=world.language, end_date=world.end_date)
    nature = _nature(rng, world)
    busy_until = np.concatenate([[0.0], np.cumsum(world.busyness)])
    larder = Larder({sku: 0.0 for sku, _use in nature.staples})
    orders: list[SampleOrder] = []
    drop_out = nature.drop_out
    day = float((nature.joined_on - world.start_date).days) + rng.random()
    left_at: datetime | None = None
    for visit in count():
        day = _postponed(day, nature, world, rng, is_first=visit == 0)
        if day >= DAYS:
            break
        on = world.start_date + timedelta(days=int(day))
        order, keeps = _visit(
            f"L{number:05d}-{visit + 1:03d}", number, on, nature=nature, larder=larder, world=world, rng=rng
        )
        orders.append(order)
        if visit == 0:
            drop_out = min(nature.drop_out * keeps * _won_over_by(order), 0.95)
        if rng.random() < drop_out:
            left_at = order.placed_at
            break
        gap = rng.gamma(GAP_SHAPE, 1 / (GAP_SHAPE * nature.rate))
        day = _later(day, max(gap, 0.9), busy_until)
    return Life(who, replace(nature, drop_out=drop_out), tuple(orders), left_at)


def _won_over_by(order: SampleOrder) -> float:
    codes = {BY_SKU[line.sku][0].code for line in order.lines if not line.is_gift}
    return WON_OVER_FACTOR if WINS_PEOPLE_OVER in codes else 1.0


def guests(expected: float, world: World, *, seed: int) -> list[SampleOrder]:
    """Purchases of people who leave no name: as many as are `expected`, more on busy days."""
    rng = np.random.default_rng([seed, 0, 1])
    days = np.sort(rng.choice(DAYS, size=round(expected), p=world.busyness / world.busyness.sum()))
    orders = []
    for place, day in enumerate(days):
        on = world.start_date + timedelta(days=int(day))
        store = STORES[int(rng.integers(2))].code
        placed_at, store = _moment(on, store, rng)
        lines = guest_basket(on, world, rng)
        seller = _seller(store, on, rng)
        orders.append(SampleOrder(f"G{place + 1:05d}", None, placed_at, store, seller.code, lines))
    return orders


def _nature(rng: np.random.Generator, world: World) -> Nature:
    tastes = rng.dirichlet(np.full(len(REFILLED), 0.35))
    rate = max(rng.gamma(RATE_SHAPE, 1 / RATE_SCALE_DAYS), 1 / 600)
    # The shop grows: twice as many join on a day at the end as at the beginning.
    growth = np.linspace(0.7, 1.4, DAYS) * world.busyness
    joined = int(rng.choice(DAYS, p=growth / growth.sum()))
    by_taste = dict(zip(REFILLED, (float(share) for share in tastes), strict=True))
    return Nature(
        rate=float(rate),
        drop_out=float(rng.beta(DROP_OUT_A, DROP_OUT_B)),
        tastes=by_taste,
        staples=Larder.staples_for(by_taste, rng),
        waits_for_discount=float(rng.uniform(0.6, 0.95)) if rng.random() < DISCOUNT_HUNTERS_SHARE else 0.0,
        joined_on=world.start_date + timedelta(days=joined),
        store=STORES[int(rng.choice(len(STORES), p=[store.share for store in STORES]))].code,
    )


def _later(day: float, gap: float, busy_until: NDArray[np.float64]) -> float:
    """`gap` average days on: sooner when the shop is busy. Past the end the clock runs evenly."""
    whole = min(int(day), DAYS - 1)
    begun = busy_until[whole] + (day - whole) * (busy_until[whole + 1] - busy_until[whole])
    target = begun + gap
    if target >= busy_until[-1]:
        return float(DAYS)
    place = int(np.searchsorted(busy_until, target, side="right")) - 1
    return place + float((target - busy_until[place]) / (busy_until[place + 1] - busy_until[place]))


def _postponed(day: float, nature: Nature, world: World, rng: np.random.Generator, *, is_first: bool) -> float:
    """Those who live on discounts wait for the next promotion if it is near."""
    on = world.start_date + timedelta(days=int(day))
    if is_first or seasons.promotion_on(world.promotions, on) or rng.random() >= nature.waits_for_discount:
        return day
    coming = next((p for p in world.promotions if p.starts > on), None)
    if coming is None or (coming.starts - on).days > WAIT_FOR_PROMOTION_DAYS:
        return day
    return float((coming.starts - world.start_date).days) + float(rng.random()) * (coming.ends - coming.starts).days


def _visit(
    number: str,
    customer: int,
    on: date,
    *,
    nature: Nature,
    larder: Larder,
    world: World,
    rng: np.random.Generator,
) -> tuple[SampleOrder, float]:
    """An order, and the factor by which its seller changes dropping out."""
    placed_at, store = _moment(on, nature.store if rng.random() < 0.9 else ONLINE, rng)
    seller = _seller(store, on, rng)
    basket: Basket = fill_basket(
        on,
        tastes=nature.tastes,
        staples=nature.staples,
        gap_days=1 / nature.rate,
        larder=larder,
        world=world,
        rng=rng,
    )
    if rng.random() < seller.adds:
        basket = basket.with_extra(on, nature.tastes, world, rng)
    goods = sum(line.total_minor for line in basket.lines)
    delivery_minor = 300_00 if store == ONLINE and goods < 2500_00 else 0
    order = SampleOrder(
        number,
        customer,
        placed_at,
        store,
        seller.code,
        basket.lines,
        delivery_minor,
        is_cancelled=store == ONLINE and bool(rng.random() < 0.02),
    )
    return order, seller.keeps


def _moment(on: date, store: str, rng: np.random.Generator) -> tuple[datetime, str]:
    """When on that day, and where: on 1 and 2 January the stores are closed and people buy on the website."""
    if store != ONLINE and on.month == 1 and on.day <= 2:
        store = ONLINE
    weights = _HOURS_ONLINE if store == ONLINE else _HOURS_STORE
    hour = int(rng.choice(len(weights), p=weights / weights.sum())) + (0 if store == ONLINE else 10)
    return at_local(on, time(hour, int(rng.integers(60)), int(rng.integers(60)))), store


def _seller(store: str, on: date, rng: np.random.Generator) -> seasons.SampleSeller:
    crew = seasons.on_duty(store, on)
    return crew[int(rng.integers(len(crew)))]
