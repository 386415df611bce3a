"""What audience does when others announce something."""

from collections.abc import Sequence
from datetime import datetime
from types import ModuleType

from regulars.audience.actions.membership import mark_dirty
from regulars.audience.actions.ready_made import create_ready_made_segments
from regulars.audience.actions.segments import rebuild_segments
from regulars.foundation.actors import Actor
from regulars.foundation.events import Event, RecordedEvent


def kinds_in(*modules: ModuleType) -> frozenset[str]:
    """The kinds of all events that these modules declare."""
    declared = [value for module in modules for value in vars(module).values() if isinstance(value, type)]
    return frozenset(one.kind for one in declared if issubclass(one, Event) and one is not Event)


def retest(news: Sequence[RecordedEvent], *, now: datetime) -> None:
    mark_dirty(customer_ids=[event.customer_id for event in news if event.customer_id], now=now)


def build_anew(news: Sequence[RecordedEvent], *, now: datetime) -> None:
    """Figures of another kind than before: who belongs where is found anew, and nobody has entered."""
    if any(event.payload.get("is_baseline", True) for event in news):
        rebuild_segments(is_baseline=True, now=now)


def begin_with_ready_made(news: Sequence[RecordedEvent], *, now: datetime) -> None:
    create_ready_made_segments(by=Actor.system("set-up"), now=now)
