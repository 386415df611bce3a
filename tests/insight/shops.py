"""Shops for the tests of insight, written straight into the tables: thousands of orders in a blink."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from django.db import transaction

from regulars.commerce.events import GoodsReturned, OrderPlaced
from regulars.commerce.models import Order, OrderLine, Product, Return, ReturnLine, Variant
from regulars.customers.models import Customer
from regulars.foundation import bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop import actions as shop_actions

BY = Actor.system("test")
START = date(2025, 1, 6)
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    variant: int
    total_minor: int


@dataclass(frozen=True)
class Bought:
    """An order of customer number `customer` (None: a guest) on day `day` from START, at noon."""

    customer: int | None
    day: int
    lines: Sequence[Line] = (Line(0, 1000),)
    status: str = "completed"
    is_history: bool = False


@dataclass(frozen=True)
class CameBack:
    """`order`: index of the order that it undoes a part of, None: unmatched."""

    customer: int | None
    day: int
    total_minor: int
    variant: int = 0
    order: int | None = None


@dataclass
class Loaded:
    """Ids of what was written, in the order given."""

    customers: list[UUID] = field(default_factory=list)
    variants: list[UUID] = field(default_factory=list)
    products: list[UUID] = field(default_factory=list)
    orders: list[UUID] = field(default_factory=list)
    lines: dict[UUID, list[UUID]] = field(default_factory=dict)


def set_up() -> None:
    shop_actions.set_up_shop(
        name="Чайная лавка", base_currency="RUB", time_zone="Europe/Moscow", language="ru", by=BY, now=NOW
    )


def load(
    bought: Sequence[Bought],
    came_back: Sequence[CameBack] = (),
    *,
    customers: int = 0,
    kinds: Sequence[str] = ("goods", "goods", "delivery"),
    loaded: Loaded | None = None,
    now: datetime = NOW,
) -> Loaded:
    """Write a shop, or more of one that `loaded` knows, with the events that actions would record."""
    loaded = loaded or Loaded()
    with transaction.atomic():
        if not loaded.products:
            _goods(loaded, kinds)
        count = max([customers, *(b.customer + 1 for b in bought if b.customer is not None)])
        fresh = [new_id() for _ in range(count - len(loaded.customers))]
        bulk.insert(
            Customer,
            ("id", "created_at", *_BLANK, "tastes", "priorities"),
            [(id_, at(-30), *[""] * len(_BLANK), [], []) for id_ in fresh],
        )
        loaded.customers += fresh
        first = len(loaded.orders)
        _orders(loaded, bought, now=now)
        for place, order in enumerate(bought):
            event = _placed(loaded, loaded.orders[first + place], order)
            events.record(event, by=BY, now=now, is_history=order.is_history)
        _returns(loaded, came_back, now=now)
    return loaded


def at(day: int, hour: int = 9) -> datetime:
    """Noon in Moscow on day `day` from START."""
    return datetime.combine(START, datetime.min.time(), UTC) + timedelta(days=day, hours=hour)


def simulated(random: Random, *, customers: int, days: int) -> list[Bought]:
    """Customers with rhythms of their own, some of whom stop; some orders of guests."""
    bought = []
    for customer in range(customers):
        pause, day = random.uniform(3, 60), random.uniform(0, days * 0.8)
        while day < days and random.random() > 0.08:
            bought.append(Bought(customer, int(day), _lines(random)))
            day += max(0.2, random.lognormvariate(0, 0.5) * pause)
    bought += [Bought(None, random.randrange(days), _lines(random)) for _ in range(customers // 5)]
    return sorted(bought, key=lambda order: order.day)


def _lines(random: Random) -> list[Line]:
    return [Line(random.randrange(3), random.randrange(100, 9000)) for _ in range(random.randint(1, 3))]


_BLANK = (
    "first_name", "last_name", "patronymic", "company", "language", "time_zone", "country", "city", "criterion", "fear",
    "search_text", "sort_name",
)  # fmt: skip


def _goods(loaded: Loaded, kinds: Sequence[str]) -> None:
    for place, kind in enumerate(kinds):
        product = Product.objects.create(kind=kind, name=f"Product {place}", created_at=at(-30))
        variant = Variant.objects.create(product=product, source="test", sku=f"S{place}", folded_sku=f"s{place}")
        loaded.products.append(product.id)
        loaded.variants.append(variant.id)


def _orders(loaded: Loaded, bought: Iterable[Bought], *, now: datetime) -> None:
    orders, lines = [], []
    for order in bought:
        id_, placed_at = new_id(), at(order.day)
        total = sum(line.total_minor for line in order.lines)
        customer = None if order.customer is None else loaded.customers[order.customer]
        orders.append(
            (id_, "test", str(len(loaded.orders)), customer, order.status, placed_at, START + timedelta(days=order.day),
             12, "online", "RUB", Decimal(1), total, 0, 0, 0, total, total, 0, 0, "", order.is_history, "", now)
        )  # fmt: skip
        loaded.orders.append(id_)
        loaded.lines[id_] = [new_id() for _ in order.lines]
        for place, line in enumerate(order.lines):
            amount = line.total_minor
            lines.append(
                (loaded.lines[id_][place], id_, str(place), place, loaded.variants[line.variant], 1000, amount, amount,
                 0, amount, amount, False, 0)
            )  # fmt: skip
    bulk.insert(
        Order,
        ("id", "source", "number", "customer_id", "status", "placed_at", "local_date", "local_hour", "channel",
         "currency", "rate", "goods_minor", "discount_minor", "delivery_minor", "tax_minor", "total_minor",
         "base_total_minor", "returned_minor", "base_returned_minor", "comment", "is_history", "content_hash",
         "recorded_at"),
        orders,
    )  # fmt: skip
    bulk.insert(
        OrderLine,
        ("id", "order_id", "key", "ordinal", "variant_id", "quantity_milli", "unit_price_minor", "goods_minor",
         "discount_minor", "total_minor", "base_total_minor", "is_gift", "returned_milli"),
        lines,
    )  # fmt: skip


def _placed(loaded: Loaded, id_: UUID, order: Bought) -> OrderPlaced:
    total = sum(line.total_minor for line in order.lines)
    return OrderPlaced(
        customer_id=None if order.customer is None else loaded.customers[order.customer],
        occurred_at=at(order.day),
        order_id=id_,
        channel="online",
        currency="RUB",
        total_minor=total,
        base_total_minor=total,
    )


def _returns(loaded: Loaded, came_back: Iterable[CameBack], *, now: datetime) -> None:
    for back in came_back:
        customer = None if back.customer is None else loaded.customers[back.customer]
        order = None if back.order is None else loaded.orders[back.order]
        row = Return.objects.create(
            source="test", number=str(new_id()), customer_id=customer, returned_at=at(back.day),
            local_date=START + timedelta(days=back.day), currency="RUB", total_minor=back.total_minor,
            base_total_minor=back.total_minor, is_matched=order is not None, recorded_at=now,
        )  # fmt: skip
        ReturnLine.objects.create(
            return_of=row, key="0", variant_id=loaded.variants[back.variant], quantity_milli=1000,
            order_line_id=loaded.lines[order][0] if order else None, total_minor=back.total_minor,
            base_total_minor=back.total_minor,
        )  # fmt: skip
        events.record(
            GoodsReturned(
                customer_id=customer, occurred_at=at(back.day), return_id=row.id, order_id=order, cause_id=None,
                currency="RUB", total_minor=back.total_minor, base_total_minor=back.total_minor,
                is_matched=order is not None,
            ),
            by=BY,
            now=now,
        )  # fmt: skip
