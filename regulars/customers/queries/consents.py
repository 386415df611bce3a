"""What customers allowed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.customers.models import ConsentRecord, ConsentText
from regulars.customers.rules import ConsentBasis, ConsentChannel, Purpose
from regulars.customers.rules.consent import Standing, Statement, may_contact, standing


@dataclass(frozen=True)
class ConsentRow:
    """One record, with the exact words where they are known."""

    id: UUID
    purpose: Purpose
    channel: ConsentChannel
    is_given: bool
    basis: ConsentBasis
    at: datetime
    source: str
    proof: dict[str, Any]
    text: str | None
    text_version: int | None


@dataclass(frozen=True)
class ConsentTextRow:
    id: UUID
    purpose: Purpose
    language: str
    version: int
    text: str


def statements_of(customer_id: UUID) -> list[Statement]:
    """All that a living customer stated, for the rules of consent."""
    return statements_among([customer_id])[customer_id]


def statements_among(ids: Collection[UUID]) -> dict[UUID, list[Statement]]:
    """The same for several; those who stated nothing have an empty list."""
    columns = ("customer_id", "purpose", "channel", "is_given", "basis", "at")
    found: dict[UUID, list[Statement]] = defaultdict(list)
    rows = ConsentRecord.objects.filter(customer__in=ids).values_list(*columns)
    for customer_id, purpose, channel, is_given, basis, at in rows:
        found[customer_id].append(
            Statement(Purpose(purpose), ConsentChannel(channel), is_given, ConsentBasis(basis), at)
        )
    return found


def consents(customer_id: UUID) -> list[ConsentRow]:
    """A living customer's records, newest first."""
    columns = ("id", "purpose", "channel", "is_given", "basis", "at", "source", "proof", "text__text", "text__version")
    rows = ConsentRecord.objects.filter(customer=customer_id).order_by("-at", "-id").values_list(*columns)
    return [
        ConsentRow(id_, Purpose(purpose), ConsentChannel(channel), is_given, ConsentBasis(basis), *rest)
        for id_, purpose, channel, is_given, basis, *rest in rows
    ]


def standings(records: Sequence[ConsentRow]) -> dict[Purpose, dict[ConsentChannel, Standing]]:
    """Where the records put the customer, for each purpose and channel."""
    said = [Statement(r.purpose, r.channel, r.is_given, r.basis, r.at) for r in records]
    return {purpose: {channel: standing(said, purpose, channel) for channel in ConsentChannel} for purpose in Purpose}


def who_may_be_contacted(ids: Collection[UUID], *, purpose: Purpose, channel: ConsentChannel) -> set[UUID]:
    """Those living customers of `ids` who allow it, in one query."""
    return {id_ for id_, said in statements_among(ids).items() if may_contact(said, purpose, channel)}


def consent_texts(*, purpose: Purpose | None = None) -> list[ConsentTextRow]:
    """The words that people agree to, the newest version first."""
    rows = ConsentText.objects.order_by("purpose", "language", "-version")
    if purpose is not None:
        rows = rows.filter(purpose=purpose.value)
    return [
        ConsentTextRow(id_, Purpose(kind), language, version, text)
        for id_, kind, language, version, text in rows.values_list("id", "purpose", "language", "version", "text")
    ]
