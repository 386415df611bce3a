"""Taking goods back, pointing returns at what they undo, writing stock off."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.commerce.events import GoodsReturned, ReturnMatched, StockWrittenOff
from regulars.commerce.models import Order, OrderLine, Return, ReturnLine, StockWriteOff
from regulars.commerce.rules import OrderStatus
from regulars.commerce.rules.orders import local_moment
from regulars.commerce.rules.returns import TooMuchReturned, returned_amount, split_amounts
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop.queries.settings import shop
from regulars.shop.queries.stores import stores_by_id

DESK = "desk"


class ReturnRefusal(StrEnum):
    """Why goods were not taken back, or a return was not matched."""

    NOTHING = "nothing"
    NOT_SOLD = "not_sold"
    BEFORE_ORDER = "before_order"
    FUTURE = "future"
    OTHER_ORDER = "other_order"
    MATCHED_ALREADY = "matched_already"
    OTHER_CUSTOMER = "other_customer"
    OTHER_GOODS = "other_goods"
    OTHER_CURRENCY = "other_currency"


class CannotReturn(ValueError):
    """Nothing was taken back: NOTHING (no quantity), NOT_SOLD (a draft or a cancelled order), BEFORE_ORDER, FUTURE,
    OTHER_ORDER (a line of another order)."""

    def __init__(self, reason: ReturnRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CannotMatch(ValueError):
    """The return stays as it is: MATCHED_ALREADY, NOT_SOLD, BEFORE_ORDER, OTHER_CUSTOMER, OTHER_GOODS,
    OTHER_CURRENCY."""

    def __init__(self, reason: ReturnRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class LineReturn:
    """How much of an order's line comes back."""

    order_line_id: UUID
    quantity_milli: int


def return_lines(
    *,
    order_id: UUID,
    lines: Sequence[LineReturn],
    returned_at: datetime,
    by: Actor,
    now: datetime,
    cause_id: UUID | None = None,
    reason: str = "",
    source: str = DESK,
    number: str | None = None,
    is_history: bool = False,
) -> UUID:
    """Take goods of one order back: each line at its share of what it cost. The order keeps its status.

    Once for source and number; without a number it gets the order's with the next ordinal. Answers with the return.
    Raises CannotReturn, rules.returns.TooMuchReturned, LookupError.
    """
    wanted = _summed(lines)
    if returned_at > now:
        raise CannotReturn(ReturnRefusal.FUTURE)
    with transaction.atomic():
        order = _locked_order(order_id)
        known = Return.objects.filter(source=source, number=number).values_list("id", flat=True).first()
        if number is not None and known:
            return known
        if order.status in (OrderStatus.DRAFT, OrderStatus.CANCELLED):
            raise CannotReturn(ReturnRefusal.NOT_SOLD)
        if returned_at < order.placed_at:
            raise CannotReturn(ReturnRefusal.BEFORE_ORDER)
        sold = {line.id: line for line in OrderLine.objects.filter(order=order, id__in=wanted)}
        if sold.keys() != wanted.keys():
            raise CannotReturn(ReturnRefusal.OTHER_ORDER)
        parts = [_part(order, sold[id_], quantity) for id_, quantity in wanted.items()]
        taken = Return(
            source=source,
            number=number or _next_number(order, source),
            customer_id=order.customer_id,
            returned_at=returned_at,
            local_date=_local_date(order, returned_at),
            currency=order.currency,
            total_minor=sum(part.total_minor for part in parts),
            base_total_minor=sum(part.base_total_minor for part in parts),
            cause_id=cause_id,
            reason=reason,
            is_matched=True,
            is_history=is_history,
            recorded_at=now,
        )
        taken.save(force_insert=True)
        for part in parts:
            part.return_of = taken
        ReturnLine.objects.bulk_create(parts)
        _give_back(order, sold, parts)
        events.record(_goods_returned(taken, order_id=order.id), by=by, now=now, is_history=is_history)
        _audit(taken, "return.taken", {}, {"order_id": order.id, "total_minor": taken.total_minor}, by=by, now=now)
    return taken.id


