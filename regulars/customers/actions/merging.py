"""Two profiles of one person become one, and two again when that was wrong."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from regulars.customers import ports
from regulars.customers.actions import merged_rows
from regulars.customers.actions.loading import refresh_search
from regulars.customers.events import CustomersMerged, MergeUndone
from regulars.customers.models import Contact, Customer, Merge, NotTheSame
from regulars.customers.queries.identity import hold_identities
from regulars.customers.rules import ContactKind, MergeReason
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor, ActorKind
from regulars.foundation.ids import new_id


class MergeFault(StrEnum):
    ITSELF = "itself"
    NOT_LIVING = "not_living"
    ALREADY_UNDONE = "already_undone"
    MERGED_FURTHER = "merged_further"
    VALUE_MOVED = "value_moved"


class CannotMerge(ValueError):
    def __init__(self, fault: MergeFault) -> None:
        super().__init__(fault)
        self.fault = fault


class CannotUndoMerge(ValueError):
    """`obstacle`: the sentence of the capability in which value has moved since."""

    def __init__(self, fault: MergeFault, obstacle: str = "") -> None:
        super().__init__(fault, obstacle)
        self.fault, self.obstacle = fault, obstacle


def merge_customers(
    *,
    survivor_id: UUID,
    absorbed_id: UUID,
    reason: MergeReason,
    by: Actor,
    now: datetime,
    is_history: bool = False,
) -> UUID:
    """Make `absorbed` an alias of `survivor`: what was the one's is the other's from now on; the merge's id.

    Every registered capability moves its part in the same transaction. Raises CannotMerge if either is merged
    already, erased or unknown.
    """
    if survivor_id == absorbed_id:
        raise CannotMerge(MergeFault.ITSELF)
    with transaction.atomic():
        hold_identities(exclusively=True)
        survivor, absorbed = _load_two(survivor_id, absorbed_id)
        moved = {"customers": merged_rows.move(survivor, absorbed, by=by, now=now)}
        for rule in ports.merge_rules():
            moved[rule.capability] = dict(rule.merge(survivor_id=survivor.id, absorbed_id=absorbed.id, by=by, now=now))
        merge = Merge.objects.create(
            id=new_id(),
            survivor=survivor,
            absorbed=absorbed,
            reason=reason.value,
            at=now,
            actor=by.reference,
            moved=moved,
        )
        refresh_search([survivor.id])
        merged = CustomersMerged(
            customer_id=survivor.id,
            occurred_at=now,
            merge_id=merge.id,
            absorbed_id=absorbed.id,
            reason=reason.value,
        )
        events.record(merged, by=by, now=now, is_history=is_history)
        _audit("customer.merged", merge, by=by, now=now)
    return merge.id


def undo_merge(*, merge_id: UUID, by: Actor, now: datetime) -> None:
    """Make two of one again. Raises CannotUndoMerge once the survivor was merged further or value has moved."""
    with transaction.atomic():
        hold_identities(exclusively=True)
        merge = Merge.objects.select_for_update().filter(id=merge_id).first()
        if merge is None or merge.undone_at is not None:
            raise CannotUndoMerge(MergeFault.ALREADY_UNDONE)
        rows = Customer.objects.select_for_update().order_by("id").in_bulk([merge.survivor_id, merge.absorbed_id])
        survivor, absorbed = rows[merge.survivor_id], rows[merge.absorbed_id]
        if survivor.erased_at or survivor.merged_into_id is not None or absorbed.merged_into_id != survivor.id:
            raise CannotUndoMerge(MergeFault.MERGED_FURTHER)
        rules = [rule for rule in ports.merge_rules() if rule.capability in merge.moved]
        for rule in rules:
            part = merge.moved[rule.capability]
            obstacle = rule.obstacle(survivor_id=survivor.id, absorbed_id=absorbed.id, moved=part)
            if obstacle:
                raise CannotUndoMerge(MergeFault.VALUE_MOVED, obstacle)
        for rule in rules:
            part = merge.moved[rule.capability]
            rule.undo(survivor_id=survivor.id, absorbed_id=absorbed.id, moved=part, by=by, now=now)
        merged_rows.give_back(survivor, absorbed, merge.moved["customers"])
        Merge.objects.filter(id=merge.id).update(undone_at=now)
        refresh_search([survivor.id, absorbed.id])
        undone = MergeUndone(customer_id=survivor.id, occurred_at=now, merge_id=merge.id, absorbed_id=absorbed.id)
        events.record(undone, by=by, now=now)
        _audit("customer.merge_undone", merge, by=by, now=now)


def mark_not_the_same(*, first_id: UUID, second_id: UUID, by: Actor, now: datetime) -> None:
    """Stop suggesting, and joining unasked, these two. Raises CannotMerge for one profile twice."""
    first, second = sorted((first_id, second_id))
    if first == second:
        raise CannotMerge(MergeFault.ITSELF)
    with transaction.atomic():
        hold_identities(exclusively=True)
        _load_two(first, second)
        _, is_new = NotTheSame.objects.get_or_create(
            first_id=first, second_id=second, defaults={"at": now, "actor": by.reference}
        )
        if is_new:
            audit.record(
                verb="customer.not_the_same",
                subject_kind="customer",
                subject_id=first,
                customer_id=first,
                by=by,
                now=now,
                after={"other": second},
            )


def part_where_shared(contacts: Sequence[tuple[ContactKind, str]], *, by: Actor, now: datetime) -> list[UUID]:
    """Undo what was joined unasked by contacts that turned out to be many people's; the merges undone."""
    reasons = {ContactKind.EMAIL: MergeReason.SAME_EMAIL, ContactKind.PHONE: MergeReason.SAME_PHONE}
    undone = []
    for kind, value in contacts:
        holders = Contact.objects.filter(kind=kind.value, value=value, customer__merged_into__isnull=False)
        merges = Merge.objects.filter(
            absorbed__in=holders.values("customer_id"), reason=reasons[kind].value, undone_at__isnull=True
        ).exclude(actor__startswith=f"{ActorKind.STAFF.value}:")
        for merge_id in list(merges.order_by("-at", "-id").values_list("id", flat=True)):
            try:
                undo_merge(merge_id=merge_id, by=by, now=now)
            except CannotUndoMerge:
                # Staff see the pair on the survivor's page; what has moved since cannot be split by a rule.
                continue
            undone.append(merge_id)
    return undone


def _load_two(first_id: UUID, second_id: UUID) -> tuple[Customer, Customer]:
    """Both profiles, locked in the order of their ids, so that two merges at once wait and do not block each other."""
    rows = Customer.objects.select_for_update().order_by("id").in_bulk([first_id, second_id])
    if any(row.merged_into_id is not None or row.erased_at is not None for row in rows.values()) or len(rows) < 2:
        raise CannotMerge(MergeFault.NOT_LIVING)
    return rows[first_id], rows[second_id]


def _audit(verb: str, merge: Merge, *, by: Actor, now: datetime) -> None:
    audit.record(
        verb=verb,
        subject_kind="customer",
        subject_id=merge.survivor_id,
        customer_id=merge.survivor_id,
        by=by,
        now=now,
        after={"merge": merge.id, "absorbed": merge.absorbed_id, "reason": merge.reason},
    )
