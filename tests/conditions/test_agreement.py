"""SQL over all, SQL for a few and Python for one give the same answer; and time alone is foreseen."""

from collections.abc import Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.foundation.conditions.catalogue import catalogue
from regulars.foundation.conditions.evaluate import Known, compares, fetch, holds, instant, leaves
from regulars.foundation.conditions.moments import Moment, Span, instants
from regulars.foundation.conditions.sql import BASE_ALIAS, Sql, Statement, joined
from regulars.foundation.conditions.syntax import All, AnyOf, Compare, Condition, Happened, Node, Not, parse
from tests.conditions.population import CONDITIONS, NOW, PEOPLE, Bought, Person, store

MOMENT = Moment(NOW, ZoneInfo("Europe/Moscow"))
quick = settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Any:
    """A transaction of which nothing stays."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def by_sql(condition: Condition, moment: Moment, *, over_all: bool) -> set[UUID]:
    statement = Statement(catalogue, moment, over_all=over_all)
    where = statement.holds(condition.root)
    source = statement.from_clause()
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {BASE_ALIAS}.id {source.text} WHERE {where.text}", [*source.params, *where.params])
        return {UUID(str(row[0])) for row in cursor.fetchall()}


def by_python(condition: Condition, id_: UUID, moment: Moment) -> tuple[bool, Known]:
    known = fetch(condition, id_, catalogue=catalogue, moment=moment)
    assert known is not None
    return holds(condition.root, known, moment), known


def figure(node: Happened, orders: Sequence[Bought], moment: Moment) -> int:
    """What a fact about orders comes to, counted from the generated rows without any SQL."""
    span = instants(node.period.operator, node.period.value, moment) if node.period else Span(None, None)
    counted = [
        bought
        for bought in orders
        if bought.status not in ("draft", "cancelled")
        and span.holds(bought.placed_at)
        and (node.where is None or column_holds(node.where, bought, moment))
    ]
    return sum(bought.total_minor for bought in counted) if node.total else len(counted)


def column_holds(node: Node, bought: Bought, moment: Moment) -> bool:
    match node:
        case All(nodes):
            return all(column_holds(one, bought, moment) for one in nodes)
        case AnyOf(nodes):
            return any(column_holds(one, bought, moment) for one in nodes)
        case Not(inner):
            return not column_holds(inner, bought, moment)
        case Compare(attribute, operator, value):
            own = {"channel": bought.channel, "total": bought.total_minor}[attribute.key]
            return compares(own, attribute.type, operator, value, moment)
    raise AssertionError(node)


def agree(people: Sequence[Person], data: dict[str, Any]) -> None:
    condition = parse(data, catalogue)
    with undone():
        ids = store(people)
        joined_up = by_sql(condition, MOMENT, over_all=True)
        assert by_sql(condition, MOMENT, over_all=False) == joined_up
        for id_, person in zip(ids, people, strict=True):
            answer, known = by_python(condition, id_, MOMENT)
            assert answer == (id_ in joined_up)
            for node in leaves(condition.root):
                if isinstance(node, Happened):
                    assert known.figures[node] == figure(node, person.orders, MOMENT)


def foresee(people: Sequence[Person], data: dict[str, Any], later: timedelta) -> None:
    """Who answers otherwise later was said to be tested again by then."""
    condition = parse(data, catalogue)
    afterwards = Moment(NOW + later, MOMENT.zone)
    with undone():
        store(people)
        for over_all in (True, False):
            changed = by_sql(condition, MOMENT, over_all=over_all) ^ by_sql(condition, afterwards, over_all=over_all)
            statement = Statement(catalogue, MOMENT, over_all=over_all)
            wanted = joined([Sql(f"{BASE_ALIAS}.id"), statement.next_change(condition.root) or Sql("NULL")], ", ")
            source = statement.from_clause()
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {wanted.text} {source.text}", [*wanted.params, *source.params])
                found = {UUID(str(id_)): at and instant(at) for id_, at in cursor.fetchall()}
            assert all(at is None or at > NOW for at in found.values())
            for id_ in changed:
                at = found[id_]
                assert at is not None
                assert at <= afterwards.at + timedelta(seconds=1)


LATER = st.integers(1, 500 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


@quick
@given(people=PEOPLE, data=CONDITIONS)
def test_sql_and_python_agree(people: list[Person], data: dict[str, Any]) -> None:
    agree(people, data)


@quick
@given(people=PEOPLE, data=CONDITIONS, later=LATER)
def test_changes_by_time_alone_are_foreseen(people: list[Person], data: dict[str, Any], later: timedelta) -> None:
    foresee(people, data, later)


@pytest.mark.soak
@settings(quick, max_examples=5_000)
@given(people=PEOPLE, data=CONDITIONS, later=LATER)
def test_both_hold_for_thousands(people: list[Person], data: dict[str, Any], later: timedelta) -> None:
    agree(people, data)
    foresee(people, data, later)
