"""Real workers killed at random moments: `python -m tests.soak.killing KILLS WORKERS EVENTS SEED` prints the outcome.

One process sets Django up and forks producers and workers, so that a kill costs milliseconds and lands in the work
rather than in the start. A producer says aloud what it has committed; the effect of each event is one row, and two
rows would betray that it came twice.
"""

import json
import os
import random
import signal
import sys
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from regulars.foundation import clock, events, queue  # noqa: E402
from regulars.foundation.actors import Actor  # noqa: E402
from regulars.foundation.models import Event, Job  # noqa: E402

US = Actor.system("test")


@dataclass(frozen=True, kw_only=True)
class Happened(events.Event):
    kind: ClassVar[str] = "test.happened"
    mark: UUID


def react(batch: list[events.RecordedEvent], *, now: object) -> None:
    with connection.cursor() as cursor:
        for event in batch:
            cursor.execute("INSERT INTO test_effect (mark) VALUES (%s)", [event.payload["mark"]])
            time.sleep(0.001)


def work_as_job(*, mark: str, now: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO test_effect (mark) VALUES (%s)", [mark])
    time.sleep(0.001)


def produce(count: int, said: int) -> None:
    """Record events and put down jobs; a third of the transactions is rolled back."""
    for _ in range(count):
        event_mark, job_mark = uuid4(), uuid4()
        try:
            with transaction.atomic():
                now = clock.now()
                events.record(Happened(customer_id=None, occurred_at=now, mark=event_mark), by=US, now=now)
                queue.enqueue("test.job", {"mark": str(job_mark)}, now=now)
                if random.random() < 1 / 3:
                    raise KeyError
        except KeyError:
            continue
        os.write(said, f"{event_mark}\n{job_mark}\n".encode())


def work() -> None:
    while True:
        if not queue.run_due(clock.now, limit=50):
            time.sleep(0.01)


def forked(run: object, *arguments: object) -> int:
    pid = os.fork()
    if pid == 0:
        random.seed(os.getpid())
        try:
            run(*arguments)  # type: ignore[operator]
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(1)
        os._exit(0)
    return pid


def main(kills: int, workers: int, count: int, seed: int) -> dict[str, object]:
    call_command("migrate", verbosity=0, interactive=False)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_effect (mark varchar(36))")
    connection.close()
    events.subscribe(events.Reaction(name="test.react", kinds=frozenset({Happened.kind}), react=react))
    queue.LEASE = timedelta(seconds=1)
    queue.register(queue.Handler(name="test.job", run=work_as_job, lease=queue.LEASE))
    chance = random.Random(seed)
    said = settings.HOME / "said"
    with said.open("ab") as file:
        producers = [forked(produce, count // 2, file.fileno()) for _ in range(2)]
        running = [forked(work) for _ in range(workers)]
        for _ in range(kills):
            time.sleep(chance.uniform(0.005, 0.3))
            place = chance.randrange(workers)
            os.kill(running[place], signal.SIGKILL)
            os.waitpid(running[place], 0)
            running[place] = forked(work)
        producer_codes = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in producers]
        deadline = time.monotonic() + 120
        while Job.objects.filter(is_dead=False).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        ends = []
        for pid in running:
            ended, status = os.waitpid(pid, os.WNOHANG)
            ends += [os.waitstatus_to_exitcode(status)] if ended else []
            if not ended:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
    committed = said.read_text().split()
    with connection.cursor() as cursor:
        cursor.execute("SELECT mark FROM test_effect")
        effects = [row[0] for row in cursor.fetchall()]
    return {
        "producer_codes": producer_codes,
        "workers_that_ended": ends,
        "committed": len(committed),
        "events": Event.objects.filter(kind=Happened.kind).count(),
        "lost": len(set(committed) - set(effects)),
        "invented": len(set(effects) - set(committed)),
        "doubled": len(effects) - len(set(effects)),
        "left": Job.objects.filter(name__startswith="test.", is_dead=False).count(),
        "dead": Job.objects.filter(is_dead=True).count(),
    }


if __name__ == "__main__":
    print(json.dumps(main(*map(int, sys.argv[1:]))))  # noqa: T201 - the outcome, for the test that started it
