"""The audit trail: `record` is called within an action's transaction, `page` reads it for the desk."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from regulars.foundation.actors import Actor
from regulars.foundation.models import AuditEntry
from regulars.foundation.paging import Page, decode_cursor, encode_cursor


@dataclass(frozen=True)
class AuditRow:
    id: UUID
    at: datetime
    actor: str
    verb: str
    subject_kind: str
    subject_id: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


def record(
    *,
    verb: str,
    subject_kind: str,
    subject_id: UUID | str,
    by: Actor,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    customer_id: UUID | None = None,
) -> None:
    """Write down that `by` did `verb` ("customer.merged") to a thing; equal values on both sides are left out."""
    before, after = _plain(before or {}), _plain(after or {})
    same = {name for name in before.keys() & after.keys() if before[name] == after[name]}
    AuditEntry.objects.create(
        at=now,
        actor=by.reference,
        verb=verb,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        customer_id=customer_id,
        before={name: value for name, value in before.items() if name not in same},
        after={name: value for name, value in after.items() if name not in same},
    )


def page(
    *,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    actor: str | None = None,
    verb: str | None = None,
    from_at: datetime | None = None,
    to_at: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AuditRow]:
    """Entries, newest first; `from_at` ≤ when they were made < `to_at`."""
    entries = AuditEntry.objects.order_by("-at", "-id")
    filters = {"subject_kind": subject_kind, "subject_id": subject_id, "actor": actor, "verb": verb}
    entries = entries.filter(**{name: value for name, value in filters.items() if value})
    if from_at:
        entries = entries.filter(at__gte=from_at)
    if to_at:
        entries = entries.filter(at__lt=to_at)
    if cursor:
        at, id_ = decode_cursor(cursor, length=2)
        entries = entries.filter(at__lte=at).exclude(at=at, id__gte=UUID(id_))
    fields = ("id", "at", "actor", "verb", "subject_kind", "subject_id", "before", "after")
    rows = [AuditRow(*values) for values in entries.values_list(*fields)[: limit + 1]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor([last.at.isoformat(), str(last.id)]) if last else None)


def verbs() -> list[str]:
    """What has been done at least once, in alphabetical order."""
    return list(AuditEntry.objects.order_by("verb").values_list("verb", flat=True).distinct())


def forget(subject_ids: Iterable[UUID | str]) -> None:
    """Empty the values of all entries about these things: who did what and when stays."""
    ids = [str(id_) for id_ in subject_ids]
    for start in range(0, len(ids), 500):
        AuditEntry.objects.filter(subject_id__in=ids[start : start + 500]).update(before={}, after={})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return _plain(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain_value(item) for item in value]
    return value
