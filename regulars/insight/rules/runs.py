"""Pure decisions about analysis runs."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

# Raised when the same data would give other figures: the next run is then a baseline.
MODEL_VERSION = 2

# The reaction that marks which extracts must be brought over again; an analysis lets it finish first.
MARKING = "insight.mark_changed_parts"


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class Step(StrEnum):
    """What a run does, in order."""

    MARKS = "marks"
    EXTRACTS = "extracts"
    FIGURES = "figures"
    PUBLISHING = "publishing"


# Share of a run that is behind us when a step begins, as measured on a million order lines.
BEGINS_AT = {Step.MARKS: 0.0, Step.EXTRACTS: 0.05, Step.FIGURES: 0.60, Step.PUBLISHING: 0.85}

LONG_MOVE = timedelta(days=30)


@dataclass(frozen=True)
class Basis:
    """What a run's stages rest on."""

    as_of: datetime
    stage_version: int
    model_version: int


def is_baseline(before: Basis | None, after: Basis) -> bool:
    """Whether stages that differ say something of the rules or the date rather than of customers."""
    if before is None or (before.stage_version, before.model_version) != (after.stage_version, after.model_version):
        return True
    return not timedelta(0) <= after.as_of - before.as_of <= LONG_MOVE


def seconds_left(elapsed_seconds: float, done_share: float) -> float | None:
    """What is left at the pace so far; None while there is no pace yet."""
    if done_share <= 0.02:
        return None
    return elapsed_seconds * (1.0 - done_share) / done_share


# When a shop is shut and its day's orders are in.
NIGHT = time(3, 0)


def next_night(now: datetime, zone: tzinfo) -> datetime:
    """The next 03:00 on the shop's clock."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < NIGHT else local.date() + timedelta(days=1)
    return datetime.combine(day, NIGHT, zone).astimezone(UTC)
