"""Whose an order, a return or an enquiry is: always a living customer's."""

from uuid import UUID

from regulars.customers.queries.identity import hold_identities, survivors_of


def living_customer(customer_id: UUID | None) -> UUID | None:
    """The customer that this id stands for, who is not merged away before the open transaction ends; None for a guest.

    Raises LookupError for an id that nobody has.
    """
    if customer_id is None:
        return None
    hold_identities()
    living = survivors_of([customer_id]).get(customer_id)
    if living is None:
        raise LookupError(f"no customer {customer_id}")
    return living
