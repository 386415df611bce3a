"""The event log. What happened is recorded in the action's own transaction, with one delivery for each reaction.

A reaction runs after the commit, at least once, in a transaction of its own that also removes the delivery: so its
effect comes once. `Event.key` makes recording the same thing twice one row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, ClassVar
from uuid import UUID

from django.db import connection
from django.db.models import Q

from regulars.foundation import bulk, models
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.foundation.paging import Page, decode_cursor, encode_cursor


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened; subclasses are named in the past tense and hold ids and figures only.

    kind: "capability.past_tense", stored, never changed. version: raised when the fields change their meaning.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1

    customer_id: UUID | None
    occurred_at: datetime

    def key(self) -> str | None:
        """What makes a second recording the same event; None where each recording is one of its own."""
        return None


@dataclass(frozen=True)
class RecordedEvent:
    """An event as it stands in the log."""

    id: UUID
    kind: str
    version: int
    customer_id: UUID | None
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    is_history: bool
    payload: Mapping[str, Any]


React = Callable[[Sequence[RecordedEvent]], None]


@dataclass(frozen=True)
class Reaction:
    """What to do when events of some kinds were recorded.

    react: takes a batch, in any order, `now` and nothing else; loads present state; runs in a transaction.
    takes_history: whether facts from before the source's go-live are delivered too.
    tolerance: news older than this stays silent (None: any age).
    is_outward: whether it reaches people outside; it waits while outward acts are paused.
    """

    name: str
    kinds: frozenset[str]
    react: Callable[..., None]
    takes_history: bool = False
    tolerance: timedelta | None = None
    is_outward: bool = False


_reactions: dict[str, Reaction] = {}


def subscribe(reaction: Reaction) -> None:
    """Register a reaction; `project.wiring` does so when the programme starts."""
    _reactions[reaction.name] = reaction


def reaction_named(name: str) -> Reaction | None:
    return _reactions.get(name)


def outward_reactions() -> list[str]:
    return [reaction.name for reaction in _reactions.values() if reaction.is_outward]


def record(*events: Event, by: Actor, now: datetime, is_history: bool = False) -> int:
    """Append events and their deliveries in the open transaction; how many were new."""
    return record_all(events, by=by, now=now, is_history=is_history)


def record_all(events: Iterable[Event], *, by: Actor, now: datetime, is_history: bool = False) -> int:
    """The same for any number, set-based, in pieces of a thousand."""
    remaining = iter(events)
    recorded = 0
    while piece := list(islice(remaining, 1000)):
        recorded += _record_piece(piece, by=by, now=now, is_history=is_history)
    return recorded


_COLUMNS = (
    "id",
    "kind",
    "version",
    "customer_id",
    "actor",
    "occurred_at",
    "recorded_at",
    "is_history",
    "key",
    "payload",
)
_JOB_COLUMNS = (
    "id",
    "name",
    "event_id",
    "payload",
    "due_at",
    "attempts",
    "claim_number",
    "is_dead",
    "last_error",
    "created_at",
)


def _record_piece(events: Sequence[Event], *, by: Actor, now: datetime, is_history: bool) -> int:
    ids = [new_id() for _ in events]
    keyed: dict[str, tuple[UUID, Event]] = {}
    for id_, event in zip(ids, events, strict=True):
        own = event.key()
        keyed.setdefault(f"{event.kind}:{own}" if own is not None else str(id_), (id_, event))
    lasting = [key for key, (id_, _) in keyed.items() if key != str(id_)]
    if lasting:
        for key in models.Event.objects.filter(key__in=lasting).values_list("key", flat=True):
            del keyed[key]
    bulk.insert(
        models.Event,
        _COLUMNS,
        (
            (id_, e.kind, e.version, e.customer_id, by.reference, e.occurred_at, now, is_history, key, _payload(e))
            for key, (id_, e) in keyed.items()
        ),
    )
    deliveries: list[tuple[Any, ...]] = [
        (new_id(), reaction.name, id_, {}, now, 0, 0, False, "", now)
        for id_, event in keyed.values()
        for reaction in _reactions.values()
        if _concerns(reaction, event, now=now, is_history=is_history)
    ]
    if deliveries:
        bulk.insert(models.Job, _JOB_COLUMNS, deliveries)
    return len(keyed)


def _concerns(reaction: Reaction, event: Event, *, now: datetime, is_history: bool) -> bool:
    if event.kind not in reaction.kinds or (is_history and not reaction.takes_history):
        return False
    return reaction.tolerance is None or now - event.occurred_at <= reaction.tolerance


def _payload(event: Event) -> dict[str, Any]:
    values = {f.name: getattr(event, f.name) for f in fields(event) if f.name not in ("customer_id", "occurred_at")}
    return {name: _scalar(value) for name, value in values.items()}


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, tuple | list):
        return [_scalar(item) for item in value]
    return value


_READ = ("id", "kind", "version", "customer_id", "actor", "occurred_at", "recorded_at", "is_history", "payload")


def recorded(ids: Sequence[UUID]) -> list[RecordedEvent]:
    """The events with these ids, oldest first."""
    rows = models.Event.objects.filter(id__in=ids).order_by("occurred_at", "id").values_list(*_READ)
    return [RecordedEvent(*row) for row in rows]


def timeline(
    *, customer_ids: Sequence[UUID], kinds: Sequence[str] = (), cursor: str | None = None, limit: int = 50
) -> Page[RecordedEvent]:
    """What happened with a customer (all the ids that were merged into one), newest first."""
    rows = models.Event.objects.filter(customer_id__in=customer_ids).order_by("-occurred_at", "-id")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if cursor:
        at, id_ = decode_cursor(cursor, length=2)
        rows = rows.filter(occurred_at__lte=at).exclude(occurred_at=at, id__gte=UUID(id_))
    found = [RecordedEvent(*row) for row in rows.values_list(*_READ)[: limit + 1]]
    last = found[limit - 1] if len(found) > limit else None
    return Page(found[:limit], encode_cursor([last.occurred_at.isoformat(), str(last.id)]) if last else None)


def of_subject(subject_id: UUID, *, kinds: Sequence[str]) -> list[RecordedEvent]:
    """What happened with one thing, oldest first: events whose own key is its id, or begins with it and a colon."""
    found = Q()
    for kind in kinds:
        key = f"{kind}:{subject_id}"
        # LIKE cannot use SQLite's index, and a range of text depends on the collation elsewhere.
        is_sqlite = connection.vendor == "sqlite"
        longer = Q(key__gt=f"{key}:", key__lt=f"{key};") if is_sqlite else Q(key__startswith=f"{key}:")
        found |= Q(key=key) | longer
    rows = models.Event.objects.filter(found).order_by("occurred_at", "recorded_at", "id").values_list(*_READ)
    return [RecordedEvent(*row) for row in rows]