def match_return(*, return_line_id: UUID, order_line_id: UUID, by: Actor, now: datetime) -> int:
    """Point an unmatched part of a return at the line that it undoes; how many thousandths found room there.

    Where the line has less left than came back, the rest stays unmatched as a part of its own. The goods must be the
    same, or their SKUs differ by case only; a return of nobody becomes the order's customer's.
    Raises CannotMatch, LookupError.
    """
    with transaction.atomic():
        part, taken = _locked_part(return_line_id)
        line = OrderLine.objects.select_related("variant").filter(id=order_line_id).first()
        if line is None:
            raise LookupError(f"no order line {order_line_id}")
        order = _locked_order(line.order_id)
        line.refresh_from_db(fields=["returned_milli"])
        _check_match(part, taken, line, order)
        matched = min(part.quantity_milli, line.quantity_milli - line.returned_milli)
        if matched <= 0:
            raise TooMuchReturned(0)
        _split_off(part, matched)
        part.order_line = line
        part.save()
        _give_back(order, {line.id: line}, [part])
        taken.customer_id = taken.customer_id or order.customer_id
        taken.is_matched = not ReturnLine.objects.filter(return_of=taken, order_line=None).exists()
        taken.save(update_fields=["customer_id", "is_matched"])
        found = ReturnMatched(
            customer_id=taken.customer_id,
            occurred_at=now,
            return_id=taken.id,
            return_line_id=part.id,
            order_id=order.id,
            order_line_id=line.id,
            quantity_milli=matched,
        )
        events.record(found, by=by, now=now, is_history=taken.is_history)
        after = {"order_id": order.id, "order_line_id": line.id, "quantity_milli": matched}
        _audit(taken, "return.matched", {}, after, by=by, now=now)
    return matched


def write_off_stock(
    *,
    source: str,
    key: str,
    variant_id: UUID,
    quantity_milli: int,
    at: datetime,
    by: Actor,
    now: datetime,
    note: str = "",
) -> UUID:
    """Write down goods that left without a sale (below zero: were found again); once for source and key."""
    row = StockWriteOff(source=source, key=key, variant_id=variant_id, quantity_milli=quantity_milli, at=at, note=note)
    with transaction.atomic():
        StockWriteOff.objects.bulk_create([row], ignore_conflicts=True)
        id_ = StockWriteOff.objects.values_list("id", flat=True).get(source=source, key=key)
        if id_ == row.id:
            left = StockWrittenOff(
                customer_id=None,
                occurred_at=at,
                write_off_id=id_,
                variant_id=variant_id,
                quantity_milli=quantity_milli,
            )
            events.record(left, by=by, now=now)
    return id_


def _summed(lines: Sequence[LineReturn]) -> dict[UUID, int]:
    wanted: defaultdict[UUID, int] = defaultdict(int)
    for line in lines:
        if line.quantity_milli < 0:
            raise CannotReturn(ReturnRefusal.NOTHING)
        wanted[line.order_line_id] += line.quantity_milli
    wanted = defaultdict(int, {id_: quantity for id_, quantity in wanted.items() if quantity})
    if not wanted:
        raise CannotReturn(ReturnRefusal.NOTHING)
    return dict(wanted)


def _part(order: Order, line: OrderLine, quantity_milli: int) -> ReturnLine:
    """A return line worth its share, in both currencies; not saved."""

    def share(total_minor: int) -> int:
        return returned_amount(
            line_total_minor=total_minor,
            line_quantity_milli=line.quantity_milli,
            returned_milli=line.returned_milli,
            quantity_milli=quantity_milli,
        )

    return ReturnLine(
        key=f"{line.key}"[:160],
        variant_id=line.variant_id,
        order_line=line,
        quantity_milli=quantity_milli,
        total_minor=share(line.total_minor),
        base_total_minor=share(line.base_total_minor),
    )


