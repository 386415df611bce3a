"""Values as people read them, in both languages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from regulars.foundation.money import Money
from regulars.ui import formats

DAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["₽1,250.50", "−£0.05", "JP¥125,000", "KWD\xa01.250", "₽1,251"]),
        ("ru", ["1\xa0250,50\xa0₽", "−0,05\xa0£", "125\xa0000\xa0¥", "1,250\xa0KWD", "1\xa0251\xa0₽"]),
    ],
)
def test_money(language: str, said: list[str]) -> None:
    with translation.override(language):
        assert [
            formats.money(125050, "RUB"),
            formats.money(-5, "GBP"),
            formats.money(125000, "JPY"),
            formats.money(Money(1250, "KWD")),
            formats.money(125099, "RUB", is_rounded=True),
        ] == said


@given(st.integers(-(10**14), 10**14), st.sampled_from(["RUB", "EUR", "GBP", "JPY", "KWD", "CHF"]))
def test_no_money_is_lost_in_writing(amount_minor: int, currency: str) -> None:
    for language in ("en", "ru"):
        with translation.override(language):
            text = formats.money(amount_minor, currency)
        digits = "".join(sign for sign in text if sign.isdecimal())
        assert int(digits) == abs(amount_minor)
        assert text.startswith("−") == (amount_minor < 0)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["12,345.68", "5", "12.3%", "+5%", "−5%", "0%", "1.5", "21 Nov 2026", "November 2026"]),
        (
            "ru",
            [
                "12\xa0345,68",
                "5",
                "12,3\xa0%",
                "+5\xa0%",
                "−5\xa0%",
                "0\xa0%",
                "1,5",
                "21 нояб. 2026\u202fг.",
                "ноябрь 2026",
            ],
        ),
    ],
)
def test_figures_and_days(language: str, said: list[str]) -> None:
    with translation.override(language):
        assert [
            formats.number(12345.678),
            formats.number(5),
            formats.percent(Decimal("0.123")),
            formats.change(0.05),
            formats.change(-0.05),
            formats.change(0),
            formats.quantity(1500),
            formats.day(DAY),
            formats.month(DAY),
        ] == said


@pytest.mark.parametrize(
    ("days", "english", "russian"),
    [
        (0, "today", "сегодня"),
        (-1, "yesterday", "вчера"),
        (1, "tomorrow", "завтра"),
        (-3, "3 days ago", "3 дня назад"),
        (-21, "21 days ago", "21 день назад"),
        (-45, "45 days ago", "45 дней назад"),
        (5, "in 5 days", "через 5 дней"),
        (-100, "3 months ago", "3 месяца назад"),
        (-800, "2 years ago", "2 года назад"),
    ],
)
def test_how_long_ago(days: int, english: str, russian: str) -> None:
    for language, said in (("en", english), ("ru", russian)):
        with translation.override(language):
            assert formats.ago(DAY + timedelta(days=days), DAY) == said


def test_a_moment_is_told_in_the_shops_zone() -> None:
    at = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)
    with timezone.override("Asia/Yekaterinburg"), translation.override("ru"):
        assert formats.moment(at) == "22 нояб. 2026, 03:05"
        assert formats.ago(at, DAY) == "завтра"


@given(st.timedeltas(timedelta(0), timedelta(days=4000)))
def test_a_span_is_told_by_at_most_two_units(span: timedelta) -> None:
    for language in ("en", "ru"):
        with translation.override(language):
            words = formats.duration(span).split()
        assert 2 <= len(words) <= 4
