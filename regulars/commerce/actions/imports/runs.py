"""The life of an import run: put down, described, run, stopped, gone on with, cleared away."""

import errno
import fcntl
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction

from regulars.commerce.actions.imports.loading import load
from regulars.commerce.actions.imports.progress import ImportStopped, Progress
from regulars.commerce.actions.imports.staging import Staging
from regulars.commerce.models import ImportProfile, ImportRun
from regulars.commerce.ports import OrderSource, SourceFault
from regulars.commerce.queries.imports import folder_of
from regulars.commerce.rules.imports import FileDefinition, FileFault, ImportState
from regulars.foundation import audit, bulk, queue
from regulars.foundation.actors import Actor
from regulars.foundation.clock import Clock

IMPORT_JOB = "commerce.import"


class ImportRefusal(StrEnum):
    """Why an import was not begun or changed."""

    BUSY = "busy"
    RUNNING = "running"
    DONE = "done"
    NOT_READY = "not_ready"


class CannotImport(ValueError):
    """Nothing was begun: BUSY (another import is running: wait for it), RUNNING, DONE (this one is), NOT_READY (how
    the file is read was not said yet)."""

    def __init__(self, reason: ImportRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


def add_run(
    *, run_id: UUID, definition: FileDefinition, file_name: str, path: str, size_bytes: int, by: Actor, now: datetime
) -> None:
    """Put a file down as a run that still has to be described. path: where the file is."""
    ImportRun.objects.create(
        id=run_id,
        kind=definition.kind.value,
        source=definition.source,
        file_name=file_name[:255],
        path=path,
        size_bytes=size_bytes,
        definition=definition.to_json(),
        actor=by.reference,
        created_at=now,
    )


def describe_run(*, run_id: UUID, definition: FileDefinition, go_live_at: datetime, by: Actor, now: datetime) -> None:
    """Say how the file is read and from when on its orders are news. Raises CannotImport once it has begun."""
    with transaction.atomic():
        run = _locked(run_id)
        if run.state not in (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED):
            raise CannotImport(ImportRefusal.DONE if run.state == ImportState.DONE else ImportRefusal.RUNNING)
        run.kind, run.source = definition.kind.value, definition.source
        run.definition, run.go_live_at = definition.to_json(), go_live_at
        run.state, run.error = ImportState.READY.value, ""
        run.save()
    shutil.rmtree(folder_of(run_id) / "staging", ignore_errors=True)


def request_run(*, run_id: UUID, by: Actor, now: datetime) -> None:
    """Have a worker take a described run in, or go on with a stopped one. Raises CannotImport."""
    with transaction.atomic():
        run = _locked(run_id)
        if run.state not in (ImportState.READY, ImportState.INTERRUPTED):
            raise CannotImport(ImportRefusal.RUNNING if run.state == ImportState.RUNNING else ImportRefusal.NOT_READY)
        run.beat_at, run.error = now, ""
        run.save(update_fields=["beat_at", "error"])
        queue.enqueue(IMPORT_JOB, {"run_id": str(run_id), "by": by.reference}, now=now, key=f"import:{run_id}")


def run_import(*, run_id: UUID, source: OrderSource, by: Actor, clock: Clock) -> ImportState:
    """Take a described run's source in, or go on where it was stopped; where it stands afterwards.

    DONE; FAILED with `error` set to a FileFault (the source cannot be read: nothing was taken in); INTERRUPTED (asked
    to stop, or the disk is full: go on later). Raises CannotImport.
    """
    with _only_import(clock()), bulk.rare_checkpoints():
        _begin(run_id, by=by, now=clock())
        staging = None
        try:
            run = ImportRun.objects.get(id=run_id)
            definition = FileDefinition.from_json(run.definition)
            staging = Staging(folder_of(run_id) / "staging", cancel_prefix=definition.cancel_prefix)
            assert run.go_live_at is not None
            load(
                run_id=run_id,
                source=source,
                definition=definition,
                go_live_at=run.go_live_at,
                staging=staging,
                progress=Progress(run_id, clock=clock),
                folder=folder_of(run_id),
                by=by,
            )
        except ImportStopped:
            return _end(run_id, ImportState.INTERRUPTED, now=clock())
        except SourceFault as fault:
            return _end(run_id, ImportState.FAILED, error=f"{fault.fault}:{fault.row}:{fault.detail}", now=clock())
        except (OSError, sqlite3.Error, DatabaseError) as error:
            if not _is_disk_full(error):
                _end(run_id, ImportState.INTERRUPTED, error="unexpected", now=clock())
                raise
            return _end(run_id, ImportState.INTERRUPTED, error=FileFault.DISK_FULL.value, now=clock())
        except BaseException:
            _end(run_id, ImportState.INTERRUPTED, error="unexpected", now=clock())
            raise
        finally:
            if staging is not None:
                staging.close()
    shutil.rmtree(folder_of(run_id) / "staging", ignore_errors=True)
    return ImportState.DONE


def _is_disk_full(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return True
    text = str(error).casefold()
    return "disk is full" in text or "no space left" in text or "disk full" in text


@contextmanager
def _only_import(now: datetime) -> Iterator[None]:
    """One import at a time: the lock goes with its process, so a run that still says "running" under it is dead."""
    folder = Path(settings.HOME) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (folder / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotImport(ImportRefusal.BUSY) from error
        ImportRun.objects.filter(state=ImportState.RUNNING.value).update(
            state=ImportState.INTERRUPTED.value, finished_at=now
        )
        yield


def _begin(run_id: UUID, *, by: Actor, now: datetime) -> None:
    with transaction.atomic():
        run = _locked(run_id)
        if run.state in (ImportState.DONE, ImportState.UPLOADED) or run.go_live_at is None:
            is_done = run.state == ImportState.DONE
            raise CannotImport(ImportRefusal.DONE if is_done else ImportRefusal.NOT_READY)
        if run.state in (ImportState.READY, ImportState.FAILED):
            run.step, run.checkpoint, run.counts, run.rows_done, run.rows_total = "", "", {}, 0, None
            run.started_at = now
            audit.record(
                verb="import.started",
                subject_kind="import_run",
                subject_id=run_id,
                after={"file_name": run.file_name, "source": run.source},
                by=by,
                now=now,
            )
        run.state, run.error, run.is_stop_asked = ImportState.RUNNING.value, "", False
        run.finished_at, run.beat_at = None, now
        run.save()


def _end(run_id: UUID, state: ImportState, *, now: datetime, error: str = "") -> ImportState:
    ImportRun.objects.filter(id=run_id).update(
        state=state.value, error=error, finished_at=now, is_stop_asked=False, rows_total=None
    )
    return state


def stop_run(*, run_id: UUID, by: Actor, now: datetime) -> None:
    """Ask a running import to stop after the piece at hand; what is loaded stays, and it can go on."""
    with transaction.atomic():
        if ImportRun.objects.filter(id=run_id, state=ImportState.RUNNING.value).update(is_stop_asked=True):
            audit.record(verb="import.stopped", subject_kind="import_run", subject_id=run_id, by=by, now=now)


def forget_files(*, run_id: UUID) -> None:
    """Remove a run's upload, staging and rejects; its counts stay. A run that is not done cannot go on then.

    A file that lies elsewhere, named on the command line, is its owner's and stays.
    """
    shutil.rmtree(folder_of(run_id), ignore_errors=True)
    ImportRun.objects.filter(id=run_id).update(path="")
    ImportRun.objects.filter(id=run_id).exclude(state__in=[ImportState.DONE.value, ImportState.RUNNING.value]).update(
        state=ImportState.FAILED.value, error=FileFault.MISSING.value
    )


def save_profile(*, name: str, definition: FileDefinition, by: Actor, now: datetime) -> None:
    """Keep how a file is read under a name; the same name again replaces it."""
    with transaction.atomic():
        ImportProfile.objects.update_or_create(
            name=name.strip()[:120],
            defaults={"kind": definition.kind.value, "definition": definition.to_json(), "actor": by.reference},
            create_defaults={
                "kind": definition.kind.value,
                "definition": definition.to_json(),
                "actor": by.reference,
                "created_at": now,
            },
        )
        audit.record(verb="import.profile_saved", subject_kind="import_profile", subject_id=name[:60], by=by, now=now)


def _locked(run_id: UUID) -> ImportRun:
    run = ImportRun.objects.select_for_update().filter(id=run_id).first()
    if run is None:
        raise LookupError(f"no import {run_id}")
    return run
