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


@dataclass(frozen=True, kw_only=True)
class SegmentEntered(Event):
    """Something changed with a customer and he belongs to a segment now. Never for those found there at first."""

    kind = "audience.segment_entered"

    segment_id: UUID
    segment_version: int


@dataclass(frozen=True, kw_only=True)
class SegmentLeft(Event):
    """Something changed with a customer and he belongs to a segment no more."""

    kind = "audience.segment_left"

    segment_id: UUID
    segment_version: int


@dataclass(frozen=True, kw_only=True)
class SegmentCreated(Event):
    kind = "audience.segment_created"

    segment_id: UUID


@dataclass(frozen=True, kw_only=True)
class SegmentChanged(Event):
    """Its definition is another now: memberships are built anew, without entry events."""

    kind = "audience.segment_changed"

    segment_id: UUID
    segment_version: int


@dataclass(frozen=True, kw_only=True)
class SegmentClosed(Event):
    """Its membership is followed no more."""

    kind = "audience.segment_closed"

    segment_id: UUID
