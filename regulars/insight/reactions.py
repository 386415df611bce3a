"""What insight does when others announce something: mark what is to be brought over again, and look again."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.commerce import extracts as commerce
from regulars.commerce.events import (
    GoodsReturned,
    ImportFinished,
    OrderCancelled,
    OrderChanged,
    OrderPlaced,
    OrderStatusChanged,
    ReturnMatched,
)
from regulars.customers.events import CustomersMerged, MergeUndone
from regulars.foundation import bulk, events
from regulars.foundation.events import RecordedEvent
from regulars.foundation.ids import new_id
from regulars.insight.actions.stage_rules import request_analysis
from regulars.insight.models import ChangedPart
from regulars.insight.rules.runs import MARKING
from regulars.shop.events import AsOfMoved

_OF_ORDERS = frozenset({OrderPlaced.kind, OrderChanged.kind, OrderStatusChanged.kind, OrderCancelled.kind})
_OF_RETURNS = frozenset({GoodsReturned.kind, ReturnMatched.kind})
_OF_CUSTOMERS = frozenset({CustomersMerged.kind, MergeUndone.kind})


def mark_changed_parts(batch: Sequence[RecordedEvent], *, now: datetime) -> None:
    """Mark the months of the extracts in which something changed."""
    orders = commerce.months_of_orders(_ids(batch, _OF_ORDERS, "order_id"))
    returns = commerce.months_of_returns(_ids(batch, _OF_RETURNS, "return_id"))
    people = _ids(batch, _OF_CUSTOMERS, "absorbed_id")
    people += [event.customer_id for event in batch if event.kind in _OF_CUSTOMERS and event.customer_id]
    if people:
        of_orders, of_returns = commerce.months_of_customers(people)
        orders, returns = orders | of_orders, returns | of_returns
    visits = commerce.months_of_visits(people) if people else set()
    marks: Iterable[tuple[Any, ...]] = [
        (new_id(), extract.name, month, now)
        for extract, months in (
            (commerce.orders, orders),
            (commerce.order_lines, orders),
            (commerce.return_lines, returns),
            (commerce.site_events, visits),
        )
        for month in sorted(months)
    ]
    bulk.insert(ChangedPart, ("id", "extract", "part", "since"), marks)


def _ids(batch: Sequence[RecordedEvent], kinds: frozenset[str], name: str) -> list[UUID]:
    return [UUID(event.payload[name]) for event in batch if event.kind in kinds and event.payload.get(name)]


def look_again(batch: Sequence[RecordedEvent], *, now: datetime) -> None:
    """Much is new, or "today" means another day: everything is found anew without waiting for the night."""
    request_analysis(now=now)


REACTIONS = (
    events.Reaction(
        name=MARKING,
        kinds=_OF_ORDERS | _OF_RETURNS | _OF_CUSTOMERS,
        react=mark_changed_parts,
        takes_history=True,
    ),
    events.Reaction(
        name="insight.look_again",
        kinds=frozenset({AsOfMoved.kind, ImportFinished.kind}),
        react=look_again,
        takes_history=True,
    ),
)
