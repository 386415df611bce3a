"""The worker: does due jobs as they come, and runs long ones in a child process beside them."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.db import close_old_connections, connection, transaction

from regulars.foundation import clock, queue
from regulars.foundation.queue import Claimed

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.25
FAULT_SECONDS = 2.0
HEARTBEAT_SECONDS = 10.0
PROLONG_SECONDS = 10.0
HEARTBEAT_KEY = "worker_seen_at"
CHILD = "regulars.project.child"


class Worker:
    """Runs until `is_stopping` is set; the batch in hand is finished, a child is told to stop and taken up later."""

    def __init__(self, is_stopping: threading.Event) -> None:
        self._is_stopping = is_stopping
        self._child: Child | None = None
        self._next_heartbeat = 0.0

    def run(self) -> None:
        log.info("worker started", extra={"pid": os.getpid()})
        while not self._is_stopping.is_set():
            try:
                pause = 0.0 if self._step() else IDLE_SECONDS
            except Exception as error:  # the database is away or locked for long: try again, keep the worker
                log.error("worker step failed", extra={"error": type(error).__name__})
                connection.close()
                pause = FAULT_SECONDS
            self._is_stopping.wait(pause)
        if self._child is not None:
            self._child.stop()
        log.info("worker stopped", extra={"pid": os.getpid()})

    def _step(self) -> int:
        close_old_connections()
        self._beat()
        self._look_after_child()
        return queue.run_due(clock.now, without=queue.names_in_child())

    def _beat(self) -> None:
        """Say that a worker lives, for `doctor`; put recurring jobs down that are new or were given up."""
        if time.monotonic() < self._next_heartbeat:
            return
        self._next_heartbeat = time.monotonic() + HEARTBEAT_SECONDS
        cache.set(HEARTBEAT_KEY, {"at": clock.now().isoformat(), "host": socket.gethostname()}, timeout=None)
        with transaction.atomic():
            queue.enqueue_recurring(now=clock.now())

    def _look_after_child(self) -> None:
        if self._child is not None and self._child.has_ended():
            self._child = None
        if self._child is None and (names := queue.names_in_child()):
            job = queue.claim_one(names=names, now=clock.now())
            self._child = Child.start(job) if job else None


@dataclass
class Child:
    """A job in a process of its own; its lease is prolonged while the process lives."""

    job: Claimed
    process: subprocess.Popen[bytes]
    prolong_at: float

    @classmethod
    def start(cls, job: Claimed) -> "Child":
        command = [sys.executable, "-m", CHILD, str(job.id), str(job.claim_number)]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        log.info("child started", extra={"job": job.name, "job_id": str(job.id), "pid": process.pid})
        return cls(job, process, time.monotonic() + PROLONG_SECONDS)

    def has_ended(self) -> bool:
        code = self.process.poll()
        if code is None:
            self._prolong()
            return False
        log.info("child ended", extra={"job": self.job.name, "job_id": str(self.job.id), "code": code})
        if code != 0:
            queue.report_stopped(self.job, _reason(code), now=clock.now())
        return True

    def stop(self) -> None:
        """End it without an outcome. Another worker goes on once the short rest of its lease is over."""
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        queue.release(self.job, now=clock.now())

    def _prolong(self) -> None:
        if time.monotonic() < self.prolong_at:
            return
        self.prolong_at = time.monotonic() + PROLONG_SECONDS
        if not queue.prolong(self.job, now=clock.now()) and self.process.poll() is None:
            log.warning("lease lost", extra={"job": self.job.name, "job_id": str(self.job.id)})
            self.process.kill()


def _reason(code: int) -> str:
    """Why a child ended, for the person who reads the import's page or the dead letters."""
    if code == -signal.SIGKILL:
        return (
            "Its process was killed: out of memory, or by hand "
            f"(limit REGULARS_JOB_MEMORY_MIB={settings.ENVIRONMENT.job_memory_mib})"
        )
    return f"Its process ended with {signal.Signals(-code).name if code < 0 else code}"
