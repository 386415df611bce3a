"""One analysis at a time. What holds the turn goes with its process, so a killed run blocks nobody."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

# Any number that nothing else in this database locks by.
_KEY = 7_245_001


class AnalysisRunning(RuntimeError):
    """Another analysis is under way; nothing was changed."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the turn: a lock of the session on PostgreSQL (for all machines), of a file beside SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
            if not cursor.fetchone()[0]:
                raise AnalysisRunning
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "turn.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AnalysisRunning from None
        yield
