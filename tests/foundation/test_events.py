"""What is recorded is delivered, once; what is rolled back never happened."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from regulars.foundation import events, models, queue
from regulars.foundation.ids import new_id
from tests.foundation.happenings import NOW, US, Clock, Seen, Sold, sold

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wiring")]


def test_an_event_reaches_each_reaction_once() -> None:
    first, second = Seen("test.first"), Seen("test.second")
    with transaction.atomic():
        events.record(*sold(1, 2), by=US, now=NOW)
    queue.drain(Clock())
    queue.drain(Clock())
    assert sorted(first.amounts) == sorted(second.amounts) == [1, 2]
    assert models.Job.objects.count() == 0
    assert models.Event.objects.count() == 2


def test_a_rolled_back_action_leaves_no_event_and_no_delivery() -> None:
    seen = Seen()
    with pytest.raises(KeyError), transaction.atomic():
        events.record(*sold(1), by=US, now=NOW)
        raise KeyError
    queue.drain(Clock())
    assert seen.amounts == []
    assert (models.Event.objects.count(), models.Job.objects.count()) == (0, 0)


def test_a_key_makes_the_second_recording_nothing() -> None:
    seen, order_id = Seen(), new_id()
    with transaction.atomic():
        assert events.record(*sold(1, 1, order_id=order_id), by=US, now=NOW) == 1
    with transaction.atomic():
        assert events.record(*sold(1, order_id=order_id), *sold(2), by=US, now=NOW) == 1
    queue.drain(Clock())
    assert sorted(seen.amounts) == [1, 2]


def test_the_log_keeps_what_was_said() -> None:
    customer_id, order_id = new_id(), new_id()
    with transaction.atomic():
        events.record(
            *sold(5, customer_id=customer_id, order_id=order_id, occurred_at=NOW - timedelta(days=3)),
            by=US,
            now=NOW,
            is_history=True,
        )
    (row,) = events.timeline(customer_ids=[customer_id]).rows
    assert (row.kind, row.version, row.actor, row.is_history) == (Sold.kind, 1, "system:test", True)
    assert (row.occurred_at, row.recorded_at) == (NOW - timedelta(days=3), NOW)
    assert row.payload == {"amount_minor": 5, "order_id": str(order_id)}


def test_history_and_old_news_reach_only_who_asks_for_them() -> None:
    keen = Seen("test.keen", takes_history=True)
    plain = Seen("test.plain")
    hasty = Seen("test.hasty", tolerance=timedelta(days=1))
    with transaction.atomic():
        events.record(*sold(1), by=US, now=NOW, is_history=True)
        events.record(*sold(2, occurred_at=NOW - timedelta(days=2)), by=US, now=NOW)
        events.record(*sold(3), by=US, now=NOW)
    queue.drain(Clock())
    assert [sorted(seen.amounts) for seen in (keen, plain, hasty)] == [[1, 2, 3], [2, 3], [3]]


def test_thousands_are_recorded_set_based() -> None:
    seen = Seen()
    with transaction.atomic():
        assert events.record_all(iter(sold(*range(2500))), by=US, now=NOW) == 2500
    assert queue.drain(Clock()) == 2500
    assert sorted(seen.amounts) == list(range(2500))
    assert len(seen.batches) < 20


def test_a_timeline_pages_through_events_of_one_moment() -> None:
    customer_id = new_id()
    with transaction.atomic():
        events.record(*sold(*range(5), customer_id=customer_id), by=US, now=NOW)
    amounts, cursor = [], None
    while True:
        page = events.timeline(customer_ids=[customer_id], cursor=cursor, limit=2)
        amounts += [row.payload["amount_minor"] for row in page.rows]
        if (cursor := page.next_cursor) is None:
            break
    assert sorted(amounts) == [0, 1, 2, 3, 4]


def test_what_commits_late_is_still_delivered() -> None:
    """An id and a time that are older than what was delivered meanwhile: no cursor would see it any more."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: nothing can commit late")
    seen = Seen()
    has_recorded, may_commit = threading.Event(), threading.Event()

    def record_and_wait() -> None:
        try:
            with transaction.atomic():
                events.record(*sold(1), by=US, now=NOW - timedelta(seconds=10))
                has_recorded.set()
                assert may_commit.wait(20)
        finally:
            connection.close()

    late = threading.Thread(target=record_and_wait)
    late.start()
    assert has_recorded.wait(20)
    with transaction.atomic():
        events.record(*sold(2), by=US, now=NOW)
    queue.drain(Clock())
    assert seen.amounts == [2]
    may_commit.set()
    late.join()
    queue.drain(Clock())
    assert seen.amounts == [2, 1]
