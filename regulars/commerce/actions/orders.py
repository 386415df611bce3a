"""Taking orders, correcting them, moving them on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.identity import living_customer
from regulars.commerce.events import OrderCancelled, OrderChanged, OrderPlaced, OrderStatusChanged
from regulars.commerce.models import Order, OrderLine, ReturnLine
from regulars.commerce.rules import OrderDraft, OrderStatus, may_move
from regulars.commerce.rules.orders import (
    OrderAmounts,
    amounts_of_draft,
    content_hash,
    keys_of_draft,
    local_moment,
    parts_in_base,
)
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.shop.queries.rates import rate_on
from regulars.shop.queries.settings import shop
from regulars.shop.queries.stores import stores_by_id


class OrderRefusal(StrEnum):
    """Why an order was not placed or changed."""

    FUTURE = "future"
    OTHER_CONTENT = "other_content"
    CANCELLED = "cancelled"
    OTHER_NUMBER = "other_number"
    LINE_RETURNED = "line_returned"
    CURRENCY_RETURNED = "currency_returned"
    STATUS = "status"


class CannotPlace(ValueError):
    """The order was refused and nothing was written: FUTURE (dated after now), OTHER_CONTENT (known, but different:
    correct it with `change_order`), STATUS (an order does not begin cancelled)."""

    def __init__(self, reason: OrderRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CannotChange(ValueError):
    """The correction was refused: CANCELLED, FUTURE, OTHER_NUMBER (another order's), LINE_RETURNED (a line would hold
    less than came back of it), CURRENCY_RETURNED (goods came back in the old currency)."""

    def __init__(self, reason: OrderRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CannotMove(ValueError):
    """An order does not go from `current` to `target`."""

    def __init__(self, current: OrderStatus, target: OrderStatus) -> None:
        super().__init__(f"{current} → {target}")
        self.current, self.target = current, target


@dataclass(frozen=True)
class Placed:
    """The order, and whether this call placed it (False: it stood there already, the same)."""

    order_id: UUID
    is_new: bool


def place_order(*, draft: OrderDraft, by: Actor, now: datetime, is_history: bool = False) -> Placed:
    """Take an order; once for its source and number. A guest's has no customer.

    Freezes the rate and the base amounts, and the store's (else the shop's) local date and hour.
    Raises CannotPlace, rules.orders.BadAmounts, shop.rules.rates.RateMissing.
    """
    if draft.placed_at > now:
        raise CannotPlace(OrderRefusal.FUTURE)
    if draft.status == OrderStatus.CANCELLED:
        raise CannotPlace(OrderRefusal.STATUS)
    known = _placed_before(draft)
    if known:
        return known
    amounts = amounts_of_draft(draft)
    order = Order(
        source=draft.source,
        number=draft.number,
        status=draft.status.value,
        is_history=is_history,
        recorded_at=now,
        **_head(draft, amounts),
    )
    lines = _lines(order, draft, amounts)
    with transaction.atomic():
        order.customer_id = living_customer(draft.customer_id)
        # Another may place the same order at this moment: the first row stands, this one is left out.
        Order.objects.bulk_create([order], ignore_conflicts=True)
        known = _placed_before(draft, but=order.id)
        if known:
            return known
        OrderLine.objects.bulk_create(lines)
        if draft.status != OrderStatus.DRAFT:
            events.record(_placed(order), by=by, now=now, is_history=is_history)
    return Placed(order.id, is_new=True)


def change_order(*, order_id: UUID, draft: OrderDraft, by: Actor, now: datetime) -> bool:
    """Give an order the content of `draft`, all but its status; whether anything changed.

    Lines are known by their keys. The rate stays frozen unless the date or the currency changed.
    Raises CannotChange, rules.orders.BadAmounts, shop.rules.rates.RateMissing, LookupError.
    """
    if draft.placed_at > now:
        raise CannotChange(OrderRefusal.FUTURE)
    amounts = amounts_of_draft(draft)
    with transaction.atomic():
        customer_id = living_customer(draft.customer_id)
        order = _locked(order_id)
        if (order.source, order.number) != (draft.source, draft.number):
            raise CannotChange(OrderRefusal.OTHER_NUMBER)
        if order.status == OrderStatus.CANCELLED:
            raise CannotChange(OrderRefusal.CANCELLED)
        if order.content_hash == content_hash(draft):
            return False
        if order.returned_minor and order.currency != draft.currency:
            raise CannotChange(OrderRefusal.CURRENCY_RETURNED)
        before = _audited(order)
        for name, value in _head(draft, amounts, frozen=order).items():
            setattr(order, name, value)
        order.customer_id = customer_id
        order.save()
        _replace_lines(order, _lines(order, draft, amounts))
        if order.status != OrderStatus.DRAFT:
            changed = OrderChanged(
                customer_id=order.customer_id,
                occurred_at=now,
                order_id=order.id,
                currency=order.currency,
                total_before_minor=before["total_minor"],
                total_minor=order.total_minor,
                base_total_minor=order.base_total_minor,
            )
            events.record(changed, by=by, now=now)
        _audit(order, "order.changed", before, by=by, now=now)
    return True


def change_status(*, order_id: UUID, status: OrderStatus, by: Actor, now: datetime) -> None:
    """Move an order on; to cancel it, use `cancel_order`. Raises CannotMove, LookupError."""
    with transaction.atomic():
        order = _locked(order_id)
        current = OrderStatus(order.status)
        if status == OrderStatus.CANCELLED or not may_move(current, status):
            raise CannotMove(current, status)
        before = _audited(order)
        order.status = status.value
        order.save(update_fields=["status"])
        moved = OrderStatusChanged(
            customer_id=order.customer_id,
            occurred_at=now,
            order_id=order.id,
            status_before=current.value,
            status=status.value,
        )
        # A draft becomes an order only now.
        events.record(*([_placed(order)] if current == OrderStatus.DRAFT else []), moved, by=by, now=now)
        _audit(order, "order.status_changed", before, by=by, now=now)


def cancel_order(*, order_id: UUID, by: Actor, now: datetime, cause_id: UUID | None = None) -> None:
    """Call an order off; it keeps its lines and amounts. Raises CannotMove (also once goods came back), LookupError."""
    with transaction.atomic():
        order = _locked(order_id)
        current = OrderStatus(order.status)
        if not may_move(current, OrderStatus.CANCELLED) or _has_returns(order):
            raise CannotMove(current, OrderStatus.CANCELLED)
        before = _audited(order)
        order.status = OrderStatus.CANCELLED.value
        order.save(update_fields=["status"])
        cancelled = OrderCancelled(
            customer_id=order.customer_id,
            occurred_at=now,
            order_id=order.id,
            cause_id=cause_id,
            currency=order.currency,
            total_minor=order.total_minor,
            base_total_minor=order.base_total_minor,
        )
        if current != OrderStatus.DRAFT:
            events.record(cancelled, by=by, now=now)
        _audit(order, "order.cancelled", before, by=by, now=now)


def _placed_before(draft: OrderDraft, *, but: UUID | None = None) -> Placed | None:
    """The order of this source and number where it says the same; raises CannotPlace where it does not."""
    known = Order.objects.filter(source=draft.source, number=draft.number).values_list("id", "content_hash").first()
    if known is None or known[0] == but:
        return None
    if known[1] != content_hash(draft):
        raise CannotPlace(OrderRefusal.OTHER_CONTENT)
    return Placed(known[0], is_new=False)


def _head(draft: OrderDraft, amounts: OrderAmounts, *, frozen: Order | None = None) -> dict[str, Any]:
    """The order's own columns. `frozen`: the order as it stands, whose rate holds on for its date and currency."""
    settings = shop()
    store = stores_by_id([draft.store_id]).get(draft.store_id) if draft.store_id else None
    local_date, local_hour = local_moment(draft.placed_at, store.time_zone if store else settings.time_zone)
    if frozen and (frozen.currency, frozen.local_date) == (draft.currency, local_date):
        rate = frozen.rate
    else:
        rate = rate_on(draft.currency, local_date)
    base_total_minor, _ = parts_in_base(
        [amounts.total_minor], currency=draft.currency, base_currency=settings.base_currency, rate=rate
    )
    return {
        "placed_at": draft.placed_at,
        "local_date": local_date,
        "local_hour": local_hour,
        "channel": draft.channel.value,
        "store_id": draft.store_id,
        "seller_id": draft.seller_id,
        "currency": draft.currency,
        "rate": rate,
        "goods_minor": amounts.goods_minor,
        "discount_minor": amounts.discount_minor,
        "delivery_minor": amounts.delivery_minor,
        "tax_minor": amounts.tax_minor,
        "total_minor": amounts.total_minor,
        "base_total_minor": base_total_minor,
        "comment": draft.comment,
        "content_hash": content_hash(draft),
    }


