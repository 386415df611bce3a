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


class SpendingPurpose(StrEnum):
    """What money is spent for: to win customers, to keep them, or neither (a sign, a photographer)."""

    ACQUISITION = "acquisition"
    RETENTION = "retention"
    OTHER = "other"


class PlanScope(StrEnum):
    """Whose sales a plan speaks of."""

    SHOP = "shop"
    STORE = "store"
    SELLER = "seller"
    CHANNEL = "channel"


class PlanPeriod(StrEnum):
    MONTH = "month"
    DAY = "day"
