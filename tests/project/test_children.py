"""Long jobs run beside the worker: what kills one stops nothing else, and its page says why."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.test_serve import until
from tests.scratch import Scratch, scratch_installation

DJANGO = {"DJANGO_SETTINGS_MODULE": "regulars.project.settings", "REGULARS_JOB_MEMORY_MIB": "400"}
PUT_DOWN = """
import django, json, sys; django.setup()
from django.db import transaction
from regulars.foundation import clock, queue
with transaction.atomic():
    for name, payload in json.loads(sys.argv[1]):
        queue.enqueue(name, payload, now=clock.now())
"""


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    with scratch_installation(tmp_path_factory.mktemp("children") / "home") as made:
        made.regulars("worker", "--until-done")
        worker = made.start("-m", "tests.project.long_jobs", **DJANGO)
        try:
            yield made
        finally:
            worker.terminate()
            worker.communicate(timeout=60)


def said(scratch: Scratch, name: str) -> str:
    path = scratch.home / name
    return path.read_text() if path.exists() else ""


def put_down(scratch: Scratch, jobs: str) -> None:
    assert scratch.python("-c", PUT_DOWN, jobs, **DJANGO).returncode == 0


def child_of(scratch: Scratch) -> int:
    listed = subprocess.run(
        ["pgrep", "-f", "tests.project.long_jobs [0-9a-f-]{36}"], capture_output=True, text=True, check=False
    )
    (pid,) = (
        pid
        for pid in map(int, listed.stdout.split())
        if f"REGULARS_HOME={scratch.home}".encode() in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    )
    return pid


def test_quick_jobs_are_done_while_a_long_one_runs_and_a_killed_one_says_why(scratch: Scratch) -> None:
    put_down(scratch, '[["test.sleep", {"seconds": 300}], ["test.count", {}]]')
    until(lambda: said(scratch, "began"))
    until(lambda: said(scratch, "counted"))
    os.kill(child_of(scratch), signal.SIGKILL)
    until(lambda: said(scratch, "given_up"))
    assert "was killed: out of memory, or by hand" in said(scratch, "given_up")
    assert "REGULARS_JOB_MEMORY_MIB=400" in said(scratch, "given_up")
    assert said(scratch, "ended") == ""


def test_a_job_that_wants_too_much_memory_fails_alone(scratch: Scratch) -> None:
    (scratch.home / "given_up").unlink(missing_ok=True)
    put_down(scratch, '[["test.swallow", {"mib": 2000}], ["test.sleep", {"seconds": 0.1}]]')
    until(lambda: said(scratch, "ended"))
    assert said(scratch, "given_up") == "It needed more memory than REGULARS_JOB_MEMORY_MIB allows.\n"
    assert said(scratch, "swallowed") == ""