def _lines(order: Order, draft: OrderDraft, amounts: OrderAmounts) -> list[OrderLine]:
    # Delivery and tax are the last part: lines and they add up to the order's base total.
    parts = [*(line.total_minor for line in amounts.lines), amounts.delivery_minor + amounts.tax_minor]
    _, bases = parts_in_base(parts, currency=draft.currency, base_currency=shop().base_currency, rate=order.rate)
    return [
        OrderLine(
            order_id=order.id,
            key=key,
            ordinal=ordinal,
            variant_id=said.variant_id,
            quantity_milli=said.quantity_milli,
            unit_price_minor=said.unit_price_minor,
            goods_minor=line.goods_minor,
            discount_minor=line.discount_minor,
            total_minor=line.total_minor,
            base_total_minor=base,
            is_gift=said.is_gift,
        )
        for ordinal, (key, said, line, base) in enumerate(
            zip(keys_of_draft(draft), draft.lines, amounts.lines, bases[:-1], strict=True), start=1
        )
    ]


def _replace_lines(order: Order, lines: Sequence[OrderLine]) -> None:
    stands = {line.key: line for line in OrderLine.objects.filter(order=order)}
    wanted = {line.key: line for line in lines}
    gone = [line for key, line in stands.items() if key not in wanted]
    if any(line.returned_milli for line in gone):
        raise CannotChange(OrderRefusal.LINE_RETURNED)
    for key, line in wanted.items():
        if key not in stands:
            continue
        old = stands[key]
        if line.quantity_milli < old.returned_milli or (old.returned_milli and line.variant_id != old.variant_id):
            raise CannotChange(OrderRefusal.LINE_RETURNED)
        line.id, line.returned_milli = old.id, old.returned_milli
    OrderLine.objects.filter(id__in=[line.id for line in gone]).delete()
    fields = [f.name for f in OrderLine._meta.concrete_fields if f.name not in ("id", "order", "key")]
    OrderLine.objects.bulk_update([line for key, line in wanted.items() if key in stands], fields)
    OrderLine.objects.bulk_create([line for key, line in wanted.items() if key not in stands])


def _locked(order_id: UUID) -> Order:
    order = Order.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise LookupError(f"no order {order_id}")
    return order


def _has_returns(order: Order) -> bool:
    return ReturnLine.objects.filter(order_line__order=order).exists()


def _placed(order: Order) -> OrderPlaced:
    return OrderPlaced(
        customer_id=order.customer_id,
        occurred_at=order.placed_at,
        order_id=order.id,
        channel=order.channel,
        currency=order.currency,
        total_minor=order.total_minor,
        base_total_minor=order.base_total_minor,
    )


_AUDITED = (
    "customer_id",
    "status",
    "placed_at",
    "channel",
    "store_id",
    "seller_id",
    "currency",
    "goods_minor",
    "discount_minor",
    "delivery_minor",
    "tax_minor",
    "total_minor",
)


def _audited(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in _AUDITED}


def _audit(order: Order, verb: str, before: dict[str, Any], *, by: Actor, now: datetime) -> None:
    audit.record(
        verb=verb,
        subject_kind="order",
        subject_id=order.id,
        customer_id=order.customer_id,
        before=before,
        after=_audited(order),
        by=by,
        now=now,
    )
