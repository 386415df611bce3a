"""Who belongs to which segment: found for all at once when a segment is built, then followed customer by customer.

What happens with a customer marks him dirty; the worker tests the dirty ones against every open segment. What changes
by time alone is found by `Recheck`. Each test writes the truth of its moment, so doing it twice does no harm.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from regulars.audience.actions.segments import rebuild_segments
from regulars.audience.events import SegmentEntered, SegmentLeft
from regulars.audience.models import DirtyCustomer, Membership, Recheck, Segment
from regulars.audience.queries.selection import ACTIVE, moment
from regulars.foundation import bulk, events, queue
from regulars.foundation.actors import Actor
from regulars.foundation.conditions.catalogue import catalogue
from regulars.foundation.conditions.evaluate import instant
from regulars.foundation.conditions.moments import Moment
from regulars.foundation.conditions.sql import BASE_ALIAS, Sql, Statement, adapted, joined
from regulars.foundation.conditions.syntax import BadCondition, Condition, parse
from regulars.foundation.ids import new_id
from regulars.shop.rules.as_of import LONG

log = logging.getLogger(__name__)

FOLLOW = "audience.follow_changes"
_BY = Actor.system("audience")
# Customers that one transaction tests: well under 200 ms on SQLite with a dozen segments.
DIRTY_PIECE = 200
BUILD_PIECE = 2_000


def mark_dirty(*, customer_ids: Iterable[UUID], now: datetime) -> None:
    """Something happened with these customers: have their memberships tested soon."""
    rows = [DirtyCustomer(customer_id=id_, since=now) for id_ in sorted(set(customer_ids))]
    if not rows:
        return
    with transaction.atomic():
        DirtyCustomer.objects.bulk_create(rows, ignore_conflicts=True, batch_size=400)
        queue.enqueue(FOLLOW, now=now, key=FOLLOW)


def mark_due(*, now: datetime) -> None:
    """Mark those whose membership may change by time alone, and see to it that whoever is dirty gets tested."""
    at = moment(now).at
    followed = Recheck.objects.filter(segment__is_open=True, segment__built_at__isnull=False)
    # So late only where the as-of date has jumped: that is no news of anybody.
    if followed.filter(next_recheck_at__lt=at - LONG).exists():
        rebuild_segments(is_baseline=True, now=now)
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audience_dirtycustomer (customer_id, since)"
            " SELECT DISTINCT r.customer_id, %s FROM audience_recheck r"
            " JOIN audience_segment g ON g.id = r.segment_id AND g.is_open WHERE r.next_recheck_at <= %s"
            " ON CONFLICT DO NOTHING",
            [adapted(now), adapted(at)],
        )
        if DirtyCustomer.objects.exists():
            queue.enqueue(FOLLOW, now=now, key=FOLLOW)


def follow_changes(*, now: datetime) -> None:
    """Test a piece of the dirty customers against all open segments; runs in the job's transaction."""
    dirty = list(DirtyCustomer.objects.select_for_update(skip_locked=True).order_by("since")[:DIRTY_PIECE])
    if not dirty:
        return
    ids = [row.customer_id for row in dirty]
    DirtyCustomer.objects.filter(customer_id__in=ids).delete()
    at = moment(now)
    scope = Sql(f"{BASE_ALIAS}.id IN ({', '.join(['%s'] * len(ids))})", tuple(adapted(id_) for id_ in ids))
    for segment in Segment.objects.select_for_update().filter(is_open=True).order_by("id"):
        condition = _condition_of(segment)
        if condition is None:
            Recheck.objects.filter(segment=segment, customer_id__in=ids).delete()
            continue
        _write(segment, ids, _test(condition, at, scope), is_baseline=_is_no_news(segment, at, now), now=now)
    if DirtyCustomer.objects.exists():
        queue.enqueue(FOLLOW, now=now, key=FOLLOW)


