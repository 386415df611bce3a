"""Spending, plans, evenings: written, undone, refused with nothing changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from regulars.foundation.models import AuditEntry, Event
from regulars.shop import actions, queries
from regulars.shop.models import DaySignOff, SalesPlan, Spending
from regulars.shop.rules import Channel, PlanPeriod, PlanScope, SpendingPurpose
from regulars.shop.rules.plans import PlanEntry
from regulars.shop.rules.spending import SpendingDraft
from tests.shop.conftest import BY, NOW, Shop

MARCH = date(2026, 3, 1)
SEARCH = SpendingDraft(MARCH, SpendingPurpose.ACQUISITION, Channel.ONLINE, "RUB", 4_500_000, "search")


def refused(error: type[Exception], act: Callable[..., Any], **values: Any) -> str:
    """Calls the action, which must refuse; neither rows, audit nor events may have changed."""
    tables = (Spending, SalesPlan, DaySignOff, AuditEntry, Event)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    with pytest.raises(error) as refusal:
        act(**{"now": NOW, **values}, by=BY)
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before
    return str(refusal.value)


def sums() -> dict[str, int]:
    return {entry.purpose.value: entry.base_minor for entry in queries.spending_by_month()[0]}


def test_spending_is_entered_changed_taken_away_and_put_back(shop: Shop) -> None:
    id_ = actions.add_spending(draft=SEARCH, by=BY, now=NOW)
    actions.change_spending(spending_id=id_, draft=replace(SEARCH, amount_minor=5_000_000), by=BY, now=NOW)
    assert sums() == {"acquisition": 5_000_000}
    actions.remove_spending(spending_id=id_, by=BY, now=NOW)
    assert sums() == {}
    assert [row.id for row in queries.spending_page(is_removed=True).rows] == [id_]
    actions.restore_spending(spending_id=id_, by=BY, now=NOW)
    assert sums() == {"acquisition": 5_000_000}
    verbs = list(AuditEntry.objects.filter(subject_kind="spending").order_by("id").values_list("verb", flat=True))
    assert verbs == ["spending.added", "spending.changed", "spending.removed", "spending.restored"]
    assert Event.objects.filter(kind="shop.spending_changed").count() == 4


def test_the_same_spending_is_entered_once(shop: Shop) -> None:
    id_ = actions.add_spending(draft=SEARCH, by=BY, now=NOW)
    refused(actions.CannotSetSpending, actions.add_spending, draft=replace(SEARCH, amount_minor=1))
    other = actions.add_spending(draft=replace(SEARCH, note="leaflets"), by=BY, now=NOW)
    refused(actions.CannotSetSpending, actions.change_spending, spending_id=other, draft=SEARCH)
    actions.remove_spending(spending_id=id_, by=BY, now=NOW)
    actions.add_spending(draft=SEARCH, by=BY, now=NOW)
    refused(actions.CannotSetSpending, actions.restore_spending, spending_id=id_)
    refused(actions.CannotSetSpending, actions.remove_spending, spending_id=uuid4())


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount_minor": 0},
        {"amount_minor": -5},
        {"amount_minor": 10**16},
        {"month_date": date(2026, 3, 2)},
        {"currency": "EUR"},
        {"note": "x" * 201},
    ],
)
def test_what_cannot_be_spending_is_refused(shop: Shop, wrong: dict[str, Any]) -> None:
    refused(actions.CannotSetSpending, actions.add_spending, draft=replace(SEARCH, **wrong))
    refused(
        actions.CannotSetSpending, actions.take_in_spending, drafts=[SEARCH, replace(SEARCH, **wrong)], file_name="a"
    )


def test_currencies_count_by_the_rate_of_the_months_last_day(shop: Shop) -> None:
    actions.set_rate(currency="EUR", valid_from_date=date(2026, 3, 1), rate=Decimal(90), by=BY, now=NOW)
    actions.set_rate(currency="EUR", valid_from_date=date(2026, 3, 31), rate=Decimal(100), by=BY, now=NOW)
    actions.set_rate(currency="JPY", valid_from_date=date(2026, 1, 1), rate=Decimal("0.5"), by=BY, now=NOW)
    actions.add_spending(draft=replace(SEARCH, currency="EUR", amount_minor=10_000), by=BY, now=NOW)
    actions.add_spending(draft=replace(SEARCH, currency="JPY", amount_minor=1_000), by=BY, now=NOW)
    assert sums() == {"acquisition": 10_000 * 100 + 500 * 100}
    actions.remove_rate(currency="JPY", valid_from_date=date(2026, 1, 1), by=BY, now=NOW)
    rows, without_rate = queries.spending_by_month()
    assert ([row.base_minor for row in rows], without_rate) == ([1_000_000], {"JPY"})
    assert {row.base_minor for row in queries.spending_page().rows} == {1_000_000, None}


def test_a_file_twice_changes_nothing_and_is_undone_as_a_whole(shop: Shop) -> None:
    actions.add_spending(draft=SEARCH, by=BY, now=NOW)
    keeping = SpendingDraft(MARCH, SpendingPurpose.RETENTION, None, "RUB", 100)
    drafts = [replace(SEARCH, amount_minor=7_000_000), keeping, keeping]
    taken = actions.take_in_spending(drafts=drafts, file_name="march.csv", by=BY, now=NOW)
    assert (taken.added, taken.changed, taken.same) == (1, 1, 0)
    assert sums() == {"acquisition": 7_000_000, "retention": 200}, "rows that are alike are added up"
    again = actions.take_in_spending(drafts=drafts, file_name="march.csv", by=BY, now=NOW)
    assert (again.upload_id, again.same) == (None, 2)
    assert taken.upload_id is not None
    actions.undo_spending_upload(upload_id=taken.upload_id, by=BY, now=NOW)
    assert sums() == {"acquisition": 4_500_000}
    refused(actions.CannotSetSpending, actions.undo_spending_upload, upload_id=taken.upload_id)
    assert queries.spending_uploads() == []


def test_plans_are_set_changed_and_taken_away(shop: Shop) -> None:
    whole = PlanEntry(PlanScope.SHOP, "", PlanPeriod.MONTH, MARCH, 900_000)
    store = PlanEntry(PlanScope.STORE, str(shop.store), PlanPeriod.DAY, date(2026, 3, 8), 50_000)
    assert actions.set_plans(entries=[whole, store], by=BY, now=NOW) == 2
    assert actions.set_plans(entries=[whole, store], by=BY, now=NOW) == 0
    assert queries.plans_of_month(MARCH) == [whole, store]
    assert actions.set_plans(entries=[replace(store, amount_minor=None)], by=BY, now=NOW) == 1
    assert queries.plans_of_month(MARCH) == [whole]
    assert queries.plans_of_month(date(2026, 4, 1)) == []
    assert Event.objects.filter(kind="shop.sales_plan_set").count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        PlanEntry(PlanScope.SHOP, "", PlanPeriod.MONTH, MARCH, -1),
        PlanEntry(PlanScope.SHOP, "", PlanPeriod.MONTH, date(2026, 3, 2), 1),
        PlanEntry(PlanScope.SHOP, "x", PlanPeriod.MONTH, MARCH, 1),
        PlanEntry(PlanScope.CHANNEL, "fax", PlanPeriod.MONTH, MARCH, 1),
        PlanEntry(PlanScope.STORE, "no id", PlanPeriod.MONTH, MARCH, 1),
        PlanEntry(PlanScope.SELLER, str(uuid4()), PlanPeriod.MONTH, MARCH, 1),
    ],
)
def test_what_cannot_be_a_plan_is_refused_with_all_beside_it(shop: Shop, wrong: PlanEntry) -> None:
    right = PlanEntry(PlanScope.SHOP, "", PlanPeriod.DAY, MARCH, 5)
    refused(actions.CannotSetPlan, actions.set_plans, entries=[right, wrong])


def test_assumptions_have_bounds(shop: Shop) -> None:
    assert queries.assumptions().margin_share is None
    actions.set_assumptions(margin_share=0.4, discount_share=0.1, by=BY, now=NOW)
    assert queries.assumptions() == queries.Assumptions(0.4, 0.1)
    for margin, discount in ((0.0, 0.1), (1.0, 0.1), (0.4, -0.1), (0.4, 1.1)):
        refused(actions.CannotSetAssumptions, actions.set_assumptions, margin_share=margin, discount_share=discount)
    actions.set_assumptions(margin_share=None, discount_share=0.2, by=BY, now=NOW)
    assert queries.assumptions() == queries.Assumptions(None, 0.2)


def evening(shop: Shop, **values: Any) -> dict[str, Any]:
    return {
        "store_id": shop.store, "on_date": date(2026, 3, 10), "orders": 3, "expected_minor": 9_000,
        "counted_minor": 9_000, "has_checked_orders": True, "has_checked_cash": True, "note": "",
        "signed_by_id": shop.boris, **values,
    }  # fmt: skip


def test_a_day_is_signed_once_and_opened_again_the_same_evening(shop: Shop) -> None:
    night = datetime(2026, 3, 10, 19, tzinfo=UTC)
    id_ = actions.sign_off_day(**evening(shop), by=BY, now=night)
    refused(actions.CannotSignOff, actions.sign_off_day, **evening(shop), now=night)
    assert queries.sign_offs_of([date(2026, 3, 10)])[shop.store, date(2026, 3, 10)].signed_by_name == "Борис"
    actions.undo_sign_off(sign_off_id=id_, by=BY, now=night + timedelta(minutes=30))
    assert queries.sign_offs_of([date(2026, 3, 10)]) == {}
    second = actions.sign_off_day(**evening(shop, counted_minor=8_900, note="change"), by=BY, now=night)
    refused(actions.CannotSignOff, actions.undo_sign_off, sign_off_id=second, now=night + timedelta(hours=3))
    history = queries.sign_offs_page().rows
    assert [(row.difference_minor, row.undone_at is not None) for row in history] == [(-100, False), (0, True)]
    assert [row.verb for row in AuditEntry.objects.filter(subject_kind="day").order_by("id")] == [
        "day.signed_off",
        "day.reopened",
        "day.signed_off",
    ]


def test_what_cannot_be_signed_is_refused(shop: Shop) -> None:
    for wrong in (
        {"counted_minor": 8_000},
        {"counted_minor": 8_000, "note": "  "},
        {"on_date": date(2026, 3, 11)},
        {"on_date": date(2026, 3, 1)},
        {"store_id": uuid4()},
        {"signed_by_id": uuid4()},
    ):
        refused(actions.CannotSignOff, actions.sign_off_day, **evening(shop, **wrong))
    actions.close_store(store_id=shop.store, by=BY, now=NOW)
    refused(actions.CannotSignOff, actions.sign_off_day, **evening(shop))


def test_pages_of_history_turn(shop: Shop) -> None:
    for back in range(5):
        day = date(2026, 3, 10) - timedelta(days=back)
        actions.sign_off_day(**evening(shop, on_date=day), by=BY, now=NOW)
    first = queries.sign_offs_page(limit=3)
    second = queries.sign_offs_page(limit=3, cursor=first.next_cursor)
    days = [row.on_date.day for row in [*first.rows, *second.rows]]
    assert days == [10, 9, 8, 7, 6]
    for month in range(1, 6):
        draft = replace(SEARCH, month_date=date(2025, month, 1))
        actions.add_spending(draft=draft, by=BY, now=NOW)
    page = queries.spending_page(limit=3)
    rest = queries.spending_page(limit=3, cursor=page.next_cursor)
    assert [row.month_date.month for row in [*page.rows, *rest.rows]] == [5, 4, 3, 2, 1]
