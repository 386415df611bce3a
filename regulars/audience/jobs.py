"""Entries of the worker."""

from datetime import datetime, timedelta
from uuid import UUID

from regulars.audience.actions import membership, segments
from regulars.foundation.queue import Handler


def _follow(*, now: datetime) -> None:
    membership.follow_changes(now=now)


def _build(*, segment_id: str, is_baseline: bool, now: datetime) -> None:
    membership.build(segment_id=UUID(segment_id), is_baseline=is_baseline, now=now)


def _mark_due(*, now: datetime) -> None:
    membership.mark_due(now=now)


HANDLERS = (
    Handler(name=membership.FOLLOW, run=_follow),
    Handler(name=segments.BUILD, run=_build, is_atomic=False, lease=timedelta(minutes=30)),
    Handler(name="audience.mark_due", run=_mark_due, is_atomic=False, next_due=lambda now: now + timedelta(minutes=1)),
)
