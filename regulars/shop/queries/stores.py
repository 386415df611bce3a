"""Stores, also as outside systems call them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from regulars.shop.models import Store, StoreExternalId


@dataclass(frozen=True)
class StoreRow:
    id: UUID
    name: str
    code: str
    address: str
    time_zone: str
    calendar_id: UUID | None
    is_open: bool


_FIELDS = ("id", "name", "code", "address", "time_zone", "calendar_id", "is_open")


def stores(*, is_open: bool | None = None) -> list[StoreRow]:
    """All stores by name, or only those that (do not) sell now."""
    rows = Store.objects.order_by("name", "id")
    if is_open is not None:
        rows = rows.filter(is_open=is_open)
    return [StoreRow(*row) for row in rows.values_list(*_FIELDS)]


def stores_by_id(ids: Iterable[UUID]) -> dict[UUID, StoreRow]:
    """The stores with these ids, in one query; unknown ids are left out."""
    return {row[0]: StoreRow(*row) for row in Store.objects.filter(id__in=set(ids)).values_list(*_FIELDS)}


def stores_by_external_id(source: str, external_ids: Iterable[str]) -> dict[str, UUID]:
    """External id → store id for those that `source` has named before."""
    rows = StoreExternalId.objects.filter(source=source, external_id__in=set(external_ids))
    return dict(rows.values_list("external_id", "store_id"))
