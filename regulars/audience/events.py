"""What happens with groups of customers and with what is known of them."""

from dataclasses import dataclass
from uuid import UUID

from regulars.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class StageChanged(Event):
    """A customer went to another stage of loyalty; `stage_before` is "" for one who was not known before."""

    kind = "audience.stage_changed"

    stage_before: str
    stage: str
    publication: int

    def key(self) -> str:
        return f"{self.publication}:{self.customer_id}"


@dataclass(frozen=True, kw_only=True)
class FindingsPublished(Event):
    """New findings are what everyone reads. `is_baseline`: memberships change without entry events."""

    kind = "audience.findings_published"

    run_id: UUID
    publication: int
    is_baseline: bool

    def key(self) -> str:
        return str(self.run_id)