def build(*, segment_id: UUID, is_baseline: bool, now: datetime) -> None:
    """Find all members of a segment: in one set-based transaction on PostgreSQL, in short pieces on SQLite.

    Bears being stopped and run again. Does nothing for a segment that was closed or removed meanwhile.
    """
    if connection.vendor == "postgresql":
        with transaction.atomic():
            segment = _open_segment(segment_id)
            condition = _condition_of(segment) if segment else None
            if segment is not None and condition is not None:
                at = moment(now)
                is_silent = is_baseline or _is_no_news(segment, at, now)
                _build_set(segment, condition, at, is_baseline=is_silent, now=now)
                _built(segment, now=now)
        return
    after: UUID | None = None
    while True:
        with transaction.atomic():
            segment = _open_segment(segment_id)
            condition = _condition_of(segment) if segment else None
            if segment is None or condition is None:
                return
            at = moment(now)
            place = Sql(f"{BASE_ALIAS}.id > %s", (adapted(after),)) if after else Sql("TRUE")
            tests = _test(condition, at, place, limit=BUILD_PIECE)
            if not tests:
                _built(segment, now=now)
                return
            is_silent = is_baseline or _is_no_news(segment, at, now)
            _write(segment, [test.customer_id for test in tests], tests, is_baseline=is_silent, now=now)
            after = tests[-1].customer_id


@dataclass(frozen=True)
class _Test:
    customer_id: UUID
    is_active: bool
    is_member: bool
    next_recheck_at: datetime | None


def _test(condition: Condition, at: Moment, scope: Sql, *, limit: int | None = None) -> list[_Test]:
    """The answers for the customers in `scope`, by id; merged and erased ones belong nowhere."""
    statement = Statement(catalogue, at, over_all=False)
    change = statement.next_change(condition.root) or Sql("NULL")
    wanted = joined([Sql(f"{BASE_ALIAS}.id"), ACTIVE, statement.holds(condition.root), change], ", ")
    source = statement.from_clause()
    tail = "" if limit is None else f" LIMIT {limit}"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {wanted.text} {source.text} WHERE {scope.text} ORDER BY {BASE_ALIAS}.id{tail}",
            [*wanted.params, *source.params, *scope.params],
        )
        return [
            _Test(
                id_ if isinstance(id_, UUID) else UUID(id_),
                bool(is_active),
                bool(is_active and is_member),
                instant(next_at) if next_at and is_active else None,
            )
            for id_, is_active, is_member, next_at in cursor.fetchall()
        ]


def _write(segment: Segment, ids: Sequence[UUID], tests: Sequence[_Test], *, is_baseline: bool, now: datetime) -> None:
    """Bring the memberships of these customers to what was found."""
    current = set(
        Membership.objects.filter(segment=segment, left_at=None, customer_id__in=ids).values_list(
            "customer_id", flat=True
        )
    )
    members = {test.customer_id for test in tests if test.is_member}
    entered, left = sorted(members - current), sorted(current - members)
    bulk.insert(
        Membership,
        ("id", "segment_id", "customer_id", "entered_at", "left_at", "is_baseline"),
        [(new_id(), segment.id, id_, now, None, is_baseline) for id_ in entered],
    )
    if left:
        Membership.objects.filter(segment=segment, left_at=None, customer_id__in=left).update(left_at=now)
    Recheck.objects.filter(segment=segment, customer_id__in=ids).delete()
    bulk.insert(
        Recheck,
        ("segment_id", "customer_id", "next_recheck_at"),
        [(segment.id, test.customer_id, test.next_recheck_at) for test in tests if test.next_recheck_at],
    )
    if not is_baseline:
        active = {test.customer_id for test in tests if test.is_active}
        _announce(segment, entered, [id_ for id_ in left if id_ in active], now=now)


def _announce(segment: Segment, entered: Iterable[UUID], left: Iterable[UUID], *, now: datetime) -> None:
    for kind, ids in ((SegmentEntered, entered), (SegmentLeft, left)):
        news = (
            kind(customer_id=id_, occurred_at=now, segment_id=segment.id, segment_version=segment.version)
            for id_ in ids
        )
        events.record_all(news, by=_BY, now=now)


