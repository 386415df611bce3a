"""What comes after and around purchases: returns with causes, enquiries with outcomes, double profiles."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from regulars.project.demo.catalogue import BY_SKU
from regulars.project.demo.people import phone_of, with_typo
from regulars.project.demo.process import Life, SampleOrder, World
from regulars.project.demo.seasons import ONLINE, STORES

RETURNED_SHARE, RETURNED_SHARE_OF_WARE = 0.014, 0.05
DOUBLE_SHARE, SHARED_PHONE_SHARE = 0.025, 0.015
SERGEY = 6

_CAUSES_OF_RETURN = {
    "product.taste": 0.34, "product.stale": 0.12, "product.damaged": 0.18, "product.wrong-item": 0.12,
    "product.wrong-fit": 0.10, "customer.changed-mind": 0.14,
}  # fmt: skip
_CAUSES_OF_LOSS = {
    "price.too-high": 0.24, "assortment.out-of-stock": 0.22, "assortment.not-carried": 0.12, "delivery.cost": 0.12,
    "service.slow-answer": 0.12, "customer.only-asked": 0.12, "customer.unreachable": 0.06,
}  # fmt: skip
_SUBJECTS = (
    ("Which oolong to begin with?", "С какого улуна начать?"),
    ("Is pressed pu-erh in stock?", "Есть ли прессованный пуэр?"),
    ("Coffee for the office, 4 kg a month", "Кофе в офис, 4 кг в месяц"),
    ("Gifts for colleagues, 20 boxes", "Подарки коллегам, 20 наборов"),
    ("Delivery to Primerovo", "Доставка в Примерово"),
    ("Grind for a cezve", "Помол для турки"),
    ("Where is my order?", "Где мой заказ?"),
    ("A teapot for six cups", "Чайник на шесть чашек"),
    ("A tasting for a birthday", "Дегустация на день рождения"),
)


@dataclass(frozen=True)
class SampleReturn:
    order: str
    returned_at: datetime
    sku: str
    packs: int
    cause: str


@dataclass(frozen=True)
class SampleEnquiry:
    """`order`: the order it was won by; `cause`: why it was lost; neither: still open."""

    kind: str
    opened_at: datetime
    closed_at: datetime | None
    customer: int | None
    contact: int | None
    subject: str
    store: str
    order: str = ""
    cause: str = ""


@dataclass(frozen=True)
class SampleProfile:
    """A customer as the till knows one. Some people have two: the second from `from_order` on, with a slip in it."""

    external_id: str
    customer: int
    email: str
    phone: str
    first_order: int = 0


def returns(orders: Iterable[SampleOrder], world: World, *, seed: int) -> list[SampleReturn]:
    """Some lines come back within twelve days; Sergey Volkov's last pack was stale."""
    rng = np.random.default_rng([seed, 0, 2])
    found = []
    last_of_sergey = ""
    for order in orders:
        if order.customer == SERGEY:
            last_of_sergey = order.number
        for line in order.lines:
            category = BY_SKU[line.sku][0].category
            share = RETURNED_SHARE_OF_WARE if category == "ware" else RETURNED_SHARE
            chance, days, cause = rng.random(), rng.uniform(0.5, 12), _one_of(_CAUSES_OF_RETURN, rng)
            returned_at = order.placed_at + timedelta(days=float(days))
            if chance < share and not order.is_cancelled and returned_at < world.ends_at and order.customer != SERGEY:
                found.append(SampleReturn(order.number, returned_at, line.sku, 1, cause))
    stale = next((order for order in orders if order.number == last_of_sergey), None)
    if stale is not None:
        at = stale.placed_at + timedelta(days=2)
        found.append(SampleReturn(stale.number, at, stale.lines[0].sku, 1, "product.stale"))
    return sorted(found, key=lambda entry: entry.returned_at)


def enquiries(orders: Sequence[SampleOrder], world: World, *, customers: int, seed: int) -> list[SampleEnquiry]:
    """One for about nine customers: won hours before an order, or lost for a cause; a few of late are open."""
    rng = np.random.default_rng([seed, 0, 3])
    named = [order for order in orders if order.customer is not None and not order.is_cancelled]
    found = []
    for place in range(max(customers // 9, 8)):
        kind = str(rng.choice(["call", "form", "visit", "message"], p=[0.35, 0.3, 0.15, 0.2]))
        subject = _SUBJECTS[int(rng.integers(len(_SUBJECTS)))][world.language == "ru"]
        contact = 500_000 + place
        order = named[int(rng.integers(len(named)))]
        opened_at = order.placed_at - timedelta(hours=float(rng.uniform(1, 48)))
        store = STORES[int(rng.integers(2))].code if kind == "visit" else ONLINE
        closes_at = opened_at + timedelta(hours=float(rng.uniform(1, 90)))
        cause = _one_of(_CAUSES_OF_LOSS, rng)
        is_known, is_won = rng.random() < 0.4, rng.random() < 0.46
        if place < 7:
            opened_at = world.ends_at - timedelta(hours=float(rng.uniform(2, 100)))
            found.append(
                SampleEnquiry(kind, opened_at, None, order.customer if is_known else None, contact, subject, store)
            )
        elif is_won:
            found.append(
                SampleEnquiry(kind, opened_at, order.placed_at, order.customer, None, subject, store, order.number)
            )
        else:
            closed_at = min(closes_at, world.ends_at)
            asked = order.customer if is_known else None
            found.append(SampleEnquiry(kind, opened_at, closed_at, asked, contact, subject, store, "", cause))
    return sorted(found, key=lambda entry: entry.opened_at)


def profiles(lives: Sequence[Life], *, seed: int) -> list[SampleProfile]:
    """Who stands in the till: now and then twice (a slip in the address), now and then with a neighbour's phone."""
    found = []
    for life in lives:
        who = life.person
        rng = np.random.default_rng([seed, who.number, 4])
        is_double, shares_phone = rng.random() < DOUBLE_SHARE, rng.random() < SHARED_PHONE_SHARE
        own = SampleProfile(f"K{who.number:05d}", who.number, who.email, who.phone)
        if who.number > 20 and shares_phone and who.email:
            own = replace(own, phone=phone_of(who.number - 1))
        found.append(own)
        if (who.number == 7 or (who.number > 20 and is_double)) and who.email and len(life.orders) >= 4:
            middle = len(life.orders) // 2
            found.append(SampleProfile(f"{own.external_id}-2", who.number, with_typo(who.email), "", middle))
    return found


def _one_of(shares: dict[str, float], rng: np.random.Generator) -> str:
    return str(rng.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))
