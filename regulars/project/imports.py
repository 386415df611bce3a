"""Imports as work of the worker: the one place that knows both the run (commerce) and the file (connectors)."""

from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from regulars.commerce.actions import imports
from regulars.commerce.queries.imports import import_run, runs_older_than
from regulars.connectors.csv import FileSource
from regulars.foundation import clock, queue
from regulars.foundation.actors import Actor
from regulars.foundation.queue import Handler

KEPT = timedelta(days=30)
_WAIT = timedelta(seconds=20)


def run_import(*, run_id: str, by: str, now: datetime) -> None:
    run = import_run(UUID(run_id))
    if run is None:
        return
    source = FileSource(Path(run.path), run.definition, now=now)
    try:
        imports.run_import(run_id=run.id, source=source, by=Actor.parse(by), clock=clock.now)
    except imports.CannotImport as refusal:
        if refusal.reason == imports.ImportRefusal.BUSY:
            # One at a time: this one waits for its turn.
            queue.enqueue(imports.IMPORT_JOB, {"run_id": run_id, "by": by}, now=now, due_at=now + _WAIT)


def clear_files(*, now: datetime) -> None:
    for run_id in runs_older_than(now - KEPT):
        imports.forget_files(run_id=run_id)


HANDLERS = (
    Handler(name=imports.IMPORT_JOB, run=run_import, is_atomic=False, in_child=True, max_attempts=3),
    Handler(
        name="commerce.clear_import_files",
        run=clear_files,
        is_atomic=False,
        next_due=lambda now: now + timedelta(days=1),
    ),
)
