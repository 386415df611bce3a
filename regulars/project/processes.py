"""What our long-running processes share: ending with their parent, and stopping on a signal."""

import ctypes
import signal
import sys
import threading

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
