"""The steps of an enquiry, how it may end, and when it is late."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from regulars.shop.rules.calendars import NeverOpen, WorkingHours, due


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


@dataclass(frozen=True)
class StepTime:
    """How long an enquiry may rest at a step: in working time where its store has a calendar, else by the clock."""

    working: timedelta
    by_the_clock: timedelta


TIME_AT_STEP: dict[EnquiryStep, StepTime] = {
    EnquiryStep.NEW: StepTime(timedelta(hours=1), timedelta(hours=1)),
    EnquiryStep.CONTACTED: StepTime(timedelta(hours=8), timedelta(days=1)),
    EnquiryStep.QUALIFIED: StepTime(timedelta(hours=16), timedelta(days=2)),
    EnquiryStep.OFFERED: StepTime(timedelta(hours=40), timedelta(days=5)),
}


def may_step(current: EnquiryStep, target: EnquiryStep) -> bool:
    """Whether an open enquiry may be moved so: to any other step but back to new; closing is an act of its own."""
    return current != EnquiryStep.CLOSED and target not in (current, EnquiryStep.NEW, EnquiryStep.CLOSED)


def step_due_at(step: EnquiryStep, *, since: datetime, hours: WorkingHours | None) -> datetime | None:
    """When an enquiry that came to `step` at `since` becomes late; None once it is closed."""
    allowed = TIME_AT_STEP.get(step)
    if allowed is None:
        return None
    if hours is None:
        return since + allowed.by_the_clock
    try:
        return due(since, int(allowed.working.total_seconds()), hours)
    except NeverOpen:
        return since + allowed.by_the_clock


def is_stuck(*, outcome: EnquiryOutcome, due_at: datetime | None, now: datetime) -> bool:
    """Whether an enquiry is still open past its time."""
    return outcome == EnquiryOutcome.OPEN and due_at is not None and due_at < now
