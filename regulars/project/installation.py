"""Gets an installation ready: folders, tables, static files, recurring jobs. Two at once wait for each other."""

import fcntl
import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from regulars.foundation import clock, queue

FOLDERS = ("uploads", "exports", "parquet", "backups")
# What no page asks for: it would triple the time of collecting.
_UNWANTED_STATIC = ("django_htmx", ".*")
_SETUP_LOCK = 7_318_001  # PostgreSQL's advisory lock of this name


def prepare() -> None:
    """Make this installation ready to run; quick where nothing is to do."""
    for name in FOLDERS:
        (settings.HOME / name).mkdir(mode=0o700, exist_ok=True)
    if has_pending_migrations():
        with _alone():
            if has_pending_migrations():
                call_command("migrate", verbosity=0, interactive=False)
    with transaction.atomic():
        queue.enqueue_recurring(now=clock.now())


def has_pending_migrations() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static_files() -> None:
    """Copy what browsers load into REGULARS_HOME/static, under hashed names; nothing if it is there already."""
    with _alone():
        if not has_static_files():
            call_command(
                "collectstatic",
                interactive=False,
                clear=True,
                verbosity=0,
                ignore_patterns=list(_UNWANTED_STATIC),
                stdout=io.StringIO(),
            )
            _static_mark().write_text(_fingerprint())


def has_static_files() -> bool:
    """Whether what browsers load stands in REGULARS_HOME/static as the code has it."""
    return _static_mark().exists() and _static_mark().read_text() == _fingerprint()


def _static_mark() -> Path:
    return Path(settings.STATIC_ROOT) / ".collected"


def _fingerprint() -> str:
    """Changes when a static file does."""
    found = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list(list(_UNWANTED_STATIC)):
            file = Path(storage.path(path)).stat()
            found.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    return found.hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """One process of this folder, and with PostgreSQL one of all machines."""
    with (settings.HOME / ".setup.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_SETUP_LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_SETUP_LOCK])
