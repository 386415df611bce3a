"""Ways to reach a customer: added, taken away, preferred, proved."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from regulars.customers.actions.creating import mark_shared
from regulars.customers.actions.loading import load_living, refresh_search
from regulars.customers.events import ContactAdded, ContactRemoved, ContactVerified
from regulars.customers.models import Contact, Customer
from regulars.customers.queries.identity import hold_identities
from regulars.customers.rules import ContactKind
from regulars.customers.rules.contacts import Reach, normal_contact
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop import queries as shop


class ContactFault(StrEnum):
    UNREADABLE = "unreadable"
    ALREADY_THERE = "already_there"


class CannotAddContact(ValueError):
    def __init__(self, kind: ContactKind, fault: ContactFault) -> None:
        super().__init__(f"{kind}: {fault}")
        self.kind, self.fault = kind, fault


class NoSuchContact(LookupError):
    """The customer has no contact with this id (any more)."""


def readable(kind: ContactKind, text: str, *, country: str) -> Reach:
    """The contact in its stored form, or CannotAddContact."""
    reach = normal_contact(kind, text, country=country)
    if reach is None:
        raise CannotAddContact(kind, ContactFault.UNREADABLE)
    return reach


def add_contact(*, customer_id: UUID, kind: ContactKind, text: str, by: Actor, now: datetime) -> UUID:
    """Add a way to reach the customer, the preferred one if it is the first of its kind; its id.

    A contact that more than three profiles have is marked as a placeholder on all of them.
    """
    reach = readable(kind, text, country=shop.shop().country)
    with transaction.atomic():
        hold_identities(exclusively=True)
        customer = load_living(customer_id)
        own = Contact.objects.filter(customer=customer, kind=kind.value)
        if own.filter(value=reach.value).exists():
            raise CannotAddContact(kind, ContactFault.ALREADY_THERE)
        contact = Contact.objects.create(
            id=new_id(),
            customer=customer,
            kind=kind.value,
            value=reach.value,
            is_primary=not own.filter(is_primary=True).exists(),
            is_placeholder=reach.is_placeholder,
            created_at=now,
        )
        mark_shared([(kind, reach.value)])
        refresh_search([customer.id])
        added = ContactAdded(customer_id=customer.id, occurred_at=now, contact_id=contact.id, contact_kind=kind.value)
        events.record(added, by=by, now=now)
        _audit("added", customer, by=by, now=now, after={kind.value: reach.value})
    return contact.id


def remove_contact(*, customer_id: UUID, contact_id: UUID, by: Actor, now: datetime) -> None:
    """Take a contact away; the oldest other one of its kind becomes the preferred one."""
    with transaction.atomic():
        hold_identities(exclusively=True)
        customer = load_living(customer_id)
        contact = _contact_of(customer, contact_id)
        contact.delete()
        if contact.is_primary:
            others = Contact.objects.filter(customer=customer, kind=contact.kind).order_by("created_at", "id")
            if (heir := others.first()) is not None:
                Contact.objects.filter(id=heir.id).update(is_primary=True)
        refresh_search([customer.id])
        events.record(
            ContactRemoved(customer_id=customer.id, occurred_at=now, contact_kind=contact.kind), by=by, now=now
        )
        _audit("removed", customer, by=by, now=now, before={contact.kind: contact.value})


def make_primary(*, customer_id: UUID, contact_id: UUID, by: Actor, now: datetime) -> None:
    """Prefer this contact among those of its kind."""
    with transaction.atomic():
        customer = load_living(customer_id)
        contact = _contact_of(customer, contact_id)
        if contact.is_primary:
            return
        Contact.objects.filter(customer=customer, kind=contact.kind, is_primary=True).update(is_primary=False)
        Contact.objects.filter(id=contact.id).update(is_primary=True)
        _audit("preferred", customer, by=by, now=now, after={contact.kind: contact.value})


def verify_contact(*, customer_id: UUID, contact_id: UUID, by: Actor, now: datetime) -> None:
    """Write down that the customer was reached there."""
    with transaction.atomic():
        customer = load_living(customer_id)
        contact = _contact_of(customer, contact_id)
        if contact.verified_at is not None:
            return
        Contact.objects.filter(id=contact.id).update(verified_at=now)
        verified = ContactVerified(
            customer_id=customer.id, occurred_at=now, contact_id=contact.id, contact_kind=contact.kind
        )
        events.record(verified, by=by, now=now)
        _audit("verified", customer, by=by, now=now, after={contact.kind: contact.value})


def _contact_of(customer: Customer, contact_id: UUID) -> Contact:
    contact = Contact.objects.filter(customer=customer, id=contact_id).first()
    if contact is None:
        raise NoSuchContact(str(contact_id))
    return contact


def _audit(
    verb: str,
    customer: Customer,
    *,
    by: Actor,
    now: datetime,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        verb=f"contact.{verb}",
        subject_kind="customer",
        subject_id=customer.id,
        customer_id=customer.id,
        by=by,
        now=now,
        before=before,
        after=after,
    )
