"""What the page of a customer says of the future, how it came to it, and what to offer."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.audience.actions import findings as publishing
from regulars.desk.customers.offers import reason_of
from regulars.foundation.access import Role
from regulars.insight.queries.recommendations import Reason, ReasonKind
from regulars.shop import actions as shop
from tests.desk.found import found_row, product_row, publish
from tests.insight.shops import BY, NOW, Bought, Line, Loaded, load, set_up

EXPECTED = {
    "p_alive": 0.34, "p_alive_due": 0.82, "expected_90": 0.42, "expected_365": 1.6, "buys_90": 0.21,
    "value_365_minor": 64_000, "value_365_low_minor": 0, "value_365_high_minor": 180_000,
    "next_from_date": date(2026, 3, 12), "next_to_date": date(2026, 4, 20), "is_silent_leaver": True,
}  # fmt: skip


@pytest.fixture
def owner(db: None, django_user_model: Any) -> Client:
    set_up()
    staff_id = shop.add_staff(
        email="owner@tea.example", name="Olga", role=Role.OWNER, password="correct horse tea", by=BY, now=NOW
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        django_user_model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def shop_with(customers: int = 1, visits: int = 8) -> Loaded:
    bought = [Bought(who, 24 * visit, (Line(visit % 2, 1000),)) for who in range(customers) for visit in range(visits)]
    return load(bought, kinds=("goods", "goods", "goods"))


def page_of(client: Client, customer_id: UUID) -> str:
    return client.get(f"/customers/{customer_id}/").content.decode()


def test_the_page_says_what_to_expect_and_why(owner: Client) -> None:
    loaded = shop_with()
    publish([found_row(loaded.customers[0], **EXPECTED)])
    page = page_of(owner, loaded.customers[0])
    assert "Of 100 such customers about 34 come back some day." in page
    assert "On the day when this one was due it was 82 of 100." in page
    assert "21 of 100" in page
    assert "purchases: 0.4 in 90 days, 1.6 in a year" in page
    assert re.search(r"12 Mar\s–\s20 Apr 2026", page)
    assert "₽0 to ₽1,800 in 80 of 100 cases" in page
    assert "Quietly leaving" in page


def test_what_cannot_be_known_is_said(owner: Client) -> None:
    loaded = load([Bought(0, 100)], customers=2)
    publish([
        found_row(loaded.customers[0], purchase_days=1, gap_median_days=None, gap_limit_days=None, stage="new"),
        found_row(loaded.customers[1], stage="potential", orders=0, purchase_days=0, silence_days=None,
                  first_order_at=None, last_order_at=None, gap_median_days=None, gap_limit_days=None),
    ])  # fmt: skip
    assert "too few customers of the shop have come again" in page_of(owner, loaded.customers[0])
    assert "Without a purchase nothing can be expected yet." in page_of(owner, loaded.customers[1])


def test_moves_come_from_the_log_once_there_are_some(owner: Client) -> None:
    loaded = shop_with()
    first = datetime(2025, 1, 6, tzinfo=UTC)
    publish([found_row(loaded.customers[0], stage="regular", stage_since=NOW, first_order_at=first)])
    page = page_of(owner, loaded.customers[0])
    assert "Moves are written down from the first analysis on" in page
    assert page.index("6 Jan 2025") < page.index("10 Mar 2026")
    rows = [found_row(loaded.customers[0], stage="leaving", stage_since=NOW)]
    publishing.publish(
        publishing.Findings(rows, [], {}), run_id=UUID(int=1), as_of=NOW + timedelta(days=9), is_baseline=False, by=BY,
        now=NOW + timedelta(days=9),
    )  # fmt: skip
    page = page_of(owner, loaded.customers[0])
    assert "Moves are written down from the first analysis on" not in page
    assert "19 Mar 2026" in page


def test_offers_stand_there_with_their_reasons(owner: Client) -> None:
    loaded = shop_with()
    tea, jam, cup = loaded.products
    publish(
        [found_row(loaded.customers[0], **EXPECTED)],
        [product_row(tea), product_row(jam), product_row(cup)],
        links=[("next", tea, cup, 3.0, 34, 120, None), ("same", tea, cup, 3.0, 34, 120, None)],
        refills=[(loaded.customers[0], tea, 4, NOW - timedelta(days=60), 24.0, NOW)],
    )
    page = page_of(owner, loaded.customers[0])
    assert "What to offer" in page
    assert "usually every 24 days" in page
    assert "bought “Product 0”; 34 of 120 buyers of it take this too" in page


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (Reason(ReasonKind.HABIT, interval_days=24, silence_days=30, times=5),
         "usually every 24 days, last 30 days ago, bought 5 times"),
        (Reason(ReasonKind.HABIT, times=1), "bought 1 time"),
        (Reason(ReasonKind.TAKEN_WITH, source_name="A"), "bought “A”; buyers of it often take this too"),
        (Reason(ReasonKind.TAKEN_WITH, source_name="A", via_name="B"),
         "bought “A”; buyers of it take “B”, and with that goes this"),
        (Reason(ReasonKind.CURATED, source_name="A", words="light oil keeps the waist slim"),
         "light oil keeps the waist slim"),
        (Reason(ReasonKind.POPULAR), "much bought in the shop now"),
    ],
)  # fmt: skip
def test_each_kind_of_reason_has_words(reason: Reason, words: str) -> None:
    assert reason_of(reason) == words


def test_the_page_takes_as_many_queries_for_many_purchases_as_for_few(owner: Client) -> None:
    loaded = load([*(Bought(0, 24 * n) for n in range(3)), *(Bought(1, 24 * n) for n in range(12))])
    publish([found_row(id_, **EXPECTED) for id_ in loaded.customers], [product_row(id_) for id_ in loaded.products])
    for customer_id in loaded.customers:
        page_of(owner, customer_id)
        with CaptureQueriesContext(connection) as queries:
            page_of(owner, customer_id)
        assert len(queries) == 56, [query["sql"] for query in queries]
