"""Numbers and dates as people write them. Amounts are whole millionths, quantities whole thousandths: never a float."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from regulars.commerce.rules.imports import DateOrder

_SPACES = re.compile(r"[\s   ]")
_APOSTROPHES = "'’ʼ`"
_CURRENCY = re.compile(
    r"^(?:[₽$€£¥₴₸₺]|[A-Z]{3}(?![A-Z])|руб\.?|р\.)|(?:[₽$€£¥₴₸₺]|(?<![A-Z])[A-Z]{3}|руб(?:\.|лей|ля|ль)?|р\.?)$",
    re.IGNORECASE,
)
_SIMPLE = re.compile(r"[+-]?\d{1,15}(\.\d+)?")
_MILLION = Decimal(1_000_000)


class NotANumber(ValueError):
    """The text is no number in the chosen way of writing."""


class NotADate(ValueError):
    """The text is no date in any usual form."""


def number_of(text: str, *, decimal_mark: str = ".") -> Decimal:
    """The number in `text`: thousands apart by spaces, apostrophes or the other mark; a currency sign around it;
    a minus before or behind, or brackets, as accountants write. Raises NotANumber.
    """
    if decimal_mark == "." and _SIMPLE.fullmatch(text):
        return Decimal(text)
    cleaned = _SPACES.sub("", text).replace("−", "-").replace("–", "-")
    for apostrophe in _APOSTROPHES:
        cleaned = cleaned.replace(apostrophe, "")
    is_negative = False
    if cleaned.startswith("(") and cleaned.endswith(")"):
        cleaned, is_negative = cleaned[1:-1], True
    cleaned = _CURRENCY.sub("", _CURRENCY.sub("", cleaned))
    if cleaned.endswith("-"):
        cleaned, is_negative = cleaned[:-1], not is_negative
    if cleaned[:1] in "+-" and cleaned:
        is_negative ^= cleaned[0] == "-"
        cleaned = _CURRENCY.sub("", cleaned[1:])
    other = "," if decimal_mark == "." else "."
    whole, mark, part = cleaned.partition(decimal_mark)
    if other in whole:
        groups = whole.split(other)
        if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
            raise NotANumber(text[:40])
        whole = "".join(groups)
    if not (whole + part).isascii() or not (whole + part).isdigit() or len(whole) > 15:
        raise NotANumber(text[:40])
    value = Decimal(f"{whole or '0'}.{part or '0'}" if mark else whole)
    return -value if is_negative else value


def scaled(value: Decimal, factor: int) -> int:
    """`value` times `factor`, rounded half to even: micro and milli units."""
    try:
        return int((value * factor).to_integral_value())
    except InvalidOperation as error:
        raise NotANumber(str(value)) from error


def decimal_mark_of(texts: Iterable[str]) -> str:
    """Which mark the numbers in `texts` are written with; "." where nothing speaks for the comma."""
    commas = points = 0
    for text in texts:
        text = _SPACES.sub("", text)  # noqa: PLW2901
        comma, point = text.rfind(","), text.rfind(".")
        if comma >= 0 and point >= 0:
            commas, points = (commas + 5, points) if comma > point else (commas, points + 5)
        elif comma >= 0 and text.count(",") == 1:
            # 1,234 may be either; 12,5 and 12,50 may not.
            commas += 2 if len(re.sub(r"\D+$", "", text)) - comma - 1 != 3 else 0
        elif point >= 0 and text.count(".") == 1:
            points += 2 if len(re.sub(r"\D+$", "", text)) - point - 1 != 3 else 0
        elif comma >= 0:
            points += 1
        elif point >= 0:
            commas += 1
    return "," if commas > points else "."


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january янв января январь", "feb february фев февр февраля февраль", "mar march мар марта март",
            "apr april апр апреля апрель", "may мая май", "jun june июн июня июнь", "jul july июл июля июль",
            "aug august авг августа август", "sep sept september сен сент сентября сентябрь",
            "oct october окт октября октябрь", "nov november ноя нояб ноября ноябрь",
            "dec december дек декабря декабрь",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

_NUMERIC = re.compile(r"(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})(?:[\sT,г.]+(.*))?$")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{4,6}.*))?$")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s\-.]+([^\W\d_]+)\.?,?[\s\-.]+(\d{2,4})(?:\s*г\.?)?(?:[\s,T]+(.*))?$"
)
_MONTH_DAY = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[\s,T]+(.*))?$")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс)[^\W\d_]*\.?,?\s+", re.IGNORECASE)
_TIME = re.compile(
    r"(?:at\s+|в\s+)?(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*"
    r"(z|utc|gmt|[+-]\d{2}:?(?:\d{2})?)?(?:\s*\(?[a-z/_ ]*\)?)?$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_STAMP = re.compile(r"\d{10}(?:\d{3})?")
# Excel's day 0 (its 1900 leap-year error included).
_SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a calendar date, given its zone by the caller


def moment_of(text: str, *, zone: ZoneInfo, order: DateOrder = DateOrder.DAY_FIRST) -> datetime:
    """The moment in `text`, in UTC; where it names no offset, the clocks of `zone` are meant. Raises NotADate."""
    try:
        moment = _moment(" ".join(text.split()), order)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotADate(text[:40]) from error


def date_of(text: str, *, order: DateOrder = DateOrder.DAY_FIRST) -> date:
    """The calendar date in `text`, whatever its time. Raises NotADate."""
    try:
        return _moment(" ".join(text.split()), order).date()
    except (ValueError, OverflowError) as error:
        raise NotADate(text[:40]) from error


def _moment(text: str, order: DateOrder) -> datetime:
    if len(text) > 60:
        raise NotADate(text[:40])
    if text[4:5] == "-":
        try:
            return datetime.fromisoformat(text.replace(" UTC", "+00:00").replace(" GMT", "+00:00"))
        except ValueError:
            pass
    text = _WEEKDAY.sub("", text)
    if _STAMP.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC) + timedelta(milliseconds=int(text[10:] or 0))
    if _SERIAL.fullmatch(text):
        return _from_serial(text)
    if found := _COMPACT.fullmatch(text):
        year, month, day, rest = found.groups()
        return _with_time(int(year), int(month), int(day), rest)
    if found := _NUMERIC.fullmatch(text):
        return _from_numbers(*found.groups()[:3], rest=found[4], order=order)
    if found := _DAY_MONTH.fullmatch(text):
        return _with_time(_year(found[3]), _month(found[2]), int(found[1]), found[4])
    if found := _MONTH_DAY.fullmatch(text):
        return _with_time(int(found[3]), _month(found[1]), int(found[2]), found[4])
    raise NotADate(text[:40])


def _from_serial(text: str) -> datetime:
    days = Decimal(text.replace(",", "."))
    # A second is 1/86400 of a day: what is finer than that is rounding.
    seconds = int((days * 86400).to_integral_value())
    return _SERIAL_EPOCH + timedelta(seconds=seconds)


def _from_numbers(first: str, second: str, third: str, *, rest: str | None, order: DateOrder) -> datetime:
    if len(first) > 2:
        return _with_time(int(first), int(second), int(third), rest)
    day, month = int(first), int(second)
    if order == DateOrder.MONTH_FIRST and day <= 12:
        day, month = month, day
    return _with_time(_year(third), month, day, rest)


def _year(text: str) -> int:
    # POSIX: 69–99 are of the last century, 00–68 of this one.
    return int(text) if len(text) > 2 else int(text) + (1900 if int(text) >= 69 else 2000)


def _month(name: str) -> int:
    number = _MONTHS.get(name.casefold().rstrip("."))
    if number is None:
        raise NotADate(name)
    return number


def _with_time(year: int, month: int, day: int, rest: str | None) -> datetime:
    moment = datetime(year, month, day)  # noqa: DTZ001 - given its zone by the caller
    rest = (rest or "").strip(" г.,")
    if not rest:
        return moment
    found = _TIME.fullmatch(rest)
    if found is None:
        raise NotADate(rest)
    hour, minute, second, fraction, half, offset = found.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise NotADate(rest)
        hours = hours % 12 + (12 if half[0] in "pP" else 0)
    moment = moment.replace(
        hour=hours, minute=int(minute), second=int(second or 0), microsecond=int((fraction or "0").ljust(6, "0")[:6])
    )
    return moment if not offset else datetime.fromisoformat(moment.isoformat() + _offset(offset))


def _offset(text: str) -> str:
    if text[0] not in "+-":
        return "+00:00"
    digits = text[1:].replace(":", "").ljust(4, "0")
    return f"{text[0]}{digits[:2]}:{digits[2:]}"


def date_order_of(texts: Iterable[str]) -> DateOrder | None:
    """Which comes first, day or month; None where each date could be either."""
    firsts, seconds = [], []
    for text in texts:
        found = re.match(r"\s*(\d{1,2})[./\-](\d{1,2})[./\-]\d{2,4}", text)
        if found:
            firsts.append(int(found[1]))
            seconds.append(int(found[2]))
    if firsts and max(firsts) > 12:
        return DateOrder.DAY_FIRST
    if seconds and max(seconds) > 12:
        return DateOrder.MONTH_FIRST
    if firsts and any("." in text for text in texts):
        return DateOrder.DAY_FIRST
    return None if firsts else DateOrder.DAY_FIRST
