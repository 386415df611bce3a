"""`serve` keeps a web and a worker process alive, whatever is killed; long jobs run in a child under a limit."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.scratch import Scratch, scratch_installation

SECONDS = 60


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with scratch_installation(tmp_path_factory.mktemp("serve") / "home") as made:
        yield made


class Served:
    """A running `regulars serve`, and what it said."""

    def __init__(self, scratch: Scratch) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = scratch.start("-m", "regulars", "serve", "--port", self.port, "--json")
        assert self.process.stdout is not None
        self.document = json.loads(self.process.stdout.readline())
        self.lines: list[dict[str, object]] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> "Served":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self._reader.join()
        self.process.communicate()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with contextlib.suppress(ValueError):
                self.lines.append(json.loads(line))

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return bool(json.load(answer)["status"] == "ready")
        except OSError:
            return False

    def children(self, module: str) -> list[int]:
        """Process ids below ours whose command names `module`, the outermost first."""
        listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
        rows = [
            (int(pid), int(parent), rest)
            for pid, parent, rest in (row.split(None, 2) for row in listed.splitlines()[1:])
        ]
        ours, found = {self.process.pid}, []
        for pid, parent, rest in rows:
            if parent in ours:
                ours.add(pid)
                found += [pid] if module in rest else []
        return found

    def count(self, message: str) -> int:
        return sum(line["message"] == message for line in list(self.lines))


def until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, "this took too long"
        time.sleep(0.05)


def test_serve_outlives_its_processes_and_stops_cleanly(scratch: Scratch) -> None:
    with Served(scratch) as served:
        assert served.document["address"] == f"http://localhost:{served.port}"
        assert "/account/invitation/" in served.document["owner_link"]
        until(served.answers)
        until(lambda: served.count("worker started") == 1)

        (worker,) = served.children("regulars worker")
        os.kill(worker, signal.SIGKILL)
        until(lambda: served.count("worker started") == 2)
        assert served.answers()

        web = served.children("regulars.project.web")
        os.kill(web[-1], signal.SIGKILL)  # the process that answers
        until(lambda: not served.children("regulars.project.web") or served.children("regulars.project.web") != web)
        until(served.answers)
        os.kill(served.children("regulars.project.web")[0], signal.SIGKILL)  # the one above it
        until(lambda: served.count("process ended, restarting") == 2)
        until(served.answers)

        left = served.children("regulars")
        served.process.terminate()
        assert served.process.wait(timeout=SECONDS) == 0
        assert "worker stopped" in {line["message"] for line in served.lines}
        until(lambda: not any(_is_running(pid) for pid in left))


def test_nothing_outlives_a_killed_serve(scratch: Scratch) -> None:
    with Served(scratch) as served:
        until(served.answers)
        until(lambda: served.count("worker started") == 1)
        left = served.children("regulars")
        assert len(left) >= 3
        served.process.kill()
        until(lambda: not any(_is_running(pid) for pid in left))


def _is_running(pid: int) -> bool:
    try:
        return re.search(r"\) [^ZX] ", Path(f"/proc/{pid}/stat").read_text()) is not None
    except OSError:
        return False


def test_a_port_in_use_is_told(scratch: Scratch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        document = scratch.regulars("serve", "--port", taken.getsockname()[1])
    assert (document["code"], document["error"]["code"]) == (1, "port")
