"""How far a run has come: kept in the same transaction as what it counts, so that a kill loses and doubles nothing."""

from collections import Counter
from datetime import datetime
from time import monotonic
from uuid import UUID

from django.db import connection

from regulars.commerce.models import ImportRun
from regulars.commerce.rules.imports import ImportStep
from regulars.foundation.clock import Clock

# A piece of bulk work holds SQLite's write lock no longer than pages can bear to wait; PostgreSQL locks rows only.
TARGET_SECONDS = {"sqlite": 0.1, "postgresql": 0.6}
LEAST_ROWS, FIRST_ROWS, MOST_ROWS = 1_000, 2_000, 20_000


class ImportStopped(Exception):
    """Somebody asked the run to stop; it can go on later."""


class Progress:
    """The run's place and counts. `checkpoint` names the last thing done within the step."""

    def __init__(self, run_id: UUID, *, clock: Clock) -> None:
        self._run_id = run_id
        self._clock = clock
        step, checkpoint, counts, rows_done = ImportRun.objects.values_list(
            "step", "checkpoint", "counts", "rows_done"
        ).get(id=run_id)
        self.step = step
        self.checkpoint: str = checkpoint
        self.counts: Counter[str] = Counter(counts)
        self.done = rows_done
        self.piece_rows = FIRST_ROWS
        self._began = monotonic()

    def enter(self, step: ImportStep, *, total: int | None) -> None:
        """Begin a step, or go on with it where the run stopped."""
        if self.step != step.value:
            self.step, self.checkpoint, self.done = step.value, "", 0
        if self._update(rows_total=total) == 0:
            raise ImportStopped

    def count(self, **counts: int) -> None:
        self.counts.update(counts)

    def save(self, *, checkpoint: str | None = None, done: int = 0) -> None:
        """Within the transaction of what was done. Raises ImportStopped if the run was asked to stop."""
        if checkpoint is not None:
            self.checkpoint = checkpoint
        self.done += done
        if self._update() == 0:
            raise ImportStopped

    def estimate(self, share: float | None) -> None:
        """Say how far the reading is; `share` of the source tells how much there will be. Raises ImportStopped."""
        if self._update(rows_total=round(self.done / share) if share else None) == 0:
            raise ImportStopped

    def _update(self, **columns: int | None) -> int:
        return ImportRun.objects.filter(id=self._run_id, state="running", is_stop_asked=False).update(
            step=self.step,
            checkpoint=self.checkpoint,
            counts=dict(self.counts),
            rows_done=self.done,
            beat_at=self._clock(),
            **columns,
        )

    def begin_piece(self) -> None:
        self._began = monotonic()

    def end_piece(self) -> None:
        """Make the next piece larger or smaller, so that its transaction takes about the target."""
        taken = max(monotonic() - self._began, 0.001)
        wanted = self.piece_rows * min(max(TARGET_SECONDS[connection.vendor] / taken, 0.5), 1.5)
        self.piece_rows = int(min(max(wanted, LEAST_ROWS), MOST_ROWS))

    @property
    def now(self) -> datetime:
        return self._clock()
