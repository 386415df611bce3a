"""The job queue: leases, retries with back-off, a dead-letter list. It carries events to reactions, too.

Claiming moves `due_at` forward by the lease and counts the attempt; a worker that is killed lets the lease run out
and another takes the job up. The effect and the removal of the row are one transaction, guarded by the attempt's
number, so that a worker whose lease ran out cannot write after its successor.
"""

import json
import logging
import random
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from regulars.foundation import bulk, events
from regulars.foundation.clock import Clock
from regulars.foundation.ids import new_id
from regulars.foundation.models import Job
from regulars.foundation.paging import Page, decode_cursor, encode_cursor

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BATCH = 200
DELIVERY_LEASE = timedelta(seconds=60)


@dataclass(frozen=True)
class Handler:
    """How a job of this name is done.

    run: takes the payload's values and `now` as keywords. is_atomic: run within the transaction that removes the job;
    otherwise it keeps its own short transactions and must bear being run again. lease: longer than it ever takes, or
    prolonged by `prolong`. next_due: for work that recurs, when it is due again.
    """

    name: str
    run: Callable[..., None]
    is_atomic: bool = True
    lease: timedelta = timedelta(seconds=60)
    next_due: Callable[[datetime], datetime] | None = None


_handlers: dict[str, Handler] = {}


class LeaseLost(RuntimeError):
    """Another worker has taken this job up; what was done here is rolled back."""


class UnknownJob(LookupError):
    """No handler or reaction has this name: it was removed while work for it was waiting."""


def register(handler: Handler) -> None:
    """Make a kind of job known; `project.wiring` does so when the programme starts."""
    _handlers[handler.name] = handler


def enqueue(
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    due_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Put a job down in the open transaction. A waiting job with the same `key` makes this call do nothing."""
    row = (new_id(), name, None, dict(payload or {}), key, due_at or now, 0, False, "", now)
    columns = ("id", "name", "event_id", "payload", "key", "due_at", "attempts", "is_dead", "last_error", "created_at")
    bulk.insert(Job, columns, [row], ignore_conflicts=True)


def enqueue_recurring(*, now: datetime) -> None:
    """Put down each recurring job that is not waiting already."""
    for handler in _handlers.values():
        if handler.next_due is not None:
            enqueue(handler.name, now=now, due_at=handler.next_due(now), key=f"recurring:{handler.name}")


def back_off(attempts: int, *, jitter: float) -> timedelta:
    """How long to wait after the `attempts`-th failure: 2 s, 8 s, 32 s …, at most 6 h.

    `jitter` in [0, 1] makes that longer by up to a half, so that what failed together is not tried together.
    """
    return timedelta(seconds=min(2 * 4 ** (attempts - 1), 6 * 3600) * (1 + jitter / 2))


@dataclass(frozen=True)
class Claimed:
    id: UUID
    name: str
    event_id: UUID | None
    payload: Mapping[str, Any]
    attempts: int


def run_due(clock: Clock, *, names: Sequence[str] = (), limit: int = BATCH) -> int:
    """Claim and do up to `limit` due jobs (of `names` only, if given); how many were taken up, failed ones included."""
    claimed = _claim(now=clock(), names=names, limit=limit)
    for name, group in groupby(claimed, key=lambda job: job.name):
        jobs = list(group)
        if jobs[0].event_id is not None:
            _deliver(name, jobs, clock=clock)
        else:
            for job in jobs:
                _attempt(job, partial(_run, job, clock=clock), clock=clock, is_atomic=_is_atomic(job.name))
    return len(claimed)


def drain(clock: Clock, *, names: Sequence[str] = ()) -> int:
    """`run_due` until nothing is due; how many jobs that took."""
    done = 0
    while taken := run_due(clock, names=names):
        done += taken
    return done


def prolong(job_id: UUID, *, now: datetime) -> None:
    """Keep a long job's lease: called while it works, well before the lease ends."""
    job = Job.objects.get(id=job_id)
    Job.objects.filter(id=job_id).update(due_at=now + _handlers[job.name].lease)


def _claim(*, now: datetime, names: Sequence[str], limit: int) -> list[Claimed]:
    """Take due jobs, the oldest first, by moving their `due_at` behind the lease, in one statement."""
    leases = {name: handler.lease for name, handler in _handlers.items()}
    of_names = f" AND name IN ({', '.join(['%s'] * len(names))})" if names else ""
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    sql = f"""
        UPDATE foundation_job SET due_at = %s, attempts = attempts + 1
        WHERE id IN (
            SELECT id FROM foundation_job WHERE NOT is_dead AND due_at <= %s{of_names} ORDER BY due_at LIMIT %s{skip}
        )
        RETURNING id, name, event_id, payload, attempts
    """  # noqa: S608 - only placeholders are put in
    adapt = bulk.to_sqlite if connection.vendor == "sqlite" else (lambda value: value)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [adapt(now + DELIVERY_LEASE), adapt(now), *names, limit])
        rows = [_claimed_from(row) for row in cursor.fetchall()]
        for name in {row.name for row in rows if leases.get(row.name, DELIVERY_LEASE) > DELIVERY_LEASE}:
            Job.objects.filter(id__in=[row.id for row in rows if row.name == name]).update(due_at=now + leases[name])
    spent = [row for row in rows if row.attempts > MAX_ATTEMPTS]
    if spent:
        Job.objects.filter(id__in=[row.id for row in spent]).update(
            is_dead=True, last_error="The worker stopped each time it tried this job."
        )
    return sorted((row for row in rows if row.attempts <= MAX_ATTEMPTS), key=lambda row: (row.name, row.id))


