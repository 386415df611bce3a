"""Loading a customer to change, and keeping what he is searched by in step."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import F, Q

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
    """Write anew by what these customers are searched and sorted; the names of their aliases find them, too."""
    found_by: dict[UUID, list[str]] = defaultdict(list)
    profiles = Customer.objects.filter(Q(id__in=ids) | Q(merged_into__in=ids)).order_by(
        F("merged_into").asc(nulls_first=True), "id"
    )
    names = ("last_name", "first_name", "patronymic", "company")
    for id_, living, *called in profiles.values_list("id", "merged_into_id", *names):
        found_by[living or id_] += called
        if living:
            found_by[id_] += called
    for model, value in ((Contact, "value"), (ExternalId, "external_id")):
        rows = model._default_manager.filter(customer__in=ids).order_by("id").values_list("customer_id", value)
        for customer_id, text in rows:
            found_by[customer_id].append(text)
    for row in Customer.objects.filter(id__in=ids):
        text = search_text(found_by[row.id])
        order = sort_name(first_name=row.first_name, last_name=row.last_name, company=row.company)
        if (text, order) != (row.search_text, row.sort_name):
            Customer.objects.filter(id=row.id).update(search_text=text, sort_name=order)
