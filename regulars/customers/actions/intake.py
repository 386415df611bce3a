"""The set-based door: people as an outside source tells of them, a thousand a call."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.customers.actions.creating import (
    Newcomer,
    create_customers,
    insert_external_ids,
    reaches_of,
    what_is_said,
)
from regulars.customers.actions.known import Known, NewWord, load_known
from regulars.customers.actions.merging import CannotMerge, merge_customers, part_where_shared
from regulars.customers.actions.rewording import write_new_words
from regulars.customers.models import Contact
from regulars.customers.queries.identity import hold_identities, survivors_of
from regulars.customers.rules import ContactKind, MergeReason, Person
from regulars.customers.rules.contacts import MAX_PROFILES, Reach
from regulars.customers.rules.duplicates import may_join_unasked
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop import queries as shop

_REASONS = {ContactKind.EMAIL: MergeReason.SAME_EMAIL, ContactKind.PHONE: MergeReason.SAME_PHONE}


@dataclass(frozen=True)
class TakenIn:
    """Who the people turned out to be.

    ids: external id → customer (never an alias). places: the same in the order of `people`, None for one of whom
    neither an external id nor a usable contact is known: a guest. The counts add up to the people who are somebody;
    merged: known already under another name.
    """

    ids: Mapping[str, UUID]
    places: Sequence[UUID | None]
    created: int
    updated: int
    unchanged: int
    merged: int


@dataclass
class _Incoming:
    """One person of this call, all that was said of him in it put together."""

    person: Person
    reaches: list[Reach]
    places: list[int]


@dataclass
class _Plan:
    """What is to be written, as it becomes clear person by person."""

    ids: dict[int, UUID] = field(default_factory=dict)
    newcomers: list[Newcomer] = field(default_factory=list)
    attached: list[tuple[UUID, str, str, Mapping[str, Any]]] = field(default_factory=list)
    words: list[NewWord] = field(default_factory=list)
    joins: list[tuple[UUID, UUID, MergeReason]] = field(default_factory=list)
    merged: set[int] = field(default_factory=set)


def take_in(people: Sequence[Person], *, source: str, by: Actor, now: datetime, is_history: bool) -> TakenIn:
    """Know `people` as customers; the same call again changes nothing.

    Call it within the transaction that writes what refers to them: until that commits no merge can come in between.
    A person is known by `source` and external id, else by an e-mail or phone that tells people apart (no placeholder,
    on at most three profiles). What the source says anew replaces what it said before; what staff changed stays.
    Aim at about 1,000 people a call.
    """
    incoming = _put_together(people, country=shop.shop().country)
    if not incoming:
        return TakenIn({}, [None] * len(people), 0, 0, 0, 0)
    with transaction.atomic():
        hold_identities(exclusively=True)
        external_ids = [i.person.external_id for i in incoming if i.person.external_id]
        contacts = {(reach.kind, reach.value) for i in incoming for reach in i.reaches}
        known = load_known(source, external_ids=external_ids, contacts=contacts, is_history=is_history, now=now)
        newly_shared = _find_shared(incoming, known)
        plan = _decide(incoming, known, source=source)
        create_customers(plan.newcomers, source=source, by=by, now=now, is_history=is_history)
        insert_external_ids(plan.attached)
        changed = write_new_words(plan.words, known, source=source, by=by, now=now, is_history=is_history)
        for kind, value in newly_shared:
            Contact.objects.filter(kind=kind.value, value=value).update(is_placeholder=True)
        part_where_shared(newly_shared, by=by, now=now)
        joined = _join(plan.joins, by=by, now=now, is_history=is_history)
        living = survivors_of(plan.ids.values()) if joined or newly_shared else {}
    return _outcome(people, incoming, plan, changed=changed, joined=joined, living=living)


def _put_together(people: Sequence[Person], *, country: str) -> list[_Incoming]:
    """Those who can be known again; the same external id, or lone contact, twice is one person, the later word wins."""
    found: dict[tuple[str, ...], _Incoming] = {}
    for place, person in enumerate(people):
        reaches = reaches_of(person, country=country)
        usable = [reach for reach in reaches if not reach.is_placeholder]
        if person.external_id:
            key: tuple[str, ...] = ("id", person.external_id)
        elif usable:
            key = (usable[0].kind, usable[0].value)
        else:
            continue
        if (earlier := found.get(key)) is None:
            found[key] = _Incoming(person, reaches, [place])
            continue
        earlier.person = _overlaid(earlier.person, person)
        earlier.reaches = reaches_of(earlier.person, country=country)
        earlier.places.append(place)
    return list(found.values())


def _overlaid(earlier: Person, later: Person) -> Person:
    told = {f.name: value for f in fields(Person) if (value := getattr(later, f.name))}
    told["tags"] = tuple(dict.fromkeys([*earlier.tags, *later.tags]))
    told["created_at"] = min((p.created_at for p in (earlier, later) if p.created_at), default=None)
    return replace(earlier, **told)


def _find_shared(incoming: Sequence[_Incoming], known: Known) -> list[tuple[ContactKind, str]]:
    """Contacts that with this call are on more than three profiles: they no longer tell people apart."""
    profiles = defaultdict(set, {contact: {str(h) for h in held} for contact, held in known.holders.items()})
    for i in incoming:
        own = known.by_external_id.get(i.person.external_id)
        for reach in i.reaches:
            contact = (reach.kind, reach.value)
            if i.person.external_id and (own is None or contact not in known.contacts[own.customer_id]):
                profiles[contact].add(f"new:{i.person.external_id}")
    shared = [contact for contact, who in profiles.items() if len(who) > MAX_PROFILES]
    known.shared.update(shared)
    for i in incoming:
        i.reaches = [
            replace(r, is_placeholder=r.is_placeholder or (r.kind, r.value) in known.shared) for r in i.reaches
        ]
    return [contact for contact in shared if contact not in known.placeholders]


def _decide(incoming: Sequence[_Incoming], known: Known, *, source: str) -> _Plan:
    plan = _Plan()
    for i, one in enumerate(incoming):
        external_id = one.person.external_id
        own = known.by_external_id.get(external_id) if external_id else None
        if own is not None:
            plan.ids[i] = own.customer_id
            plan.words.append(NewWord(own.customer_id, one.person, one.reaches, own))
            _plan_join_of_known(plan, one, own.customer_id, own.said, known, place=i)
            continue
        if (erased_id := known.erased_as(source, external_id, one.reaches)) is not None:
            plan.ids[i] = erased_id
            continue
        match = known.match(one.reaches, first_name=one.person.first_name, takes_oldest=not external_id)
        if match is not None and (not external_id or match.customer_id not in known.named_by_source):
            plan.ids[i] = match.customer_id
            plan.words.append(NewWord(match.customer_id, one.person, one.reaches, None))
            if external_id:
                said = what_is_said(one.person, one.reaches)
                plan.attached.append((match.customer_id, source, external_id, said))
                known.named_by_source.add(match.customer_id)
                plan.merged.add(i)
            continue
        newcomer = Newcomer(new_id(), one.person, one.reaches)
        plan.ids[i] = newcomer.id
        plan.newcomers.append(newcomer)
        if match is not None:
            plan.joins.append((match.customer_id, newcomer.id, _REASONS[match.kind]))
            plan.merged.add(i)
        known.add(newcomer)
    return plan


def _plan_join_of_known(
    plan: _Plan, one: _Incoming, customer_id: UUID, said: Mapping[str, Any], known: Known, *, place: int
) -> None:
    """Somebody known by his external id says a contact for the first time, and it is another customer's."""
    fresh = [reach for reach in one.reaches if said.get(reach.kind.value) != reach.value]
    match = known.match(fresh, first_name=one.person.first_name, takes_oldest=False, other_than=customer_id)
    if match is not None and may_join_unasked(match.kind, [one.person.first_name]):
        plan.joins.append((match.customer_id, customer_id, _REASONS[match.kind]))
        plan.merged.add(place)


