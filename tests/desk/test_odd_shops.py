"""Tiny and odd shops: the analysis runs, every page of what was found opens and says what cannot be known yet."""

import html
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from regulars.audience.queries import findings
from regulars.commerce.actions.orders import place_order
from regulars.commerce.rules import OrderDraft, OrderLineDraft
from regulars.foundation.access import Permission, Role
from regulars.insight.actions.analysing import analyse
from regulars.shop import actions as shop_actions
from tests.desk.addresses import NOWHERE, Address, addresses
from tests.insight.conftest import parquet
from tests.insight.shops import BY, NOW, Bought, CameBack, Line, Loaded, load, set_up

__all__ = ["parquet"]

ROOMS = ("insight", "retention", "funnel", "economics", "report", "associations", "home")
LAST = 425


def nobody() -> Loaded:
    return load([])


def one_customer() -> Loaded:
    return load([Bought(0, 400)])


def thirty_customers() -> Loaded:
    return load([Bought(n, day, [Line(n % 2, 900 + 100 * n)]) for n in range(30) for day in range(n, 420, 20 + 5 * n)])


def one_day() -> Loaded:
    return load([Bought(n, LAST) for n in range(30)])


def guests_only() -> Loaded:
    return load([Bought(None, day) for day in range(300, 330)])


def returns_only() -> Loaded:
    return load([], [CameBack(None, 400, 500), CameBack(0, 401, 500)], customers=1)


def one_with_nearly_all_the_money() -> Loaded:
    giant = [Bought(0, day, [Line(0, 500_000)]) for day in range(60, 420, 30)]
    return load([*giant, *(Bought(n, 40 * n, [Line(1, 5_000)]) for n in range(1, 10))])


def a_gap_of_a_year() -> Loaded:
    return load([Bought(n, day) for n in range(8) for day in (n, 20 + n, 390 + n, 410 + n)])


def around_midnight() -> Loaded:
    """In Vladivostok half past midnight is yesterday afternoon in UTC: two orders, two local days, one UTC day."""
    loaded = load([], customers=1)
    store = shop_actions.add_store(name="Восток", code="vvo", time_zone="Asia/Vladivostok", by=BY, now=NOW)
    for number, hour in enumerate((13, 15)):
        _place(loaded, number, datetime(2026, 3, 1, hour, 30, tzinfo=UTC), store_id=store)
    return loaded


def several_currencies() -> Loaded:
    loaded = load([], customers=2)
    for currency, rate in (("EUR", "90.5"), ("JPY", "0.6")):
        shop_actions.set_rate(currency=currency, valid_from_date=date(2025, 1, 1), rate=Decimal(rate), by=BY, now=NOW)
    for number, currency in enumerate(("RUB", "EUR", "JPY", "EUR", "RUB", "JPY")):
        at = NOW - timedelta(days=10 * number + 5)
        _place(loaded, number, at, currency=currency, customer_id=loaded.customers[number % 2])
    return loaded


def _place(loaded: Loaded, number: int, at: datetime, **said: Any) -> None:
    line = OrderLineDraft(variant_id=loaded.variants[0], quantity_milli=1000, unit_price_minor=1000)
    values = {"currency": "RUB", "customer_id": loaded.customers[0], **said}
    draft = OrderDraft(source="test", number=f"o{number}", placed_at=at, lines=(line,), **values)
    place_order(draft=draft, by=BY, now=NOW)


# The findings of these depend on how each database keeps moments and sums; the others are tried on one.
ON_BOTH = (nobody, thirty_customers, around_midnight, several_currencies)
SHOPS: Sequence[Callable[[], Loaded]] = (
    *ON_BOTH, one_customer, one_day, guests_only, returns_only, one_with_nearly_all_the_money, a_gap_of_a_year,
)  # fmt: skip
IN_BOTH_LANGUAGES = (nobody, thirty_customers, one_with_nearly_all_the_money)
# Where no known customer has bought, each page of these rooms owes an explanation.
SPEECHLESS = (nobody, guests_only, returns_only)
_UNKNOWN = re.compile(r"\b(yet|not known|cannot|nothing|once|after|until|needs|too early)\b", re.IGNORECASE)
_FRAGMENTS = ("export", "preview", "count", "what-if", "example", "working", "download", "analyses")


def pages() -> list[Address]:
    """Every page of the rooms that names no thing, without files and fragments."""
    return [
        page
        for page in addresses()
        if page.is_ours
        and page.name.split(":")[0] in ROOMS
        and str(NOWHERE) not in page.path
        and not any(word in page.path for word in _FRAGMENTS)
    ]


@pytest.fixture
def owner(transactional_db: None, parquet: object, django_user_model: Any) -> Client:
    set_up()
    staff_id = shop_actions.add_staff(
        email="olga@tea.example", name="Olga", role=Role.OWNER, password="correct horse tea", by=BY, now=NOW
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        django_user_model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


@pytest.mark.parametrize("build", SHOPS, ids=lambda build: build.__name__)
def test_every_page_opens_and_says_what_cannot_be_known(owner: Client, build: Callable[[], Loaded]) -> None:
    if build not in ON_BOTH and connection.vendor != "sqlite":
        pytest.skip("tried on SQLite; pages are the same on both")
    loaded = build()
    analyse(by=BY, clock=lambda: NOW)
    things = [f"/customers/{id_}/" for id_ in loaded.customers[:2]]
    things += [f"/products/{loaded.products[0]}", f"/products/{loaded.products[0]}/due"]
    silent = []
    for language in ("en", "ru") if build in IN_BOTH_LANGUAGES else ("en" if build in SPEECHLESS else "ru",):
        owner.post("/desk/language", {"language": language, "next": "/"})
        for page in pages():
            answer = owner.get(page.path)
            if answer.status_code == 405:
                continue
            assert answer.status_code == 200, (language, page.path)
            if language == "en" and build in SPEECHLESS and page.access is Permission.SEE_INSIGHT:
                silent += [] if explains(answer) else [page.path]
        for path in things:
            assert owner.get(path).status_code == 200, (language, path)
    assert silent == [], "these pages say nothing of what cannot be known"
    CHECKS.get(build, lambda: None)()


def explains(answer: Any) -> bool:
    """Whether a page says that something is not known yet."""
    main = answer.content.decode().partition("<main")[2]
    text = html.unescape(re.sub(r"<[^>]+>", " ", main))
    return 'class="empty"' in main or bool(_UNKNOWN.search(text))


def two_local_days_are_two_purchases() -> None:
    (found,) = findings.customers_in([*findings.stage_counts()]).rows
    assert found.purchase_days == 2


def money_is_counted_in_the_base_currency() -> None:
    # Twice 10 roubles, twice 10 euros at 90.5, twice 1000 yen at 0.6.
    assert findings.shop_finding("facts")["revenue_minor"] == 2 * 1000 + 2 * 90_500 + 2 * 60_000


CHECKS = {
    around_midnight: two_local_days_are_two_purchases,
    several_currencies: money_is_counted_in_the_base_currency,
}
