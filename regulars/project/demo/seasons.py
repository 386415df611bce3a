"""What moves the whole sample shop: the time of year, promotions, prices, who is on shift."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from regulars.project.demo.catalogue import SampleProduct, Season, parent_of

DAYS = 730
# How busy a month (January first) and a weekday (Monday first) are; scaled to a mean of 1 below.
MONTHS = (1.06, 1.02, 1.08, 0.94, 0.90, 0.80, 0.74, 0.78, 0.95, 1.05, 1.16, 1.52)
WEEKDAYS = (0.86, 0.84, 0.90, 0.94, 1.14, 1.30, 1.02)


def busyness(start_date: date, days: int) -> NDArray[np.float64]:
    """The factor by which purchases of each day are more (or fewer) than on an average one."""
    dates = [start_date + timedelta(days=day) for day in range(days)]
    raw: NDArray[np.float64] = np.array([MONTHS[on.month - 1] * WEEKDAYS[on.weekday()] for on in dates])
    usual = sum(MONTHS) / 12 * sum(WEEKDAYS) / 7
    return raw / usual


def appeal(product: SampleProduct, on: date) -> float:
    """How the time of year changes the wish for a product."""
    if product.season is Season.WINTER:
        return 2.0 if on.month in (11, 12, 1, 2) else 0.35
    if product.season is Season.SUMMER:
        return 2.2 if on.month in (6, 7, 8) else 0.4
    if product.season is Season.GIFT:
        return 1.0 if is_gift_time(on) else 0.1
    return 1.0


def is_gift_time(on: date) -> bool:
    """December, the days before 23 February and before 8 March."""
    return on.month == 12 or (on.month == 2 and 15 <= on.day <= 23) or (on.month == 3 and on.day <= 8)


@dataclass(frozen=True)
class Promotion:
    """A few days on which goods of some top categories cost less."""

    starts: date
    ends: date
    categories: frozenset[str]
    percent: int


_PROMOTIONS = (
    (3, 1, 8, frozenset({"tea", "gifts"}), 10),
    (6, 10, 10, frozenset({"coffee"}), 15),
    (9, 1, 10, frozenset({"tea", "coffee"}), 10),
    (11, 20, 10, frozenset({"tea", "coffee", "ware", "sweets"}), 15),
)


def promotions(start_date: date, end_date: date) -> tuple[Promotion, ...]:
    """Those that begin from `start_date` up to `end_date`, in order."""
    found = [
        Promotion(starts, starts + timedelta(days=days), categories, percent)
        for year in range(start_date.year, end_date.year + 1)
        for month, day, days, categories, percent in _PROMOTIONS
        if start_date <= (starts := date(year, month, day)) < end_date
    ]
    return tuple(sorted(found, key=lambda promotion: promotion.starts))


def promotion_on(every: tuple[Promotion, ...], on: date) -> Promotion | None:
    return next((promotion for promotion in every if promotion.starts <= on < promotion.ends), None)


# Days after the beginning, top category ("" for all), change of price.
_PRICE_STEPS = ((150, "", 1.04), (310, "coffee", 1.09), (480, "tea", 1.06), (600, "ware", 0.92))


@dataclass(frozen=True)
class PriceStep:
    starts: date
    category: str
    factor: float


def price_steps(start_date: date) -> tuple[PriceStep, ...]:
    return tuple(PriceStep(start_date + timedelta(days=day), group, by) for day, group, by in _PRICE_STEPS)


def price_minor(product: SampleProduct, price: int, on: date, steps: tuple[PriceStep, ...]) -> int:
    """The price on a day in kopecks, in whole tens of roubles."""
    factor = 1.0
    for step in steps:
        if step.starts <= on and step.category in ("", parent_of(product.category)):
            factor *= step.factor
    return round(price * factor / 10) * 10 * 100


def price_history(
    product: SampleProduct, price: int, start_date: date, steps: tuple[PriceStep, ...]
) -> list[tuple[date, int]]:
    """Each price in kopecks with the date from which it holds; the first from the beginning."""
    dates = [start_date, *(step.starts for step in steps)]
    every = [(on, price_minor(product, price, on, steps)) for on in dates]
    return [every[0], *(later for earlier, later in pairwise(every) if later[1] != earlier[1])]


@dataclass(frozen=True)
class SampleSeller:
    """Someone who sells. `keeps` < 1: the people whom this seller serves first drop out less often."""

    code: str
    store: str
    name_en: str
    name_ru: str
    keeps: float = 1.0
    adds: float = 0.0

    def name(self, language: str) -> str:
        return self.name_ru if language == "ru" else self.name_en


@dataclass(frozen=True)
class SampleStore:
    code: str
    name_en: str
    name_ru: str
    address_en: str
    address_ru: str
    share: float

    def name(self, language: str) -> str:
        return self.name_ru if language == "ru" else self.name_en

    def address(self, language: str) -> str:
        return self.address_ru if language == "ru" else self.address_en


ONLINE = "site"
STORES: tuple[SampleStore, ...] = (
    SampleStore("lipovaya", "On Lipovaya Street", "На Липовой", "1 Lipovaya Street", "ул. Липовая, 1", 0.40),
    SampleStore("pristan", "At the Pier", "У пристани", "7 Pier Lane", "Пристанский пер., 7", 0.27),
    SampleStore(ONLINE, "Website", "Сайт", "", "", 0.33),
)  # fmt: skip
SELLERS: tuple[SampleSeller, ...] = (
    SampleSeller("maria", "lipovaya", "Maria Sokolova", "Мария Соколова", keeps=0.5, adds=0.5),
    SampleSeller("pavel", "lipovaya", "Pavel Nikitin", "Павел Никитин"),
    SampleSeller("vera", "lipovaya", "Vera Gromova", "Вера Громова"),
    SampleSeller("timur", "pristan", "Timur Akhmetov", "Тимур Ахметов"),
    SampleSeller("alisa", "pristan", "Alisa Belova", "Алиса Белова"),
    SampleSeller("roman", "pristan", "Roman Zuev", "Роман Зуев", keeps=1.15),
    SampleSeller("nadia", ONLINE, "Nadezhda Rybina", "Надежда Рыбина"),
)


def on_duty(store: str, on: date) -> tuple[SampleSeller, ...]:
    """Who works in a store on a day: two days each in turn, and the next one helps from Friday to Sunday."""
    crew = [seller for seller in SELLERS if seller.store == store]
    if len(crew) == 1:
        return tuple(crew)
    turn = (on.toordinal() // 2) % len(crew)
    if on.weekday() >= 4:
        return crew[turn], crew[(turn + 1) % len(crew)]
    return (crew[turn],)
