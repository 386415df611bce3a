"""Deliveries per second through log and queue, against a bare loop that has the same effects without either.

`python -m benchmarks.queue`, on SQLite or on the database that DATABASE_URL names (a throw-away one). The effect is one
inserted row an event. Ours records events in transactions of a hundred, and delivers them with leases and retries, in
batches; the peer inserts the same rows in transactions of the same size and promises nothing.
"""

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import ClassVar

EVENTS = 20_000
PER_TRANSACTION = 100
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as home:
        os.environ.update(REGULARS_HOME=home, DJANGO_SETTINGS_MODULE="regulars.project.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from benchmarks.report import report

        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE effect (mark varchar(36))")
        recording, batches, singly = _ours()
        bare_batches, bare_singly = _bare(200), _bare(1)
        report(
            "queue",
            connection.vendor,
            [
                ("events recorded and put down a second", recording, None),
                ("deliveries a second, in batches", batches, bare_batches),
                ("jobs a second, one transaction each", singly, bare_singly),
            ],
        )
        connection.close()


def _ours() -> tuple[float, float, float]:
    from django.db import transaction

    from regulars.foundation import events, queue
    from regulars.foundation.actors import Actor

    @dataclass(frozen=True, kw_only=True)
    class Happened(events.Event):
        kind: ClassVar[str] = "bench.happened"

    def react(batch: Sequence[events.RecordedEvent], *, now: datetime) -> None:
        _effect([str(event.id) for event in batch])

    events.subscribe(events.Reaction(name="bench.react", kinds=frozenset({Happened.kind}), react=react))
    queue.register(queue.Handler(name="bench.job", run=lambda *, mark, now: _effect([mark])))
    started = perf_counter()
    for _ in range(EVENTS // PER_TRANSACTION):
        with transaction.atomic():
            happened = [Happened(customer_id=None, occurred_at=NOW)] * PER_TRANSACTION
            events.record(*happened, by=Actor.system("bench"), now=NOW)
    recording = EVENTS / (perf_counter() - started)
    started = perf_counter()
    assert queue.drain(lambda: NOW) == EVENTS
    batches = EVENTS / (perf_counter() - started)
    jobs = EVENTS // 10
    with transaction.atomic():
        for n in range(jobs):
            queue.enqueue("bench.job", {"mark": str(n)}, now=NOW)
    started = perf_counter()
    assert queue.drain(lambda: NOW) == jobs
    return recording, batches, jobs / (perf_counter() - started)


def _bare(per_transaction: int) -> float:
    from django.db import transaction

    count = EVENTS if per_transaction > 1 else EVENTS // 10
    started = perf_counter()
    for begin in range(0, count, per_transaction):
        with transaction.atomic():
            _effect([str(n) for n in range(begin, begin + per_transaction)])
    return count / (perf_counter() - started)


def _effect(marks: Sequence[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for mark in marks:
            cursor.execute("INSERT INTO effect (mark) VALUES (%s)", [mark])


if __name__ == "__main__":
    main()
