"""Numbers, money, dates and spans as people write them, in the language that is active."""

from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Literal

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_datetime, format_interval, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from django.utils import timezone
from django.utils.translation import get_language, gettext

from regulars.foundation.money import Money, exponent_of

# British English: the day before the month and a clock of 24 hours, as in Russian.
_LOCALES = {"en": Locale("en", "GB"), "ru": Locale("ru")}

_SIGNS = {"RUB": "₽", "KZT": "₸", "GEL": "₾", "TRY": "₺"}
_MINUS = "−"
Unit = Literal["year", "month", "day", "hour", "minute", "second"]
_SPANS: tuple[tuple[Unit, int], ...] = (("day", 86_400), ("hour", 3600), ("minute", 60), ("second", 1))


def active_locale() -> Locale:
    return _LOCALES.get((get_language() or "en")[:2], _LOCALES["en"])


def money(value: Money | int, currency: str = "", *, is_rounded: bool = False) -> str:
    """`Money`, or minor units and a currency: «1 250,00 ₽», £1,250.00. `is_rounded` leaves the minor unit out."""
    if not isinstance(value, Money):
        value = Money(value, currency)
    digits = 0 if is_rounded else exponent_of(value.currency)
    fraction = f".{'0' * digits}" if digits else ""
    pattern = str(active_locale().currency_formats["standard"].pattern).replace(".00", fraction)
    text = format_currency(
        value.amount, value.currency, format=pattern, locale=active_locale(), currency_digits=False
    )  # fmt: skip
    if active_locale().language == "en":
        # English locales know no sign for some currencies and set the code close to the figure.
        text = text.replace(value.currency, _SIGNS.get(value.currency, f"{value.currency}\xa0"))
    return text.replace("-", _MINUS)


def number(value: float | Decimal, digits: int = 2) -> str:
    """At most `digits` decimal places, no zeros behind them."""
    pattern = "#,##0." + "#" * digits if digits else "#,##0"
    return format_decimal(value, format=pattern, locale=active_locale()).replace("-", _MINUS)


def percent(share: float | Decimal, digits: int = 1) -> str:
    """A share of one as per cent: 0.123 → 12.3 %."""
    pattern = ("#,##0." + "#" * digits if digits else "#,##0") + ("%" if active_locale().language == "en" else "\xa0%")
    return format_percent(share, format=pattern, locale=active_locale()).replace("-", _MINUS)


def change(share: float | Decimal, digits: int = 1) -> str:
    """A relative change with its sign: +12 %, −3 %."""
    text = percent(share if share >= 0 else -share, digits)
    return f"+{text}" if share > 0 else f"{_MINUS}{text}" if share < 0 else text


def quantity(milli: int) -> str:
    """Thousandths of a unit: 1500 → 1.5."""
    return number(Decimal(milli) / 1000, 3)


def day(value: date | datetime) -> str:
    """«21 нояб. 2026 г.», 21 Nov 2026; a datetime's day in the active time zone."""
    return format_date(_local(value), "medium", locale=active_locale())


def days(start: date, end: date) -> str:
    """From one day to another, saying once what both share: «5–20 янв. 2027 г.», 5 Dec – 20 Jan 2027."""
    return str(format_interval(start, end, "yMMMd", locale=active_locale()))


def month(value: date | datetime) -> str:
    """«ноябрь 2026», November 2026."""
    return format_date(_local(value), "LLLL y", locale=active_locale())


def moment(value: datetime, zone: tzinfo | None = None) -> str:
    """Day, hours and minutes in `zone` (the active time zone when None)."""
    local = value.astimezone(zone or timezone.get_current_timezone())
    return format_datetime(local.replace(tzinfo=None), "d MMM y, HH:mm", locale=active_locale())


def ago(value: date | datetime, today: date) -> str:
    """How long before or after `today`, by days: today, yesterday, 3 days ago, in 2 months."""
    days = (_local(value) - today).days
    near = {0: gettext("today"), -1: gettext("yesterday"), 1: gettext("tomorrow")}
    if days in near:
        return near[days]
    unit: Unit = "day" if abs(days) < 60 else "month" if abs(days) < 730 else "year"
    return format_timedelta(
        timedelta(days=days), granularity=unit, threshold=1e9 if unit == "day" else 0.99, add_direction=True,
        locale=active_locale(),
    )  # fmt: skip


def duration(span: timedelta | float) -> str:
    """A span, or seconds, by its two greatest units: 2 hr 5 min; less than a second as «1 s»."""
    seconds = max(1, round(span.total_seconds() if isinstance(span, timedelta) else span))
    parts: list[tuple[Unit, int, int]] = []
    for unit, size in _SPANS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append((unit, size, count))
    texts = [
        format_timedelta(timedelta(seconds=count * size), granularity=unit, threshold=1e9, format="short",
                         locale=active_locale())
        for unit, size, count in parts[:2] if count
    ]  # fmt: skip
    return " ".join(texts)


def telephone(number: str) -> str:
    """A number in E.164 as people read it; anything else as it is."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _local(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return value.astimezone(timezone.get_current_timezone()).date()
    return value
