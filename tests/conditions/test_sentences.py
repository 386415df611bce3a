"""Conditions read back in both languages."""

from datetime import date
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings

from regulars.foundation.conditions.catalogue import catalogue
from regulars.foundation.conditions.sentences import sentence
from regulars.foundation.conditions.syntax import EVERYBODY, parse
from tests.conditions.population import CONDITIONS


class Plain:
    def money(self, amount_minor: int) -> str:
        return f"{amount_minor // 100} ₽"

    def number(self, value: float) -> str:
        return f"{value:g}"

    def date(self, day: date) -> str:
        return day.isoformat()


def told(node: object, language: str) -> str:
    with override(language):
        return sentence(parse({"version": 1, "where": node}, catalogue), Plain())


def ordered(op: str, value: object, days: int | None = None) -> dict[str, Any]:
    period = {"period": {"in_last_days": days}} if days else {}
    return {"fact": "commerce.order", "count": {"op": op, "value": value}, **period}


CITY = {"attribute": "customers.city", "op": "is", "value": "Казань"}


@pytest.mark.parametrize(
    ("node", "english", "russian"),
    [
        (
            {"all": [ordered("at_least", 2, 90), CITY]},
            "Customers who ordered at least 2 times in the last 90 days and whose city is Казань.",
            "Покупатели, которые заказывали не меньше 2 раз за последние 90 дней и у которых город — Казань.",
        ),
        (
            ordered("is", 1, 1),
            "Customers who ordered exactly 1 time in the last 1 day.",
            "Покупатели, которые заказывали ровно 1 раз за последний 1 день.",
        ),
        (
            ordered("at_least", 21, 2),
            "Customers who ordered at least 21 times in the last 2 days.",
            "Покупатели, которые заказывали не меньше 21 раза за последние 2 дня.",
        ),
        (
            ordered("between", [2, 5]),
            "Customers who ordered from 2 to 5 times.",
            "Покупатели, которые заказывали от 2 до 5 раз.",
        ),
        (
            {"fact": "commerce.order", "did": False, "period": {"since": "2026-03-01"}},
            "Customers who did not order since 2026-03-01.",
            "Покупатели, которые не заказывали начиная с 2026-03-01.",
        ),
        (
            {
                "fact": "commerce.order",
                "sum": {"column": "total", "op": "at_least", "value": 500_000},
                "where": {"any": [{"column": "channel", "op": "is", "value": "online"}]},
            },
            "Customers who spent at least 5000 ₽ (channel is Website).",
            "Покупатели, которые потратили не меньше 5000 ₽ (канал — Сайт).",
        ),
        (
            {"any": [{"attribute": "customers.birthday", "op": "in_next_days", "value": 7}, {"not": CITY}]},
            "Customers whose birthday comes within the next 7 days or who are not among those whose city is Казань.",
            "Покупатели, у которых день рождения — в ближайшие 7 дней или которые не входят в число тех, "
            "у которых город — Казань.",
        ),
        (
            {"attribute": "customers.birthday", "op": "in_months", "value": [5, 6]},
            "Customers whose birthday is in May or June.",
            "Покупатели, у которых день рождения — в одном из месяцев: май или июнь.",
        ),
        (
            {"attribute": "customers.has_email", "op": "is", "value": False},
            "Customers who have no e-mail address.",
            "Покупатели, у которых нет электронной почты.",
        ),
        (
            {"attribute": "customers.tags", "op": "has_any_of", "value": ["опт", "ВИП"]},
            "Customers whose tags include “опт” or “ВИП”.",
            "Покупатели, у которых метки: есть «опт» или «ВИП».",
        ),
        (
            {"not": CITY},
            "All customers except those whose city is Казань.",
            "Все покупатели, кроме тех, у которых город — Казань.",
        ),
        (EVERYBODY["where"], "All customers.", "Все покупатели."),
    ],
)  # fmt: skip
def test_a_condition_reads_as_a_sentence(node: object, english: str, russian: str) -> None:
    assert told(node, "en") == english
    assert told(node, "ru") == russian


@settings(max_examples=60, deadline=None)
@given(data=CONDITIONS)
def test_every_condition_can_be_told(data: dict[str, Any]) -> None:
    for language in ("en", "ru"):
        with override(language):
            text = sentence(parse(data, catalogue), Plain())
        assert text.endswith(".")
        assert text.count("(") == text.count(")")
        assert "%(" not in text