def _join(joins: Sequence[tuple[UUID, UUID, MergeReason]], *, by: Actor, now: datetime, is_history: bool) -> bool:
    joined = False
    for first_id, second_id, reason in joins:
        living = survivors_of([first_id, second_id])
        if living[first_id] == living[second_id]:
            continue
        try:
            merge_customers(
                survivor_id=living[first_id],
                absorbed_id=living[second_id],
                reason=reason,
                by=by,
                now=now,
                is_history=is_history,
            )
        except CannotMerge:
            # One of the two asked to be forgotten: nobody is joined with him.
            continue
        joined = True
    return joined


def _outcome(
    people: Sequence[Person],
    incoming: Sequence[_Incoming],
    plan: _Plan,
    *,
    changed: set[UUID],
    joined: bool,
    living: Mapping[UUID, UUID],
) -> TakenIn:
    new = {newcomer.id for newcomer in plan.newcomers}
    places: list[UUID | None] = [None] * len(people)
    ids: dict[str, UUID] = {}
    counts = {"created": 0, "updated": 0, "unchanged": 0, "merged": 0}
    for i, one in enumerate(incoming):
        written = plan.ids[i]
        customer_id = living.get(written, written)
        for place in one.places:
            places[place] = customer_id
        if one.person.external_id:
            ids[one.person.external_id] = customer_id
        if i in plan.merged:
            counts["merged"] += 1
        elif written in new:
            counts["created"] += 1
        else:
            counts["updated" if written in changed else "unchanged"] += 1
    return TakenIn(ids=ids, places=places, **counts)
