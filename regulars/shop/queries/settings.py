"""The shop's own settings, and the moment of which its figures speak."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from regulars.shop.models import Shop
from regulars.shop.rules import AsOfMode
from regulars.shop.rules import as_of as rule
from regulars.shop.rules.as_of import AsOf


@dataclass(frozen=True)
class ShopSettings:
    """The organisation. `country` is ISO 3166 (alpha-2) or ""; `time_zone` a name of the IANA database."""

    name: str
    base_currency: str
    time_zone: str
    language: str
    country: str
    as_of_mode: AsOfMode
    as_of_date: date | None
    is_set_up: bool = True

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


BEFORE_SET_UP = ShopSettings("Regulars", "EUR", "UTC", "en", "", AsOfMode.AUTOMATIC, None, is_set_up=False)


def shop() -> ShopSettings:
    """The settings; before set-up, values with which everything can be shown (euro, UTC, English)."""
    row = Shop.objects.first()
    if row is None:
        return BEFORE_SET_UP
    return ShopSettings(
        row.name,
        row.base_currency,
        row.time_zone,
        row.language,
        row.country,
        AsOfMode(row.as_of_mode),
        row.as_of_date,
    )


def as_of(*, now: datetime, newest_order_at: datetime | None) -> AsOf:
    """The moment that "today" means; `newest_order_at` is the newest accepted order (commerce knows it)."""
    settings = shop()
    return rule.as_of(
        settings.as_of_mode,
        now=now,
        time_zone=settings.time_zone,
        fixed_date=settings.as_of_date,
        newest_order_at=newest_order_at,
    )
