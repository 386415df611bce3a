"""The kinds of things that the organisation knows."""

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
    """Which day the figures speak of: see docs/shop.md, "History and news"."""

    AUTOMATIC = "automatic"
    NOW = "now"
    FIXED = "fixed"
