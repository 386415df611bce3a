"""Pure decisions about the organisation: its kinds, calendars, rates, goals, plans, evenings, as-of date."""

from regulars.shop.rules.goals import Indicator
from regulars.shop.rules.kinds import (
    AsOfMode,
    CalendarExceptionKind,
    Channel,
    PlanPeriod,
    PlanScope,
    SpendingPurpose,
)

__all__ = [
    "AsOfMode",
    "CalendarExceptionKind",
    "Channel",
    "Indicator",
    "PlanPeriod",
    "PlanScope",
    "SpendingPurpose",
]
