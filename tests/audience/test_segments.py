"""Segments: who belongs to them, from the first build through orders, time and merging."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.audience import actions, queries
from regulars.audience.actions import membership
from regulars.audience.models import DirtyCustomer, Membership, Recheck, Segment
from regulars.customers.actions import merge_customers, undo_merge
from regulars.customers.rules import MergeReason
from regulars.foundation import audit, queue
from regulars.foundation.conditions.syntax import BadCondition
from regulars.foundation.models import AuditEntry, Event, Job
from tests.audience.conftest import BOUGHT_TWICE, BY, DAY, NOW, Town, condition

CITY = {"attribute": "customers.city", "op": "is", "value": "Казань"}


def announced(kind: str) -> list[UUID]:
    return list(Event.objects.filter(kind=f"audience.segment_{kind}").values_list("customer_id", flat=True))


def test_the_first_build_finds_members_and_announces_nobody(town: Town) -> None:
    anna, boris = town.person("Анна"), town.person("Борис")
    for days_ago in (1, 2):
        town.buys(anna, days_ago=days_ago)
    town.buys(boris, days_ago=100)
    town.buys(boris, days_ago=1)
    town.work()
    segment = town.segment(BOUGHT_TWICE)
    assert queries.segment(segment).built_at is None  # type: ignore[union-attr]
    town.work()
    assert town.members(segment) == {anna}
    assert queries.segment(segment).members == 1  # type: ignore[union-attr]
    assert Membership.objects.get(segment=segment).is_baseline
    assert announced("entered") == []


def test_an_order_changes_membership_through_the_worker(town: Town) -> None:
    anna = town.person("Анна")
    town.buys(anna, days_ago=1)
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    assert town.members(segment) == set()
    town.buys(anna)
    assert town.members(segment) == set(), "nothing changes before the worker has run"
    town.work()
    assert town.members(segment) == {anna}
    assert announced("entered") == [anna]
    assert not Membership.objects.get(segment=segment).is_baseline
    assert DirtyCustomer.objects.count() == 0


def test_the_same_event_twice_enters_once(town: Town) -> None:
    anna = town.person("Анна")
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    for _ in range(3):
        town.buys(anna)
    town.work()
    membership.mark_dirty(customer_ids=[anna, anna, uuid4()], now=town.now)
    town.work()
    assert announced("entered") == [anna]
    assert Membership.objects.filter(segment=segment).count() == 1


def test_time_alone_ends_membership(town: Town) -> None:
    anna = town.person("Анна")
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    town.buys(anna, days_ago=80)
    town.buys(anna)
    town.work()
    assert town.members(segment) == {anna}
    at = Recheck.objects.get(segment=segment).next_recheck_at
    assert timedelta(0) <= at - (town.now + 10 * DAY) <= timedelta(seconds=1)
    town.work_later(9 * DAY)
    assert town.members(segment) == {anna}
    town.work_later(DAY + timedelta(minutes=1))
    assert town.members(segment) == set()
    assert announced("left") == [anna]


def test_a_birthday_comes_and_goes_by_itself(town: Town) -> None:
    soon = {"attribute": "customers.birthday", "op": "in_next_days", "value": 7}
    from regulars.customers.rules import Birthday

    anna = town.person("Анна", birthday=Birthday(day=20, month=3))
    segment = town.segment(soon)
    town.work()
    assert town.members(segment) == set()
    town.work_later(3 * DAY)
    assert town.members(segment) == {anna}
    town.work_later(7 * DAY)
    assert town.members(segment) == {anna}, "on the day itself"
    town.work_later(DAY)
    assert town.members(segment) == set()


def test_a_changed_condition_is_a_new_version_and_a_baseline(town: Town) -> None:
    anna, boris = town.person("Анна"), town.person("Борис", city="Казань")
    town.buys(anna), town.buys(anna)
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    version = actions.change_segment(segment_id=segment, name="Казань", condition=condition(CITY), by=BY, now=town.now)
    town.work()
    assert version == 2
    assert town.members(segment) == {boris}
    assert announced("entered") == announced("left") == []
    entry = audit.page(subject_kind="segment", subject_id=str(segment)).rows[0]
    assert (entry.before["version"], entry.after["version"]) == (1, 2)


def test_another_name_is_no_new_version(town: Town) -> None:
    segment = town.segment(CITY)
    said = {"segment_id": segment, "condition": condition(CITY), "by": BY, "now": town.now}
    assert actions.change_segment(name="Казанцы", note="Для встречи", **said) == 1
    assert queries.segment(segment).name == "Казанцы"  # type: ignore[union-attr]


def test_a_closed_segment_is_not_followed_until_it_is_opened_again(town: Town) -> None:
    segment = town.segment(CITY)
    town.work()
    actions.close_segment(segment_id=segment, by=BY, now=town.now)
    boris = town.person("Борис", city="Казань")
    town.work()
    assert town.members(segment) == set()
    assert town.segments_of(boris) == set()
    actions.reopen_segment(segment_id=segment, by=BY, now=town.now)
    town.work()
    assert town.members(segment) == {boris}
    assert announced("entered") == []


def test_a_merged_customer_stays_where_the_person_was(town: Town) -> None:
    anna, double = town.person("Анна"), town.person("Аня")
    town.buys(double), town.buys(double)
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    assert town.members(segment) == {double}
    merge_id = merge_customers(survivor_id=anna, absorbed_id=double, reason=MergeReason.BY_HAND, by=BY, now=town.now)
    town.work()
    assert town.members(segment) == {anna}
    assert announced("entered") == announced("left") == []
    undo_merge(merge_id=merge_id, by=BY, now=town.now)
    town.work()
    assert town.members(segment) == {double}


def test_while_the_date_stands_still_nobody_enters(town: Town) -> None:
    """Orders of years ago are read in: their last day is "today", and none of it is news."""
    town.now = NOW + 400 * DAY
    anna = town.person("Анна")
    town.buys(anna, days_ago=400)
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    town.buys(anna, days_ago=399)
    town.work()
    assert town.members(segment) == {anna}
    assert announced("entered") == []


def test_a_jump_of_the_date_is_a_baseline(town: Town) -> None:
    anna = town.person("Анна")
    town.buys(anna), town.buys(anna)
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    town.now += 200 * DAY
    boris = town.person("Борис")
    town.buys(boris)
    membership.mark_due(now=town.now)
    queue.drain(lambda: town.now, names=["audience.build_segment"])
    assert town.members(segment) == set()
    assert announced("left") == []


def test_a_rebuild_that_is_news_announces(town: Town) -> None:
    anna = town.person("Анна", city="Казань")
    segment = town.segment(CITY)
    town.work()
    Membership.objects.all().delete()
    actions.rebuild_segments(is_baseline=False, now=town.now)
    town.work()
    assert town.members(segment) == {anna}
    assert announced("entered") == [anna]


def test_a_rebuild_corrects_when_to_test_again(town: Town) -> None:
    anna, boris, vera = town.person("Анна"), town.person("Борис"), town.person("Вера")
    for one in (anna, boris):
        town.buys(one), town.buys(one)
    segment = town.segment(BOUGHT_TWICE)
    town.work()
    before = set(Recheck.objects.values_list("customer_id", "next_recheck_at"))
    assert {id_ for id_, _ in before} == {anna, boris}
    Recheck.objects.filter(customer_id=anna).update(next_recheck_at=NOW)
    Recheck.objects.filter(customer_id=boris).update(customer_id=vera)
    actions.rebuild_segments(now=town.now)
    town.work()
    assert set(Recheck.objects.values_list("customer_id", "next_recheck_at")) == before
    assert town.members(segment) == {anna, boris}


def test_a_build_in_pieces_finds_everybody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(membership, "BUILD_PIECE", 2)
    people = {town.person(f"Анна {i}", city="Казань") for i in range(5)}
    town.person("Борис")
    segment = town.segment(CITY)
    town.work()
    town.work()
    assert town.members(segment) == people


def test_many_dirty_customers_are_followed_in_pieces(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    segment = town.segment(CITY)
    town.work()
    monkeypatch.setattr(membership, "DIRTY_PIECE", 2)
    people = {town.person(f"Анна {i}", city="Казань") for i in range(5)}
    town.work()
    assert town.members(segment) == people
    assert Job.objects.filter(name=membership.FOLLOW).count() == 0


def test_a_condition_that_can_no_longer_be_asked_stops_nothing_else(town: Town) -> None:
    broken, sound = town.segment(CITY, name="Broken"), town.segment(CITY, name="Sound")
    town.work()
    gone = condition({"attribute": "loyalty.balance", "op": "is", "value": 1})
    Segment.objects.filter(id=broken).update(condition=gone)
    boris = town.person("Борис", city="Казань")
    town.work()
    assert town.members(sound) == {boris}
    assert town.members(broken) == set()


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Segment, Event, AuditEntry, Job)]


def refused(error: type[Exception], act: Callable[[], Any]) -> None:
    before = state()
    with pytest.raises(error):
        act()
    assert state() == before


def test_refusals_change_nothing(town: Town) -> None:
    segment, other = town.segment(CITY, name="A"), town.segment(CITY, name="B")
    said = {"by": BY, "now": town.now}
    refused(actions.NameTaken, lambda: town.segment(CITY, name="A"))
    refused(BadCondition, lambda: town.segment({"attribute": "no.such", "op": "is", "value": 1}))
    refused(
        actions.NameTaken,
        lambda: actions.change_segment(segment_id=other, name="A", condition=condition(CITY), **said),
    )
    refused(BadCondition, lambda: actions.change_segment(segment_id=other, name="B", condition={"version": 2}, **said))
    for act in (actions.close_segment, actions.reopen_segment):
        refused(actions.NoSuchSegment, lambda act=act: act(segment_id=uuid4(), **said))  # type: ignore[misc]
    actions.close_segment(segment_id=segment, **said)
    refused(
        actions.SegmentIsClosed,
        lambda: actions.change_segment(segment_id=segment, name="A", condition=condition(CITY), **said),
    )


def test_every_shop_begins_with_ready_made_segments(new_town: Town) -> None:
    new_town.work()
    names = [row.name for row in queries.segments(is_open=True)]
    assert "Купили один раз" in names
    assert len(names) == len(set(names)) == 15
    assert all(row.built_at for row in queries.segments())
    assert actions.create_ready_made_segments(by=BY, now=new_town.now) == 0, "they are there"


def test_the_history_of_a_segment_is_paged(town: Town) -> None:
    segment = town.segment(CITY)
    town.work()
    for i in range(3):
        town.now = datetime(2026, 3, 11 + i, tzinfo=UTC)
        town.person(f"Анна {i}", city="Казань")
        town.work()
    first = queries.stays(segment, limit=2)
    second = queries.stays(segment, limit=2, cursor=first.next_cursor)
    assert [stay.entered_at.day for stay in [*first.rows, *second.rows]] == [13, 12, 11]
    assert second.next_cursor is None
