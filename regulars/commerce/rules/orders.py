"""What an order adds up to, in its own and in the base currency, and which way it may go."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from regulars.foundation.money import Money, converted, split
from regulars.shop.rules import Channel


class OrderStatus(StrEnum):
    DRAFT = "draft"
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


# Without a way back: each status is reached once at most.
MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.DRAFT: frozenset({OrderStatus.PLACED, OrderStatus.CANCELLED}),
    OrderStatus.PLACED: frozenset(
        {OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.CANCELLED}
    ),
    OrderStatus.PAID: frozenset({OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED}),
    OrderStatus.COMPLETED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


def may_move(current: OrderStatus, target: OrderStatus) -> bool:
    """Whether an order may go from one status to another."""
    return target in MOVES[current]


@dataclass(frozen=True, kw_only=True)
class OrderLineDraft:
    """A position as it is said: `discount_minor` is the line's own, before its share of the order's.

    key: what the line is known by in its order; None takes the variant and its ordinal among equals.
    goods_minor: what it costs before discounts, where a source says so with prices finer than the minor unit; None:
    price times quantity.
    """

    variant_id: UUID
    quantity_milli: int
    unit_price_minor: int
    discount_minor: int = 0
    is_gift: bool = False
    key: str | None = None
    goods_minor: int | None = None


@dataclass(frozen=True, kw_only=True)
class OrderDraft:
    """An order as it is said by a form, a shop system or the sample shop.

    discount_minor: of the order as a whole, over and above the lines' own. tax_minor: what the tax comes to;
    `is_tax_included` says that the prices hold it already. customer_id None: a guest.
    """

    source: str
    number: str
    customer_id: UUID | None
    placed_at: datetime
    currency: str
    lines: tuple[OrderLineDraft, ...]
    status: OrderStatus = OrderStatus.PLACED
    channel: Channel = Channel.OTHER
    store_id: UUID | None = None
    seller_id: UUID | None = None
    discount_minor: int = 0
    delivery_minor: int = 0
    tax_minor: int = 0
    is_tax_included: bool = True
    comment: str = ""


@dataclass(frozen=True)
class LineAmounts:
    """goods − discount = total; the discount holds the line's share of the order's."""

    goods_minor: int
    discount_minor: int
    total_minor: int


@dataclass(frozen=True)
class OrderAmounts:
    """total = goods − discount + delivery + tax, and goods and discount are the sums over the lines."""

    lines: tuple[LineAmounts, ...]
    goods_minor: int
    discount_minor: int
    delivery_minor: int
    tax_minor: int
    total_minor: int


class BadAmounts(ValueError):
    """The figures of an order cannot be added up; `reason` names which."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def goods_amount(quantity_milli: int, unit_price_minor: int) -> int:
    """Price times quantity in minor units, rounded half to even."""
    whole, rest = divmod(quantity_milli * unit_price_minor, 1000)
    return whole + (rest > 500 or (rest == 500 and whole % 2 == 1))


def amounts_of(
    lines: Sequence[tuple[int, int]], *, discount_minor: int = 0, delivery_minor: int = 0, tax_minor: int = 0
) -> OrderAmounts:
    """The amounts of an order from its lines, each (goods_minor, its own discount_minor).

    The order's discount is split over the lines in proportion to what they cost after their own (largest remainder),
    so no line falls below zero. `tax_minor` is what comes on top: 0 where the prices hold the tax.
    Raises BadAmounts: "no_lines", "discount" (negative, or more than the goods), "delivery", "tax".
    """
    if not lines:
        raise BadAmounts("no_lines")
    if delivery_minor < 0:
        raise BadAmounts("delivery")
    if tax_minor < 0:
        raise BadAmounts("tax")
    nets = [goods - own for goods, own in lines]
    has_bad_line = any(own < 0 or net < 0 for (_, own), net in zip(lines, nets, strict=True))
    if has_bad_line or not 0 <= discount_minor <= sum(nets):
        raise BadAmounts("discount")
    shares = split(discount_minor, nets) if discount_minor else [0] * len(lines)
    done = tuple(
        LineAmounts(goods, own + share, goods - own - share) for (goods, own), share in zip(lines, shares, strict=True)
    )
    goods_minor = sum(line.goods_minor for line in done)
    discount = sum(line.discount_minor for line in done)
    total = goods_minor - discount + delivery_minor + tax_minor
    return OrderAmounts(done, goods_minor, discount, delivery_minor, tax_minor, total)


def amounts_of_draft(draft: OrderDraft) -> OrderAmounts:
    """The amounts of `draft`. A gift line costs nothing: its whole price is its discount. Raises BadAmounts.

    Beside those of `amounts_of`: "quantity" (not above zero), "price" (below zero).
    """
    if any(line.quantity_milli <= 0 for line in draft.lines):
        raise BadAmounts("quantity")
    if any(line.unit_price_minor < 0 for line in draft.lines):
        raise BadAmounts("price")
    goods = [
        goods_amount(line.quantity_milli, line.unit_price_minor) if line.goods_minor is None else line.goods_minor
        for line in draft.lines
    ]
    own = [goods[i] if line.is_gift else line.discount_minor for i, line in enumerate(draft.lines)]
    return amounts_of(
        list(zip(goods, own, strict=True)),
        discount_minor=draft.discount_minor,
        delivery_minor=draft.delivery_minor,
        tax_minor=0 if draft.is_tax_included else draft.tax_minor,
    )


def in_base(amount_minor: int, *, currency: str, base_currency: str, rate: Decimal) -> int:
    """`amount_minor` in the base currency; `rate` is units of it for one unit of `currency`."""
    if currency == base_currency and rate == 1:
        return amount_minor
    return converted(Money(amount_minor, currency), to=base_currency, rate=rate).amount_minor


def parts_in_base(
    parts_minor: Sequence[int], *, currency: str, base_currency: str, rate: Decimal
) -> tuple[int, list[int]]:
    """The sum of `parts_minor` in the base currency, and the parts in it, adding up to that sum exactly.

    Each part is the difference of two rounded running sums, so it is off by less than one minor unit.
    """
    running = [0]
    for part in parts_minor:
        running.append(running[-1] + part)
    bases = [in_base(value, currency=currency, base_currency=base_currency, rate=rate) for value in running]
    return bases[-1], [after - before for before, after in pairwise(bases)]


def local_moment(at: datetime, zone: str) -> tuple[date, int]:
    """The date and the hour that the clocks of `zone` (IANA name) show."""
    local = at.astimezone(ZoneInfo(zone))
    return local.date(), local.hour


def line_keys(identities: Sequence[str]) -> list[str]:
    """What lines are known by in their order: the identity and the ordinal among equals, from 1."""
    seen: Counter[str] = Counter()
    keys = []
    for identity in identities:
        seen[identity] += 1
        keys.append(f"{identity}#{seen[identity]}")
    return keys


def keys_of_draft(draft: OrderDraft) -> list[str]:
    """The keys of the draft's lines, in their order."""
    made = iter(line_keys([line.variant_id.hex for line in draft.lines if line.key is None]))
    return [line.key if line.key is not None else next(made) for line in draft.lines]


def content_hash(draft: OrderDraft) -> str:
    """A digest of all that `draft` says but its status, which goes its own way after placing: 32 hex digits."""
    said = [repr(getattr(draft, f.name)) for f in fields(draft) if f.name not in ("status", "placed_at")]
    said.append(f"{draft.placed_at.timestamp():.6f}")
    return hashlib.blake2b("\n".join(said).encode(), digest_size=16).hexdigest()
