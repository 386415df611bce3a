"""The steps of an enquiry, how it may end, and when it is late."""

from datetime import datetime, timedelta
from enum import StrEnum


class EnquiryKind(StrEnum):
    CALL = "call"
    FORM = "form"
    VISIT = "visit"
    MEASURING = "measuring"
    MESSAGE = "message"


class EnquiryStep(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    OFFERED = "offered"
    CLOSED = "closed"


class EnquiryOutcome(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


# How long an enquiry may rest at a step before it counts as stuck.
TIME_AT_STEP: dict[EnquiryStep, timedelta] = {
    EnquiryStep.NEW: timedelta(hours=1),
    EnquiryStep.CONTACTED: timedelta(days=1),
    EnquiryStep.QUALIFIED: timedelta(days=2),
    EnquiryStep.OFFERED: timedelta(days=5),
}


def may_step(current: EnquiryStep, target: EnquiryStep) -> bool:
    """Whether an open enquiry may be moved so: to any other step but back to new; closing is an act of its own."""
    return current != EnquiryStep.CLOSED and target not in (current, EnquiryStep.NEW, EnquiryStep.CLOSED)


def step_due_at(step: EnquiryStep, *, since: datetime) -> datetime | None:
    """When an enquiry that came to `step` at `since` becomes late; None once it is closed."""
    allowed = TIME_AT_STEP.get(step)
    return since + allowed if allowed else None


def is_stuck(*, outcome: EnquiryOutcome, due_at: datetime | None, now: datetime) -> bool:
    """Whether an enquiry is still open past its time."""
    return outcome == EnquiryOutcome.OPEN and due_at is not None and due_at < now
