"""What merging two customers means for their memberships; wiring registers this with `customers`."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.audience.actions.membership import mark_dirty
from regulars.audience.models import Membership
from regulars.foundation.actors import Actor


class MembershipMerge:
    """The survivor keeps the other's stays, so that he does not enter anew where the person was all the time."""

    capability = "audience"

    def merge(self, *, survivor_id: UUID, absorbed_id: UUID, by: Actor, now: datetime) -> Mapping[str, Any]:
        current = Membership.objects.filter(left_at=None)
        own = current.filter(customer_id=survivor_id).values("segment_id")
        moved = list(current.filter(customer_id=absorbed_id).exclude(segment_id__in=own).values_list("id", flat=True))
        Membership.objects.filter(id__in=moved).update(customer_id=survivor_id)
        mark_dirty(customer_ids=[survivor_id, absorbed_id], now=now)
        return {"memberships": [str(id_) for id_ in moved]}

    def obstacle(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any]) -> str | None:
        return None

    def undo(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
        current = Membership.objects.filter(left_at=None)
        own = current.filter(customer_id=absorbed_id).values("segment_id")
        current.filter(id__in=moved["memberships"]).exclude(segment_id__in=own).update(customer_id=absorbed_id)
        mark_dirty(customer_ids=[survivor_id, absorbed_id], now=now)