def _claimed_from(row: Sequence[Any]) -> Claimed:
    id_, name, event_id, payload, attempts = row
    return Claimed(
        id_ if isinstance(id_, UUID) else UUID(id_),
        name,
        event_id if event_id is None or isinstance(event_id, UUID) else UUID(event_id),
        json.loads(payload) if isinstance(payload, str) else payload,
        attempts,
    )


def _deliver(name: str, jobs: Sequence[Claimed], *, clock: Clock) -> None:
    """One transaction for the batch; if that fails, one for each event, so that one bad event stops no other."""

    def react(batch: Sequence[Claimed]) -> None:
        reaction = events.reaction_named(name)
        if reaction is None:
            raise UnknownJob(name)
        reaction.react(events.recorded([job.event_id for job in batch if job.event_id]), now=clock())

    if len(jobs) > 1:
        try:
            with transaction.atomic():
                _finish(jobs)
                react(jobs)
            return
        except Exception:
            log.warning("batch failed, going on one by one", extra={"job": name, "size": len(jobs)})
    for job in jobs:
        _attempt(job, partial(react, [job]), clock=clock)


def _attempt(job: Claimed, effect: Callable[[], None], *, clock: Clock, is_atomic: bool = True) -> None:
    try:
        if is_atomic:
            with transaction.atomic():
                _finish([job], now=clock())
                effect()
        else:
            effect()
            with transaction.atomic():
                _finish([job], now=clock())
    except LeaseLost:
        log.warning("lease lost", extra={"job": job.name, "job_id": str(job.id)})
    except Exception as error:
        _fail(job, error, now=clock())


def _run(job: Claimed, *, clock: Clock) -> None:
    handler = _handlers.get(job.name)
    if handler is None:
        raise UnknownJob(job.name)
    handler.run(**job.payload, now=clock())


def _is_atomic(name: str) -> bool:
    return name not in _handlers or _handlers[name].is_atomic


def _finish(jobs: Sequence[Claimed], *, now: datetime | None = None) -> None:
    """Remove the rows (or set a recurring job's next time); raise LeaseLost unless all are still ours."""
    handler = _handlers.get(jobs[0].name)
    for attempts in {job.attempts for job in jobs}:
        ids = [job.id for job in jobs if job.attempts == attempts]
        held = Job.objects.filter(id__in=ids, attempts=attempts)
        if handler is not None and handler.next_due is not None and now is not None:
            count = held.update(due_at=handler.next_due(now), attempts=0, last_error="")
        else:
            count = held.delete()[0]
        if count != len(ids):
            raise LeaseLost(jobs[0].name)


def _fail(job: Claimed, error: Exception, *, now: datetime) -> None:
    is_dead = job.attempts >= MAX_ATTEMPTS or isinstance(error, UnknownJob)
    # The type and the place, not the values: an error's text may quote a customer's data.
    place = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    log.error(
        "job failed",
        extra={
            "job": job.name,
            "job_id": str(job.id),
            "attempts": job.attempts,
            "error": type(error).__name__,
            "place": f"{place.name}:{place.lineno}" if place else "",
        },
    )
    Job.objects.filter(id=job.id, attempts=job.attempts).update(
        is_dead=is_dead,
        due_at=now + back_off(job.attempts, jitter=random.random()),  # noqa: S311 - spreads retries, guards nothing
        last_error="".join(traceback.format_exception(error))[-8000:],
    )


@dataclass(frozen=True)
class DeadJob:
    id: UUID
    name: str
    event_kind: str | None
    customer_id: UUID | None
    attempts: int
    last_error: str
    created_at: datetime


def dead_jobs(*, cursor: str | None = None, limit: int = 50) -> Page[DeadJob]:
    """What was given up, oldest first, for a person to look at."""
    jobs = Job.objects.filter(is_dead=True).order_by("created_at", "id")
    if cursor:
        at, id_ = decode_cursor(cursor, length=2)
        jobs = jobs.filter(created_at__gte=at).exclude(created_at=at, id__lte=UUID(id_))
    fields = ("id", "name", "event__kind", "event__customer_id", "attempts", "last_error", "created_at")
    rows = [DeadJob(*row) for row in jobs.values_list(*fields)[: limit + 1]]
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(rows[:limit], encode_cursor([last.created_at.isoformat(), str(last.id)]) if last else None)


def dead_count() -> int:
    return Job.objects.filter(is_dead=True).count()


def waiting_count(*, names: Sequence[str] = ()) -> int:
    jobs = Job.objects.filter(is_dead=False)
    return (jobs.filter(name__in=names) if names else jobs).count()


def send_again(ids: Sequence[UUID], *, now: datetime) -> int:
    """Give dead jobs another full set of attempts; how many there were."""
    return Job.objects.filter(id__in=ids, is_dead=True).update(is_dead=False, attempts=0, due_at=now)


def discard(ids: Sequence[UUID]) -> int:
    """Drop dead jobs for good; how many there were."""
    return Job.objects.filter(id__in=ids, is_dead=True).delete()[0]
