"""A worker that knows some long jobs, and their child: `python -m tests.project.long_jobs [JOB_ID CLAIM_NUMBER]`.

It is started in the place of `regulars.project.child` and `regulars worker`, with the same code behind it.
"""

import sys
import time
from datetime import datetime
from pathlib import Path
from uuid import UUID

import django

django.setup()

from django.conf import settings  # noqa: E402

from regulars.foundation import queue  # noqa: E402
from regulars.project import child, worker  # noqa: E402
from regulars.project.processes import stop_event  # noqa: E402


def say(name: str, text: str) -> None:
    with Path(settings.HOME, name).open("a") as file:
        file.write(f"{text}\n")


def sleep(*, seconds: float, now: datetime) -> None:
    say("began", str(seconds))
    time.sleep(seconds)
    say("ended", str(seconds))


def swallow(*, mib: int, now: datetime) -> None:
    say("swallowed", str(len(bytearray(mib * 2**20))))


def count(*, now: datetime) -> None:
    say("counted", "1")


def give_up(*, reason: str, now: datetime, **_: object) -> None:
    say("given_up", reason)


for name, run in (("test.sleep", sleep), ("test.swallow", swallow)):
    queue.register(queue.Handler(name=name, run=run, is_atomic=False, in_child=True, max_attempts=1, give_up=give_up))
queue.register(queue.Handler(name="test.count", run=count))

if __name__ == "__main__":
    if len(sys.argv) > 1:
        child.main(UUID(sys.argv[1]), int(sys.argv[2]))
    else:
        worker.CHILD = "tests.project.long_jobs"
        worker.Worker(stop_event()).run()
