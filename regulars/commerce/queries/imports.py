"""Import runs and profiles, as pages and commands show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from regulars.commerce.models import ImportProfile, ImportRun
from regulars.commerce.rules.imports import STEPS, BadDefinition, FileDefinition, ImportKind, ImportState, ImportStep
from regulars.foundation.paging import Page, decode_cursor, encode_cursor


def folder_of(run_id: UUID) -> Path:
    """Where a run keeps its upload, what it staged and its rejects."""
    return Path(settings.HOME) / "imports" / str(run_id)


@dataclass(frozen=True)
class RunRow:
    """A run. `error` is a FileFault, the last good row and a detail, apart by colons; rows_total None: not known yet.

    rows_done and rows_total are of the step at hand.
    """

    id: UUID
    kind: ImportKind
    source: str
    state: ImportState
    file_name: str
    path: str
    size_bytes: int
    go_live_at: datetime | None
    actor: str
    created_at: datetime
    started_at: datetime | None
    beat_at: datetime | None
    finished_at: datetime | None
    step: str
    rows_done: int
    rows_total: int | None
    is_stop_asked: bool
    counts: Mapping[str, int]
    findings: Mapping[str, Any]
    error: str
    definition_json: Mapping[str, Any]

    @property
    def definition(self) -> FileDefinition:
        return FileDefinition.from_json(self.definition_json)

    @property
    def fault(self) -> str:
        return self.error.split(":")[0]

    @property
    def fault_row(self) -> int:
        parts = self.error.split(":")
        return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0

    @property
    def is_waiting(self) -> bool:
        """Asked for, and no worker has taken it up yet."""
        is_idle = self.state in (ImportState.READY, ImportState.INTERRUPTED)
        return is_idle and self.beat_at is not None and (self.finished_at is None or self.beat_at > self.finished_at)

    @property
    def seconds(self) -> float:
        """How long it took, or has been going on as far as is known."""
        end = self.finished_at or self.beat_at
        return (end - self.started_at).total_seconds() if end and self.started_at else 0.0

    @property
    def share(self) -> float:
        """How much is done, 0 to 1, from the usual shares of the steps."""
        if self.state == ImportState.DONE:
            return 1.0
        steps = STEPS[self.kind]
        if not self.step:
            return 0.0
        weights = [_WEIGHTS[step] for step in steps]
        place = steps.index(ImportStep(self.step))
        within = min(self.rows_done / self.rows_total, 1.0) if self.rows_total else 0.0
        return (sum(weights[:place]) + weights[place] * within) / sum(weights)

    @property
    def time_left(self) -> timedelta | None:
        if self.state != ImportState.RUNNING or self.share < 0.02 or not self.seconds:
            return None
        return timedelta(seconds=round(self.seconds * (1 / self.share - 1)))


# What a step takes of the whole, by measure on a million lines.
_WEIGHTS = {
    ImportStep.READING: 22,
    ImportStep.PRODUCTS: 3,
    ImportStep.CUSTOMERS: 5,
    ImportStep.ORDERS: 60,
    ImportStep.RETURNS: 10,
    ImportStep.VISITS: 40,
}

_COLUMNS = (
    "id", "kind", "source", "state", "file_name", "path", "size_bytes", "go_live_at", "actor", "created_at",
    "started_at", "beat_at", "finished_at", "step", "rows_done", "rows_total", "is_stop_asked", "counts", "findings",
    "error", "definition",
)  # fmt: skip


def import_runs(*, cursor: str | None = None, limit: int = 25) -> Page[RunRow]:
    """Runs, newest first."""
    runs = ImportRun.objects.order_by("-created_at", "-id")
    if cursor:
        at, id_ = decode_cursor(cursor, length=2)
        runs = runs.filter(created_at__lte=at).exclude(created_at=at, id__gte=UUID(id_))
    rows = [_row(values) for values in runs.values_list(*_COLUMNS)[: limit + 1]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor([last.created_at.isoformat(), str(last.id)]) if last else None)


def import_run(run_id: UUID) -> RunRow | None:
    values = ImportRun.objects.filter(id=run_id).values_list(*_COLUMNS).first()
    return _row(values) if values else None


def running_import() -> RunRow | None:
    """The one that is under way, if there is one."""
    values = ImportRun.objects.filter(state=ImportState.RUNNING.value).values_list(*_COLUMNS).first()
    return _row(values) if values else None


def runs_older_than(moment: datetime) -> list[UUID]:
    """Runs that still keep files and were put down before `moment`."""
    return list(_with_files().filter(created_at__lt=moment).values_list("id", flat=True))


def runs_with_files() -> list[UUID]:
    return list(_with_files().values_list("id", flat=True))


def _with_files() -> QuerySet[ImportRun]:
    return ImportRun.objects.exclude(path="").exclude(state=ImportState.RUNNING.value)


def last_stopped_import(*, path: str, size_bytes: int) -> UUID | None:
    """A run of this very file that did not come to its end, to go on with."""
    runs = ImportRun.objects.filter(
        path=path, size_bytes=size_bytes, state__in=[ImportState.INTERRUPTED.value, ImportState.RUNNING.value]
    )
    return runs.order_by("-created_at").values_list("id", flat=True).first()


def go_live_of(source: str) -> datetime | None:
    """From when on this source's rows are news: what was said at its first import; None before that."""
    runs = ImportRun.objects.filter(source=source, state=ImportState.DONE.value, go_live_at__isnull=False)
    return runs.order_by("created_at").values_list("go_live_at", flat=True).first()


def sources() -> list[str]:
    """The sources that files were imported from."""
    return sorted(set(ImportRun.objects.values_list("source", flat=True)))


@dataclass(frozen=True)
class ProfileRow:
    id: UUID
    name: str
    kind: ImportKind
    definition: FileDefinition


def profiles(kind: ImportKind | None = None) -> Sequence[ProfileRow]:
    """Saved profiles by name; those that another version wrote are left out."""
    rows = ImportProfile.objects.order_by("name")
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    found = []
    for id_, name, of_kind, definition in rows.values_list("id", "name", "kind", "definition"):
        try:
            found.append(ProfileRow(id_, name, ImportKind(of_kind), FileDefinition.from_json(definition)))
        except BadDefinition:
            continue
    return found


def profile_named(name: str) -> ProfileRow | None:
    return next((profile for profile in profiles() if profile.name == name), None)


def _row(values: Sequence[Any]) -> RunRow:
    row = RunRow(*values)
    return replace(row, kind=ImportKind(row.kind), state=ImportState(row.state))
