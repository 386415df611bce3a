"""When an enquiry is late, and what a price change is."""

from datetime import UTC, datetime, timedelta

import pytest

from regulars.commerce.rules import EnquiryOutcome, EnquiryStep
from regulars.commerce.rules.catalogue import category_path, fold_sku
from regulars.commerce.rules.enquiries import is_stuck, may_step, step_due_at
from regulars.commerce.rules.prices import PricePoint, is_price_change, price_at
from regulars.shop.rules.calendars import Span, WorkingHours

FRIDAY_EVENING = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
NINE_TO_SIX = WorkingHours("UTC", (*[(Span(9 * 60, 18 * 60),)] * 5, (), ()))
NEVER = WorkingHours("UTC", ((),) * 7)


def test_the_clock_of_an_enquiry_runs_in_working_time() -> None:
    due = step_due_at(EnquiryStep.NEW, since=FRIDAY_EVENING, hours=NINE_TO_SIX)
    assert due == datetime(2026, 3, 9, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("hours", [None, NEVER])
def test_without_working_hours_it_runs_by_the_clock(hours: WorkingHours | None) -> None:
    due = step_due_at(EnquiryStep.CONTACTED, since=FRIDAY_EVENING, hours=hours)
    assert due == FRIDAY_EVENING + timedelta(days=1)


def test_a_closed_enquiry_is_never_late() -> None:
    assert step_due_at(EnquiryStep.CLOSED, since=FRIDAY_EVENING, hours=None) is None
    late = {"due_at": FRIDAY_EVENING, "now": FRIDAY_EVENING + timedelta(seconds=1)}
    assert is_stuck(outcome=EnquiryOutcome.OPEN, **late)
    assert not is_stuck(outcome=EnquiryOutcome.WON, **late)
    assert not is_stuck(outcome=EnquiryOutcome.OPEN, due_at=FRIDAY_EVENING, now=FRIDAY_EVENING)


def test_steps_go_anywhere_but_back_to_new() -> None:
    assert may_step(EnquiryStep.OFFERED, EnquiryStep.CONTACTED)
    assert not may_step(EnquiryStep.CONTACTED, EnquiryStep.NEW)
    assert not may_step(EnquiryStep.CONTACTED, EnquiryStep.CONTACTED)
    assert not may_step(EnquiryStep.NEW, EnquiryStep.CLOSED)
    assert not may_step(EnquiryStep.CLOSED, EnquiryStep.CONTACTED)


def test_only_another_price_is_a_change() -> None:
    history = [PricePoint(FRIDAY_EVENING, 350_00, "RUB"), PricePoint(FRIDAY_EVENING + timedelta(days=9), 390_00, "RUB")]
    between = FRIDAY_EVENING + timedelta(days=3)
    assert price_at(history, FRIDAY_EVENING - timedelta(days=1)) is None
    assert not is_price_change(history, PricePoint(between, 350_00, "RUB"))
    assert is_price_change(history, PricePoint(between, 350_00, "EUR"))
    assert is_price_change(history, PricePoint(between, 390_00, "RUB"))


def test_codes_and_categories_are_folded() -> None:
    assert fold_sku("85123a") == fold_sku(" 85123A ")
    assert category_path(["Чай", "Зелёный"]) == "чай > зеленый"
