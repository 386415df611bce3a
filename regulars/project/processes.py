"""What our long-running processes share: stopping on a signal, ending with their parent, holding the installation."""

import ctypes
import fcntl
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

_PR_SET_PDEATHSIG = 1


def end_with_parent() -> None:
    """Ask Linux to stop this process when the one that started it is gone, so that `kill -9` leaves no orphans."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def stop_event() -> threading.Event:
    """An event that SIGTERM and SIGINT set; work in hand is finished first."""
    is_stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: is_stopping.set())
    return is_stopping


@contextmanager
def held() -> Iterator[None]:
    """While a web or worker process lives: others may hold it, too, but nothing may replace the database."""
    with _in_use_file(fcntl.LOCK_SH):
        yield


@contextmanager
def held_alone() -> Iterator[None]:
    """While the database is replaced. Raises BlockingIOError where a process of this folder is running."""
    with _in_use_file(fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def _in_use_file(kind: int) -> Iterator[None]:
    with (settings.HOME / ".in-use.lock").open("w") as file:
        fcntl.flock(file, kind)
        yield
