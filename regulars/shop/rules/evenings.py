"""The evening sign-off: a store's day is closed by one person, once, and can be opened again that same evening."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# A day that was forgotten may still be signed so much later.
LATEST = timedelta(days=7)


def may_sign(on_date: date, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether the day has begun in the store's zone and is not too long ago."""
    today = now.astimezone(zone).date()
    return today - LATEST <= on_date <= today


def may_undo(signed_at: datetime, *, now: datetime, zone: ZoneInfo) -> bool:
    """Whether it is still the evening on which the day was signed, by the store's clock."""
    return signed_at.astimezone(zone).date() == now.astimezone(zone).date()
