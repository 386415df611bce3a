"""Taking many orders at once, by the same rules as one: the sample shop, and sources that hold whole orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.orders import CannotPlace, OrderRefusal
from regulars.commerce.events import OrderCancelled, OrderPlaced
from regulars.commerce.models import Order, OrderLine
from regulars.commerce.rules import OrderDraft, OrderStatus
from regulars.commerce.rules.orders import amounts_of_draft, content_hash, keys_of_draft, local_moment, parts_in_base
from regulars.customers import queries as customers
from regulars.foundation import bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop.queries.rates import rate_table
from regulars.shop.queries.settings import shop
from regulars.shop.queries.stores import stores_by_id
from regulars.shop.rules.rates import RateTable

_ORDER = (
    "id", "source", "number", "customer_id", "status", "placed_at", "local_date", "local_hour", "channel", "store_id",
    "seller_id", "currency", "rate", "goods_minor", "discount_minor", "delivery_minor", "tax_minor", "total_minor",
    "base_total_minor", "returned_minor", "base_returned_minor", "comment", "is_history", "content_hash", "recorded_at",
)  # fmt: skip
_LINE = (
    "id", "order_id", "key", "ordinal", "variant_id", "quantity_milli", "unit_price_minor", "goods_minor",
    "discount_minor", "total_minor", "base_total_minor", "is_gift", "returned_milli",
)  # fmt: skip


@dataclass(frozen=True)
class _Terms:
    """What holds for all orders of a call."""

    rates: RateTable
    zones: dict[UUID | None, str]
    living: dict[UUID, UUID]
    is_history: bool
    now: datetime


def place_orders(
    *, drafts: Sequence[OrderDraft], by: Actor, now: datetime, is_history: bool = False
) -> dict[tuple[str, str], UUID]:
    """Take orders set-based, about a thousand a call: (source, number) → order. Known ones stay as they are.

    Unlike one by one, an order may come in cancelled already. All of them or none: raises what `place_order` raises.
    """
    if any(draft.placed_at > now for draft in drafts):
        raise CannotPlace(OrderRefusal.FUTURE)
    with transaction.atomic():
        found = _known(drafts)
        fresh = [draft for draft in drafts if (draft.source, draft.number) not in found]
        terms = _terms(fresh, is_history=is_history, now=now)
        heads, lines, happened = [], [], []
        for draft in fresh:
            head, own = _rows_of(draft, terms)
            heads.append(tuple(head[name] for name in _ORDER))
            lines += own
            happened += _events_of(head)
            found[draft.source, draft.number] = head["id"]
        bulk.insert(Order, _ORDER, heads)
        bulk.insert(OrderLine, _LINE, lines)
        events.record_all(happened, by=by, now=now, is_history=is_history)
    return found


def _known(drafts: Iterable[OrderDraft]) -> dict[tuple[str, str], UUID]:
    """Orders of these sources and numbers that stand already; raises CannotPlace where one says something else."""
    said = {(draft.source, draft.number): draft for draft in drafts}
    found = {}
    for source in {source for source, _ in said}:
        numbers = [number for of, number in said if of == source]
        rows = Order.objects.filter(source=source, number__in=numbers).values_list("number", "id", "content_hash")
        for number, id_, digest in rows:
            if digest != content_hash(said[source, number]):
                raise CannotPlace(OrderRefusal.OTHER_CONTENT)
            found[source, number] = id_
    return found


def _terms(drafts: Sequence[OrderDraft], *, is_history: bool, now: datetime) -> _Terms:
    stores = stores_by_id({draft.store_id for draft in drafts if draft.store_id})
    zones: dict[UUID | None, str] = {id_: store.time_zone for id_, store in stores.items()}
    zones[None] = shop().time_zone
    customers.hold_identities()
    living = customers.survivors_of({draft.customer_id for draft in drafts if draft.customer_id})
    return _Terms(rate_table({draft.currency for draft in drafts}), zones, living, is_history, now)


def _rows_of(draft: OrderDraft, terms: _Terms) -> tuple[dict[str, Any], list[tuple[Any, ...]]]:
    """The order's columns by name, and its lines."""
    amounts = amounts_of_draft(draft)
    local_date, local_hour = local_moment(draft.placed_at, terms.zones[draft.store_id])
    rate = terms.rates.on(draft.currency, local_date)
    parts = [*(line.total_minor for line in amounts.lines), amounts.delivery_minor + amounts.tax_minor]
    base_total, bases = parts_in_base(
        parts, currency=draft.currency, base_currency=terms.rates.base_currency, rate=rate
    )
    head = {
        "id": new_id(),
        "source": draft.source,
        "number": draft.number,
        "customer_id": terms.living[draft.customer_id] if draft.customer_id else None,
        "status": draft.status.value,
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
        "base_total_minor": base_total,
        "returned_minor": 0,
        "base_returned_minor": 0,
        "comment": draft.comment,
        "is_history": terms.is_history,
        "content_hash": content_hash(draft),
        "recorded_at": terms.now,
    }
    lines = [
        (
            new_id(), head["id"], key, ordinal, said.variant_id, said.quantity_milli, said.unit_price_minor,
            line.goods_minor, line.discount_minor, line.total_minor, base, said.is_gift, 0,
        )
        for ordinal, (key, said, line, base) in enumerate(
            zip(keys_of_draft(draft), draft.lines, amounts.lines, bases[:-1], strict=True), start=1
        )
    ]  # fmt: skip
    return head, lines


def _events_of(head: dict[str, Any]) -> list[OrderPlaced | OrderCancelled]:
    if head["status"] == OrderStatus.DRAFT:
        return []
    amounts = {name: head[name] for name in ("customer_id", "currency", "total_minor", "base_total_minor")}
    placed = OrderPlaced(occurred_at=head["placed_at"], order_id=head["id"], channel=head["channel"], **amounts)
    if head["status"] != OrderStatus.CANCELLED:
        return [placed]
    return [placed, OrderCancelled(occurred_at=head["placed_at"], order_id=head["id"], cause_id=None, **amounts)]
