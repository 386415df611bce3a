"""Writing new customers with all that is known of them, set-based."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.customers.actions.consents import StatedBy, record_stated
from regulars.customers.events import CustomerRegistered
from regulars.customers.models import Contact, Customer, ExternalId, Tag
from regulars.customers.rules import ContactKind, Person
from regulars.customers.rules.contacts import MAX_PROFILES, Reach, normal_contact
from regulars.customers.rules.intake import told_fields
from regulars.customers.rules.names import search_text, sort_name
from regulars.foundation import bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.foundation.text import fold


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is not known yet, under the id that he shall get."""

    id: UUID
    person: Person
    reaches: Sequence[Reach]


_CUSTOMER = (
    "id", "created_at", "first_name", "last_name", "patronymic", "company", "language", "time_zone", "country", "city",
    "birth_day", "birth_month", "birth_year", "criterion", "fear", "tastes", "priorities", "search_text", "sort_name",
)  # fmt: skip
_CONTACT = ("id", "customer_id", "kind", "value", "is_primary", "is_placeholder", "created_at")


def reaches_of(person: Person, *, country: str) -> list[Reach]:
    """The person's contacts that can be read, e-mail first; a two-letter country of his own goes before the shop's."""
    region = person.country.upper() if len(person.country) == 2 else country
    written = ((ContactKind.EMAIL, person.email), (ContactKind.PHONE, person.phone))
    found = (normal_contact(kind, text, country=region) for kind, text in written if text.strip())
    return [reach for reach in found if reach is not None]


def what_is_said(person: Person, reaches: Iterable[Reach]) -> dict[str, Any]:
    """What is kept of a source's word, to know a correction from a repetition."""
    said = told_fields(person) | {reach.kind.value: reach.value for reach in reaches}
    if person.tags:
        said["tags"] = sorted({fold(tag) for tag in person.tags if fold(tag)})
    if person.consents:
        said["consents"] = {f"{c.purpose}/{c.channel}": c.is_given for c in person.consents}
    return said


def create_customers(newcomers: Sequence[Newcomer], *, source: str, by: Actor, now: datetime, is_history: bool) -> None:
    """Insert customers, contacts, outside ids, tags and consents, and announce them."""
    bulk.insert(Customer, _CUSTOMER, (_customer_row(newcomer, now=now) for newcomer in newcomers))
    insert_contacts([(newcomer.id, reach, True) for newcomer in newcomers for reach in newcomer.reaches], now=now)
    insert_external_ids(
        [
            (n.id, source, n.person.external_id, what_is_said(n.person, n.reaches))
            for n in newcomers
            if n.person.external_id
        ]
    )
    insert_tags({newcomer.id: newcomer.person.tags for newcomer in newcomers})
    events.record_all(
        (
            CustomerRegistered(customer_id=n.id, occurred_at=n.person.created_at or now, source=source)
            for n in newcomers
        ),
        by=by,
        now=now,
        is_history=is_history,
    )
    stated = [StatedBy(n.id, consent, n.person.created_at) for n in newcomers for consent in n.person.consents]
    record_stated(stated, source=source, by=by, now=now, is_history=is_history)


def insert_contacts(rows: Iterable[tuple[UUID, Reach, bool]], *, now: datetime) -> list[UUID]:
    """Rows of (customer, contact, is_primary); their ids."""
    complete = [
        (new_id(), customer_id, reach.kind.value, reach.value, is_primary, reach.is_placeholder, now)
        for customer_id, reach, is_primary in rows
    ]
    bulk.insert(Contact, _CONTACT, complete)
    return [row[0] for row in complete]


def mark_shared(contacts: Iterable[tuple[ContactKind, str]]) -> None:
    """Mark as placeholders those of these contacts that more than three profiles have, on all of them."""
    for kind, value in contacts:
        alike = Contact.objects.filter(kind=kind.value, value=value)
        if alike.count() > MAX_PROFILES:
            alike.update(is_placeholder=True)


def insert_external_ids(rows: Iterable[tuple[UUID, str, str, Mapping[str, Any]]]) -> None:
    """Rows of (customer, source, external id, said)."""
    bulk.insert(ExternalId, ("customer_id", "source", "external_id", "said"), rows)


def insert_tags(tags: Mapping[UUID, Iterable[str]]) -> None:
    """Put these on, beside those that are there."""
    rows = {
        (customer_id, fold(name)[:60]): (customer_id, " ".join(name.replace("\x00", "").split())[:60], fold(name)[:60])
        for customer_id, names in tags.items()
        for name in reversed(tuple(names))
        if fold(name)
    }
    if rows:
        bulk.insert(Tag, ("customer_id", "name", "folded"), rows.values(), ignore_conflicts=True)


def _customer_row(newcomer: Newcomer, *, now: datetime) -> tuple[Any, ...]:
    person = newcomer.person
    told = told_fields(person)
    text = {name: told.get(name, "") for name in ("first_name", "last_name", "patronymic", "company")}
    found_by = [text["last_name"], text["first_name"], text["patronymic"], text["company"]]
    found_by += [reach.value for reach in newcomer.reaches] + [person.external_id]
    return (
        newcomer.id,
        person.created_at or now,
        *text.values(),
        told.get("language", ""),
        "",
        told.get("country", ""),
        told.get("city", ""),
        told.get("birth_day"),
        told.get("birth_month"),
        told.get("birth_year"),
        "",
        "",
        [],
        [],
        search_text(found_by),
        sort_name(first_name=text["first_name"], last_name=text["last_name"], company=text["company"]),
    )
