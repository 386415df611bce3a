"""Pure decisions about the organisation: its kinds, calendars, rates, goals."""

from enum import StrEnum


class Channel(StrEnum):
    """Where a touch or a sale happens."""

    ONLINE = "online"
    STORE = "store"
    PHONE = "phone"
    MARKETPLACE = "marketplace"
    OTHER = "other"


class CalendarExceptionKind(StrEnum):
    CLOSED = "closed"
    OPEN = "open"


class AsOfMode(StrEnum):
    """Which day the figures speak of: see docs/history-and-news.md."""

    AUTOMATIC = "automatic"
    NOW = "now"
    FIXED = "fixed"
