"""The day of which the figures speak: see docs/shop.md, "History and news"."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from regulars.shop.rules.calendars import first_instant
from regulars.shop.rules.kinds import AsOfMode

# Older than this, the newest order shows that the data has ended; a move longer than this must be confirmed.
LONG = timedelta(days=30)


@dataclass(frozen=True)
class AsOf:
    """`at`: facts before this instant count. `date`: its day in the shop's zone. While not `is_now` nothing is sent."""

    mode: AsOfMode
    at: datetime
    date: date
    is_now: bool


def as_of(
    mode: AsOfMode,
    *,
    now: datetime,
    time_zone: str,
    fixed_date: date | None = None,
    newest_order_at: datetime | None = None,
) -> AsOf:
    """The moment that "today" means in every figure.

    Automatic: the beginning of the day after the newest order, where that order is older than 30 days, else now.
    Fixed: the beginning of that day. A moment in the future is now.
    """
    zone = ZoneInfo(time_zone)
    day: date | None = None
    if mode is AsOfMode.FIXED:
        day = fixed_date
    elif mode is AsOfMode.AUTOMATIC and newest_order_at is not None and now - newest_order_at > LONG:
        day = newest_order_at.astimezone(zone).date() + timedelta(days=1)
    if day is not None:
        at = first_instant(day, 0, time_zone)
        if at < now:
            return AsOf(mode, at, day, is_now=False)
    return AsOf(mode, now.astimezone(UTC), now.astimezone(zone).date(), is_now=True)


def is_jump(before: datetime, after: datetime) -> bool:
    """Whether a move of the as-of date is so long that a person must confirm it."""
    return abs(after - before) > LONG
