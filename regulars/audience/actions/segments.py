"""Naming groups of customers: create, change, close, build anew."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from regulars.audience.events import SegmentChanged, SegmentClosed, SegmentCreated
from regulars.audience.models import Segment
from regulars.foundation import audit, events, queue
from regulars.foundation.actors import Actor
from regulars.foundation.conditions.catalogue import catalogue
from regulars.foundation.conditions.syntax import parse

BUILD = "audience.build_segment"


class NameTaken(ValueError):
    """Another segment has this name already."""


class SegmentIsClosed(ValueError):
    """A closed segment cannot be changed; open it again first."""


class NoSuchSegment(LookupError):
    """There is no segment with this id."""


def create_segment(*, name: str, note: str = "", condition: Mapping[str, Any], by: Actor, now: datetime) -> UUID:
    """Save a condition under a name; its members are found by the worker. Raises BadCondition, NameTaken."""
    parse(condition, catalogue)
    with transaction.atomic():
        _refuse_taken(name)
        segment = Segment.objects.create(name=name, note=note, condition=condition, created_at=now, changed_at=now)
        _build_soon(segment, is_baseline=True, now=now)
        events.record(SegmentCreated(customer_id=None, occurred_at=now, segment_id=segment.id), by=by, now=now)
        _audit(segment, "segment.created", by=by, now=now)
    return segment.id


def change_segment(
    *, segment_id: UUID, name: str, note: str = "", condition: Mapping[str, Any], by: Actor, now: datetime
) -> int:
    """Give a segment another name, note or condition; the version that holds now.

    Another condition is a new version: who belongs to it is found anew, and nobody has entered or left.
    Raises BadCondition, NameTaken, NoSuchSegment, SegmentIsClosed.
    """
    parse(condition, catalogue)
    with transaction.atomic():
        segment = _locked(segment_id)
        if not segment.is_open:
            raise SegmentIsClosed(segment.name)
        _refuse_taken(name, but=segment_id)
        before = _described(segment)
        is_redefined = segment.condition != condition
        segment.name, segment.note, segment.condition, segment.changed_at = name, note, dict(condition), now
        if is_redefined:
            segment.version += 1
            segment.built_at = None
        segment.save()
        if is_redefined:
            _build_soon(segment, is_baseline=True, now=now)
            events.record(
                SegmentChanged(
                    customer_id=None, occurred_at=now, segment_id=segment.id, segment_version=segment.version
                ),
                by=by,
                now=now,
            )
        _audit(segment, "segment.changed", before=before, by=by, now=now)
    return segment.version


def close_segment(*, segment_id: UUID, by: Actor, now: datetime) -> None:
    """Stop following a segment's membership; its history stays. Raises NoSuchSegment."""
    with transaction.atomic():
        segment = _locked(segment_id)
        if not segment.is_open:
            return
        segment.is_open, segment.changed_at = False, now
        segment.save(update_fields=["is_open", "changed_at"])
        events.record(SegmentClosed(customer_id=None, occurred_at=now, segment_id=segment.id), by=by, now=now)
        _audit(segment, "segment.closed", by=by, now=now)


def reopen_segment(*, segment_id: UUID, by: Actor, now: datetime) -> None:
    """Follow a closed segment again, from who belongs to it today. Raises NoSuchSegment."""
    with transaction.atomic():
        segment = _locked(segment_id)
        if segment.is_open:
            return
        segment.is_open, segment.changed_at, segment.built_at = True, now, None
        segment.save(update_fields=["is_open", "changed_at", "built_at"])
        _build_soon(segment, is_baseline=True, now=now)
        _audit(segment, "segment.reopened", by=by, now=now)


def rebuild_segments(*, segment_ids: Sequence[UUID] | None = None, is_baseline: bool = True, now: datetime) -> int:
    """Have the worker find the members of these segments (None: all open ones) anew; how many that are.

    is_baseline: who is found or missing then has not entered or left (an analysis with new rules, a moved date).
    """
    with transaction.atomic():
        segments = Segment.objects.filter(is_open=True).order_by("id")
        if segment_ids is not None:
            segments = segments.filter(id__in=segment_ids)
        found = list(segments)
        for segment in found:
            _build_soon(segment, is_baseline=is_baseline, now=now)
    return len(found)


def _build_soon(segment: Segment, *, is_baseline: bool, now: datetime) -> None:
    payload = {"segment_id": str(segment.id), "is_baseline": is_baseline}
    queue.enqueue(BUILD, payload, now=now, key=f"{BUILD}:{segment.id}:{segment.version}:{is_baseline}")


def _locked(segment_id: UUID) -> Segment:
    segment = Segment.objects.select_for_update().filter(id=segment_id).first()
    if segment is None:
        raise NoSuchSegment(segment_id)
    return segment


def _refuse_taken(name: str, *, but: UUID | None = None) -> None:
    others = Segment.objects.filter(name=name)
    if (others.exclude(id=but) if but else others).exists():
        raise NameTaken(name)


def _described(segment: Segment) -> dict[str, Any]:
    return {
        "name": segment.name,
        "note": segment.note,
        "condition": segment.condition,
        "version": segment.version,
        "is_open": segment.is_open,
    }


def _audit(segment: Segment, verb: str, *, before: Mapping[str, Any] | None = None, by: Actor, now: datetime) -> None:
    audit.record(
        verb=verb,
        subject_kind="segment",
        subject_id=segment.id,
        by=by,
        now=now,
        before=before,
        after=_described(segment),
    )
