"""Goals."""

from datetime import date, datetime
from math import isfinite
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.shop.events import GoalSet
from regulars.shop.models import Goal, Staff
from regulars.shop.rules import Indicator


class CannotSetGoal(Exception):
    """Dates in the wrong order, a value that is no number, or nobody who answers for it."""


def set_goal(
    *,
    indicator: Indicator,
    start_value: float,
    target_value: float,
    start_date: date,
    due_date: date,
    owner_id: UUID,
    note: str = "",
    by: Actor,
    now: datetime,
) -> UUID:
    """A value that an indicator shall reach by a date."""
    with transaction.atomic():
        goal = Goal(indicator=indicator.value)
        _fill(
            goal,
            start_value=start_value,
            target_value=target_value,
            start_date=start_date,
            due_date=due_date,
            owner_id=owner_id,
            note=note,
        )
        goal.save(force_insert=True)
        _announce("goal.set", goal, before={}, by=by, now=now)
    return goal.id


def change_goal(
    *,
    goal_id: UUID,
    start_value: float,
    target_value: float,
    start_date: date,
    due_date: date,
    owner_id: UUID,
    note: str,
    by: Actor,
    now: datetime,
) -> None:
    with transaction.atomic():
        goal = _locked(goal_id)
        before = _values(goal)
        _fill(
            goal,
            start_value=start_value,
            target_value=target_value,
            start_date=start_date,
            due_date=due_date,
            owner_id=owner_id,
            note=note,
        )
        goal.save()
        _announce("goal.changed", goal, before=before, by=by, now=now)


def close_goal(*, goal_id: UUID, by: Actor, now: datetime) -> None:
    """Take it off the charts; it stays on record."""
    with transaction.atomic():
        goal = _locked(goal_id)
        before = _values(goal)
        goal.is_open = False
        goal.save(update_fields=["is_open"])
        _announce("goal.closed", goal, before=before, by=by, now=now)


def _locked(goal_id: UUID) -> Goal:
    goal = Goal.objects.select_for_update().filter(id=goal_id).first()
    if goal is None:
        raise CannotSetGoal(_("There is no such goal any more."))
    return goal


def _fill(
    goal: Goal, *, start_value: float, target_value: float, start_date: date, due_date: date, owner_id: UUID, note: str
) -> None:
    if not isfinite(start_value) or not isfinite(target_value):
        raise CannotSetGoal(_("Start and target must be numbers."))
    if due_date <= start_date:
        raise CannotSetGoal(_("The goal must be due after it starts."))
    if not Staff.objects.filter(id=owner_id, is_active=True).exists():
        raise CannotSetGoal(_("Choose who answers for the goal."))
    goal.start_value, goal.target_value = start_value, target_value
    goal.start_date, goal.due_date = start_date, due_date
    goal.owner_id, goal.note = owner_id, note.strip()


def _values(goal: Goal) -> dict[str, Any]:
    names = ("indicator", "start_value", "target_value", "start_date", "due_date", "owner_id", "is_open", "note")
    return {name: getattr(goal, name) for name in names}


def _announce(verb: str, goal: Goal, *, before: dict[str, Any], by: Actor, now: datetime) -> None:
    audit.record(verb=verb, subject_kind="goal", subject_id=goal.id, by=by, now=now, before=before, after=_values(goal))
    events.record(GoalSet(customer_id=None, occurred_at=now, goal_id=goal.id, indicator=goal.indicator), by=by, now=now)