def _build_set(segment: Segment, condition: Condition, at: Moment, *, is_baseline: bool, now: datetime) -> None:
    """The same for everybody, on PostgreSQL, by INSERT … SELECT."""
    statement = Statement(catalogue, at, over_all=True)
    change = statement.next_change(condition.root)
    wanted = joined(
        [Sql(f"{BASE_ALIAS}.id"), statement.holds(condition.root), change or Sql("NULL::timestamptz")], ", "
    )
    source = statement.from_clause()
    with connection.cursor() as cursor:
        # For this transaction alone: sums over millions of orders would go through files with the usual 4 MB.
        cursor.execute("SET LOCAL work_mem = '128MB'")
        cursor.execute(
            "CREATE TEMP TABLE segment_test (customer_id, is_member, next_recheck_at) ON COMMIT DROP AS"
            f" SELECT {wanted.text} {source.text} WHERE {ACTIVE.text}",
            [*wanted.params, *source.params],
        )
        cursor.execute("CREATE INDEX ON segment_test (customer_id)")
        cursor.execute("ANALYZE segment_test")
        cursor.execute(
            "UPDATE audience_membership g SET left_at = %s WHERE g.segment_id = %s AND g.left_at IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM segment_test t WHERE t.customer_id = g.customer_id AND t.is_member)"
            " RETURNING g.customer_id",
            [now, segment.id],
        )
        left = [row[0] for row in cursor.fetchall()]
        returning = "" if is_baseline else " RETURNING customer_id"
        cursor.execute(
            "INSERT INTO audience_membership (id, segment_id, customer_id, entered_at, is_baseline)"  # noqa: S608
            " SELECT gen_random_uuid(), %s, t.customer_id, %s, %s FROM segment_test t WHERE t.is_member"
            f" ON CONFLICT (segment_id, customer_id) WHERE left_at IS NULL DO NOTHING{returning}",
            [segment.id, now, is_baseline],
        )
        entered = [] if is_baseline else [row[0] for row in cursor.fetchall()]
        cursor.execute(
            "DELETE FROM audience_recheck r WHERE r.segment_id = %s AND NOT EXISTS"
            " (SELECT 1 FROM segment_test t WHERE t.customer_id = r.customer_id AND t.next_recheck_at IS NOT NULL)",
            [segment.id],
        )
        if change is not None:
            # Found first and written after: a plan made for an empty table would look for each row among those that
            # the same statement has just written.
            cursor.execute("DELETE FROM segment_test WHERE next_recheck_at IS NULL")
            cursor.execute(
                "DELETE FROM segment_test t USING audience_recheck o WHERE o.segment_id = %s"
                " AND o.customer_id = t.customer_id AND o.next_recheck_at = t.next_recheck_at",
                [segment.id],
            )
            cursor.execute(
                "INSERT INTO audience_recheck AS r (segment_id, customer_id, next_recheck_at)"
                " SELECT %s, t.customer_id, t.next_recheck_at FROM segment_test t"
                " ON CONFLICT (segment_id, customer_id) DO UPDATE SET next_recheck_at = EXCLUDED.next_recheck_at",
                [segment.id],
            )
        cursor.execute("DROP TABLE segment_test")
    if not is_baseline:
        _announce(segment, entered, left, now=now)


def _is_no_news(segment: Segment, at: Moment, now: datetime) -> bool:
    """While the as-of date stands still nothing is news; before the first build nobody was seen to enter."""
    return segment.built_at is None or at.at != now


def _open_segment(segment_id: UUID) -> Segment | None:
    return Segment.objects.select_for_update().filter(id=segment_id, is_open=True).first()


def _built(segment: Segment, *, now: datetime) -> None:
    Segment.objects.filter(id=segment.id).update(built_at=now)


def _condition_of(segment: Segment) -> Condition | None:
    """Its condition; None, with a line in the log, where an attribute that it asks for is offered no more."""
    try:
        return parse(segment.condition, catalogue)
    except BadCondition:
        log.warning("segment cannot be followed", extra={"segment_id": str(segment.id)})
        return None
