"""What is known already of the people whom a source speaks of, loaded for a whole call at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models.functions import Coalesce

from regulars.customers.actions.creating import Newcomer
from regulars.customers.actions.forgotten import contact_digest, erased_by_digest, external_id_digest
from regulars.customers.models import Contact, Customer, ExternalId, NotTheSame
from regulars.customers.rules import ContactKind, Person
from regulars.customers.rules.contacts import Reach, tells_people_apart
from regulars.customers.rules.duplicates import may_join_unasked
from regulars.customers.rules.intake import TEXT_FIELDS


@dataclass(frozen=True)
class Named:
    """A customer under a source's own name for him; `said`: what the source last told."""

    row_id: int
    customer_id: UUID
    said: Mapping[str, Any]


@dataclass(frozen=True)
class NewWord:
    """What a source says of somebody known; `named` None: it does not name him itself, or for the first time."""

    customer_id: UUID
    person: Person
    reaches: Sequence[Reach]
    named: Named | None


@dataclass(frozen=True)
class Match:
    customer_id: UUID
    kind: ContactKind


ContactKey = tuple[ContactKind, str]


@dataclass
class Known:
    """holders: contact → profiles that have it, aliases included. contacts: living customer → his contacts.

    columns: living customer → what his profile says. named_by_source: whom the source calls by a name of its own.
    shared: contacts that no longer tell people apart.
    """

    is_history: bool
    now: datetime
    by_external_id: dict[str, Named] = field(default_factory=dict)
    holders: dict[ContactKey, list[UUID]] = field(default_factory=dict)
    living: dict[UUID, UUID] = field(default_factory=dict)
    contacts: dict[UUID, set[ContactKey]] = field(default_factory=lambda: defaultdict(set))
    placeholders: set[ContactKey] = field(default_factory=set)
    shared: set[ContactKey] = field(default_factory=set)
    columns: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    named_by_source: set[UUID] = field(default_factory=set)
    strangers: set[tuple[UUID, UUID]] = field(default_factory=set)
    erased: dict[str, UUID] = field(default_factory=dict)

    def match(
        self, reaches: Sequence[Reach], *, first_name: str, takes_oldest: bool, other_than: UUID | None = None
    ) -> Match | None:
        """The one living customer who has one of these contacts; of several the oldest, if that will do."""
        for reach in reaches:
            contact = (reach.kind, reach.value)
            held = self.holders.get(contact, ())
            if contact in self.shared or not tells_people_apart(
                is_placeholder=reach.is_placeholder or contact in self.placeholders, profiles=len(held)
            ):
                continue
            found = {self.living[holder] for holder in held} - {other_than}
            found = {id_ for id_ in found if self._may_be(id_, reach.kind, first_name, other_than)}
            if len(found) == 1 or (found and takes_oldest):
                return Match(min(found, key=lambda id_: (self.columns[id_]["created_at"], id_)), reach.kind)
        return None

    def erased_as(self, source: str, external_id: str, reaches: Sequence[Reach]) -> UUID | None:
        """The forgotten customer whom this would bring back: by outside id, in old files also by contact."""
        if not self.erased:
            return None
        digests = [external_id_digest(source, external_id)] if external_id else []
        if self.is_history:
            digests += [contact_digest(reach.kind, reach.value) for reach in reaches if not reach.is_placeholder]
        return next((self.erased[digest] for digest in digests if digest in self.erased), None)

    def add(self, newcomer: Newcomer) -> None:
        """Count somebody in who is about to be written, so that the next in the same call may be he."""
        self.living[newcomer.id] = newcomer.id
        self.columns[newcomer.id] = {
            "created_at": newcomer.person.created_at or self.now,
            "first_name": newcomer.person.first_name,
        }
        if newcomer.person.external_id:
            self.named_by_source.add(newcomer.id)
        for reach in newcomer.reaches:
            self.holders.setdefault((reach.kind, reach.value), []).append(newcomer.id)
            self.contacts[newcomer.id].add((reach.kind, reach.value))

    def _may_be(self, customer_id: UUID, kind: ContactKind, first_name: str, other_than: UUID | None) -> bool:
        known_name = self.columns[customer_id]["first_name"]
        if other_than is not None and tuple(sorted((customer_id, other_than))) in self.strangers:
            return False
        return may_join_unasked(kind, [first_name, known_name])


COLUMNS = ("id", "created_at", *TEXT_FIELDS, "birth_day", "birth_month", "birth_year")


def load_known(
    source: str, *, external_ids: Collection[str], contacts: Collection[ContactKey], is_history: bool, now: datetime
) -> Known:
    known = Known(is_history=is_history, now=now)
    _load_external_ids(known, source, external_ids)
    _load_holders(known, contacts)
    ids = {named.customer_id for named in known.by_external_id.values()} | set(known.living.values())
    for row in Customer.objects.filter(id__in=ids, erased_at__isnull=True).values(*COLUMNS):
        known.columns[row["id"]] = row
    own = Contact.objects.filter(customer__in=ids).values_list("customer_id", "kind", "value")
    for customer_id, kind, value in own:
        known.contacts[customer_id].add((ContactKind(kind), value))
    named = ExternalId.objects.filter(source=source, customer__in=set(known.living.values()))
    known.named_by_source.update(named.values_list("customer_id", flat=True))
    pairs = NotTheSame.objects.filter(first__in=ids).values_list("first_id", "second_id")
    known.strangers = {(first, second) for first, second in pairs}
    digests = [external_id_digest(source, external_id) for external_id in external_ids]
    digests += [contact_digest(kind, value) for kind, value in contacts]
    known.erased = erased_by_digest(digests)
    return known


def _load_external_ids(known: Known, source: str, external_ids: Collection[str]) -> None:
    rows = ExternalId.objects.filter(source=source, external_id__in=external_ids)
    living = Coalesce("customer__merged_into_id", "customer_id")
    for external_id, row_id, customer_id, said in rows.annotate(living=living).values_list(
        "external_id", "id", "living", "said"
    ):
        known.by_external_id[external_id] = Named(row_id, customer_id, said)


def _load_holders(known: Known, contacts: Collection[ContactKey]) -> None:
    rows = Contact.objects.filter(value__in={value for _, value in contacts}, customer__erased_at__isnull=True)
    living = Coalesce("customer__merged_into_id", "customer_id")
    for kind, value, holder, customer_id, is_placeholder in rows.annotate(living=living).values_list(
        "kind", "value", "customer_id", "living", "is_placeholder"
    ):
        contact = (ContactKind(kind), value)
        if contact not in contacts:
            continue
        known.holders.setdefault(contact, []).append(holder)
        known.living[holder] = customer_id
        if is_placeholder:
            known.placeholders.add(contact)
