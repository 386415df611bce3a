"""Numbers and dates as people write them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.commerce.rules.imports import DateOrder
from regulars.connectors.csv.values import (
    NotADate,
    NotANumber,
    date_of,
    date_order_of,
    decimal_mark_of,
    moment_of,
    number_of,
    scaled,
)

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("12", ".", "12"),
        ("12.50", ".", "12.50"),
        ("1 234,56", ",", "1234.56"),
        ("1\u00a0234,56 ₽", ",", "1234.56"),
        ("1\u202f234,56 руб.", ",", "1234.56"),
        ("1'234.56", ".", "1234.56"),
        ("1’234.56", ".", "1234.56"),
        ("1,234,567.8", ".", "1234567.8"),
        ("1.234.567,8", ",", "1234567.8"),
        ("$12.50", ".", "12.50"),
        ("-$12.50", ".", "-12.50"),
        ("12.50 EUR", ".", "12.50"),
        ("(12.50)", ".", "-12.50"),
        ("12.50-", ".", "-12.50"),
        ("−12,5", ",", "-12.5"),
        (".5", ".", "0.5"),
        ("+7", ".", "7"),
    ],
)
def test_numbers_as_people_write_them(text: str, mark: str, value: str) -> None:
    assert number_of(text, decimal_mark=mark) == Decimal(value)


@pytest.mark.parametrize("text", ["free", "бесплатно", "12.5.6", "1,2,3", "", "12%", "1e5", "²", "=1+2", "9" * 16, "-"])
def test_what_is_no_number(text: str) -> None:
    with pytest.raises(NotANumber):
        number_of(text)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from([" ", "\u00a0", "'"]))
def test_a_number_reads_back_in_either_writing(value: Decimal, thousands: str) -> None:
    english = f"{value:,.2f}"
    assert number_of(english) == value
    russian = english.replace(",", thousands).replace(".", ",")
    assert number_of(russian, decimal_mark=",") == value


def test_fractions_are_rounded_half_to_even() -> None:
    assert scaled(Decimal("0.0000005"), 1_000_000) == 0
    assert scaled(Decimal("0.0000015"), 1_000_000) == 2


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        (["12,50", "3"], ","),
        (["12.50", "3"], "."),
        (["1 234,56"], ","),
        (["1,234.56"], "."),
        (["1.234,56"], ","),
        (["1,234"], "."),
        (["1,234,567"], "."),
        (["1.234.567"], ","),
        ([], "."),
    ],
)
def test_the_decimal_mark_is_found(texts: list[str], mark: str) -> None:
    assert decimal_mark_of(texts) == mark


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2025-03-31", "dmy", (2025, 3, 31)),
        ("2025-03-31 14:05", "dmy", (2025, 3, 31, 14, 5)),
        ("2025-03-31T14:05:06", "dmy", (2025, 3, 31, 14, 5, 6)),
        ("31.03.2025", "dmy", (2025, 3, 31)),
        ("31.03.2025 9:05", "dmy", (2025, 3, 31, 9, 5)),
        ("31.03.25", "dmy", (2025, 3, 31)),
        ("03/04/2025", "dmy", (2025, 4, 3)),
        ("03/04/2025", "mdy", (2025, 3, 4)),
        ("12/1/2009 8:26:00 AM", "mdy", (2009, 12, 1, 8, 26)),
        ("12/1/2009 12:26 PM", "mdy", (2009, 12, 1, 12, 26)),
        ("1 декабря 2009 г.", "dmy", (2009, 12, 1)),
        ("1 декабря 2009 г., 14:05", "dmy", (2009, 12, 1, 14, 5)),
        ("1 Dec 2009", "dmy", (2009, 12, 1)),
        ("Dec 1, 2009", "dmy", (2009, 12, 1)),
        ("Tue, 01 Dec 2009 07:45", "dmy", (2009, 12, 1, 7, 45)),
        ("20091201", "dmy", (2009, 12, 1)),
        ("20091201T0745", "dmy", (2009, 12, 1, 7, 45)),
        ("40148.322916667", "dmy", (2009, 12, 1, 7, 45)),
    ],
)
def test_dates_as_people_write_them(text: str, order: str, expected: tuple[int, ...]) -> None:
    local = datetime(*expected, tzinfo=MOSCOW)  # type: ignore[misc, arg-type]
    assert moment_of(text, zone=MOSCOW, order=DateOrder(order)) == local


def test_an_offset_is_stronger_than_the_zone() -> None:
    seven = datetime(2025, 3, 31, 7, tzinfo=UTC)
    assert moment_of("2025-03-31T10:00:00+03:00", zone=ZoneInfo("Asia/Tokyo")) == seven
    assert moment_of("2025-03-31 07:00:00 UTC", zone=ZoneInfo("Asia/Tokyo")) == seven
    assert moment_of("31.03.2025 10:00 +0300", zone=ZoneInfo("Asia/Tokyo")) == seven
    assert moment_of(str(int(seven.timestamp())), zone=MOSCOW) == seven


@pytest.mark.parametrize(
    "text", ["32.01.2025", "29.02.2025", "yesterday", "", "2025", "12:30", "0.5", "31/31/2025", "1 абвг 2025"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(NotADate):
        moment_of(text, zone=MOSCOW)


def test_the_year_0202_is_read_as_written() -> None:
    assert date_of("01.02.0202") == date(202, 2, 1)


@given(st.dates(min_value=date(1970, 1, 1), max_value=date(2068, 12, 31)), st.sampled_from("./-"))
def test_a_date_reads_back_in_either_order(day: date, mark: str) -> None:
    assert date_of(f"{day:%d{mark}%m{mark}%Y}") == day
    assert date_of(f"{day:%m{mark}%d{mark}%Y}", order=DateOrder.MONTH_FIRST) == day
    assert date_of(day.isoformat()) == day


def test_the_order_of_day_and_month_is_found_or_asked() -> None:
    assert date_order_of(["03/04/2025", "13/04/2025"]) == DateOrder.DAY_FIRST
    assert date_order_of(["03/04/2025", "04/13/2025"]) == DateOrder.MONTH_FIRST
    assert date_order_of(["03.04.2025"]) == DateOrder.DAY_FIRST
    assert date_order_of(["03/04/2025"]) is None
