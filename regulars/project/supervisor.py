"""Keeps programmes running: restarts what dies, ever later if it dies at once, and stops all cleanly."""

import logging
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

STOP_SECONDS = 30.0
HEALTHY_SECONDS = 60.0
LONGEST_WAIT_SECONDS = 8.0


@dataclass
class Programme:
    """One child process; `failures` counts its quick deaths in a row."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = field(default=0.0)

    def look_after(self, *, now: float) -> None:
        if self.process is not None and (code := self.process.poll()) is not None:
            self.failures = 0 if now - self.started > HEALTHY_SECONDS else self.failures + 1
            wait = min(0.25 * 2**self.failures, LONGEST_WAIT_SECONDS) if self.failures else 0.0
            log.error("process ended, restarting", extra={"programme": self.name, "code": code, "wait_seconds": wait})
            self.process, self.start_at = None, now + wait
        if self.process is None and now >= self.start_at:
            self.process, self.started = subprocess.Popen(self.command, stdin=subprocess.DEVNULL), now
            log.info("process started", extra={"programme": self.name, "pid": self.process.pid})


def supervise(programmes: Sequence[Programme], *, is_stopping: threading.Event) -> None:
    """Run all until `is_stopping` is set; then end each with SIGTERM, and with SIGKILL what does not heed it."""
    while not is_stopping.is_set():
        for programme in programmes:
            programme.look_after(now=time.monotonic())
        is_stopping.wait(0.2)
    running = [programme.process for programme in programmes if programme.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
