"""Writing what a source says anew of customers who are known."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.customers.actions.consents import StatedBy, record_stated
from regulars.customers.actions.creating import insert_contacts, insert_tags, what_is_said
from regulars.customers.actions.known import Known, NewWord
from regulars.customers.actions.loading import refresh_search
from regulars.customers.events import ContactAdded, ProfileChanged
from regulars.customers.models import Contact, Customer, ExternalId, Tag
from regulars.customers.queries.consents import statements_among
from regulars.customers.rules.consent import Standing, standing
from regulars.customers.rules.contacts import Reach
from regulars.customers.rules.intake import corrections, told_fields
from regulars.foundation import events
from regulars.foundation.actors import Actor
from regulars.foundation.text import fold


def write_new_words(
    words: Sequence[NewWord], known: Known, *, source: str, by: Actor, now: datetime, is_history: bool
) -> set[UUID]:
    """Bring profiles, contacts, tags and consents up to what is said now; the customers in whom something changed."""
    fresh = [word for word in words if word.customer_id in known.columns and _says_anything_new(word, known)]
    if not fresh:
        return set()
    changed = _write_fields(fresh, known, by=by, now=now, is_history=is_history)
    changed |= _write_contacts(fresh, known, by=by, now=now, is_history=is_history)
    changed |= _write_tags(fresh)
    changed |= _write_consents(fresh, source=source, by=by, now=now, is_history=is_history)
    for word in fresh:
        if word.named is not None:
            said = what_is_said(word.person, word.reaches)
            ExternalId.objects.filter(id=word.named.row_id).update(said={**word.named.said, **said})
    refresh_search(changed | {word.customer_id for word in fresh if word.named is None})
    return changed


def _says_anything_new(word: NewWord, known: Known) -> bool:
    since = word.person.created_at
    if since is not None and since < known.columns[word.customer_id]["created_at"]:
        return True
    if word.named is None:
        return True
    said = what_is_said(word.person, word.reaches)
    return any(word.named.said.get(name) != value for name, value in said.items())


def _said_before(word: NewWord) -> Mapping[str, Any]:
    return word.named.said if word.named is not None else {}


def _write_fields(words: Sequence[NewWord], known: Known, *, by: Actor, now: datetime, is_history: bool) -> set[UUID]:
    happened = []
    for word in words:
        row = known.columns[word.customer_id]
        written = corrections(told_fields(word.person), said_before=_said_before(word), known=row)
        since = word.person.created_at
        older = {"created_at": since} if since is not None and since < row["created_at"] else {}
        if written or older:
            Customer.objects.filter(id=word.customer_id).update(**written, **older)
            row |= {**written, **older}
        if written:
            happened.append(
                ProfileChanged(customer_id=word.customer_id, occurred_at=now, fields=tuple(sorted(written)))
            )
    events.record_all(happened, by=by, now=now, is_history=is_history)
    return {event.customer_id for event in happened if event.customer_id is not None}


def _write_contacts(words: Sequence[NewWord], known: Known, *, by: Actor, now: datetime, is_history: bool) -> set[UUID]:
    rows: list[tuple[UUID, Reach, bool]] = []
    for word in words:
        own, said = known.contacts[word.customer_id], _said_before(word)
        for reach in word.reaches:
            contact = (reach.kind, reach.value)
            if contact in own or said.get(reach.kind.value) == reach.value:
                continue
            takes_place = _remove_mistaken(word.customer_id, reach, said)
            is_first = takes_place or not any(kind is reach.kind for kind, _ in own)
            rows.append((word.customer_id, reach, is_first))
            own.add(contact)
    ids = insert_contacts(rows, now=now)
    events.record_all(
        (
            ContactAdded(customer_id=customer_id, occurred_at=now, contact_id=id_, contact_kind=reach.kind.value)
            for id_, (customer_id, reach, _) in zip(ids, rows, strict=True)
        ),
        by=by,
        now=now,
        is_history=is_history,
    )
    return {customer_id for customer_id, _, _ in rows}


def _remove_mistaken(customer_id: UUID, reach: Reach, said: Mapping[str, Any]) -> bool:
    """Take away what the source itself corrects now, unless it was proved; whether that was the preferred contact."""
    mistaken = Contact.objects.filter(
        customer=customer_id, kind=reach.kind.value, value=said.get(reach.kind.value, ""), verified_at__isnull=True
    ).first()
    if mistaken is None:
        return False
    mistaken.delete()
    return mistaken.is_primary


def _write_tags(words: Sequence[NewWord]) -> set[UUID]:
    wanted: dict[UUID, list[str]] = {}
    for word in words:
        before = set(_said_before(word).get("tags", ()))
        names = [name for name in word.person.tags if fold(name) and fold(name) not in before]
        if names:
            wanted.setdefault(word.customer_id, []).extend(names)
    if not wanted:
        return set()
    rows = Tag.objects.filter(customer__in=wanted).values_list("customer_id", "folded")
    there = set(rows)
    added = {id_: [name for name in names if (id_, fold(name)[:60]) not in there] for id_, names in wanted.items()}
    insert_tags(added)
    return {id_ for id_, names in added.items() if names}


def _write_consents(words: Sequence[NewWord], *, source: str, by: Actor, now: datetime, is_history: bool) -> set[UUID]:
    """Only what the source says otherwise than before, and what differs from where the person stands."""
    said_anew = [
        (word, consent, before)
        for word in words
        for consent in word.person.consents
        if (before := _said_before(word).get("consents", {}).get(f"{consent.purpose}/{consent.channel}"))
        is not consent.is_given
    ]
    if not said_anew:
        return set()
    statements = statements_among({word.customer_id for word, _, _ in said_anew})
    new = []
    for word, consent, before in said_anew:
        stands = standing(statements[word.customer_id], consent.purpose, consent.channel)
        is_known = stands in ((Standing.GIVEN, Standing.SOFT_OPT_IN) if consent.is_given else (Standing.WITHDRAWN,))
        # An undated yes may be older than the person's own no.
        is_doubtful = consent.is_given and consent.at is None and before is None and stands is Standing.WITHDRAWN
        if not is_known and not is_doubtful:
            known_since = word.person.created_at if before is None else None
            new.append(StatedBy(word.customer_id, consent, known_since))
    record_stated(new, source=source, by=by, now=now, is_history=is_history)
    return {stated.customer_id for stated in new}
