"""When a condition is asked, and what its words about time mean at that moment. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from regulars.foundation.conditions.catalogue import Type
from regulars.foundation.conditions.operators import Operator

Point = TypeVar("Point", date, datetime)

_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_29_FEBRUARY, _1_MARCH, _31_DECEMBER = 229, 301, 1231


@dataclass(frozen=True)
class Moment:
    """`at`: "now", aware; `zone`: where a day begins at midnight."""

    at: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        return self.at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The instant at which a day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Span(Generic[Point]):
    """From `start` on, until before `end`; None is open."""

    start: Point | None
    end: Point | None

    def holds(self, value: Point) -> bool:
        return (self.start is None or self.start <= value) and (self.end is None or value < self.end)


def instants(operator: Operator, value: object, moment: Moment) -> Span[datetime]:
    """The instants that an operator of dates means. "In the last 2 days" is 48 hours, up to and with this one."""
    match operator, value:
        case Operator.BEFORE, date() as day:
            return Span(None, moment.midnight(day))
        case Operator.SINCE, date() as day:
            return Span(moment.midnight(day), None)
        case Operator.BETWEEN, (date() as first, date() as last):
            return Span(moment.midnight(first), moment.midnight(last + _DAY))
        case Operator.IN_LAST_DAYS, int() as days:
            return Span(moment.at - timedelta(days=days) + _TICK, moment.at + _TICK)
        case Operator.IN_NEXT_DAYS, int() as days:
            return Span(moment.at + _TICK, moment.at + timedelta(days=days) + _TICK)
        case Operator.MORE_THAN_DAYS_AGO, int() as days:
            return Span(None, moment.at - timedelta(days=days) + _TICK)
    raise AssertionError(operator)


def days(operator: Operator, value: object, moment: Moment) -> Span[date]:
    """The calendar days that an operator of dates means. "In the last 2 days" is today and yesterday."""
    today = moment.today
    match operator, value:
        case Operator.BEFORE, date() as day:
            return Span(None, day)
        case Operator.SINCE, date() as day:
            return Span(day, None)
        case Operator.BETWEEN, (date() as first, date() as last):
            return Span(first, last + _DAY)
        case Operator.IN_LAST_DAYS, int() as count:
            return Span(today - timedelta(days=count - 1), today + _DAY)
        case Operator.IN_NEXT_DAYS, int() as count:
            return Span(today, today + timedelta(days=count + 1))
        case Operator.MORE_THAN_DAYS_AGO, int() as count:
            return Span(None, today - timedelta(days=count - 1))
    raise AssertionError(operator)


def anniversaries(operator: Operator, value: object, moment: Moment) -> tuple[tuple[int, int], ...]:
    """The days of the year, as closed ranges of month × 100 + day, that an operator of anniversaries means.

    Who was born on 29 February celebrates on 1 March in other years: not before the day, which many hold for a bad
    omen. Ranges do not overlap; a span of a year or more is all of it.
    """
    today = moment.today
    match operator, value:
        case Operator.IN_MONTHS, tuple() as months:
            return tuple((month * 100 + 1, month * 100 + 31) for month in sorted(months))
        case Operator.IN_NEXT_DAYS, int() as count:
            return _ranges(today, today + timedelta(days=count))
        case Operator.IN_LAST_DAYS, int() as count:
            return _ranges(today - timedelta(days=count - 1), today)
    raise AssertionError(operator)


def _ranges(first: date, last: date) -> tuple[tuple[int, int], ...]:
    if (last - first).days >= 365:
        return ((101, _31_DECEMBER),)
    start, end = first.month * 100 + first.day, last.month * 100 + last.day
    if start == _1_MARCH and not _is_leap(first.year):
        start = _29_FEBRUARY
    return ((start, end),) if start <= end else ((101, end), (start, _31_DECEMBER))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def is_relative(operator: Operator) -> bool:
    """Whether the answer may change by time alone."""
    return operator in (Operator.IN_LAST_DAYS, Operator.IN_NEXT_DAYS, Operator.MORE_THAN_DAYS_AGO)


def edges(operator: Operator, value: int, type_: Type) -> tuple[int, ...]:
    """How many days after a value's own time the answer about it changes (negative: before).

    For a date these are whole days: the answer changes as that day begins.
    """
    is_date = type_ is Type.DATE
    match operator:
        case Operator.IN_LAST_DAYS:
            return (0, value)
        case Operator.IN_NEXT_DAYS:
            return (-value, 1 if is_date else 0)
        case Operator.MORE_THAN_DAYS_AGO:
            return (value,)
    return ()


def anniversary_changes(operator: Operator, value: object, moment: Moment) -> dict[int, datetime]:
    """For each day of the year (month × 100 + day): when the answer about it changes next."""
    of_year = [day.month * 100 + day.day for day in (date(2024, 1, 1) + timedelta(days=i) for i in range(366))]
    before = anniversaries(operator, value, moment)
    waiting = {day: any(low <= day <= high for low, high in before) for day in of_year}
    changes: dict[int, datetime] = {}
    for ahead in range(1, 1465):
        day = moment.today + timedelta(days=ahead)
        ranges = anniversaries(operator, value, Moment(moment.midnight(day), moment.zone))
        for one in [one for one, was in waiting.items() if any(a <= one <= b for a, b in ranges) != was]:
            changes[one] = moment.midnight(day)
            del waiting[one]
        if not waiting:
            break
    return changes
