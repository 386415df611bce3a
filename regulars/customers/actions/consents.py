"""A person's will, written down as it is stated. Records are added, never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from regulars.customers.actions.loading import load_living
from regulars.customers.events import ConsentGiven, ConsentWithdrawn
from regulars.customers.models import ConsentRecord, ConsentText
from regulars.customers.rules import ConsentBasis, ConsentChannel, Purpose, StatedConsent
from regulars.foundation import audit, bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id

_COLUMNS = (
    "id", "customer_id", "purpose", "channel", "is_given", "basis", "at", "recorded_at", "source", "proof", "actor",
)  # fmt: skip


class ConsentFault(StrEnum):
    NO_SUCH_TEXT = "no_such_text"
    OTHER_PURPOSE = "other_purpose"
    NOT_YET = "not_yet"


class CannotRecordConsent(ValueError):
    def __init__(self, fault: ConsentFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True)
class StatedBy:
    """A source's word of one customer. known_since: when the word is dated if it bears no time of its own."""

    customer_id: UUID
    consent: StatedConsent
    known_since: datetime | None


def publish_consent_text(*, purpose: Purpose, language: str, text: str, by: Actor, now: datetime) -> UUID:
    """Keep the exact words that people will agree to, as the next version; the id. No version repeats the last."""
    with transaction.atomic():
        versions = ConsentText.objects.select_for_update().filter(purpose=purpose.value, language=language)
        latest = versions.order_by("-version").first()
        if latest is not None and latest.text == text:
            return latest.id
        number = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
        row = ConsentText.objects.create(
            id=new_id(), purpose=purpose.value, language=language, version=number, text=text, created_at=now
        )
        audit.record(
            verb="consent_text.published",
            subject_kind="consent_text",
            subject_id=row.id,
            by=by,
            now=now,
            after={"purpose": purpose.value, "language": language, "version": number},
        )
    return row.id


def record_consent(
    *,
    customer_id: UUID,
    purpose: Purpose,
    channel: ConsentChannel,
    at: datetime,
    source: str,
    by: Actor,
    now: datetime,
    text_id: UUID | None = None,
    basis: ConsentBasis = ConsentBasis.CONSENT,
    proof: Mapping[str, Any] | None = None,
) -> UUID:
    """Write down that the person agreed; the record's id.

    at: when it was said. text_id: the words agreed to (`publish_consent_text`). proof: what shows it (form, address of
    the page, number of the paper). Raises CannotRecordConsent.
    """
    if at > now:
        raise CannotRecordConsent(ConsentFault.NOT_YET)
    with transaction.atomic():
        customer = load_living(customer_id)
        if text_id is not None:
            text = ConsentText.objects.filter(id=text_id).first()
            if text is None:
                raise CannotRecordConsent(ConsentFault.NO_SUCH_TEXT)
            if text.purpose != purpose:
                raise CannotRecordConsent(ConsentFault.OTHER_PURPOSE)
        record = ConsentRecord.objects.create(
            id=new_id(),
            customer=customer,
            purpose=purpose.value,
            channel=channel.value,
            is_given=True,
            basis=basis.value,
            text_id=text_id,
            at=at,
            recorded_at=now,
            source=source,
            proof=dict(proof or {}),
            actor=by.reference,
        )
        given = ConsentGiven(
            customer_id=customer.id,
            occurred_at=at,
            record_id=record.id,
            purpose=purpose.value,
            channel=channel.value,
            basis=basis.value,
        )
        events.record(given, by=by, now=now)
    return record.id


def withdraw_consent(
    *,
    customer_id: UUID,
    purpose: Purpose,
    channel: ConsentChannel,
    at: datetime,
    source: str,
    by: Actor,
    now: datetime,
    proof: Mapping[str, Any] | None = None,
) -> UUID:
    """Write down that the person no longer wants it; the record's id. It needs no reason and is never refused."""
    with transaction.atomic():
        customer = load_living(customer_id)
        said = StatedConsent(purpose, channel, is_given=False, at=min(at, now))
        [record_id] = record_stated(
            [StatedBy(customer.id, said, None)], source=source, by=by, now=now, is_history=False, proof=proof
        )
    return record_id


def record_stated(
    stated: Sequence[StatedBy],
    *,
    source: str,
    by: Actor,
    now: datetime,
    is_history: bool,
    proof: Mapping[str, Any] | None = None,
) -> list[UUID]:
    """The same for any number, set-based, in the open transaction; the records' ids."""
    if not stated:
        return []
    ids = [new_id() for _ in stated]
    moments = [min(s.consent.at or s.known_since or now, now) for s in stated]
    rows = [
        (
            id_,
            s.customer_id,
            s.consent.purpose.value,
            s.consent.channel.value,
            s.consent.is_given,
            s.consent.basis.value,
            at,
            now,
            source,
            dict(proof or {}),
            by.reference,
        )
        for id_, s, at in zip(ids, stated, moments, strict=True)
    ]
    bulk.insert(ConsentRecord, _COLUMNS, rows)
    happened = [_event(id_, s, at) for id_, s, at in zip(ids, stated, moments, strict=True)]
    events.record_all(happened, by=by, now=now, is_history=is_history)
    return ids


def _event(record_id: UUID, stated: StatedBy, at: datetime) -> ConsentGiven | ConsentWithdrawn:
    purpose, channel = stated.consent.purpose.value, stated.consent.channel.value
    if not stated.consent.is_given:
        return ConsentWithdrawn(
            customer_id=stated.customer_id, occurred_at=at, record_id=record_id, purpose=purpose, channel=channel
        )
    return ConsentGiven(
        customer_id=stated.customer_id,
        occurred_at=at,
        record_id=record_id,
        purpose=purpose,
        channel=channel,
        basis=stated.consent.basis.value,
    )
