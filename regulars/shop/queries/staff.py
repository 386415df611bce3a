"""People who work here, also as outside systems call them."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from regulars.foundation.access import Role
from regulars.shop.models import Staff, StaffExternalId


@dataclass(frozen=True)
class StaffRow:
    id: UUID
    name: str
    email: str
    role: Role
    store_id: UUID | None
    is_active: bool


_FIELDS = ("id", "name", "email", "role", "store_id", "is_active")


def staff(*, is_active: bool | None = None, role: Role | None = None, store_id: UUID | None = None) -> list[StaffRow]:
    """People by name; the filters narrow it."""
    filters = {"is_active": is_active, "role": role.value if role else None, "store_id": store_id}
    rows = Staff.objects.filter(**{name: value for name, value in filters.items() if value is not None})
    return [_row(row) for row in rows.order_by("name", "id").values_list(*_FIELDS)]


def staff_by_id(ids: Iterable[UUID]) -> dict[UUID, StaffRow]:
    """The people with these ids, in one query; unknown ids are left out."""
    return {row[0]: _row(row) for row in Staff.objects.filter(id__in=set(ids)).values_list(*_FIELDS)}


def staff_by_external_id(source: str, external_ids: Iterable[str]) -> dict[str, UUID]:
    """External id → staff id for those that `source` has named before."""
    rows = StaffExternalId.objects.filter(source=source, external_id__in=set(external_ids))
    return dict(rows.values_list("external_id", "staff_id"))


def _row(values: tuple[UUID, str, str, str, UUID | None, bool]) -> StaffRow:
    id_, name, email, role, store_id, is_active = values
    return StaffRow(id_, name, email, Role(role), store_id, is_active)
