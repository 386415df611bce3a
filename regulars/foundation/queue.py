"""The job queue: leases, retries with back-off, a dead-letter list. It carries events to reactions, too.

Claiming moves `due_at` forward by the lease and counts the attempt; a worker that is killed lets the lease run out
and another takes the job up. The effect and the removal of the row are one transaction, guarded by the claim's
number, so that a worker whose lease ran out cannot write after its successor. What is tried again is claimed alone:
a job that kills its worker spends its own attempts only.
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
from django.db.models import F, QuerySet

from regulars.foundation import audit, bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.clock import Clock
from regulars.foundation.models import Job, OutwardPause
from regulars.foundation.paging import Page, decode_cursor, encode_cursor

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
BATCH = 200
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Handler:
    """How a job of this name is done.

    run: takes the payload's values and `now` as keywords.
    is_atomic: run within the transaction that removes the job; otherwise it keeps its own short transactions and must
        bear being run again.
    in_child: the worker runs it in a process of its own, under a memory limit, and prolongs its lease while it lives;
        never atomic.
    lease: longer than a run ever takes, where it is not in a child.
    max_attempts: after so many the job is dead.
    next_due: for work that recurs, when it is due again.
    is_outward: whether it reaches people outside; it waits while outward acts are paused.
    give_up: called once the job is dead, with the payload's values, `reason` (English, for a person) and `now`.
    """

    name: str
    run: Callable[..., None]
    is_atomic: bool = True
    in_child: bool = False
    lease: timedelta = LEASE
    max_attempts: int = MAX_ATTEMPTS
    next_due: Callable[[datetime], datetime] | None = None
    is_outward: bool = False
    give_up: Callable[..., None] | None = None

    @property
    def recurring_key(self) -> str | None:
        return f"recurring:{self.name}" if self.next_due else None


_handlers: dict[str, Handler] = {}


class LeaseLost(RuntimeError):
    """Another worker has taken this job up; what was done here is rolled back."""


class UnknownJob(LookupError):
    """No handler or reaction has this name: it was removed while work for it was waiting."""


class WorkerStopped(RuntimeError):
    """The process that did the job ended before the job did."""


def register(handler: Handler) -> None:
    """Make a kind of job known; `project.wiring` does so when the programme starts."""
    assert not (handler.in_child and handler.is_atomic), "its lease could not be prolonged"
    _handlers[handler.name] = handler


def names_in_child() -> list[str]:
    """The kinds of job that want a process of their own."""
    return [handler.name for handler in _handlers.values() if handler.in_child]


def enqueue(
    name: str,
    payload: Mapping[str, Any] | None = None,
    *,
    now: datetime,
    due_at: datetime | None = None,
    key: str | None = None,
) -> None:
    """Put a job down in the open transaction. A waiting job with the same `key` makes this call do nothing.

    The waiting row stays locked until the commit, so that its worker cannot read the state from before it.
    """
    job = Job(name=name, payload=dict(payload or {}), key=key, due_at=due_at or now, created_at=now)
    if key is None:
        Job.objects.bulk_create([job])
    else:
        Job.objects.bulk_create([job], update_conflicts=True, unique_fields=["key"], update_fields=["key"])


def enqueue_recurring(*, now: datetime) -> None:
    """Put down each recurring job that is not waiting already."""
    for handler in _handlers.values():
        if handler.next_due is not None:
            enqueue(handler.name, now=now, due_at=handler.next_due(now), key=handler.recurring_key)


def back_off(attempts: int, *, jitter: float) -> timedelta:
    """How long to wait after the `attempts`-th failure: 2 s, 8 s, 32 s …, at most 6 h.

    `jitter` in [0, 1] makes that longer by up to a half, so that what failed together is not tried together.
    """
    return timedelta(seconds=min(2 * 4 ** (attempts - 1), 6 * 3600) * (1 + jitter / 2))


@dataclass(frozen=True)
class Claimed:
    """A job that is ours until its lease ends. `attempts` counts this one; `claim_number` is our proof."""

    id: UUID
    name: str
    event_id: UUID | None
    payload: Mapping[str, Any]
    key: str | None
    attempts: int
    claim_number: int


def run_due(clock: Clock, *, names: Sequence[str] = (), without: Sequence[str] = (), limit: int = BATCH) -> int:
    """Claim and do up to `limit` due jobs, and as many retries; how many were taken up, failed ones included.

    names: only these kinds of job, if any is given. without: not these.
    """
    fresh = _claim(now=clock(), names=names, without=without, limit=limit)
    _do(fresh, clock=clock)
    retries = 0
    while retries < limit and (again := _claim(now=clock(), names=names, without=without, limit=1, is_retry=True)):
        _do(again, clock=clock)
        retries += 1
    return len(fresh) + retries


def drain(clock: Clock, *, names: Sequence[str] = ()) -> int:
    """`run_due` until nothing is due, all in this process; how many jobs that took."""
    done = 0
    while taken := run_due(clock, names=names):
        done += taken
    return done


# ── Jobs in a child process: the worker claims, prolongs and reports; the child runs ─────────────────────────────────


def claim_one(*, names: Sequence[str], now: datetime) -> Claimed | None:
    """Take the oldest due job of these kinds, retries included."""
    for is_retry in (False, True):
        if jobs := _claim(now=now, names=names, without=(), limit=1, is_retry=is_retry):
            return jobs[0]
    return None


def claimed(job_id: UUID, *, claim_number: int) -> Claimed:
    """The claimed job as its child finds it; LeaseLost if it is someone else's by now."""
    row = Job.objects.filter(id=job_id, claim_number=claim_number, is_dead=False).values_list(*_CLAIMED).first()
    if row is None:
        raise LeaseLost(str(job_id))
    return _claimed_from(row)


