"""Commerce's part when two customers become one: orders, returns, enquiries and visits go along, and back on undo."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.commerce.models import Enquiry, Order, Return, SiteEvent
from regulars.foundation.actors import Actor

# Returns before orders, as `match_return` locks them.
_MOVED = {"returns": Return, "orders": Order, "enquiries": Enquiry, "site_events": SiteEvent}


class CommerceMerge:
    """A customers.ports.MergeRule."""

    capability = "commerce"

    def merge(self, *, survivor_id: UUID, absorbed_id: UUID, by: Actor, now: datetime) -> Mapping[str, Any]:
        """Move all; answers with the ids of what moved."""
        moved = {}
        for name, model in _MOVED.items():
            rows = model._default_manager.filter(customer_id=absorbed_id)
            moved[name] = [str(id_) for id_ in rows.order_by("id").values_list("id", flat=True)]
            rows.update(customer_id=survivor_id)
        return moved

    def obstacle(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any]) -> str | None:
        """None: orders can always go back to whom they came from."""
        return None

    def undo(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
        """Give back what moved; what has come since is the survivor's own."""
        for name, model in _MOVED.items():
            ids = [UUID(id_) for id_ in moved.get(name, [])]
            for start in range(0, len(ids), 500):
                rows = model._default_manager.filter(id__in=ids[start : start + 500], customer_id=survivor_id)
                rows.update(customer_id=absorbed_id)
