"""A customer's own page of facts: who it is, what he likes, what staff wrote down."""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from regulars.customers.actions.contacts import readable
from regulars.customers.actions.creating import Newcomer, create_customers, mark_shared
from regulars.customers.actions.loading import load_living, refresh_search
from regulars.customers.events import ImportantDatesChanged, NoteWritten, ProfileChanged, TagsChanged
from regulars.customers.models import Customer, ImportantDate, Note, Tag
from regulars.customers.queries.identity import hold_identities
from regulars.customers.rules import ContactKind, Person, Profile, YearlyDay
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.foundation.text import fold
from regulars.shop import queries as shop


class CannotRegister(ValueError):
    """Nothing by which the person could be found again: no name, firm, e-mail or phone."""


class ProfileFault(StrEnum):
    UNKNOWN_TIME_ZONE = "unknown_time_zone"
    BORN_IN_THE_FUTURE = "born_in_the_future"


class CannotChangeProfile(ValueError):
    def __init__(self, field: str, fault: ProfileFault) -> None:
        super().__init__(f"{field}: {fault}")
        self.field, self.fault = field, fault


class CannotWriteNote(ValueError):
    """A note without words."""


def register_customer(*, person: Person, source: str, by: Actor, now: datetime, is_history: bool = False) -> UUID:
    """Make a new customer, whoever else may be alike; the id. Duplicates are suggested afterwards, not joined.

    Raises CannotRegister without a name, firm, e-mail or phone, and CannotAddContact for one that cannot be read.
    """
    if not any(
        text.strip() for text in (person.first_name, person.last_name, person.company, person.email, person.phone)
    ):
        raise CannotRegister
    country = shop.shop().country
    written = ((ContactKind.EMAIL, person.email), (ContactKind.PHONE, person.phone))
    reaches = [readable(kind, text, country=country) for kind, text in written if text.strip()]
    customer_id = new_id()
    with transaction.atomic():
        hold_identities(exclusively=True)
        newcomer = Newcomer(customer_id, person, reaches)
        create_customers([newcomer], source=source, by=by, now=now, is_history=is_history)
        mark_shared((reach.kind, reach.value) for reach in reaches)
        audit.record(
            verb="customer.registered",
            subject_kind="customer",
            subject_id=customer_id,
            customer_id=customer_id,
            by=by,
            now=now,
            after={"source": source},
        )
    return customer_id


def change_profile(*, customer_id: UUID, profile: Profile, by: Actor, now: datetime) -> None:
    """Write what differs from what is known. Raises CannotChangeProfile, NoSuchCustomer."""
    _check(profile, now=now)
    with transaction.atomic():
        customer = load_living(customer_id)
        wanted = columns_of(profile)
        before = {name: getattr(customer, name) for name in wanted}
        changed = {name: value for name, value in wanted.items() if before[name] != value}
        if not changed:
            return
        Customer.objects.filter(id=customer.id).update(**changed)
        refresh_search([customer.id])
        events.record(
            ProfileChanged(customer_id=customer.id, occurred_at=now, fields=tuple(sorted(changed))), by=by, now=now
        )
        audit.record(
            verb="customer.profile_changed",
            subject_kind="customer",
            subject_id=customer.id,
            customer_id=customer.id,
            by=by,
            now=now,
            before=before,
            after=wanted,
        )


def columns_of(profile: Profile) -> dict[str, Any]:
    """The profile as columns of the table."""
    values = {f.name: getattr(profile, f.name) for f in fields(profile) if f.name != "birthday"}
    for name in ("first_name", "last_name", "patronymic", "company", "country", "city"):
        values[name] = " ".join(values[name].replace("\x00", "").split())
    birthday = profile.birthday
    return {
        **values,
        "criterion": profile.criterion.value if profile.criterion else "",
        "fear": profile.fear.value if profile.fear else "",
        "tastes": list(profile.tastes),
        "priorities": list(profile.priorities),
        "birth_day": birthday.day if birthday else None,
        "birth_month": birthday.month if birthday else None,
        "birth_year": birthday.year if birthday else None,
    }


def _check(profile: Profile, *, now: datetime) -> None:
    if profile.time_zone:
        try:
            ZoneInfo(profile.time_zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CannotChangeProfile("time_zone", ProfileFault.UNKNOWN_TIME_ZONE) from error
    if profile.birthday and profile.birthday.year and profile.birthday.year > now.year:
        raise CannotChangeProfile("birthday", ProfileFault.BORN_IN_THE_FUTURE)


def set_tags(*, customer_id: UUID, names: Sequence[str], by: Actor, now: datetime) -> None:
    """Make these the customer's tags; the same word in another case is the same tag."""
    wanted = {
        fold(name)[:60]: " ".join(name.replace("\x00", "").split())[:60] for name in reversed(names) if fold(name)
    }
    with transaction.atomic():
        customer = load_living(customer_id)
        before = dict(Tag.objects.filter(customer=customer).values_list("folded", "name"))
        added, removed = wanted.keys() - before.keys(), before.keys() - wanted.keys()
        if not added and not removed:
            return
        Tag.objects.filter(customer=customer, folded__in=removed).delete()
        Tag.objects.bulk_create(Tag(customer=customer, name=wanted[key], folded=key) for key in sorted(added))
        events.record(
            TagsChanged(customer_id=customer.id, occurred_at=now, added=len(added), removed=len(removed)),
            by=by,
            now=now,
        )
        audit.record(
            verb="customer.tags_changed",
            subject_kind="customer",
            subject_id=customer.id,
            customer_id=customer.id,
            by=by,
            now=now,
            before={"tags": sorted(before.values())},
            after={"tags": sorted(wanted[key] for key in wanted)},
        )


def write_note(*, customer_id: UUID, text: str, by: Actor, now: datetime) -> UUID:
    """Keep a note of staff; its id. Raises CannotWriteNote for an empty one."""
    text = text.replace("\x00", "").strip()
    if not text:
        raise CannotWriteNote
    with transaction.atomic():
        customer = load_living(customer_id)
        note = Note.objects.create(id=new_id(), customer=customer, at=now, actor=by.reference, text=text)
        events.record(NoteWritten(customer_id=customer.id, occurred_at=now, note_id=note.id), by=by, now=now)
    return note.id


def set_important_dates(*, customer_id: UUID, days: Sequence[YearlyDay], by: Actor, now: datetime) -> None:
    """Make these the customer's important dates."""
    wanted = sorted({(d.kind.value, d.day, d.month, d.year, d.note.strip()[:120]) for d in days}, key=str)
    with transaction.atomic():
        customer = load_living(customer_id)
        rows = ImportantDate.objects.filter(customer=customer)
        before = sorted(rows.values_list("kind", "day", "month", "year", "note"), key=str)
        if before == wanted:
            return
        rows.delete()
        ImportantDate.objects.bulk_create(
            ImportantDate(customer=customer, kind=kind, day=day, month=month, year=year, note=note)
            for kind, day, month, year, note in wanted
        )
        events.record(ImportantDatesChanged(customer_id=customer.id, occurred_at=now), by=by, now=now)
        audit.record(
            verb="customer.dates_changed",
            subject_kind="customer",
            subject_id=customer.id,
            customer_id=customer.id,
            by=by,
            now=now,
            before={"dates": before},
            after={"dates": wanted},
        )
