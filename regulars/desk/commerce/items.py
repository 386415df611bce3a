"""Rows of commerce with the words that pages put beside them: names of people and places, badges."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from regulars.commerce.attributes import ENQUIRY_OUTCOMES, ENQUIRY_STEPS, ORDER_STATUSES
from regulars.commerce.queries.enquiries import EnquiryRow
from regulars.commerce.queries.orders import OrderRow
from regulars.commerce.queries.returns import ReturnRow
from regulars.commerce.rules import MOVES, EnquiryStep, OrderStatus
from regulars.commerce.rules.enquiries import may_step
from regulars.customers import queries as customers
from regulars.desk.access import SignedIn
from regulars.desk.commerce import words
from regulars.foundation.access import Permission
from regulars.foundation.actors import Actor, ActorKind
from regulars.foundation.events import RecordedEvent
from regulars.shop.attributes import CHANNELS
from regulars.shop.queries.staff import staff as everybody
from regulars.shop.queries.staff import staff_by_id


@dataclass(frozen=True)
class OrderItem:
    """An order in a list."""

    row: OrderRow
    customer: str
    status: Promise | str
    tone: str
    channel: Promise | str


@dataclass(frozen=True)
class ReturnItem:
    """A return in a list."""

    row: ReturnRow
    customer: str
    cause: str


@dataclass(frozen=True)
class EnquiryItem:
    """An enquiry in a list; `who` is the customer's name, else what was noted."""

    row: EnquiryRow
    who: str
    kind: Promise | str
    icon: str
    step: Promise | str
    outcome: Promise | str
    tone: str
    owner: str
    is_stuck: bool


@dataclass(frozen=True)
class HistoryItem:
    """What happened with an order, in a line."""

    icon: str
    text: str
    who: str
    at: datetime


def customer_names(ids: Iterable[UUID | None], staff: SignedIn) -> dict[UUID, str]:
    """What to call these customers, in one query; for those who may not see customers, nothing."""
    known = [id_ for id_ in ids if id_]
    if not known or not staff.may(Permission.SEE_CUSTOMERS):
        return {}
    return {id_: name or gettext("Without a name") for id_, name in customers.names_of(known).items()}


def order_items(rows: Iterable[OrderRow], *, staff: SignedIn) -> list[OrderItem]:
    """Orders with their customers' names, in one more query."""
    rows = list(rows)
    names = customer_names((row.customer_id for row in rows), staff)
    return [
        OrderItem(
            row,
            names.get(row.customer_id, "") if row.customer_id else "",
            ORDER_STATUSES[row.status],
            words.STATUS_TONES.get(row.status, ""),
            CHANNELS[row.channel],
        )
        for row in rows
    ]


def enquiry_items(rows: Iterable[EnquiryRow], *, staff: SignedIn, now: datetime) -> list[EnquiryItem]:
    """Enquiries with the names of customers and owners, in two more queries."""
    rows = list(rows)
    names = customer_names((row.customer_id for row in rows), staff)
    has_contacts = staff.may(Permission.SEE_CONTACTS)
    owners = staff_by_id(row.owner_id for row in rows if row.owner_id)
    return [
        EnquiryItem(
            row,
            (names.get(row.customer_id, "") if row.customer_id else "")
            or row.contact_name
            or (row.contact_value if has_contacts else "")
            or gettext("Without a name"),
            words.ENQUIRY_KINDS[row.kind].name,
            words.ENQUIRY_KINDS[row.kind].icon,
            ENQUIRY_STEPS[row.step],
            ENQUIRY_OUTCOMES[row.outcome],
            words.OUTCOME_TONES[row.outcome],
            owners[row.owner_id].name if row.owner_id in owners else "",
            row.is_stuck(now),
        )
        for row in rows
    ]


def moves_of(status: OrderStatus) -> list[tuple[OrderStatus, Promise]]:
    """Where an order may go, cancelling apart, with what the button says."""
    return [(target, name) for target, name in words.MOVE_NAMES.items() if target in MOVES[status]]


def steps_of(step: EnquiryStep) -> list[tuple[EnquiryStep, Promise | str]]:
    """The steps that an open enquiry may be moved to."""
    return [(target, ENQUIRY_STEPS[target]) for target in EnquiryStep if may_step(step, target)]


def history_items(events: Sequence[RecordedEvent]) -> list[HistoryItem]:
    """The log of an order in words, newest first."""
    people = {str(person.id): person.name for person in everybody()}
    items = []
    for event in events:
        sign = _sign(event)
        items.append(HistoryItem(sign.icon, str(sign.name), _who(event.actor, people), event.occurred_at))
    return items[::-1]


_SIGNS = {
    "commerce.order_placed": words.Sign(pgettext_lazy("order", "Placed"), icon="shopping-bag"),
    "commerce.order_changed": words.Sign(pgettext_lazy("order", "Corrected"), icon="pencil"),
    "commerce.order_cancelled": words.Sign(pgettext_lazy("order", "Cancelled"), icon="ban"),
}


def _sign(event: RecordedEvent) -> words.Sign:
    moved = ORDER_STATUSES.get(event.payload.get("status", ""), pgettext_lazy("order", "Placed"))
    return _SIGNS.get(event.kind) or words.Sign(moved, icon="arrow-right")


def _who(reference: str, people: dict[str, str]) -> str:
    actor = Actor.parse(reference)
    if actor.kind == ActorKind.STAFF:
        return people.get(actor.id, gettext("Somebody who has left"))
    return gettext("Customer") if actor.kind == ActorKind.CUSTOMER else gettext("Automatically")
