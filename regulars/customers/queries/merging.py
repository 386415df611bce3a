"""What a merge of two customers would make of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.customers.models import Customer
from regulars.customers.queries.consents import statements_among
from regulars.customers.rules import ConsentChannel, Purpose
from regulars.customers.rules.consent import Standing, standing, withdrawals_of_merge
from regulars.customers.rules.merging import FIELD_GROUPS, FieldChoice, choose_fields


@dataclass(frozen=True)
class ConsentChoice:
    """One purpose and channel in both profiles and afterwards: a withdrawal on either side wins."""

    purpose: Purpose
    channel: ConsentChannel
    survivor: Standing
    absorbed: Standing
    kept: Standing


@dataclass(frozen=True)
class MergePreview:
    fields: list[FieldChoice]
    consents: list[ConsentChoice]


def merge_preview(*, survivor_id: UUID, absorbed_id: UUID, now: datetime) -> MergePreview:
    """Field by field, which value survives and why; consents where the two differ or stand.

    Raises LookupError if one of the two does not live (any more).
    """
    names = [name for group in FIELD_GROUPS for name in group]
    living = Customer.objects.filter(id__in=[survivor_id, absorbed_id], merged_into=None, erased_at=None)
    rows = {row["id"]: row for row in living.values("id", *names)}
    if len(rows) != 2:
        raise LookupError
    said = statements_among([survivor_id, absorbed_id])
    ours, theirs = said[survivor_id], said[absorbed_id]
    joined = [*ours, *theirs, *withdrawals_of_merge(ours, theirs, now=now)]
    consents = [
        ConsentChoice(purpose, channel, *(standing(s, purpose, channel) for s in (ours, theirs, joined)))
        for purpose in Purpose
        for channel in ConsentChannel
    ]
    return MergePreview(
        choose_fields(rows[survivor_id], rows[absorbed_id]),
        [c for c in consents if {c.survivor, c.absorbed} != {Standing.NEVER_ASKED}],
    )


def suggested_survivor(first_id: UUID, second_id: UUID) -> UUID:
    """Which of two profiles to keep: the older one, as others refer to it longest."""
    ordered = Customer.objects.filter(id__in=[first_id, second_id]).order_by("created_at", "id")
    return ordered.values_list("id", flat=True)[0]
