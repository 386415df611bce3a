"""Orders and stock write-offs out of the staging place, by the rules of the single actions, a piece at a time."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from regulars.commerce.actions.imports.progress import Progress
from regulars.commerce.actions.imports.staging import StagedLine, Staging, details_of, moment_from
from regulars.commerce.actions.orders import (
    CannotChange,
    CannotMove,
    OrderRefusal,
    cancel_order,
    change_order,
    change_status,
)
from regulars.commerce.events import OrderCancelled, OrderPlaced, StockWrittenOff
from regulars.commerce.models import Order, OrderLine, StockWriteOff
from regulars.commerce.ports import OrderDetails, Reject
from regulars.commerce.rules import OrderDraft, OrderLineDraft, OrderStatus, may_move
from regulars.commerce.rules.imports import LineFate, RejectReason, channel_of, fate_of_line, status_of
from regulars.commerce.rules.orders import BadAmounts, amounts_of, line_keys, parts_in_base
from regulars.customers.queries.identity import hold_identities, survivors_of
from regulars.foundation import bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.events import Event
from regulars.foundation.ids import new_id
from regulars.foundation.money import exponent_of
from regulars.shop.rules.rates import RateMissing, RateTable


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for the whole run."""

    run_id: UUID
    source: str
    go_live_at: datetime
    cancel_prefix: str
    zone: ZoneInfo
    rates: RateTable
    variants: Mapping[int, UUID]
    skus: Mapping[int, str]
    by: Actor
    now: datetime

    def is_history(self, at: datetime) -> bool:
        return at < self.go_live_at


class PricedLine(NamedTuple):
    """A line in minor units. `goods` is before its own `discount`; all are positive."""

    key: str
    product: int
    quantity: int
    unit_price: int
    goods: int
    discount: int
    is_gift: bool


class SourceOrder(NamedTuple):
    """An order as the source says it, in minor units."""

    number: str
    at: datetime
    currency: str
    person: int | None
    details: OrderDetails
    lines: list[PricedLine]
    rows: list[int]


