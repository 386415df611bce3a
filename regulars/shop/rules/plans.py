"""Sales plans: a month's plan spread over its days, and how the month stands against it."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from regulars.foundation.money import split
from regulars.shop.rules.kinds import PlanPeriod, PlanScope

LARGEST_MINOR = 10**15
EVEN_WEEK = (1.0,) * 7


@dataclass(frozen=True)
class PlanEntry:
    """A plan in the base currency. scope_id: the store's or seller's id, the channel's value, "" for the shop.

    on_date: the first day of the month, or the day. amount_minor: 0 or more; None takes the plan away.
    """

    scope: PlanScope
    scope_id: str
    period: PlanPeriod
    on_date: date
    amount_minor: int | None


def days_of(month_date: date) -> list[date]:
    """All days of a month."""
    length = monthrange(month_date.year, month_date.month)[1]
    return [month_date.replace(day=day) for day in range(1, length + 1)]


def plan_by_day(
    month_date: date,
    *,
    month_minor: int | None,
    fixed: Mapping[date, int],
    weekday_shares: Sequence[float] = EVEN_WEEK,
) -> dict[date, int]:
    """What is planned for each day of a month; the days add up to the month's plan.

    fixed: days with a plan of their own, which they keep. What is left of the month goes to the other days in
    proportion to `weekday_shares` (Monday first, past sales); nothing is left where fixed days exceed the month.
    """
    days = days_of(month_date)
    planned = {day: fixed[day] for day in days if day in fixed}
    if month_minor is None:
        return planned
    others = [day for day in days if day not in fixed]
    left = max(month_minor - sum(planned.values()), 0)
    if others:
        weights = [round(max(weekday_shares[day.weekday()], 0.0) * 1_000_000) for day in others]
        planned |= dict(zip(others, split(left, weights), strict=True))
    return dict(sorted(planned.items()))


@dataclass(frozen=True)
class Pace:
    """How a month stands. due_minor, done_minor: planned and sold up to yesterday evening.

    left_minor: what is still to be sold from today on, today's sales already taken off (0: reached). days_left: days
    from today on for which something is planned. needed_minor: so much a day on average; effort: needed against what
    the plan asks of these days (1.1: a tenth more), None where it asks nothing of them.
    """

    plan_minor: int
    sold_minor: int
    due_minor: int
    done_minor: int
    left_minor: int
    days_left: int
    needed_minor: int
    effort: float | None

    @property
    def distance_minor(self) -> int:
        """By how much sales up to yesterday lie above (or below) the plan."""
        return self.done_minor - self.due_minor

    @property
    def is_reached(self) -> bool:
        return self.left_minor == 0

    @property
    def is_on_track(self) -> bool:
        return self.done_minor >= self.due_minor


def pace(planned: Mapping[date, int], sold: Mapping[date, int], today: date) -> Pace:
    """Where a month stands on the morning of `today`, and what the rest of it asks for."""
    whole = sum(planned.values())
    due = sum(amount for day, amount in planned.items() if day < today)
    done = sum(amount for day, amount in sold.items() if day < today)
    sold_so_far = done + sold.get(today, 0)
    ahead = [amount for day, amount in planned.items() if day >= today and amount > 0]
    left = max(whole - sold_so_far, 0)
    to_come = max(whole - done, 0)
    return Pace(
        plan_minor=whole,
        sold_minor=sold_so_far,
        due_minor=due,
        done_minor=done,
        left_minor=left,
        days_left=len(ahead),
        needed_minor=-(-to_come // len(ahead)) if ahead else to_come,
        effort=to_come / sum(ahead) if ahead else None,
    )