def run_claimed(job: Claimed, *, clock: Clock) -> None:
    """Do one claimed job and remove it, or write down why it failed."""
    _attempt(job, partial(_run, job, clock=clock), clock=clock, is_atomic=_is_atomic(job.name))


def prolong(job: Claimed, *, now: datetime) -> bool:
    """Move the end of the lease on; False if the job is no longer ours or is done."""
    lease = _handlers[job.name].lease
    return _held(job).update(due_at=now + lease) == 1


def release(job: Claimed, *, now: datetime) -> None:
    """Give a job back that was stopped on purpose: due at once, the attempt not counted."""
    _held(job).update(attempts=F("attempts") - 1, due_at=now)


def report_stopped(job: Claimed, reason: str, *, now: datetime) -> None:
    """The child ended without finishing: an attempt that failed."""
    if _held(job).exists():
        _fail(job, WorkerStopped(reason), now=now)


def _held(job: Claimed) -> QuerySet[Job]:
    return Job.objects.filter(id=job.id, claim_number=job.claim_number, is_dead=False)


# ── Claiming ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_CLAIMED = ("id", "name", "event_id", "payload", "key", "attempts", "claim_number")


def _claim(
    *, now: datetime, names: Sequence[str], without: Sequence[str], limit: int, is_retry: bool = False
) -> list[Claimed]:
    """Take due jobs, the oldest first, by moving their `due_at` behind the lease, in one statement."""
    without = [*without, *_paused_names()]
    wanted = "NOT is_dead AND due_at <= %s AND " + ("attempts > 0" if is_retry else "attempts = 0")
    wanted += f" AND name IN ({', '.join(['%s'] * len(names))})" if names else ""
    wanted += f" AND name NOT IN ({', '.join(['%s'] * len(without))})" if without else ""
    skip = " FOR UPDATE SKIP LOCKED" if connection.vendor == "postgresql" else ""
    adapt = bulk.to_sqlite if connection.vendor == "sqlite" else (lambda value: value)
    values = [adapt(now), *names, *without]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM foundation_job WHERE {wanted} LIMIT 1", values)  # noqa: S608 - placeholders only
        if cursor.fetchone() is None:  # so that an idle worker does not ask for SQLite's write lock
            return []
    claim = f"""
        UPDATE foundation_job SET due_at = %s, attempts = attempts + 1, claim_number = claim_number + 1
        WHERE id IN (SELECT id FROM foundation_job WHERE {wanted} ORDER BY due_at LIMIT %s{skip})
        RETURNING {", ".join(_CLAIMED)}
    """  # noqa: S608 - placeholders only
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(claim, [adapt(now + LEASE), *values, limit])
            jobs = [_claimed_from(row) for row in cursor.fetchall()]
        for name in {job.name for job in jobs} & _handlers.keys():
            if changes := _on_claim(_handlers[name], now=now):
                Job.objects.filter(id__in=[job.id for job in jobs if job.name == name]).update(**changes)
    spent = [job for job in jobs if job.attempts > _max_attempts(job.name)]
    for job in spent:
        _fail(job, WorkerStopped("The worker stopped each time it tried this job."), now=now)
    return sorted((job for job in jobs if job not in spent), key=lambda job: (job.name, job.id))


def _paused_names() -> list[str]:
    outward = [handler.name for handler in _handlers.values() if handler.is_outward] + events.outward_reactions()
    return outward if outward and OutwardPause.objects.exists() else []


def _on_claim(handler: Handler, *, now: datetime) -> dict[str, Any]:
    changes: dict[str, Any] = {"due_at": now + handler.lease} if handler.lease != LEASE else {}
    if not handler.is_atomic and handler.next_due is None:
        # It may have read its facts already when the same is asked for again, so its key no longer stands for it.
        changes["key"] = None
    return changes


def _claimed_from(row: Sequence[Any]) -> Claimed:
    id_, name, event_id, payload, key, attempts, claim_number = row
    return Claimed(
        id_ if isinstance(id_, UUID) else UUID(id_),
        name,
        event_id if event_id is None or isinstance(event_id, UUID) else UUID(event_id),
        json.loads(payload) if isinstance(payload, str) else payload,
        key,
        attempts,
        claim_number,
    )


