"""Analysis runs, for the page that shows them and for those who wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.foundation.paging import Page, decode_cursor, encode_cursor
from regulars.insight.models import AnalysisRun
from regulars.insight.rules.runs import RunState, Step, seconds_left


@dataclass(frozen=True)
class StepTime:
    step: Step
    seconds: float


@dataclass(frozen=True)
class RunRow:
    """A run as its page shows it. `done_share`: 0 to 1; `error`: for the person who mends it."""

    id: UUID
    state: RunState
    is_full: bool
    is_baseline: bool
    as_of: datetime
    started_at: datetime
    beat_at: datetime
    finished_at: datetime | None
    step: Step | None
    done_share: float
    steps: Sequence[StepTime]
    counts: Mapping[str, int]
    error: str

    @property
    def seconds(self) -> float:
        return ((self.finished_at or self.beat_at) - self.started_at).total_seconds()

    @property
    def seconds_left(self) -> float | None:
        return seconds_left(self.seconds, self.done_share) if self.state is RunState.RUNNING else None


_FIELDS = (
    "id", "state", "is_full", "is_baseline", "as_of", "started_at", "beat_at", "finished_at", "step", "done_share",
    "steps", "counts", "error",
)  # fmt: skip


def run_under_way() -> RunRow | None:
    return _first(AnalysisRun.objects.filter(state=RunState.RUNNING).values(*_FIELDS).first())


def last_run() -> RunRow | None:
    """The newest run, whatever became of it."""
    return _first(AnalysisRun.objects.order_by("-started_at", "-id").values(*_FIELDS).first())


def runs_page(*, cursor: str | None = None, limit: int = 30) -> Page[RunRow]:
    """Runs, the newest first."""
    runs = AnalysisRun.objects.order_by("-started_at", "-id")
    if cursor:
        at, id_ = decode_cursor(cursor, length=2)
        runs = runs.filter(started_at__lte=at).exclude(started_at=at, id__gte=UUID(id_))
    rows = [_row(values) for values in runs.values(*_FIELDS)[: limit + 1]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor([last.started_at.isoformat(), str(last.id)]) if last else None)


def _first(values: dict[str, Any] | None) -> RunRow | None:
    return _row(values) if values else None


def _row(values: dict[str, Any]) -> RunRow:
    steps = [StepTime(Step(step["step"]), step["seconds"]) for step in values.pop("steps")]
    state, step = RunState(values.pop("state")), values.pop("step")
    return RunRow(state=state, step=Step(step) if step else None, steps=steps, **values)
