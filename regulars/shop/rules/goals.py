"""Goals: where an indicator should stand by a day, and whether it does."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Indicator(StrEnum):
    """What a goal can be set for. Each is a figure of one month; REVENUE in minor units, REPEAT_SHARE from 0 to 1."""

    REVENUE = "revenue"
    ORDERS = "orders"
    BUYERS = "buyers"
    NEW_BUYERS = "new_buyers"
    REPEAT_SHARE = "repeat_share"


@dataclass(frozen=True)
class GoalLine:
    """A straight way from `start_value` on `start_date` to `target_value` on `due_date`; it may lead down."""

    start_value: float
    target_value: float
    start_date: date
    due_date: date

    def __post_init__(self) -> None:
        if self.due_date <= self.start_date:
            raise ValueError("a goal is due after it starts")


def expected_by(goal: GoalLine, on_date: date) -> float:
    """The value on the straight line on a day; the start value before it, the target after it."""
    whole = (goal.due_date - goal.start_date).days
    share = min(max((on_date - goal.start_date).days, 0), whole) / whole
    return goal.start_value * (1 - share) + goal.target_value * share


def share_done(goal: GoalLine, current_value: float) -> float:
    """The part of the way that is behind us, from 0 to 1; a goal to keep what is there is done while it is kept."""
    whole = goal.target_value - goal.start_value
    if whole == 0:
        return 1.0 if current_value >= goal.target_value else 0.0
    return min(max((current_value - goal.start_value) / whole, 0.0), 1.0)


def is_on_track(goal: GoalLine, current_value: float, on_date: date) -> bool:
    """Whether the value is at least as far on its way as the line asks for on that day."""
    expected = expected_by(goal, on_date)
    return current_value <= expected if goal.target_value < goal.start_value else current_value >= expected