# ── Doing ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _do(jobs: Sequence[Claimed], *, clock: Clock) -> None:
    for name, group in groupby(jobs, key=lambda job: job.name):
        of_name = list(group)
        if of_name[0].event_id is not None:
            _deliver(name, of_name, clock=clock)
        else:
            for job in of_name:
                run_claimed(job, clock=clock)


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
                _finish(jobs, now=clock())
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


def _max_attempts(name: str) -> int:
    return _handlers[name].max_attempts if name in _handlers else MAX_ATTEMPTS


def _finish(jobs: Sequence[Claimed], *, now: datetime) -> None:
    """Remove the rows (or set a recurring job's next time); raise LeaseLost unless all are still ours."""
    handler = _handlers.get(jobs[0].name)
    for number in {job.claim_number for job in jobs}:
        ids = [job.id for job in jobs if job.claim_number == number]
        held = Job.objects.filter(id__in=ids, claim_number=number, is_dead=False)
        if handler is not None and handler.next_due is not None and jobs[0].key == handler.recurring_key:
            count = held.update(due_at=handler.next_due(now), attempts=0, last_error="")
        else:
            count = held.delete()[0]
        if count != len(ids):
            raise LeaseLost(jobs[0].name)


def _fail(job: Claimed, error: Exception, *, now: datetime) -> None:
    is_dead = job.attempts >= _max_attempts(job.name) or isinstance(error, UnknownJob)
    # The type and the place, not the values: an error's text may quote a customer's data.
    place = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    log.error(
        "job failed",
        extra={
            "job": job.name,
            "job_id": str(job.id),
            "attempts": job.attempts,
            "is_dead": is_dead,
            "error": type(error).__name__,
            "place": f"{place.name}:{place.lineno}" if place else "",
        },
    )
    _held(job).update(
        is_dead=is_dead,
        # A dead job keeps nobody from asking for the same again.
        key=None if is_dead else F("key"),
        due_at=now + back_off(job.attempts, jitter=random.random()),  # noqa: S311 - spreads retries, guards nothing
        last_error="".join(traceback.format_exception(error))[-8000:],
    )
    handler = _handlers.get(job.name)
    if is_dead and handler is not None and handler.give_up is not None:
        try:
            handler.give_up(**job.payload, reason=_reason(error), now=now)
        except Exception as fault:
            log.error("giving up failed", extra={"job": job.name, "error": type(fault).__name__})


def _reason(error: Exception) -> str:
    if isinstance(error, WorkerStopped):
        return str(error)
    if isinstance(error, MemoryError):
        return "It needed more memory than REGULARS_JOB_MEMORY_MIB allows."
    return f"{type(error).__name__}: {error}"


# ── Outward acts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def pause_outward(*, reason: str, now: datetime) -> None:
    """From now on nothing that reaches people outside is done; it waits. A restored backup starts so."""
    OutwardPause.objects.update_or_create(id=1, defaults={"since": now, "reason": reason})


def resume_outward(*, by: Actor, now: datetime) -> bool:
    """Let outward acts go on, those that waited first; False if they were not paused."""
    with transaction.atomic():
        was_paused = OutwardPause.objects.all().delete()[0] == 1
        if was_paused:
            audit.record(verb="sending.resumed", subject_kind="sending", subject_id="outward", by=by, now=now)
    return was_paused


def outward_paused_since() -> datetime | None:
    return OutwardPause.objects.values_list("since", flat=True).first()


# ── Dead letters ─────────────────────────────────────────────────────────────────────────────────────────────────────


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


def overdue_count(*, since: datetime) -> int:
    """How many jobs were due before `since` and nobody has taken up."""
    return Job.objects.filter(is_dead=False, due_at__lt=since).count()


def send_again(ids: Sequence[UUID], *, by: Actor, now: datetime) -> int:
    """Give dead jobs another full set of attempts; how many there were."""
    with transaction.atomic():
        dead = _held_dead(ids)
        Job.objects.filter(id__in=dead).update(is_dead=False, attempts=0, due_at=now)
        _audit(dead, "job.sent_again", by=by, now=now)
    return len(dead)


def discard(ids: Sequence[UUID], *, by: Actor, now: datetime) -> int:
    """Drop dead jobs for good; how many there were."""
    with transaction.atomic():
        dead = _held_dead(ids)
        Job.objects.filter(id__in=dead).delete()
        _audit(dead, "job.dropped", by=by, now=now)
    return len(dead)


def _held_dead(ids: Sequence[UUID]) -> dict[UUID, str]:
    return dict(Job.objects.select_for_update().filter(id__in=ids, is_dead=True).values_list("id", "name"))


def _audit(jobs: Mapping[UUID, str], verb: str, *, by: Actor, now: datetime) -> None:
    for id_, name in jobs.items():
        audit.record(verb=verb, subject_kind="job", subject_id=id_, before={"name": name}, by=by, now=now)
