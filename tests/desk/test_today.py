"""Today: plan against fact, stuck enquiries, the evening; each role its part."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from regulars.commerce.actions.enquiries import open_enquiry
from regulars.commerce.models import Order
from regulars.commerce.rules import EnquiryKind
from regulars.desk.home.sales import weekday_shares
from regulars.foundation import clock
from regulars.foundation.access import Role
from regulars.shop import actions, queries
from regulars.shop.models import DaySignOff
from regulars.shop.rules import Channel, PlanPeriod, PlanScope
from regulars.shop.rules.plans import EVEN_WEEK, PlanEntry
from tests.desk.test_economics import words
from tests.insight.shops import BY, NOW, Bought, Line, load, set_up

TODAY = date(2026, 3, 10)
MARCH = date(2026, 3, 1)
EVENING = datetime(2026, 3, 10, 17, tzinfo=UTC)  # 20:00 in Moscow
# Day of tests.insight.shops (from 6 January 2025) that is today.
DAY = (TODAY - date(2025, 1, 6)).days


class Desk:
    """A shop with a store, Boris who sells there and Vera who sells nowhere; orders of yesterday and today."""

    def __init__(self, users: Any) -> None:
        set_up()
        self._users = users
        self.store = actions.add_store(name="Lipovaya", code="lipovaya", by=BY, now=NOW)
        self.other = actions.add_store(name="Pier", code="pier", by=BY, now=NOW)
        self.staff: dict[str, UUID] = {}
        for name, role, store in (
            ("Olga", Role.OWNER, None), ("Boris", Role.SELLER, self.store), ("Vera", Role.SELLER, None),
        ):  # fmt: skip
            self.staff[name] = actions.add_staff(
                email=f"{name}@tea.example",
                name=name,
                role=role,
                store_id=store,
                password="correct horse",
                by=BY,
                now=NOW,
            )
        bought = [Bought(0, DAY - 1, (Line(0, 300_000),)), Bought(1, DAY, (Line(0, 120_000),)), Bought(None, DAY)]
        loaded = load([*bought, Bought(2, DAY, (Line(0, 999_900),), status="cancelled")])
        Order.objects.filter(id__in=loaded.orders[:2]).update(store_id=self.store, seller_id=self.staff["Boris"])

    def client(self, name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        user = self._users.objects.get(id=self.staff[name])
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return client

    def plan(self, *entries: PlanEntry) -> None:
        actions.set_plans(entries=entries, by=BY, now=NOW)


@pytest.fixture
def desk(db: None, django_user_model: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(clock, "now", lambda: EVENING)
    return Desk(django_user_model)


def sign_form(**values: object) -> dict[str, object]:
    return {"has_checked_orders": "on", "has_checked_cash": "on", "counted": "1200", "note": "", **values}


def test_the_owner_sees_plan_and_fact_of_everybody(desk: Desk) -> None:
    boris = str(desk.staff["Boris"])
    desk.plan(
        PlanEntry(PlanScope.SHOP, "", PlanPeriod.MONTH, MARCH, 6_200_000),
        PlanEntry(PlanScope.SELLER, boris, PlanPeriod.MONTH, MARCH, 3_100_000),
        PlanEntry(PlanScope.STORE, str(desk.other), PlanPeriod.DAY, TODAY, 500_000),
    )
    page = words(desk.client("Olga").get("/"))
    assert "Sales, today ₽1,210 of ₽2,000" in page, "the cancelled order does not count"
    assert "In the month ₽4,210 of ₽62,000" in page
    assert "By yesterday evening −₽15,000 against the plan" in page, "nine days of 2,000 against 3,000"
    assert re.search(r"Needed a day ₽2,68\d", page)
    assert "Boris ₽1,200 / ₽1,000 ₽4,200 / ₽31,000 14%" in page
    assert "Pier ₽0 / ₽5,000" in page


def test_a_seller_sees_his_own_and_nobody_elses(desk: Desk) -> None:
    page = words(desk.client("Boris").get("/"))
    assert "Your sales, today ₽1,200" in page
    assert "In the month ₽4,200" in page
    assert "Who sells how much" not in page
    assert "Lipovaya not signed yet" in page
    assert "Pier" not in page, "he belongs to the other store"
    assert "Pier" in words(desk.client("Vera").get("/")), "who belongs to none closes any"
    assert desk.client("Boris").get("/today/plan/").status_code == 403


def test_without_a_plan_the_page_says_so_and_leads_there(desk: Desk) -> None:
    page = desk.client("Olga").get("/")
    assert "No plan is entered for this month." in words(page)
    assert 'href="/today/plan/"' in page.content.decode()


def test_a_plan_is_entered_for_the_month_and_for_days(desk: Desk) -> None:
    owner = desk.client("Olga")
    page = owner.get("/today/plan/?month=2026-03")
    assert 'name="shop:"' in page.content.decode()
    answer = owner.post("/today/plan/?month=2026-03", {"shop:": "62 000", f"store:{desk.store}": "31000,50"})
    assert answer.status_code == 302
    assert [entry.amount_minor for entry in queries.plans_of_month(MARCH)] == [6_200_000, 3_100_050]
    days = owner.get("/today/plan/days/?month=2026-03&scope=shop:")
    assert 'placeholder="2000"' in days.content.decode()
    owner.post("/today/plan/days/?month=2026-03&scope=shop:", {"2026-03-08": "5000"})
    fixed = [entry for entry in queries.plans_of_month(MARCH) if entry.period is PlanPeriod.DAY]
    assert [(entry.on_date.day, entry.amount_minor) for entry in fixed] == [(8, 500_000)]
    assert 'placeholder="1900"' in owner.get("/today/plan/days/?month=2026-03&scope=shop:").content.decode()
    wrong = owner.post("/today/plan/?month=2026-03", {"shop:": "much", f"store:{desk.store}": "-1"})
    assert wrong.status_code == 422
    copied = owner.get("/today/plan/?month=2026-04&copy=1").content.decode()
    assert 'value="62000"' in copied
    assert queries.plans_of_month(date(2026, 4, 1)) == [], "shown, not saved"
    assert owner.get("/today/plan/?month=nonsense").status_code == 200


def test_stuck_enquiries_name_their_owner_and_open_with_one_click(desk: Desk) -> None:
    for owner, subject in (("Boris", "green tea"), ("Vera", "black tea"), (None, "cups")):
        open_enquiry(
            kind=EnquiryKind.CALL, channel=Channel.PHONE, contact_name=f"Caller for {subject}", subject=subject,
            owner_id=desk.staff[owner] if owner else None, opened_at=EVENING - timedelta(days=2),
            by=BY, now=EVENING - timedelta(days=2),
        )  # fmt: skip
    boris = desk.client("Boris").get("/")
    page = words(boris)
    assert "Caller for green tea" in page
    assert "Caller for black tea" not in page
    assert "Caller for cups" in page, "what is nobody's is everybody's"
    assert "nobody’s" in page
    assert re.search(r'href="/enquiries/[0-9a-f-]{36}"', boris.content.decode())
    assert "Caller for black tea" in words(desk.client("Olga").get("/"))


def test_a_day_is_counted_signed_and_opened_again(desk: Desk) -> None:
    boris, address = desk.client("Boris"), f"/today/evening/{desk.store}/2026-03-10/"
    page = words(boris.get(address))
    assert "₽1,200.00 1 order" in page
    assert "Boris ₽1,200.00" in page
    differs = boris.post(address, sign_form(counted="1100"))
    assert differs.status_code == 422
    assert "It differs by −₽100.00" in words(differs)
    assert boris.post(address, sign_form(has_checked_cash="")).status_code == 422
    assert DaySignOff.objects.count() == 0
    assert boris.post(address, sign_form(counted="1100", note="Change")).status_code == 302
    again = boris.post(address, sign_form())
    assert again.status_code == 422
    assert "This day is signed already." in words(again)
    history = words(boris.get("/today/evening/"))
    assert "−₽100.00 Boris" in history
    assert "Open the day again?" in history
    [row] = queries.sign_offs_page().rows
    vera = desk.client("Vera").post(f"/today/evening/{row.id}/undo/", follow=True)
    assert "Whoever signed the day, or a team lead, can undo it." in words(vera)
    boris.post(f"/today/evening/{row.id}/undo/")
    assert queries.sign_offs_of([TODAY]) == {}
    assert "undone" in words(boris.get("/today/evening/"))


def test_evenings_of_other_stores_and_odd_days_are_not_found(desk: Desk) -> None:
    boris = desk.client("Boris")
    assert boris.get(f"/today/evening/{desk.other}/2026-03-10/").status_code == 404
    assert boris.get(f"/today/evening/{desk.store}/never/").status_code == 404
    assert boris.post(f"/today/evening/{desk.store}/2026-03-11/", sign_form(counted="0")).status_code == 422


def test_a_forgotten_evening_is_named_where_evenings_are_signed(desk: Desk) -> None:
    assert "nobody has signed this day" not in words(desk.client("Boris").get("/"))
    desk.client("Boris").post(f"/today/evening/{desk.store}/2026-03-08/", sign_form(counted="0"))
    page = words(desk.client("Boris").get("/"))
    assert "Lipovaya 9 Mar 2026 nobody has signed this day" in page


def test_a_week_is_shared_by_the_scopes_own_sales_else_the_shops() -> None:
    store = "01900000-0000-7000-8000-000000000000"
    found = {
        "shop": {"": [1, 1, 1, 1, 1, 2, 3]},
        "store": {store.replace("-", ""): [7, 0, 0, 0, 0, 0, 0]},
        "channel": {},
    }
    assert weekday_shares(found, (PlanScope.STORE, store)) == [7, 0, 0, 0, 0, 0, 0]
    assert weekday_shares(found, (PlanScope.CHANNEL, "online")) == [1, 1, 1, 1, 1, 2, 3]
    assert weekday_shares(None, (PlanScope.SHOP, "")) == EVEN_WEEK
