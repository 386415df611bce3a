"""Which customer an id, an outside name or a contact stands for today."""

from collections.abc import Collection
from uuid import UUID

from django.db import connection
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from regulars.customers.models import Customer, ExternalId
from regulars.customers.rules import ContactKind

# Any number will do, as long as nothing else takes the same advisory lock.
_LOCK = 7_390_146


def hold_identities(*, exclusively: bool = False) -> None:
    """Until the open transaction ends, nobody is merged: so that what it writes lands with a living customer.

    `exclusively`: for those who decide themselves who is who; they come one after another. SQLite's write lock does
    the same by itself.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            function = "pg_advisory_xact_lock" if exclusively else "pg_advisory_xact_lock_shared"
            cursor.execute(f"SELECT {function}(%s)", [_LOCK])


def survivors_of(ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Each id with the one it lives on under: itself, or what it was merged into. Unknown ids are left out."""
    rows = Customer.objects.filter(id__in=set(ids)).annotate(living=Coalesce("merged_into_id", "id"))
    return dict(rows.values_list("id", "living"))


def alias_ids(customer_id: UUID) -> list[UUID]:
    """All ids under which this customer was ever known, the living one first."""
    living = survivors_of([customer_id]).get(customer_id, customer_id)
    found = Customer.objects.filter(Q(id=living) | Q(merged_into=living)).order_by(
        F("merged_into").asc(nulls_first=True), "id"
    )
    return list(found.values_list("id", flat=True))


def customers_by_external_id(source: str, external_ids: Collection[str]) -> dict[str, UUID]:
    """External id → living customer, for those that the source has named before."""
    rows = ExternalId.objects.filter(source=source, external_id__in=set(external_ids))
    living = Coalesce("customer__merged_into_id", "customer_id")
    return dict(rows.annotate(living=living).values_list("external_id", "living"))


def find_by_contact(kind: ContactKind, value: str) -> list[UUID]:
    """Living customers with this contact (normalised by `rules.contacts`), the oldest first."""
    rows = Customer.objects.filter(
        contacts__kind=kind.value, contacts__value=value, merged_into__isnull=True, erased_at__isnull=True
    )
    return list(rows.order_by("created_at", "id").values_list("id", flat=True))
