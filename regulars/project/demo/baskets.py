"""What goes into a basket: refills of what runs out, and what one feels like."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

import numpy as np

from regulars.project.demo import seasons
from regulars.project.demo.catalogue import BY_CATEGORY, BY_CODE, BY_SKU, SamplePack, SampleProduct, Season, parent_of

# Grams used a day: median of a household, by top category, and the spread of its logarithm.
DAILY_USE = {"tea": 4.5, "coffee": 17.0}
USE_SPREAD = 0.45


class Prices(Protocol):
    """What of the sample world a basket needs."""

    @property
    def promotions(self) -> tuple[seasons.Promotion, ...]: ...
    @property
    def steps(self) -> tuple[seasons.PriceStep, ...]: ...


@dataclass(frozen=True)
class SampleLine:
    sku: str
    packs: int
    unit_price_minor: int
    discount_minor: int = 0
    is_gift: bool = False

    @property
    def total_minor(self) -> int:
        return self.packs * self.unit_price_minor - self.discount_minor


@dataclass
class Larder:
    """Grams at home of each staple, as of a day."""

    grams: dict[str, float]
    as_of: date | None = None

    @staticmethod
    def staples_for(tastes: dict[str, float], rng: np.random.Generator) -> tuple[tuple[str, float], ...]:
        """One to three products (by code) that a customer always keeps, and the grams used a day."""
        favourite = sorted(tastes, key=lambda category: -tastes[category])[
            : int(rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15]))
        ]
        found = []
        for category in favourite:
            goods = [product for product in BY_CATEGORY[category] if product.season is Season.ALL_YEAR]
            weights = np.array([product.popularity for product in goods])
            chosen = goods[int(rng.choice(len(goods), p=weights / weights.sum()))]
            use = DAILY_USE[parent_of(category)] * float(np.exp(rng.normal(0, USE_SPREAD))) / len(favourite)
            found.append((chosen.code, use))
        return tuple(found)

    def use_until(self, on: date, staples: tuple[tuple[str, float], ...]) -> None:
        days = (on - self.as_of).days if self.as_of else 0
        for code, use in staples:
            self.grams[code] = max(self.grams[code] - use * days, 0.0)
        self.as_of = on


@dataclass(frozen=True)
class Basket:
    lines: tuple[SampleLine, ...]

    def with_extra(self, on: date, tastes: dict[str, float], world: Prices, rng: np.random.Generator) -> "Basket":
        """One more thing that a good seller recommends."""
        have = {BY_SKU[line.sku][0].code for line in self.lines}
        extra = _wish(on, tastes, have, rng)
        return Basket((*self.lines, line_of(_usual_sku(extra, rng), 1, on, world)))


def fill_basket(
    on: date,
    *,
    tastes: dict[str, float],
    staples: tuple[tuple[str, float], ...],
    gap_days: float,
    larder: Larder,
    world: Prices,
    rng: np.random.Generator,
) -> Basket:
    """Refills first: what would run out before the next visit. Then what taste, season and occasion bring."""
    larder.use_until(on, staples)
    lines: list[SampleLine] = []
    for code, use in staples:
        need = use * min(gap_days, 120) - larder.grams[code]
        if need <= use * gap_days * 0.4:
            continue
        pack, packs = _enough(code, need)
        larder.grams[code] += packs * pack.size
        lines.append(line_of(BY_CODE[code].sku(pack), packs, on, world))
    extras = int(rng.poisson(0.7))
    have = {code for code, _use in staples}
    for _ in range(extras if lines else max(extras, 1)):
        product = _wish(on, tastes, have, rng)
        have.add(product.code)
        lines.append(line_of(_usual_sku(product, rng), 1, on, world))
    if seasons.is_gift_time(on) and rng.random() < 0.4:
        product = _from("gifts", on, rng)
        packs = int(rng.choice([1, 2, 3], p=[0.75, 0.2, 0.05]))
        lines.append(line_of(product.sku(product.packs[0]), packs, on, world, is_gift=True))
    return Basket(tuple(lines))


def guest_basket(on: date, world: Prices, rng: np.random.Generator) -> tuple[SampleLine, ...]:
    tastes = dict.fromkeys(("black", "green", "herbal", "ground"), 1.0)
    have: set[str] = set()
    lines = []
    for _ in range(1 + int(rng.poisson(0.6))):
        product = _wish(on, tastes, have, rng)
        have.add(product.code)
        lines.append(line_of(product.sku(product.packs[0]), 1, on, world))
    return tuple(lines)


def _enough(code: str, need: float) -> tuple[SamplePack, int]:
    """The packs that cover `need` grams: the largest that is not too much, at most four of it."""
    product = BY_CODE[code]
    fitting = [pack for pack in product.packs if pack.size <= need * 1.25] or [product.packs[0]]
    pack = fitting[-1]
    return pack, min(max(round(need / pack.size), 1), 4)


def _wish(on: date, tastes: dict[str, float], have: set[str], rng: np.random.Generator) -> SampleProduct:
    """A product by chance: mostly of a category one likes, sometimes sweets or ware, by popularity and season."""
    categories = [*tastes, "sweets", "ware"]
    shares = np.array([*(0.68 * share / sum(tastes.values()) for share in tastes.values()), 0.24, 0.08])
    for _ in range(20):
        category = categories[int(rng.choice(len(categories), p=shares / shares.sum()))]
        product = _from(category, on, rng)
        if product.code not in have:
            return product
    return product


def _from(category: str, on: date, rng: np.random.Generator) -> SampleProduct:
    goods = BY_CATEGORY[category]
    weights = np.array([product.popularity * seasons.appeal(product, on) for product in goods])
    return goods[int(rng.choice(len(goods), p=weights / weights.sum()))]


def _usual_sku(product: SampleProduct, rng: np.random.Generator) -> str:
    """The small pack mostly: one tries before one buys much."""
    return product.sku(product.packs[0] if rng.random() < 0.8 else product.packs[-1])


def line_of(sku: str, packs: int, on: date, world: Prices, *, is_gift: bool = False) -> SampleLine:
    """A line at the price of the day, less what a promotion takes off."""
    product, pack = BY_SKU[sku]
    price = seasons.price_minor(product, pack.price, on, world.steps)
    promotion = seasons.promotion_on(world.promotions, on)
    percent = promotion.percent if promotion and parent_of(product.category) in promotion.categories else 0
    return SampleLine(sku, packs, price, packs * price * percent // 100, is_gift)
