"""Loading a customer to change, and keeping what he is searched by in step."""

from collections.abc import Collection
from uuid import UUID

from regulars.customers.models import Contact, Customer, ExternalId
from regulars.customers.rules.names import search_text, sort_name


class NoSuchCustomer(LookupError):
    """Nobody has this id, or the person asked to be forgotten."""


def load_living(customer_id: UUID) -> Customer:
    """The customer with this id or what it was merged into, locked till the transaction ends."""
    customer = Customer.objects.select_for_update().filter(id=customer_id).first()
    while customer is not None and customer.merged_into_id is not None:
        customer = Customer.objects.select_for_update().get(id=customer.merged_into_id)
    if customer is None or customer.erased_at is not None:
        raise NoSuchCustomer(str(customer_id))
    return customer


def refresh_search(ids: Collection[UUID]) -> None:
    """Write anew by what these customers are searched and sorted."""
    contacts: dict[UUID, list[str]] = {}
    for customer_id, value in (
        Contact.objects.filter(customer__in=ids).order_by("id").values_list("customer_id", "value")
    ):
        contacts.setdefault(customer_id, []).append(value)
    outside: dict[UUID, list[str]] = {}
    for customer_id, value in (
        ExternalId.objects.filter(customer__in=ids).order_by("id").values_list("customer_id", "external_id")
    ):
        outside.setdefault(customer_id, []).append(value)
    names = ("id", "first_name", "last_name", "patronymic", "company", "search_text", "sort_name")
    for id_, first, last, patronymic, company, text_before, sort_before in Customer.objects.filter(
        id__in=ids
    ).values_list(*names):
        text = search_text([last, first, patronymic, company, *contacts.get(id_, ()), *outside.get(id_, ())])
        order = sort_name(first_name=first, last_name=last, company=company)
        if (text, order) != (text_before, sort_before):
            Customer.objects.filter(id=id_).update(search_text=text, sort_name=order)
