"""Proposing, trying, keeping and dropping associations."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction

from regulars.foundation import audit
from regulars.foundation.actors import Actor, ActorKind
from regulars.insight.models import Association
from regulars.insight.rules.recommending.trying import MOVES, AssociationState


class AssociationFault(StrEnum):
    """Why an association cannot be proposed, or cannot go where it was to go."""

    NO_SOURCE = "no_source"
    NO_TARGET = "no_target"
    NO_NEED = "no_need"
    TO_ITSELF = "to_itself"
    ALREADY_THERE = "already_there"
    NO_SUCH_MOVE = "no_such_move"


class CannotChangeAssociation(ValueError):
    """The association stays as it was; `fault` says why."""

    def __init__(self, fault: AssociationFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True)
class End:
    """A product or a category: exactly one of the two."""

    product_id: UUID | None = None
    category_id: UUID | None = None

    @property
    def is_named(self) -> bool:
        return (self.product_id is None) is not (self.category_id is None)


def propose_association(
    *,
    source: End,
    target: End,
    need: str,
    reason: str,
    by: Actor,
    now: datetime,
    via_product_id: UUID | None = None,
) -> UUID:
    """Write down that `source` leads to `target` by way of a need, or of a product that data found between them.

    Raises CannotChangeAssociation.
    """
    need, reason = need.strip(), reason.strip()
    with transaction.atomic():
        ends = {
            "source_product_id": source.product_id,
            "source_category_id": source.category_id,
            "target_product_id": target.product_id,
            "target_category_id": target.category_id,
        }
        fault = _fault(source, target, need, via_product_id)
        if fault is None and _is_there(ends, need, via_product_id):
            fault = AssociationFault.ALREADY_THERE
        if fault:
            raise CannotChangeAssociation(fault)
        made = Association.objects.create(
            **ends,
            via_product_id=via_product_id,
            need=need,
            reason=reason,
            proposed_by_id=UUID(by.id) if by.kind is ActorKind.STAFF else None,
            proposed_at=now,
        )
        audit.record(
            verb="association.proposed",
            subject_kind="association",
            subject_id=made.id,
            by=by,
            now=now,
            after={**{name: id_ for name, id_ in ends.items() if id_}, "need": need, "reason": reason},
        )
    return made.id


def try_association(*, association_id: UUID, by: Actor, now: datetime) -> None:
    """Offer by it from now on and count what it brings. Raises CannotChangeAssociation."""
    _move(association_id, AssociationState.TRIED, by=by, now=now)


def keep_association(*, association_id: UUID, by: Actor, now: datetime) -> None:
    """It has proved itself: offer by it for good. Raises CannotChangeAssociation."""
    _move(association_id, AssociationState.KEPT, by=by, now=now)


def drop_association(*, association_id: UUID, by: Actor, now: datetime) -> None:
    """Offer by it no longer; it stays on record. Raises CannotChangeAssociation."""
    _move(association_id, AssociationState.DROPPED, by=by, now=now)


def _move(association_id: UUID, state: AssociationState, *, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        association = Association.objects.select_for_update().filter(id=association_id).first()
        before = AssociationState(association.state) if association else None
        if association is None or before is None or state not in MOVES[before]:
            raise CannotChangeAssociation(AssociationFault.NO_SUCH_MOVE)
        association.state = state.value
        if state is AssociationState.TRIED:
            association.tried_at, association.decided_at = now, None
        else:
            association.decided_at = now
        association.save(update_fields=["state", "tried_at", "decided_at"])
        audit.record(
            verb=f"association.{state.value}",
            subject_kind="association",
            subject_id=association_id,
            by=by,
            now=now,
            before={"state": before.value},
            after={"state": state.value},
        )


def _fault(source: End, target: End, need: str, via_product_id: UUID | None) -> AssociationFault | None:
    if not source.is_named:
        return AssociationFault.NO_SOURCE
    if not target.is_named:
        return AssociationFault.NO_TARGET
    if source == target or via_product_id in (source.product_id or 0, target.product_id or 0):
        return AssociationFault.TO_ITSELF
    return None if need or via_product_id else AssociationFault.NO_NEED


def _is_there(ends: dict[str, UUID | None], need: str, via_product_id: UUID | None) -> bool:
    """The same from and to, by the same way, and not dropped."""
    same = Association.objects.filter(**ends, via_product_id=via_product_id)
    return any(one.need.casefold() == need.casefold() for one in same.exclude(state=AssociationState.DROPPED.value))
