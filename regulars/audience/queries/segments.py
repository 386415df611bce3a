"""Segments and who was in them when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from regulars.audience.models import Membership, Segment
from regulars.foundation.paging import BadCursor, Page, decode_cursor, encode_cursor


@dataclass(frozen=True)
class SegmentRow:
    """A segment; `members` belong to it now, `built_at` is None while they are being found for the first time."""

    id: UUID
    name: str
    note: str
    condition: Mapping[str, Any]
    version: int
    is_open: bool
    created_at: datetime
    changed_at: datetime
    built_at: datetime | None
    members: int


@dataclass(frozen=True)
class Stay:
    """A customer's time in a segment; `is_baseline`: found there, not seen to enter."""

    segment_id: UUID
    segment_name: str
    customer_id: UUID
    entered_at: datetime
    left_at: datetime | None
    is_baseline: bool


_FIELDS = ("id", "name", "note", "condition", "version", "is_open", "created_at", "changed_at", "built_at")
_STAY = ("segment_id", "segment__name", "customer_id", "entered_at", "left_at", "is_baseline")


def segment_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """What these segments are called, in one query."""
    return dict(Segment.objects.filter(id__in=set(ids)).values_list("id", "name")) if ids else {}


def segments(*, is_open: bool | None = None) -> list[SegmentRow]:
    """By name, with how many belong to each now, in two queries."""
    rows = Segment.objects.order_by("name", "id")
    if is_open is not None:
        rows = rows.filter(is_open=is_open)
    found = list(rows.values_list(*_FIELDS))
    members = _member_counts([row[0] for row in found])
    return [SegmentRow(*(*row, members.get(row[0], 0))) for row in found]


def segment(segment_id: UUID) -> SegmentRow | None:
    row = Segment.objects.filter(id=segment_id).values_list(*_FIELDS).first()
    return SegmentRow(*(*row, _member_counts([segment_id]).get(segment_id, 0))) if row else None


def segments_of(customer_id: UUID) -> list[Stay]:
    """The open segments that a customer belongs to now, by name."""
    rows = Membership.objects.filter(customer_id=customer_id, left_at=None, segment__is_open=True)
    return [Stay(*row) for row in rows.order_by("segment__name").values_list(*_STAY)]


def stays(segment_id: UUID, *, cursor: str | None = None, limit: int = 50) -> Page[Stay]:
    """Who came into a segment when, the latest first."""
    rows = Membership.objects.filter(segment_id=segment_id).order_by("-entered_at", "-id")
    if cursor:
        at, id_ = decode_cursor(cursor, length=2)
        try:
            place = datetime.fromisoformat(at), UUID(id_)
        except (TypeError, ValueError, AttributeError) as error:
            raise BadCursor(cursor) from error
        rows = rows.filter(entered_at__lte=place[0]).exclude(entered_at=place[0], id__gte=place[1])
    found = list(rows.values_list(*_STAY, "id")[: limit + 1])
    next_cursor = None
    if len(found) > limit:
        last = found[limit - 1]
        next_cursor = encode_cursor([last[3].isoformat(), str(last[-1])])
    return Page([Stay(*row[:-1]) for row in found[:limit]], next_cursor)


def _member_counts(ids: Sequence[UUID]) -> dict[UUID, int]:
    counted = Membership.objects.filter(segment_id__in=ids, left_at=None).values("segment_id").order_by()
    return dict(counted.annotate(members=Count("id")).values_list("segment_id", "members"))
