"""Backup and restore: one .tar.gz file with the database, the uploads, the key and the list of erasures.

SQLite is copied by its online backup, PostgreSQL by COPY of every table in one snapshot: neither stops the desk, and
neither needs a programme beside Python's. A restored installation makes no outward act until a person allows it, and
erasures made after the backup are made again.
"""

import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder

from regulars.customers.actions import erasures_path, replay_erasures
from regulars.foundation import queue
from regulars.foundation.actors import Actor
from regulars.project.processes import held_alone

FORMAT = 1
_ERASURES = erasures_path().name
_FILES = ("uploads", "secret_key", _ERASURES)
# Rebuilt from the database, and wrong beside an older one.
_DERIVED = ("parquet",)


class CannotRestore(Exception):
    """The file is no backup of ours, is for the other database, or the installation is in use or not empty."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. migrations: app → the newest one applied."""

    format: int
    vendor: str
    taken_at: str
    migrations: dict[str, str]
    rows: dict[str, int]


def write_backup(target: Path, *, now: datetime) -> Manifest:
    """Write a backup to `target` (readable by its owner only); it appears there once it is complete."""
    with tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".backup-") as name:
        folder = Path(name)
        rows = _copy_sqlite(folder) if connection.vendor == "sqlite" else _copy_postgres(folder)
        manifest = Manifest(FORMAT, connection.vendor, now.isoformat(), _migrations(), rows)
        (folder / "manifest.json").write_text(json.dumps(asdict(manifest), indent=1))
        partial = target.with_name(f".{target.name}.partial")
        with tarfile.open(partial, "w:gz", compresslevel=3) as archive:
            for path in sorted(folder.iterdir()):
                archive.add(path, arcname=path.name)
            for part in _FILES:
                if (settings.HOME / part).exists():
                    archive.add(settings.HOME / part, arcname=f"files/{part}")
        partial.chmod(0o600)
        partial.rename(target)
    return manifest


def restore_backup(source: Path, *, may_replace: bool, now: datetime) -> Manifest:
    """Put back what `source` holds. Raises CannotRestore, and then nothing has changed."""
    with _nobody_else(), tempfile.TemporaryDirectory(dir=settings.HOME, prefix=".restore-") as name:
        folder = Path(name)
        manifest = _unpack(source, folder)
        if not may_replace and _holds_data():
            raise CannotRestore("not_empty")
        if connection.vendor == "sqlite":
            _put_back_sqlite(folder / "database.sqlite3")
        else:
            _put_back_postgres(folder, manifest)
        _put_back_files(folder / "files")
    call_command("migrate", verbosity=0, interactive=False)
    queue.pause_outward(reason="restored", now=now)
    replay_erasures(by=Actor.system("restore"), now=now)
    return manifest


# ── Taking ───────────────────────────────────────────────────────────────────


def _copy_sqlite(folder: Path) -> dict[str, int]:
    copy = sqlite3.connect(folder / "database.sqlite3")
    source = sqlite3.connect(f"file:{connection.settings_dict['NAME']}?mode=ro", uri=True)
    try:
        source.backup(copy)
        tables = [name for (name,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: copy.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - our tables' names
            for table in sorted(tables)
            if not table.startswith("sqlite_")
        }
    finally:
        source.close()
        copy.close()


def _copy_postgres(folder: Path) -> dict[str, int]:
    rows = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for table in sorted(connection.introspection.table_names(cursor)):
            columns = _columns(cursor, table)
            with (
                (folder / f"{table}.copy").open("wb") as file,
                cursor.cursor.copy(f'COPY "{table}" ({columns}) TO STDOUT') as copy,
            ):
                for piece in copy:
                    file.write(piece)
            (folder / f"{table}.columns").write_text(columns)
            rows[table] = cursor.cursor.rowcount
    return rows


def _columns(cursor: CursorWrapper, table: str) -> str:
    described = connection.introspection.get_table_description(cursor, table)
    return ", ".join(f'"{column.name}"' for column in described)


def _migrations() -> dict[str, str]:
    newest: dict[str, str] = {}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        newest[app] = name
    return newest


# ── Putting back ─────────────────────────────────────────────────────────────


def _unpack(source: Path, folder: Path) -> Manifest:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, filter="data")
        manifest = Manifest(**json.loads((folder / "manifest.json").read_text()))
    except (OSError, EOFError, tarfile.TarError, ValueError, TypeError) as error:
        raise CannotRestore("unreadable") from error
    if manifest.format != FORMAT:
        raise CannotRestore("format")
    if manifest.vendor != connection.vendor:
        raise CannotRestore("vendor")
    known = {config.label for config in apps.get_app_configs()}
    if unknown := manifest.migrations.keys() - known:
        raise CannotRestore("newer", *sorted(unknown))
    return manifest


def _holds_data() -> bool:
    tables = set(connection.introspection.table_names())
    if "shop_staff" not in tables:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM shop_shop) OR EXISTS (SELECT 1 FROM shop_staff)")
        return bool(cursor.fetchone()[0])


def _put_back_sqlite(database: Path) -> None:
    with sqlite3.connect(database) as check:
        if check.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise CannotRestore("damaged")
    check.close()
    connection.close()
    target = Path(connection.settings_dict["NAME"])
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    database.chmod(0o600)
    database.rename(target)


def _put_back_postgres(folder: Path, manifest: Manifest) -> None:
    """In one transaction: drop what is there, make the tables as they were, copy the rows in."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in connection.introspection.table_names(cursor):
                cursor.execute(f'DROP TABLE "{table}" CASCADE')
        for app, name in manifest.migrations.items():
            call_command("migrate", app, name, verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            tables = ", ".join(f'"{table}"' for table in manifest.rows)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE refuses while checks are pending
            cursor.execute(f"TRUNCATE {tables} CASCADE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # tables come in any order
            for table in manifest.rows:
                columns = (folder / f"{table}.columns").read_text()
                with (
                    (folder / f"{table}.copy").open("rb") as file,
                    cursor.cursor.copy(f'COPY "{table}" ({columns}) FROM STDIN') as copy,
                ):
                    while piece := file.read(1 << 20):
                        copy.write(piece)
            for statement in _sequence_statements(cursor):
                cursor.execute(statement)


def _sequence_statements(cursor: CursorWrapper) -> Iterator[str]:
    """Set each sequence behind the largest id that was copied in."""
    for table in connection.introspection.table_names(cursor):
        for sequence in connection.introspection.get_sequences(cursor, table):
            column = sequence["column"]
            yield (
                f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), "  # noqa: S608 - our tables' names
                f'coalesce(max("{column}"), 1), max("{column}") IS NOT NULL) FROM "{table}"'
            )


def _put_back_files(folder: Path) -> None:
    for part in _FILES:
        old, new = settings.HOME / part, folder / part
        if part == _ERASURES:
            _join_erasures(old, new)
        elif new.exists():
            _remove(old)
            shutil.move(new, old)
    for part in _DERIVED:
        _remove(settings.HOME / part)


def _join_erasures(here: Path, backed_up: Path) -> None:
    """Nobody who was forgotten comes back: the list only grows."""
    lines: dict[str, None] = {}
    for path in (backed_up, here):
        if path.exists():
            lines |= dict.fromkeys(path.read_text().splitlines())
    if lines:
        here.write_text("".join(f"{line}\n" for line in lines))
        here.chmod(0o600)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _nobody_else() -> Iterator[None]:
    try:
        with held_alone():
            yield
    except BlockingIOError as error:
        raise CannotRestore("in_use") from error
