"""Enquiries: a clock at each step, a reason for each loss."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from regulars.commerce.actions import merging
from regulars.commerce.actions.enquiries import (
    CannotClose,
    CannotMoveEnquiry,
    CannotOpen,
    EnquiryRefusal,
    assign_enquiry,
    close_enquiry,
    move_enquiry,
    name_customer,
    open_enquiry,
)
from regulars.commerce.models import Enquiry, Order
from regulars.commerce.queries.enquiries import (
    EnquiryFilters,
    EnquiryState,
    enquiries_of_customer,
    enquiries_page,
    enquiry_counts,
    enquiry_of,
)
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome, EnquiryStep
from regulars.foundation.models import AuditEntry, Event
from regulars.shop.queries.causes import causes
from tests.commerce.conftest import DAY, NOW, Cast

HOUR = timedelta(hours=1)


def opened(cast: Cast, **values: Any) -> UUID:
    said = {"kind": EnquiryKind.CALL, "contact_name": "Вера", "subject": "Чай в офис", "opened_at": NOW, **values}
    return open_enquiry(by=cast.by, now=NOW, **said)


def refused(error: type[Exception], act: Callable[[], Any]) -> Any:
    def state() -> list[Any]:
        return [list(model.objects.order_by("pk").values()) for model in (Enquiry, Event, AuditEntry)]  # type: ignore[attr-defined]

    before = state()
    with pytest.raises(error) as caught:
        act()
    assert state() == before
    return caught.value


def test_an_enquiry_goes_from_step_to_step_against_the_clock(cast: Cast) -> None:
    id_ = opened(cast)
    later = NOW + 2 * HOUR
    row = enquiry_of(id_)
    assert row
    assert (row.due_at, row.is_stuck(NOW), row.is_stuck(later)) == (NOW + HOUR, False, True)
    assert enquiry_counts(now=later)[EnquiryState.STUCK] == 1

    move_enquiry(enquiry_id=id_, step=EnquiryStep.CONTACTED, by=cast.by, now=later)
    assert assign_enquiry(enquiry_id=id_, owner_id=cast.olga, by=cast.by, now=later)
    assert not assign_enquiry(enquiry_id=id_, owner_id=cast.olga, by=cast.by, now=later)

    row = enquiry_of(id_)
    assert row
    assert (row.step, row.due_at, row.owner_id) == (EnquiryStep.CONTACTED, later + DAY, cast.olga)
    refused(CannotMoveEnquiry, lambda: move_enquiry(enquiry_id=id_, step=EnquiryStep.NEW, by=cast.by, now=later))


def test_a_won_enquiry_knows_its_order_and_customer(cast: Cast, order: UUID) -> None:
    id_ = opened(cast)
    close_enquiry(enquiry_id=id_, outcome=EnquiryOutcome.WON, order_id=order, by=cast.by, now=NOW + HOUR)
    row = enquiry_of(id_)
    assert row
    assert (row.outcome, row.order_id, row.customer_id, row.due_at) == (EnquiryOutcome.WON, order, cast.anna, None)
    closed = Event.objects.get(kind="commerce.enquiry_closed")
    assert (closed.customer_id, closed.payload["outcome"]) == (cast.anna, "won")
    assert [one.id for one in enquiries_of_customer(cast.anna, now=NOW)] == [id_]


def test_a_loss_needs_a_reason(cast: Cast) -> None:
    id_ = opened(cast)

    def lose(**values: Any) -> None:
        close_enquiry(enquiry_id=id_, outcome=EnquiryOutcome.LOST, by=cast.by, now=NOW, **values)

    assert refused(CannotClose, lose).reason == EnquiryRefusal.NO_REASON
    cause = causes()[0].id
    lose(loss_cause_id=cause)
    row = enquiry_of(id_)
    assert row
    assert (row.outcome, row.loss_cause_id) == (EnquiryOutcome.LOST, cause)
    for act in (
        lambda: lose(loss_note="again"),
        lambda: move_enquiry(enquiry_id=id_, step=EnquiryStep.OFFERED, by=cast.by, now=NOW),
        lambda: assign_enquiry(enquiry_id=id_, owner_id=None, by=cast.by, now=NOW),
    ):
        assert refused((CannotClose, CannotMoveEnquiry), act).reason == EnquiryRefusal.CLOSED  # type: ignore[arg-type]


def test_somebody_elses_order_is_refused(cast: Cast, order: UUID) -> None:
    id_ = opened(cast, customer_id=cast.boris)
    error = refused(
        CannotClose,
        lambda: close_enquiry(enquiry_id=id_, outcome=EnquiryOutcome.WON, order_id=order, by=cast.by, now=NOW),
    )
    assert error.reason == EnquiryRefusal.OTHER_CUSTOMER


@pytest.mark.parametrize(
    ("values", "reason"),
    [({"contact_name": " "}, EnquiryRefusal.NOBODY), ({"opened_at": NOW + DAY}, EnquiryRefusal.FUTURE)],
)
def test_what_cannot_be_taken_is_refused(cast: Cast, values: dict[str, Any], reason: EnquiryRefusal) -> None:
    assert refused(CannotOpen, lambda: opened(cast, **values)).reason == reason


def test_lists_show_the_latest_due_first_and_are_paged(cast: Cast) -> None:
    ids = [opened(cast, opened_at=NOW - i * HOUR) for i in range(4)]
    name_customer(enquiry_id=ids[0], customer_id=cast.anna, by=cast.by, now=NOW)
    first = enquiries_page(now=NOW, limit=3)
    rest = enquiries_page(now=NOW, limit=3, cursor=first.next_cursor)
    assert [row.id for row in [*first.rows, *rest.rows]] == ids[::-1]
    stuck = enquiries_page(filters=EnquiryFilters(state=EnquiryState.STUCK), now=NOW)
    assert [row.id for row in stuck.rows] == ids[:1:-1]
    mine = EnquiryFilters(state=EnquiryState.ALL, has_owner=False, customer_ids=[cast.anna])
    assert [row.id for row in enquiries_page(filters=mine, now=NOW).rows] == ids[:1]


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_one_query(cast: Cast, number: int, django_assert_num_queries: Any) -> None:
    for _ in range(number):
        opened(cast)
    with django_assert_num_queries(1):
        assert len(enquiries_page(now=NOW).rows) == number


def test_all_goes_along_when_customers_become_one_and_back(cast: Cast, order: UUID) -> None:
    enquiry = opened(cast, customer_id=cast.anna)
    rule = merging.CommerceMerge()
    who: dict[str, Any] = {"survivor_id": cast.boris, "absorbed_id": cast.anna}
    moved = rule.merge(**who, by=cast.by, now=NOW)
    assert moved == {"returns": [], "orders": [str(order)], "enquiries": [str(enquiry)], "site_events": []}
    assert Order.objects.get().customer_id == Enquiry.objects.get().customer_id == cast.boris
    assert rule.obstacle(**who, moved=moved) is None
    rule.undo(**who, moved=moved, by=cast.by, now=NOW)
    assert Order.objects.get().customer_id == Enquiry.objects.get().customer_id == cast.anna
