"""Pure decisions about the organisation: its kinds, calendars, rates, goals, as-of date."""

from regulars.shop.rules.goals import Indicator
from regulars.shop.rules.kinds import AsOfMode, CalendarExceptionKind, Channel

__all__ = ["AsOfMode", "CalendarExceptionKind", "Channel", "Indicator"]
