"""How people go through the sample shop's website: those who will buy there, those who have, and those who never do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import numpy as np

from regulars.project.demo.catalogue import BY_SKU, CATEGORIES, PRODUCTS
from regulars.project.demo.process import Life, SampleOrder, World, at_local
from regulars.project.demo.seasons import DAYS, ONLINE

# The site has counted visits for so long; of those who are asked so many agree to be counted.
COUNTED_DAYS, AGREE_SHARE = 400, 0.62
# For each first purchase on the site so many come who buy nothing.
STRANGERS_PER_BUYER = 9
# In this stretch of the counted days the form of registration was four times as long as before and after.
LONG_FORM = range(150, 270)
REGISTER_SHARE, REGISTER_SHARE_LONG_FORM = 0.17, 0.05
BUYERS_REGISTER_SHARE, STRANGERS_ASK_SHARE, LEAVE_AT_DELIVERY_SHARE = 0.55, 0.03, 0.55

_SOURCES = {"search": 0.38, "ads": 0.24, "direct": 0.16, "social": 0.14, "mail": 0.08}
_SOURCES_OF_BUYERS = {"search": 0.40, "ads": 0.10, "direct": 0.22, "social": 0.10, "mail": 0.18}
_DEVICES = {"phone": 0.66, "computer": 0.29, "tablet": 0.05}
_DEVICES_OF_BUYERS = {"phone": 0.48, "computer": 0.47, "tablet": 0.05}
_DOORS = {"home": 0.46, "tea": 0.20, "coffee": 0.14, "gifts": 0.08, "blog": 0.12}
# Where strangers look next; what is missing to one leaves.
_NEXT = {
    "home": {"tea": 0.30, "coffee": 0.18, "gifts": 0.08, "about": 0.06},
    "tea": {"product": 0.42, "coffee": 0.08, "home": 0.05},
    "coffee": {"product": 0.40, "tea": 0.08, "home": 0.05},
    "gifts": {"product": 0.34, "home": 0.06},
    "blog": {"tea": 0.16, "home": 0.08},
    "about": {"home": 0.20, "delivery": 0.12},
    "product": {"cart": 0.16, "tea": 0.14, "coffee": 0.08, "product": 0.10},
    "cart": {"delivery": LEAVE_AT_DELIVERY_SHARE, "home": 0.10},
    "delivery": {"home": 0.06},
}
_NAMES = {
    "home": ("Front page", "Главная"), "tea": ("Tea", "Чай"), "coffee": ("Coffee", "Кофе"),
    "gifts": ("Gifts and ware", "Подарки и посуда"), "blog": ("Blog", "Блог"), "about": ("About us", "О нас"),
    "delivery": ("Delivery", "Доставка"),
}  # fmt: skip
_ROOTS = {category.code: category.parent or category.code for category in CATEGORIES}


@dataclass(frozen=True)
class SampleVisit:
    """One thing that a visitor did. `order`: the order that it led to; "" for all else."""

    number: str
    visitor: str
    session: str
    occurred_at: datetime
    kind: str
    place: str
    came_from: str
    device: str
    sku: str = ""
    customer: int | None = None
    order: str = ""

    def section(self, language: str) -> str:
        names = _NAMES.get(self.place)
        return names[language == "ru"] if names else ""


@dataclass(frozen=True)
class _Session:
    """Somebody on the site for some minutes."""

    visitor: str
    number: int
    starts_at: datetime
    came_from: str
    device: str

    def events(
        self, steps: Sequence[tuple[str, str]], *, customer: int | None = None, order: str = ""
    ) -> list[SampleVisit]:
        """steps: (place, SKU) in order, a minute and a bit apart."""
        name = f"{self.visitor}-{self.number}"
        return [
            SampleVisit(
                f"{name}-{place}",
                self.visitor,
                name,
                self.starts_at + timedelta(seconds=70 * place),
                _KINDS.get(step, "page"),
                step,
                self.came_from,
                self.device,
                sku,
                customer if step == "order" else None,
                order if step == "order" else "",
            )
            for place, (step, sku) in enumerate(steps)
        ]


_KINDS = {"product": "product", "cart": "cart", "register": "register", "enquiry": "enquiry", "order": "order"}


def visits(lives: Sequence[Life], world: World, *, seed: int) -> list[SampleVisit]:
    """All that was counted on the website, by time: of buyers, each from a generator of his own, and of strangers."""
    found: list[SampleVisit] = []
    buyers = 0
    for life in lives:
        own = list(_of_life(life, world, np.random.default_rng([seed, life.person.number, 6])))
        found += own
        buyers += bool(life.orders) and life.orders[0].store == ONLINE and bool(own)
    found += _of_strangers(buyers * STRANGERS_PER_BUYER, world, np.random.default_rng([seed, 0, 7]))
    return sorted(found, key=lambda visit: (visit.occurred_at, visit.number))


def _of_life(life: Life, world: World, rng: np.random.Generator) -> Iterator[SampleVisit]:
    """Before the first purchase on the site one looks around once or several times; later one comes to buy."""
    agrees = rng.random() < AGREE_SHARE
    came_from, device = _one_of(_SOURCES_OF_BUYERS, rng), _one_of(_DEVICES_OF_BUYERS, rng)
    online = [order for order in life.orders if order.store == ONLINE]
    counted_from = world.ends_at - timedelta(days=COUNTED_DAYS)
    visitor = f"b{life.person.number:06d}"
    number = 0
    for order in online:
        looks = int(rng.poisson(1.3)) if order is life.orders[0] else 0
        registers_at = int(rng.integers(looks + 1)) if rng.random() < BUYERS_REGISTER_SHARE else -1
        days_before = np.sort(rng.exponential(5.0, size=looks))[::-1]
        for place, days in enumerate(days_before):
            starts_at = order.placed_at - timedelta(days=float(days), minutes=30)
            number += 1
            steps = _browse(rng)
            if place == registers_at and order is life.orders[0]:
                steps.append(("register", ""))
            if agrees and starts_at > counted_from:
                yield from _Session(visitor, number, starts_at, came_from, device).events(steps)
        number += 1
        if agrees and order.placed_at > counted_from:
            steps = _purchase(order, rng, has_to_register=registers_at == looks and order is life.orders[0])
            starts_at = order.placed_at - timedelta(seconds=70 * (len(steps) - 1))
            source = came_from if order is life.orders[0] else "direct"
            yield from _Session(visitor, number, starts_at, source, device).events(
                steps, customer=life.person.number, order=order.number
            )


def _of_strangers(count: int, world: World, rng: np.random.Generator) -> Iterator[SampleVisit]:
    """Who looks and never buys, more on busy days; some register, some ask."""
    busyness = world.busyness[DAYS - COUNTED_DAYS :]
    days = rng.choice(COUNTED_DAYS, size=count, p=busyness / busyness.sum())
    for place, day in enumerate(days):
        came_from, device = _one_of(_SOURCES, rng), _one_of(_DEVICES, rng)
        begins_on = world.end_date - timedelta(days=COUNTED_DAYS - int(day))
        again = int(rng.poisson(0.35))
        register_share = REGISTER_SHARE_LONG_FORM if int(day) in LONG_FORM else REGISTER_SHARE
        registers = rng.random() < register_share * (0.6 if device == "phone" else 1.4)
        asks = rng.random() < STRANGERS_ASK_SHARE
        for number in range(again + 1):
            on = begins_on + timedelta(days=int(rng.integers(1, 15)) if number else 0)
            if on >= world.end_date:
                continue
            starts_at = at_local(on, time(int(rng.integers(8, 24)), int(rng.integers(60))))
            steps = _walk(rng)
            if number == again and registers:
                steps.append(("register", ""))
            if number == again and asks:
                steps.append(("enquiry", ""))
            yield from _Session(f"s{place:06d}", number, starts_at, came_from, device).events(steps)


def _walk(rng: np.random.Generator) -> list[tuple[str, str]]:
    """From door to door until one leaves."""
    place = _one_of(_DOORS, rng)
    steps = [(place, "")]
    while len(steps) < 12:
        chance = rng.random()
        following = ""
        for name, share in _NEXT[place].items():
            chance -= share
            if chance < 0:
                following = name
                break
        if not following:
            break
        place = following
        steps.append((place, _any_sku(rng) if place == "product" else ""))
    return steps


def _browse(rng: np.random.Generator) -> list[tuple[str, str]]:
    return [*_walk(rng), *(("product", _any_sku(rng)) for _ in range(int(rng.integers(1, 3))))]


def _purchase(order: SampleOrder, rng: np.random.Generator, *, has_to_register: bool) -> list[tuple[str, str]]:
    """To what is bought, into the basket, now and then by the page on delivery, to the order."""
    steps = [(_one_of(_DOORS, rng), "")]
    for line in order.lines[:3]:
        root = _ROOTS[BY_SKU[line.sku][0].category]
        steps += [(root if root in ("tea", "coffee") else "gifts", ""), ("product", line.sku)]
    steps.append(("cart", ""))
    if has_to_register:
        steps.append(("register", ""))
    if rng.random() < 0.22:
        steps += [("delivery", ""), ("cart", "")]
    return [*steps, ("order", "")]


_SKUS = [product.sku(pack) for product in PRODUCTS for pack in product.packs]


def _any_sku(rng: np.random.Generator) -> str:
    return _SKUS[int(rng.integers(len(_SKUS)))]


def _one_of(shares: dict[str, float], rng: np.random.Generator) -> str:
    chance = float(rng.random()) * sum(shares.values())
    for name, share in shares.items():
        chance -= share
        if chance < 0:
            return name
    return next(reversed(shares))
