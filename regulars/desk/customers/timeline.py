"""The customer's timeline as templates want it: every event with the names of what it speaks of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.audience.attributes import STAGES
from regulars.audience.queries import segment_names
from regulars.commerce.attributes import ENQUIRY_KINDS, ENQUIRY_OUTCOMES, ENQUIRY_STEPS, ORDER_STATUSES
from regulars.commerce.queries.orders import OrderRow, orders_by_id
from regulars.customers import queries as customers
from regulars.customers.attributes import CONSENT_BASES, CONSENT_CHANNELS, CONTACT_KINDS, PURPOSES
from regulars.customers.attributes import EVENT_KINDS as CUSTOMERS_KINDS
from regulars.desk.customers.words import FIELDS, REASONS
from regulars.foundation.actors import Actor, ActorKind
from regulars.foundation.events import RecordedEvent
from regulars.foundation.paging import Page
from regulars.shop import queries as shop
from regulars.shop.attributes import CHANNELS

# What a filter offers, and the kinds that it shows.
FILTERS: Mapping[str, tuple[str, ...]] = {
    "orders": (
        "commerce.order_placed",
        "commerce.order_changed",
        "commerce.order_status_changed",
        "commerce.order_cancelled",
        "commerce.goods_returned",
        "commerce.return_matched",
    ),
    "enquiries": (
        "commerce.enquiry_opened",
        "commerce.enquiry_moved",
        "commerce.enquiry_assigned",
        "commerce.enquiry_closed",
    ),
    "consents": ("customers.consent_given", "customers.consent_withdrawn"),
    "profile": tuple(kind for kind in CUSTOMERS_KINDS if "consent" not in kind),
    "stages": ("audience.stage_changed", "audience.segment_entered", "audience.segment_left"),
}


def filter_labels() -> dict[str, str]:
    return {
        "": _("Everything"),
        "orders": _("Orders and returns"),
        "enquiries": _("Enquiries"),
        "consents": _("Consents"),
        "profile": _("Profile"),
        "stages": _("Stages and segments"),
    }


@dataclass(frozen=True)
class Entry:
    """template: what draws it. said: values of the event in people's words. actor: who did it, "" for the machine."""

    event: RecordedEvent
    template: str
    actor: str
    said: Mapping[str, Any] = field(default_factory=dict)
    order: OrderRow | None = None
    note: customers.NoteRow | None = None
    segment: str = ""


def template_of(kind: str) -> str:
    return f"timeline/{kind}.html"


def entries(page: Page[RecordedEvent]) -> Page[Entry]:
    """The page with everything looked up that its templates name, in a fixed number of queries."""
    orders = orders_by_id(_ids(page.rows, "order_id"))
    notes = customers.notes_by_id(_ids(page.rows, "note_id"))
    segments = segment_names(_ids(page.rows, "segment_id"))
    people = actor_names(event.actor for event in page.rows)
    rows = [
        Entry(
            event=event,
            template=template_of(event.kind),
            actor=people.get(event.actor, ""),
            said=_said(event.payload),
            order=orders.get(_id(event.payload.get("order_id"))),
            note=notes.get(_id(event.payload.get("note_id"))),
            segment=segments.get(_id(event.payload.get("segment_id")), ""),
        )
        for event in page.rows
    ]
    return Page(rows, page.next_cursor, page.total)


def actor_names(references: Iterable[str]) -> dict[str, str]:
    """Names of the staff among these references; machines have none."""
    actors = {reference: Actor.parse(reference) for reference in set(references)}
    staff = {ref: UUID(actor.id) for ref, actor in actors.items() if actor.kind is ActorKind.STAFF}
    known = shop.staff_by_id(staff.values())
    return {ref: known[id_].name for ref, id_ in staff.items() if id_ in known}


_NAMES: Mapping[str, Mapping[Any, Any]] = {
    "status": ORDER_STATUSES,
    "status_before": ORDER_STATUSES,
    "channel": {**CHANNELS, **CONSENT_CHANNELS},
    "purpose": PURPOSES,
    "basis": CONSENT_BASES,
    "contact_kind": CONTACT_KINDS,
    "enquiry_kind": ENQUIRY_KINDS,
    "step": ENQUIRY_STEPS,
    "step_before": ENQUIRY_STEPS,
    "outcome": ENQUIRY_OUTCOMES,
    "stage": STAGES,
    "stage_before": STAGES,
    "reason": REASONS,
}


def _said(payload: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: names[payload[name]] for name, names in _NAMES.items() if payload.get(name) in names}
    if "fields" in payload:
        said["fields"] = list(dict.fromkeys(FIELDS[name] for name in payload["fields"] if name in FIELDS))
    return said


def _ids(events: Sequence[RecordedEvent], name: str) -> set[UUID]:
    return {UUID(event.payload[name]) for event in events if event.payload.get(name)}


def _id(text: Any) -> UUID:
    return UUID(text) if text else UUID(int=0)
