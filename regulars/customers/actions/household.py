"""Who lives and buys together."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.customers.actions.loading import load_living
from regulars.customers.events import HouseholdJoined, HouseholdLeft
from regulars.customers.models import Customer, Household
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id


class CannotJoinHousehold(ValueError):
    """One cannot live with oneself, nor in two households at once."""


def join_household(*, customer_id: UUID, with_id: UUID, by: Actor, now: datetime) -> UUID:
    """Put a customer into the household of another, a new one if that other has none; the household's id.

    Raises CannotJoinHousehold for oneself, and if the customer lives elsewhere: leave that household first.
    """
    with transaction.atomic():
        customer, other = (load_living(id_) for id_ in (customer_id, with_id))
        if customer.id == other.id:
            raise CannotJoinHousehold
        household_id = other.household_id
        if customer.household_id is not None:
            if household_id is not None:
                raise CannotJoinHousehold
            customer, other, household_id = other, customer, customer.household_id
        if household_id is None:
            household_id = Household.objects.create(id=new_id()).id
            _enter(other, household_id, by=by, now=now)
        _enter(customer, household_id, by=by, now=now)
    return household_id


def leave_household(*, customer_id: UUID, by: Actor, now: datetime) -> None:
    """Take a customer out of his household; the last one left behind lives alone, so it is dissolved."""
    with transaction.atomic():
        customer = load_living(customer_id)
        household_id = customer.household_id
        if household_id is None:
            return
        _leave(customer, household_id, by=by, now=now)
        remaining = list(Customer.objects.filter(household=household_id, merged_into__isnull=True)[:2])
        if len(remaining) == 1:
            _leave(remaining[0], household_id, by=by, now=now)


def _enter(customer: Customer, household_id: UUID, *, by: Actor, now: datetime) -> None:
    Customer.objects.filter(id=customer.id).update(household=household_id)
    joined = HouseholdJoined(customer_id=customer.id, occurred_at=now, household_id=household_id)
    events.record(joined, by=by, now=now)
    _audit("joined", customer, household_id, by=by, now=now)


def _leave(customer: Customer, household_id: UUID, *, by: Actor, now: datetime) -> None:
    Customer.objects.filter(id=customer.id).update(household=None)
    events.record(HouseholdLeft(customer_id=customer.id, occurred_at=now, household_id=household_id), by=by, now=now)
    _audit("left", customer, household_id, by=by, now=now)


def _audit(verb: str, customer: Customer, household_id: UUID, *, by: Actor, now: datetime) -> None:
    audit.record(
        verb=f"household.{verb}",
        subject_kind="customer",
        subject_id=customer.id,
        customer_id=customer.id,
        by=by,
        now=now,
        after={"household": household_id},
    )