@dataclass
class Piece:
    """Orders and write-offs that are written in one transaction."""

    orders: list[SourceOrder] = field(default_factory=list)
    write_offs: list[tuple[str, StagedLine]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    rows: int = 0
    last: str = ""


def load_orders(staging: Staging, progress: Progress, terms: Terms) -> None:
    """Write what does not come back. Known orders are compared by their digest and corrected where they differ."""
    groups = staging.orders(after=progress.checkpoint)
    while piece := _next_piece(groups, staging, terms, rows=progress.piece_rows):
        staging.reject(piece.rejects)
        people = {order.person for order in piece.orders if order.person is not None}
        known = staging.customers(people)
        hashes = [content_hash(order, known, terms.skus) for order in piece.orders]
        progress.begin_piece()
        with transaction.atomic():
            hold_identities()
            living = survivors_of([customer for id_ in people if (customer := known[id_][1])])
            customers = {id_: living.get(customer) for id_ in people if (customer := known[id_][1])}
            stands = {
                number: (id_, said)
                for id_, number, said in Order.objects.filter(
                    source=terms.source, number__in=[order.number for order in piece.orders]
                ).values_list("id", "number", "content_hash")
            }
            fresh = [(o, h) for o, h in zip(piece.orders, hashes, strict=True) if o.number not in stands]
            changed = [
                (stands[o.number][0], o, h)
                for o, h in zip(piece.orders, hashes, strict=True)
                if o.number in stands and stands[o.number][1] != h
            ]
            rejects = insert_orders(fresh, customers, terms)
            corrected, refused = _correct(changed, customers, terms)
            rejects += refused
            written = _write_off(piece.write_offs, staging, terms)
            same = len(piece.orders) - len(fresh) - len(changed)
            left_out = {reject.row for reject in rejects}
            progress.count(
                created=sum(order.rows[0] not in left_out for order, _ in fresh) + written.created,
                updated=corrected + written.updated,
                unchanged=same + len(piece.write_offs) - written.created - written.updated,
                order_lines=sum(len(order.rows) for order in piece.orders) - len(left_out),
                orders=sum(order.rows[0] not in left_out for order in piece.orders),
                guest_orders=sum(order.person is None and order.rows[0] not in left_out for order in piece.orders),
                write_offs=len(piece.write_offs),
            )
            # Before the commit: a kill in between must not lose them, and twice is once.
            staging.reject(rejects)
            progress.save(checkpoint=piece.last, done=piece.rows)
        progress.end_piece()


def _next_piece(groups: Iterator[list[StagedLine]], staging: Staging, terms: Terms, *, rows: int) -> Piece | None:
    piece = Piece()
    for lines in groups:
        _sort_out(lines, piece, terms)
        piece.rows += len(lines)
        piece.last = lines[0].number
        if piece.rows >= rows:
            break
    return piece if piece.rows else None


def _sort_out(lines: list[StagedLine], piece: Piece, terms: Terms) -> None:
    """One number's lines: an order, and what is stock counted anew."""
    first = lines[0]
    if any(not line.amount for line in lines):
        sales = _without_stock(lines, piece)
        if not sales:
            return
        lines = sales
    if any(line.currency != first.currency for line in lines):
        piece.rejects += [Reject(line.row, RejectReason.MIXED_CURRENCIES, "", line.currency) for line in lines]
        return
    piece.orders.append(
        SourceOrder(
            first.number,
            moment_from(min(line.at for line in lines)),
            first.currency,
            next((line.person for line in lines if line.person is not None), None),
            details_of(lines),
            price_lines(lines, terms.skus),
            [line.row for line in lines],
        )
    )


def _without_stock(lines: Sequence[StagedLine], piece: Piece) -> list[StagedLine]:
    is_priced = any(line.amount for line in lines)
    sales: list[StagedLine] = []
    stock: list[StagedLine] = []
    for line in lines:
        fate = fate_of_line(
            is_cancelled=False,
            quantity_milli=line.quantity,
            amount_micro=line.amount,
            has_customer=line.person is not None,
            is_order_priced=is_priced,
        )
        (stock if fate == LineFate.WRITE_OFF else sales).append(line)
    for ordinal, line in enumerate(stock, start=1):
        piece.write_offs.append((f"{line.number}#{ordinal}", line))
    return sales


def price_lines(lines: Sequence[StagedLine], skus: Mapping[int, str]) -> list[PricedLine]:
    """The lines in minor units, in an order that does not depend on the source's, so that keys do not either."""
    scale = 10 ** (6 - exponent_of(lines[0].currency))
    ordered = sorted(
        (skus[line.product], abs(line.quantity), line.price, line.amount, line.discount, line.product) for line in lines
    )
    keys = line_keys([one[0] for one in ordered])
    return [
        PricedLine(
            key,
            product,
            quantity,
            _rounded(price, scale),
            (goods := _rounded(amount, scale)),
            min(_rounded(discount, scale), goods) if discount else 0,
            amount == 0,
        )
        for key, (_, quantity, price, amount, discount, product) in zip(keys, ordered, strict=True)
    ]


def _rounded(amount_micro: int, scale: int) -> int:
    """Half to even, as everywhere with money."""
    whole, rest = divmod(amount_micro, scale)
    return whole if not rest else whole + (rest * 2 > scale or (rest * 2 == scale and whole % 2 == 1))


def content_hash(order: SourceOrder, known: Mapping[int, tuple[str, UUID | None]], skus: Mapping[int, str]) -> str:
    """A digest of what the source says of an order: 32 hex digits; neither row numbers nor our ids are in it."""
    reference = known[order.person][0] if order.person is not None else ""
    lines = [(line.key, *line[2:]) for line in order.lines]
    said = repr((order.at.timestamp(), order.currency, reference, tuple(order.details), lines))
    return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_ORDER = (
    "id", "source", "number", "customer_id", "status", "placed_at", "local_date", "local_hour", "channel", "currency",
    "rate", "goods_minor", "discount_minor", "delivery_minor", "tax_minor", "total_minor", "base_total_minor",
    "returned_minor", "base_returned_minor", "comment", "is_history", "import_run_id", "content_hash", "recorded_at",
)  # fmt: skip
_LINE = (
    "id", "order_id", "key", "ordinal", "variant_id", "quantity_milli", "unit_price_minor", "goods_minor",
    "discount_minor", "total_minor", "base_total_minor", "is_gift", "returned_milli",
)  # fmt: skip


def insert_orders(
    orders: Iterable[tuple[SourceOrder, str]], customers: Mapping[int, UUID | None], terms: Terms
) -> list[Reject]:
    """Insert orders with their lines and events; those that cannot be added up come back as rejects."""
    heads: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    said: dict[bool, list[Event]] = {True: [], False: []}
    rejects: list[Reject] = []
    for order, digest in orders:
        try:
            id_, head, own = _rows_of(order, digest, customers, terms)
        except (BadAmounts, RateMissing) as error:
            reason = RejectReason.BAD_ORDER if isinstance(error, BadAmounts) else RejectReason.NO_RATE
            value = error.reason if isinstance(error, BadAmounts) else order.currency
            rejects += [Reject(row, reason, "", value) for row in order.rows]
            continue
        heads.append(head)
        lines += own
        said[terms.is_history(order.at)] += _events_of(order, id_, head)
    bulk.insert(Order, _ORDER, heads)
    bulk.insert(OrderLine, _LINE, lines)
    for is_history, placed in said.items():
        events.record_all(placed, by=terms.by, now=terms.now, is_history=is_history)
    return rejects


def _events_of(order: SourceOrder, id_: UUID, head: tuple[Any, ...]) -> list[Event]:
    told = dict(zip(_ORDER, head, strict=True))
    amounts = {name: told[name] for name in ("currency", "total_minor", "base_total_minor")}
    placed = OrderPlaced(
        customer_id=told["customer_id"], occurred_at=order.at, order_id=id_, channel=told["channel"], **amounts
    )
    if told["status"] != OrderStatus.CANCELLED.value:
        return [placed]
    cancelled = OrderCancelled(
        customer_id=told["customer_id"], occurred_at=order.at, order_id=id_, cause_id=None, **amounts
    )
    return [placed, cancelled]


def _rows_of(
    order: SourceOrder, digest: str, customers: Mapping[int, UUID | None], terms: Terms
) -> tuple[UUID, tuple[Any, ...], list[tuple[Any, ...]]]:
    id_ = new_id()
    local_date, local_hour = _local_moment(order.at, terms.zone)
    rate = terms.rates.on(order.currency, local_date)
    details, currency, base_currency = order.details, order.currency, terms.rates.base_currency
    scale = 10 ** (6 - exponent_of(currency))
    delivery = _rounded(details.delivery_micro, scale)
    amounts = [(line.goods, line.discount) for line in order.lines]
    whole = sum(goods - discount for goods, discount in amounts)
    # A discount above the goods is a slip of the source; an order is never below nothing.
    shared = min(_rounded(details.discount_micro, scale), whole)
    if shared or delivery:
        done = amounts_of(amounts, discount_minor=shared, delivery_minor=delivery)
        amounts = [(line.goods_minor, line.discount_minor) for line in done.lines]
    totals = [goods - discount for goods, discount in amounts]
    if currency == base_currency:
        bases, base_total = totals, sum(totals) + delivery
    else:
        base_total, bases = parts_in_base(
            [*totals, delivery], currency=currency, base_currency=base_currency, rate=rate
        )
    goods, discount = sum(goods for goods, _ in amounts), sum(discount for _, discount in amounts)
    head = (
        id_, terms.source, order.number, customers.get(order.person) if order.person is not None else None,
        status_of(details.status).value, order.at, local_date, local_hour, channel_of(details.channel).value, currency,
        rate, goods, discount, delivery, 0, goods - discount + delivery, base_total, 0, 0, details.comment,
        terms.is_history(order.at), terms.run_id, digest, terms.now,
    )  # fmt: skip
    variants = terms.variants
    lines = [
        (
            new_id(), id_, line.key, ordinal, variants[line.product], line.quantity, line.unit_price, own[0], own[1],
            total, base, line.is_gift, 0,
        )
        for ordinal, (line, own, total, base) in enumerate(
            zip(order.lines, amounts, totals, bases[: len(totals)], strict=True), start=1
        )
    ]  # fmt: skip
    return id_, head, lines


@lru_cache(4096)
def _local_moment(at: datetime, zone: ZoneInfo) -> tuple[Any, int]:
    local = at.astimezone(zone)
    return local.date(), local.hour


def _correct(
    changed: Iterable[tuple[UUID, SourceOrder, str]], customers: Mapping[int, UUID | None], terms: Terms
) -> tuple[int, list[Reject]]:
    """Correct orders by the single action; how many, and the rows of those that refuse."""
    corrected, rejects = 0, []
    for order_id, order, digest in changed:
        try:
            with transaction.atomic():
                change_order(order_id=order_id, draft=_draft(order, customers, terms), by=terms.by, now=terms.now)
                _move(order_id, status_of(order.details.status), terms)
                Order.objects.filter(id=order_id).update(content_hash=digest, import_run_id=terms.run_id)
            corrected += 1
        except (CannotChange, CannotMove, BadAmounts, RateMissing) as error:
            reason = RejectReason.BAD_ORDER
            if isinstance(error, RateMissing):
                reason = RejectReason.NO_RATE
            elif isinstance(error, CannotChange):
                is_cancelled = error.reason == OrderRefusal.CANCELLED
                reason = RejectReason.ORDER_CANCELLED if is_cancelled else RejectReason.ORDER_HAS_RETURNS
            rejects += [Reject(row, reason, "", order.number) for row in order.rows]
    return corrected, rejects


def _move(order_id: UUID, status: OrderStatus, terms: Terms) -> None:
    """Take the order where the source says it has come to, if there is a way."""
    current = OrderStatus(Order.objects.values_list("status", flat=True).get(id=order_id))
    if status == current or not may_move(current, status):
        return
    if status == OrderStatus.CANCELLED:
        cancel_order(order_id=order_id, by=terms.by, now=terms.now)
    else:
        change_status(order_id=order_id, status=status, by=terms.by, now=terms.now)


def _draft(order: SourceOrder, customers: Mapping[int, UUID | None], terms: Terms) -> OrderDraft:
    scale = 10 ** (6 - exponent_of(order.currency))
    whole = sum(line.goods - line.discount for line in order.lines)
    return OrderDraft(
        source=terms.source,
        number=order.number,
        customer_id=customers.get(order.person) if order.person is not None else None,
        placed_at=order.at,
        currency=order.currency,
        status=OrderStatus.PLACED,
        channel=channel_of(order.details.channel),
        discount_minor=min(_rounded(order.details.discount_micro, scale), whole),
        delivery_minor=_rounded(order.details.delivery_micro, scale),
        comment=order.details.comment,
        lines=tuple(
            OrderLineDraft(
                variant_id=terms.variants[line.product],
                quantity_milli=line.quantity,
                unit_price_minor=line.unit_price,
                goods_minor=line.goods,
                discount_minor=line.discount,
                is_gift=line.is_gift,
                key=line.key,
            )
            for line in order.lines
        ),
    )


_WRITE_OFF = ("id", "source", "key", "variant_id", "quantity_milli", "at", "note", "import_run_id")


class WrittenOff(NamedTuple):
    created: int
    updated: int


def _write_off(lines: Sequence[tuple[str, StagedLine]], staging: Staging, terms: Terms) -> WrittenOff:
    """Write stock off (found again: below zero), each line once; one that says something else now is corrected."""
    if not lines:
        return WrittenOff(0, 0)
    found = StockWriteOff.objects.filter(source=terms.source, key__in=[key for key, _ in lines])
    known = {row[0]: row[1:] for row in found.values_list("key", "id", "variant_id", "quantity_milli", "at")}
    rows, said, updated = [], [], 0
    for key, line in lines:
        variant_id, quantity, at = terms.variants[line.product], -line.quantity, moment_from(line.at)
        if key in known:
            if known[key][1:] != (variant_id, quantity, at):
                StockWriteOff.objects.filter(id=known[key][0]).update(
                    variant_id=variant_id, quantity_milli=quantity, at=at
                )
                updated += 1
            continue
        id_, note = new_id(), staging.name_of(line.product)[:300]
        rows.append((id_, terms.source, key, variant_id, quantity, at, note, terms.run_id))
        left = StockWrittenOff(
            customer_id=None, occurred_at=at, write_off_id=id_, variant_id=variant_id, quantity_milli=quantity
        )
        said.append((terms.is_history(at), left))
    bulk.insert(StockWriteOff, _WRITE_OFF, rows)
    for is_history in (True, False):
        events.record_all((e for h, e in said if h == is_history), by=terms.by, now=terms.now, is_history=is_history)
    return WrittenOff(len(rows), updated)