def _give_back(order: Order, sold: dict[UUID, OrderLine], parts: Sequence[ReturnLine]) -> None:
    """Note on the order and its lines what came back of them."""
    for part in parts:
        assert part.order_line_id is not None
        line = sold[part.order_line_id]
        line.returned_milli += part.quantity_milli
        line.save(update_fields=["returned_milli"])
        order.returned_minor += part.total_minor
        order.base_returned_minor += part.base_total_minor
    order.save(update_fields=["returned_minor", "base_returned_minor"])


def _check_match(part: ReturnLine, taken: Return, line: OrderLine, order: Order) -> None:
    refusal = None
    if part.order_line_id is not None:
        refusal = ReturnRefusal.MATCHED_ALREADY
    elif order.status in (OrderStatus.DRAFT, OrderStatus.CANCELLED):
        refusal = ReturnRefusal.NOT_SOLD
    elif taken.returned_at < order.placed_at:
        refusal = ReturnRefusal.BEFORE_ORDER
    elif taken.customer_id is not None and taken.customer_id != order.customer_id:
        refusal = ReturnRefusal.OTHER_CUSTOMER
    elif taken.currency != order.currency:
        refusal = ReturnRefusal.OTHER_CURRENCY
    elif part.variant.folded_sku != line.variant.folded_sku:
        refusal = ReturnRefusal.OTHER_GOODS
    if refusal:
        raise CannotMatch(refusal)


def _split_off(part: ReturnLine, matched_milli: int) -> None:
    """Leave `matched_milli` in `part`; what is over becomes an unmatched part of its own."""
    rest_milli = part.quantity_milli - matched_milli
    if not rest_milli:
        return
    own, rest = split_amounts(part.total_minor, part.base_total_minor, [matched_milli, rest_milli])
    id_ = new_id()
    ReturnLine.objects.create(
        id=id_,
        return_of_id=part.return_of_id,
        key=f"{part.key[:120]}/{id_.hex}",
        variant_id=part.variant_id,
        quantity_milli=rest_milli,
        total_minor=rest[0],
        base_total_minor=rest[1],
    )
    part.quantity_milli = matched_milli
    part.total_minor, part.base_total_minor = own


def _locked_order(order_id: UUID) -> Order:
    order = Order.objects.select_for_update().filter(id=order_id).first()
    if order is None:
        raise LookupError(f"no order {order_id}")
    return order


def _locked_part(return_line_id: UUID) -> tuple[ReturnLine, Return]:
    return_id = ReturnLine.objects.filter(id=return_line_id).values_list("return_of_id", flat=True).first()
    if return_id is None:
        raise LookupError(f"no return line {return_line_id}")
    taken = Return.objects.select_for_update().get(id=return_id)
    return ReturnLine.objects.select_related("variant").get(id=return_line_id), taken


def _next_number(order: Order, source: str) -> str:
    """The order's number with the next free ordinal; the order is locked, so none can take it meanwhile."""
    start = f"{order.number}-R" if order.source == source else f"{order.source}/{order.number}"[:110] + "-R"
    taken = set(Return.objects.filter(source=source, number__startswith=start).values_list("number", flat=True))
    return next(number for i in range(1, len(taken) + 2) if (number := f"{start}{i}") not in taken)


def _local_date(order: Order, at: datetime) -> Any:
    store = stores_by_id([order.store_id]).get(order.store_id) if order.store_id else None
    return local_moment(at, store.time_zone if store else shop().time_zone)[0]


def _goods_returned(taken: Return, *, order_id: UUID | None) -> GoodsReturned:
    return GoodsReturned(
        customer_id=taken.customer_id,
        occurred_at=taken.returned_at,
        return_id=taken.id,
        order_id=order_id,
        cause_id=taken.cause_id,
        currency=taken.currency,
        total_minor=taken.total_minor,
        base_total_minor=taken.base_total_minor,
        is_matched=taken.is_matched,
    )


def _audit(
    taken: Return, verb: str, before: dict[str, Any], after: dict[str, Any], *, by: Actor, now: datetime
) -> None:
    audit.record(
        verb=verb,
        subject_kind="return",
        subject_id=taken.id,
        customer_id=taken.customer_id,
        before=before,
        after=after,
        by=by,
        now=now,
    )
