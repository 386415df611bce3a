"""Taking enquiries, moving them on, closing them with an outcome."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.identity import living_customer
from regulars.commerce.events import EnquiryAssigned, EnquiryClosed, EnquiryMoved, EnquiryOpened
from regulars.commerce.models import Enquiry, Order
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome, EnquiryStep
from regulars.commerce.rules.enquiries import may_step, step_due_at
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.shop.queries.calendars import working_hours
from regulars.shop.queries.stores import stores_by_id
from regulars.shop.rules import Channel
from regulars.shop.rules.calendars import WorkingHours


class EnquiryRefusal(StrEnum):
    """Why an enquiry stays as it is."""

    NOBODY = "nobody"
    FUTURE = "future"
    CLOSED = "closed"
    STEP = "step"
    NO_REASON = "no_reason"
    NO_ORDER = "no_order"
    OTHER_CUSTOMER = "other_customer"


class CannotOpen(ValueError):
    """NOBODY (neither a customer nor a name nor a contact), FUTURE."""

    def __init__(self, reason: EnquiryRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CannotMoveEnquiry(ValueError):
    """CLOSED already, or STEP: not a step that it may go to."""

    def __init__(self, reason: EnquiryRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class CannotClose(ValueError):
    """CLOSED already, NO_REASON (lost without a cause or a note), NO_ORDER (unknown), OTHER_CUSTOMER (the order is
    somebody else's)."""

    def __init__(self, reason: EnquiryRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


def open_enquiry(
    *,
    kind: EnquiryKind,
    opened_at: datetime,
    by: Actor,
    now: datetime,
    customer_id: UUID | None = None,
    contact_name: str = "",
    contact_value: str = "",
    subject: str = "",
    channel: Channel = Channel.OTHER,
    store_id: UUID | None = None,
    owner_id: UUID | None = None,
    is_history: bool = False,
) -> UUID:
    """Somebody asked: a customer, or a name or contact of nobody known yet. Its clock starts. Raises CannotOpen."""
    if customer_id is None and not contact_name.strip() and not contact_value.strip():
        raise CannotOpen(EnquiryRefusal.NOBODY)
    if opened_at > now:
        raise CannotOpen(EnquiryRefusal.FUTURE)
    row = Enquiry(
        kind=kind.value,
        contact_name=contact_name.strip(),
        contact_value=contact_value.strip(),
        subject=subject.strip(),
        channel=channel.value,
        store_id=store_id,
        owner_id=owner_id,
        opened_at=opened_at,
        step_since=opened_at,
        due_at=step_due_at(EnquiryStep.NEW, since=opened_at, hours=_hours(store_id)),
    )
    with transaction.atomic():
        row.customer_id = living_customer(customer_id)
        row.save(force_insert=True)
        opened = EnquiryOpened(
            customer_id=row.customer_id,
            occurred_at=opened_at,
            enquiry_id=row.id,
            enquiry_kind=kind.value,
            channel=channel.value,
        )
        events.record(opened, by=by, now=now, is_history=is_history)
        _audit(row, "enquiry.opened", {}, by=by, now=now)
    return row.id


def move_enquiry(*, enquiry_id: UUID, step: EnquiryStep, by: Actor, now: datetime, is_history: bool = False) -> None:
    """Take an enquiry to another step; the clock starts anew. Raises CannotMoveEnquiry, LookupError."""
    with transaction.atomic():
        row = _locked(enquiry_id)
        if row.outcome != EnquiryOutcome.OPEN:
            raise CannotMoveEnquiry(EnquiryRefusal.CLOSED)
        if not may_step(EnquiryStep(row.step), step):
            raise CannotMoveEnquiry(EnquiryRefusal.STEP)
        before = _audited(row)
        row.step, row.step_since = step.value, now
        row.due_at = step_due_at(step, since=now, hours=_hours(row.store_id))
        row.save(update_fields=["step", "step_since", "due_at"])
        moved = EnquiryMoved(
            customer_id=row.customer_id,
            occurred_at=now,
            enquiry_id=row.id,
            step_before=before["step"],
            step=step.value,
        )
        events.record(moved, by=by, now=now, is_history=is_history)
        _audit(row, "enquiry.moved", before, by=by, now=now)


def assign_enquiry(*, enquiry_id: UUID, owner_id: UUID | None, by: Actor, now: datetime) -> bool:
    """Say who answers for an open enquiry (None: nobody); whether that is new. Raises CannotMoveEnquiry."""
    with transaction.atomic():
        row = _locked(enquiry_id)
        if row.outcome != EnquiryOutcome.OPEN:
            raise CannotMoveEnquiry(EnquiryRefusal.CLOSED)
        if row.owner_id == owner_id:
            return False
        before = _audited(row)
        row.owner_id = owner_id
        row.save(update_fields=["owner"])
        assigned = EnquiryAssigned(customer_id=row.customer_id, occurred_at=now, enquiry_id=row.id, owner_id=owner_id)
        events.record(assigned, by=by, now=now)
        _audit(row, "enquiry.assigned", before, by=by, now=now)
    return True


def name_customer(*, enquiry_id: UUID, customer_id: UUID, by: Actor, now: datetime) -> None:
    """Say which customer asked; the contact noted before stays. Raises LookupError."""
    with transaction.atomic():
        living = living_customer(customer_id)
        row = _locked(enquiry_id)
        before = _audited(row)
        row.customer_id = living
        row.save(update_fields=["customer"])
        _audit(row, "enquiry.customer_named", before, by=by, now=now)


def close_enquiry(
    *,
    enquiry_id: UUID,
    outcome: EnquiryOutcome,
    by: Actor,
    now: datetime,
    order_id: UUID | None = None,
    loss_cause_id: UUID | None = None,
    loss_note: str = "",
    is_history: bool = False,
) -> None:
    """End an enquiry: won, perhaps with its order, or lost for a cause or a reason in words.

    Won by an order, an enquiry of nobody becomes the order's customer's. Raises CannotClose, LookupError.
    """
    is_lost = outcome == EnquiryOutcome.LOST
    if outcome == EnquiryOutcome.OPEN:
        raise ValueError("closing needs an outcome")
    if is_lost and loss_cause_id is None and not loss_note.strip():
        raise CannotClose(EnquiryRefusal.NO_REASON)
    with transaction.atomic():
        row = _locked(enquiry_id)
        if row.outcome != EnquiryOutcome.OPEN:
            raise CannotClose(EnquiryRefusal.CLOSED)
        before = _audited(row)
        if order_id is not None and not is_lost:
            row.customer_id, row.order_id = _customer_of_order(row, order_id), order_id
        row.closed_from = row.step
        row.outcome, row.step = outcome.value, EnquiryStep.CLOSED.value
        row.step_since = row.closed_at = now
        row.due_at = None
        if is_lost:
            row.loss_cause_id, row.loss_note = loss_cause_id, loss_note.strip()
        row.save()
        closed = EnquiryClosed(
            customer_id=row.customer_id,
            occurred_at=now,
            enquiry_id=row.id,
            outcome=outcome.value,
            cause_id=row.loss_cause_id,
            order_id=row.order_id,
        )
        events.record(closed, by=by, now=now, is_history=is_history)
        _audit(row, "enquiry.closed", before, by=by, now=now)


def _customer_of_order(enquiry: Enquiry, order_id: UUID) -> UUID | None:
    found = Order.objects.filter(id=order_id).values_list("customer_id").first()
    if found is None:
        raise CannotClose(EnquiryRefusal.NO_ORDER)
    if enquiry.customer_id is not None and found[0] not in (None, enquiry.customer_id):
        raise CannotClose(EnquiryRefusal.OTHER_CUSTOMER)
    return enquiry.customer_id or found[0]


def _hours(store_id: UUID | None) -> WorkingHours | None:
    store = stores_by_id([store_id]).get(store_id) if store_id else None
    return working_hours(store.calendar_id) if store else None


def _locked(enquiry_id: UUID) -> Enquiry:
    row = Enquiry.objects.select_for_update().filter(id=enquiry_id).first()
    if row is None:
        raise LookupError(f"no enquiry {enquiry_id}")
    return row


def _audited(row: Enquiry) -> dict[str, Any]:
    fields = ("customer_id", "owner_id", "step", "outcome", "loss_cause_id", "order_id")
    return {field: getattr(row, field) for field in fields}


def _audit(row: Enquiry, verb: str, before: dict[str, Any], *, by: Actor, now: datetime) -> None:
    audit.record(
        verb=verb,
        subject_kind="enquiry",
        subject_id=row.id,
        customer_id=row.customer_id,
        before=before,
        after=_audited(row),
        by=by,
        now=now,
    )
