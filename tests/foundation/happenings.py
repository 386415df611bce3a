"""Events and a clock for tests of the log and the queue."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from regulars.foundation import events
from regulars.foundation.actors import Actor

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
US = Actor.system("test")


@dataclass(frozen=True, kw_only=True)
class Sold(events.Event):
    kind: ClassVar[str] = "test.sold"
    amount_minor: int = 0
    order_id: UUID | None = None

    def key(self) -> str | None:
        return str(self.order_id) if self.order_id else None


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **span: float) -> None:
        self.moment += timedelta(**span)


class Seen:
    """A reaction that keeps what it got, and fails on the amounts it is told to."""

    def __init__(self, name: str = "test.seen", *, fails_on: set[int] | None = None, **options: object) -> None:
        self.amounts: list[int] = []
        self.batches: list[int] = []
        self.fails_on = fails_on or set()
        events.subscribe(
            events.Reaction(name=name, kinds=frozenset({Sold.kind}), react=self, **options)  # type: ignore[arg-type]
        )

    def __call__(self, batch: list[events.RecordedEvent], *, now: datetime) -> None:
        amounts = [event.payload["amount_minor"] for event in batch]
        if self.fails_on & set(amounts):
            raise ValueError(f"cannot bear {sorted(self.fails_on & set(amounts))}")
        self.amounts += amounts
        self.batches.append(len(batch))


def sold(*amounts: int, **values: object) -> list[Sold]:
    defaults = {"customer_id": None, "occurred_at": NOW}
    return [Sold(**{**defaults, **values, "amount_minor": amount}) for amount in amounts]  # type: ignore[arg-type]
