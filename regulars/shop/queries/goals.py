"""Goals. What an indicator's value is now, `insight` knows."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from regulars.shop.models import Goal
from regulars.shop.rules.goals import GoalLine, Indicator


@dataclass(frozen=True)
class GoalRow:
    """A goal; `line` is its straight way from start to target."""

    id: UUID
    indicator: Indicator
    line: GoalLine
    owner_id: UUID
    owner_name: str
    is_open: bool
    note: str


def goals(
    *, indicator: Indicator | None = None, is_open: bool | None = None, on_date: date | None = None
) -> list[GoalRow]:
    """Goals by the date on which they are due; `on_date`: those that run on that day."""
    rows = Goal.objects.select_related("owner").order_by("due_date", "id")
    filters = {"indicator": indicator, "is_open": is_open, "start_date__lte": on_date, "due_date__gte": on_date}
    rows = rows.filter(**{name: value for name, value in filters.items() if value is not None})
    return [
        GoalRow(
            goal.id,
            Indicator(goal.indicator),
            GoalLine(goal.start_value, goal.target_value, goal.start_date, goal.due_date),
            goal.owner_id,
            goal.owner.name,
            goal.is_open,
            goal.note,
        )
        for goal in rows
    ]
