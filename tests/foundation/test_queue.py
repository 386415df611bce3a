"""Leases, retries, dead letters: what fails harms nothing beside it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from regulars.foundation import audit, events, models, queue
from tests.foundation.happenings import NOW, US, Clock, Seen, sold

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wiring")]


class Done:
    """A handler that keeps what it was asked to do."""

    def __init__(self, name: str = "test.job", *, error: Exception | None = None, **options: Any) -> None:
        self.payloads: list[dict[str, Any]] = []
        self.given_up: list[dict[str, Any]] = []
        self.error = error
        queue.register(queue.Handler(name=name, run=self, give_up=self._give_up, **options))

    def __call__(self, **payload: Any) -> None:
        self.payloads.append(payload)
        if self.error:
            raise self.error

    def _give_up(self, **payload: Any) -> None:
        self.given_up.append(payload)


def put_down(name: str = "test.job", **options: Any) -> None:
    with transaction.atomic():
        queue.enqueue(name, options.pop("payload", {}), now=options.pop("now", NOW), **options)


def record(*amounts: int) -> None:
    with transaction.atomic():
        events.record(*sold(*amounts), by=US, now=NOW)


# ── Failing ──────────────────────────────────────────────────────────────────


def test_a_poison_event_stops_no_other() -> None:
    seen, clock = Seen(fails_on={3}), Clock()
    record(1, 2, 3, 4)
    queue.run_due(clock)
    assert sorted(seen.amounts) == [1, 2, 4]
    assert queue.waiting_count() == 1
    seen.fails_on.clear()
    clock.move(minutes=1)
    queue.run_due(clock)
    assert sorted(seen.amounts) == [1, 2, 3, 4]
    assert queue.waiting_count() == 0


def test_a_failing_reaction_holds_up_no_other() -> None:
    Seen("test.bad", fails_on={1})
    good = Seen("test.good")
    record(1)
    queue.run_due(Clock())
    assert good.amounts == [1]


def test_a_failed_effect_is_rolled_back_with_its_delivery() -> None:
    def react(batch: list[events.RecordedEvent], *, now: object) -> None:
        models.AuditEntry.objects.create(at=NOW, actor="x", verb="x", subject_kind="x", subject_id="x")
        raise ValueError

    events.subscribe(events.Reaction(name="test.half", kinds=frozenset({"test.sold"}), react=react))
    record(1)
    queue.run_due(Clock())
    assert models.AuditEntry.objects.count() == 0
    assert queue.waiting_count() == 1


def test_retries_wait_ever_longer_and_end_as_a_dead_letter() -> None:
    done, clock = Done(error=ValueError("no such shelf")), Clock()
    put_down(payload={"shelf": 7})
    waits = []
    while queue.waiting_count():
        before = models.Job.objects.get().attempts
        queue.run_due(clock)
        if (job := models.Job.objects.get()).attempts == before:
            clock.move(seconds=1)
        elif not job.is_dead:
            waits.append((job.due_at - clock()).total_seconds())
            clock.moment = job.due_at
    assert len(done.payloads) == queue.MAX_ATTEMPTS
    assert all(2 * 4**n <= wait <= 3 * 4**n for n, wait in enumerate(waits))
    (dead,) = queue.dead_jobs().rows
    assert "no such shelf" in dead.last_error
    assert dead.attempts == queue.MAX_ATTEMPTS
    assert [(given["shelf"], given["reason"]) for given in done.given_up] == [(7, "ValueError: no such shelf")]
    clock.move(days=30)
    assert queue.run_due(clock) == 0


def test_back_off_never_exceeds_nine_hours() -> None:
    assert queue.back_off(1, jitter=0) == timedelta(seconds=2)
    assert queue.back_off(50, jitter=1) == timedelta(hours=9)


def test_a_dead_letter_can_be_sent_again_or_dropped() -> None:
    done, clock = Done(error=ValueError(), max_attempts=1), Clock()
    put_down(payload={"n": 1})
    put_down(payload={"n": 2})
    queue.run_due(clock)
    first, second = (job.id for job in queue.dead_jobs().rows)
    assert queue.discard([second], by=US, now=clock()) == 1
    done.error = None
    assert queue.send_again([first], by=US, now=clock()) == 1
    queue.run_due(clock)
    assert queue.dead_count() == queue.waiting_count() == 0
    assert len(done.payloads) == 3
    assert [row.verb for row in audit.page().rows] == ["job.sent_again", "job.dropped"]


def test_work_that_nobody_knows_is_a_dead_letter_at_once() -> None:
    put_down("test.removed")
    seen = Seen()
    record(1)
    events._reactions.clear()
    queue.run_due(Clock())
    assert {(job.name, job.attempts) for job in queue.dead_jobs().rows} == {("test.removed", 1), ("test.seen", 1)}
    assert seen.amounts == []


def test_dead_letters_page_oldest_first() -> None:
    Done(error=ValueError(), max_attempts=1)
    for n in range(5):
        put_down(now=NOW + timedelta(seconds=n))
    clock = Clock()
    clock.move(minutes=1)
    queue.run_due(clock)
    page = queue.dead_jobs(limit=3)
    rest = queue.dead_jobs(cursor=page.next_cursor, limit=3)
    assert [job.created_at.second for job in [*page.rows, *rest.rows]] == [0, 1, 2, 3, 4]
    assert rest.next_cursor is None


# ── Leases ───────────────────────────────────────────────────────────────────


def claim(clock: Clock, *, is_retry: bool = False) -> queue.Claimed:
    (job,) = queue._claim(now=clock(), names=(), without=(), limit=10, is_retry=is_retry)
    return job


def test_what_a_killed_worker_held_is_taken_up_after_its_lease() -> None:
    done, clock = Done(), Clock()
    put_down()
    claim(clock)  # and is killed
    clock.move(seconds=59)
    assert queue.run_due(clock) == 0
    clock.move(seconds=2)
    assert queue.run_due(clock) == 1
    assert len(done.payloads) == 1


def test_a_worker_whose_lease_ran_out_cannot_write() -> None:
    clock, slow_effects = Clock(), []
    Done()
    put_down()
    slow = claim(clock)
    clock.move(minutes=2)
    successor = claim(clock, is_retry=True)
    queue._attempt(slow, lambda: slow_effects.append(1), clock=clock)
    assert slow_effects == []
    assert not queue.prolong(slow, now=clock())
    assert queue.prolong(successor, now=clock())
    queue.run_claimed(successor, clock=clock)
    assert queue.waiting_count() == 0


def test_a_worker_of_an_earlier_round_cannot_end_a_recurring_job() -> None:
    clock = Clock()
    Done("test.nightly", next_due=lambda now: now + timedelta(days=1))
    with transaction.atomic():
        queue.enqueue_recurring(now=clock() - timedelta(days=1))
    slow = claim(clock)
    clock.move(minutes=2)
    queue.run_due(clock)
    clock.move(days=2)
    current = claim(clock)
    assert current.attempts == slow.attempts
    with pytest.raises(queue.LeaseLost), transaction.atomic():
        queue._finish([slow], now=clock())


def test_a_job_that_kills_its_worker_takes_no_other_with_it() -> None:
    """A batch of ten dies with its worker time and again; nine of them must not share the fate of the one."""
    done, clock = Done(), Clock()
    for n in range(10):
        put_down(payload={"n": n})
    queue._claim(now=clock(), names=(), without=(), limit=10)  # killed with all ten in hand
    while queue.waiting_count():
        clock.move(minutes=2)
        while (job := queue.claim_one(names=["test.job"], now=clock())) is not None:
            if job.payload["n"] != 4:  # at 4 the worker is killed again
                queue.run_claimed(job, clock=clock)
    assert sorted(payload["n"] for payload in done.payloads) == [0, 1, 2, 3, 5, 6, 7, 8, 9]
    (dead,) = queue.dead_jobs().rows
    assert "stopped each time" in dead.last_error
    assert [given["n"] for given in done.given_up] == [4]


# ── Keys ─────────────────────────────────────────────────────────────────────


def test_a_key_waits_once() -> None:
    done = Done()
    put_down(key="same", payload={"n": 1})
    put_down(key="same", payload={"n": 2})
    queue.run_due(Clock())
    put_down(key="same", payload={"n": 3})
    queue.run_due(Clock())
    assert [payload["n"] for payload in done.payloads] == [1, 3]


def test_a_dead_job_keeps_nobody_from_asking_again() -> None:
    done = Done(error=ValueError(), max_attempts=1)
    put_down(key="same")
    queue.run_due(Clock())
    done.error = None
    put_down(key="same")
    queue.run_due(Clock())
    assert len(done.payloads) == 2


def test_what_is_asked_for_while_a_long_job_runs_is_done_after_it() -> None:
    """The long job may have read its facts before the change that asks for it again."""
    clock, runs = Clock(), []

    def run(**_: object) -> None:
        runs.append(1)
        if len(runs) == 1:
            put_down("test.long", key="long")

    queue.register(queue.Handler(name="test.long", run=run, is_atomic=False))
    put_down("test.long", key="long")
    queue.drain(clock)
    assert len(runs) == 2


def test_a_recurring_job_comes_again_and_outlives_its_failures() -> None:
    done, clock = Done("test.nightly", next_due=lambda now: now + timedelta(days=1), max_attempts=2), Clock()
    for _ in range(3):
        with transaction.atomic():
            queue.enqueue_recurring(now=clock())
    for _ in range(3):
        clock.move(days=1)
        assert queue.drain(clock) == 1
    assert len(done.payloads) == 3
    done.error = ValueError()
    clock.move(days=1)
    queue.drain(clock)
    clock.move(minutes=1)
    queue.drain(clock)
    assert queue.dead_count() == 1
    with transaction.atomic():
        queue.enqueue_recurring(now=clock())
    done.error = None
    clock.move(days=1)
    queue.drain(clock)
    assert len(done.payloads) == 6


def test_a_recurring_job_asked_for_by_hand_does_not_recur_twice() -> None:
    done, clock = Done("test.nightly", next_due=lambda now: now + timedelta(days=1)), Clock()
    with transaction.atomic():
        queue.enqueue_recurring(now=clock())
    put_down("test.nightly")
    queue.drain(clock)
    assert (len(done.payloads), queue.waiting_count()) == (1, 1)


# ── Order, outward acts ──────────────────────────────────────────────────────


def test_the_oldest_is_done_first_and_the_future_waits() -> None:
    done, clock = Done(), Clock()
    put_down(payload={"n": 2}, due_at=NOW - timedelta(seconds=1))
    put_down(payload={"n": 1}, due_at=NOW - timedelta(seconds=9))
    put_down(payload={"n": 3}, due_at=NOW + timedelta(seconds=1))
    queue.run_due(clock, limit=1)
    queue.run_due(clock, limit=1)
    assert [payload["n"] for payload in done.payloads] == [1, 2]
    assert queue.run_due(clock) == 0


def test_kinds_can_be_chosen_and_left_out() -> None:
    one, other = Done("test.one"), Done("test.other")
    put_down("test.one")
    put_down("test.other")
    queue.run_due(Clock(), without=["test.one"])
    assert (len(one.payloads), len(other.payloads)) == (0, 1)
    queue.run_due(Clock(), names=["test.one"])
    assert len(one.payloads) == 1


def test_outward_acts_wait_while_they_are_paused() -> None:
    send, count, clock = Done("test.send", is_outward=True), Done("test.count"), Clock()
    told, kept = Seen("test.tell", is_outward=True), Seen("test.keep")
    queue.pause_outward(reason="restored", now=NOW)
    put_down("test.send")
    put_down("test.count")
    record(1)
    queue.drain(clock)
    assert (send.payloads, len(count.payloads), told.amounts, kept.amounts) == ([], 1, [], [1])
    assert queue.outward_paused_since() == NOW
    assert queue.resume_outward(by=US, now=NOW)
    queue.drain(clock)
    assert (len(send.payloads), told.amounts) == (1, [1])
    assert not queue.resume_outward(by=US, now=NOW)


def test_an_idle_worker_asks_for_no_lock(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2) as queries:
        assert queue.run_due(Clock()) == 0
    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)


def test_claiming_uses_its_indexes() -> None:
    explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
    for which, index in (("attempts = 0", "job_fresh"), ("attempts > 0", "job_retry")):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET enable_seqscan = off")
            cursor.execute(
                f"{explain} SELECT id FROM foundation_job WHERE NOT is_dead AND due_at <= %s AND {which} "
                "ORDER BY due_at LIMIT 10",
                ["2026-01-01 00:00:00+00:00"],
            )
            assert index in str(cursor.fetchall())
            if connection.vendor == "postgresql":
                cursor.execute("RESET enable_seqscan")
