"""From a condition to SQL: one statement, values as parameters only, the same answer on SQLite and PostgreSQL.

A missing value makes a comparison NULL. NULL counts as false, and groups of "all" and "any" keep that reading, so
only `Not` must make it explicit, by COALESCE.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from regulars.foundation import bulk
from regulars.foundation.conditions import moments
from regulars.foundation.conditions.catalogue import Attribute, Catalogue, Type
from regulars.foundation.conditions.moments import Moment
from regulars.foundation.conditions.operators import OPPOSITES, Operator
from regulars.foundation.conditions.syntax import All, AnyOf, Compare, Happened, Node, Not, Period
from regulars.foundation.text import fold, like_pattern

BASE = "customers.customer"
BASE_ALIAS = "c"


@dataclass(frozen=True)
class Sql:
    """A piece of a statement with the parameters for its placeholders, in their order."""

    text: str
    params: tuple[Any, ...] = ()


def joined(parts: Iterable[Sql], separator: str) -> Sql:
    parts = list(parts)
    return Sql(separator.join(part.text for part in parts), tuple(value for part in parts for value in part.params))


@dataclass(frozen=True)
class _Counted:
    """A fact's rows that count: FROM and WHERE, without the customer's part."""

    customer: str
    at: str
    source: str
    where: Sql


class Statement:
    """Collects what one SELECT over customers needs: expressions ask for the joins they stand on.

    over_all: facts are added up for all customers at once and joined, right for whole sets; otherwise each customer's
    facts are looked up on their own, right for a few. The answer is the same.
    """

    def __init__(self, catalogue: Catalogue, moment: Moment, *, over_all: bool) -> None:
        self.catalogue = catalogue
        self.moment = moment
        self.over_all = over_all
        self._aliases = {BASE: BASE_ALIAS}
        self._measures: dict[tuple[Happened, str], str] = {}
        self._joins: list[Sql] = []

    def from_clause(self) -> Sql:
        """FROM with the joins of everything asked for so far: ask for it last."""
        base = self.catalogue.sources[BASE]
        return joined([Sql(f"FROM {base.table} {BASE_ALIAS}"), *self._joins], "\n")

    def value(self, attribute: Attribute) -> str:
        """What an attribute is compared and sorted by."""
        return attribute.sql.format(t=self._alias(attribute.source))

    def shown(self, attribute: Attribute) -> str:
        """What a list shows of an attribute; a set as a JSON list of its words."""
        if attribute.members is not None:
            return self._words(attribute, attribute.members.shown)
        return (attribute.shown or attribute.sql).format(t=self._alias(attribute.source))

    def words(self, attribute: Attribute) -> str:
        """A set's folded words as a JSON list."""
        assert attribute.members is not None
        return self._words(attribute, attribute.members.column)

    def _words(self, attribute: Attribute, column: str) -> str:
        of = attribute.members
        assert of is not None
        make, as_text = ("json_agg", "::text") if connection.vendor == "postgresql" else ("json_group_array", "")
        return (
            f"(SELECT {make}(m.{column}){as_text} FROM {of.table} m"  # noqa: S608 - written by programmers
            f" WHERE m.{of.key} = {BASE_ALIAS}.id)"
        )

    def _alias(self, source: str) -> str:
        if source not in self._aliases:
            alias = self._aliases[source] = f"s{len(self._aliases)}"
            table = self.catalogue.sources[source]
            extra = f" AND {table.extra.format(t=alias)}" if table.extra else ""
            self._joins.append(Sql(f"LEFT JOIN {table.table} {alias} ON {alias}.{table.key} = {BASE_ALIAS}.id{extra}"))
        return self._aliases[source]

    # ── Truth ────────────────────────────────────────────────────────────────
    def holds(self, node: Node) -> Sql:
        """A boolean expression; NULL reads as false."""
        match node:
            case All(nodes):
                return _group([self.holds(one) for one in nodes], " AND ")
            case AnyOf(nodes):
                return _group([self.holds(one) for one in nodes], " OR ")
            case Not(inner):
                return _negated(self.holds(inner))
            case Compare(attribute, operator, value):
                return self._compare(attribute, operator, value, self._own_value)
            case Happened():
                return _measured(self.measure(node), node.operator, node.value)

    def _own_value(self, attribute: Attribute) -> str:
        return f"({self.value(attribute)})"

    def _compare(
        self, attribute: Attribute, operator: Operator, value: Any, expression: Callable[[Attribute], str]
    ) -> Sql:
        if operator in OPPOSITES:
            return _negated(self._compare(attribute, OPPOSITES[operator], value, expression))
        if attribute.members is not None:
            return self._has(attribute, operator, value)
        left = expression(attribute)
        if operator is Operator.IS_KNOWN:
            known = f"{left} IS NOT NULL"
            return Sql(f"({known} AND {left} <> '')" if attribute.type is Type.TEXT else known)
        match attribute.type:
            case Type.TEXT:
                return _text(left, operator, value)
            case Type.CHOICE:
                values = value if isinstance(value, tuple) else (value,)
                return _in(left, [UUID(one) for one in values] if attribute.is_id else values)
            case Type.NUMBER | Type.MONEY:
                return _measured(Sql(left), operator, value)
            case Type.BOOLEAN:
                return Sql(f"{left} = {'TRUE' if value else 'FALSE'}")
            case Type.DATETIME:
                return _within(left, moments.instants(operator, value, self.moment))
            case Type.DATE:
                return _within(left, moments.days(operator, value, self.moment))
            case Type.ANNIVERSARY:
                ranges = moments.anniversaries(operator, value, self.moment)
                return _group([Sql(f"{left} BETWEEN %s AND %s", one) for one in ranges], " OR ")
        raise AssertionError(attribute.type)

    def _has(self, attribute: Attribute, operator: Operator, value: Any) -> Sql:
        of = attribute.members
        assert of is not None
        rows = f"SELECT 1 FROM {of.table} m WHERE m.{of.key} = {BASE_ALIAS}.id"  # noqa: S608 - written by programmers
        if operator is Operator.IS_KNOWN:
            return Sql(f"EXISTS ({rows})")
        words = sorted({fold(word) for word in value})
        if operator is Operator.HAS_ANY_OF:
            one = _in(f"m.{of.column}", words)
            return Sql(f"EXISTS ({rows} AND {one.text})", one.params)
        return _group([Sql(f"EXISTS ({rows} AND m.{of.column} = %s)", (word,)) for word in words], " AND ")

    # ── Facts ────────────────────────────────────────────────────────────────
    def measure(self, node: Happened) -> Sql:
        """How often a fact happened, or the sum of its column; 0 where it never did."""
        figure = "COUNT(*)" if node.total is None else f"SUM({node.total.sql})"
        return self._over_facts(node, figure, self._counted(node), otherwise="0")

    def _over_facts(self, node: Happened, figure: str, counted: _Counted, *, otherwise: str | None) -> Sql:
        if not self.over_all:
            where = f" AND {counted.where.text}" if counted.where.text else ""
            found = Sql(
                f"(SELECT {figure} FROM {counted.source} WHERE {counted.customer} = {BASE_ALIAS}.id{where})",  # noqa: S608
                counted.where.params,
            )
        else:
            found = Sql(self._joined_figure(node, figure, counted))
        return found if otherwise is None else Sql(f"COALESCE({found.text}, {otherwise})", found.params)

    def _joined_figure(self, node: Happened, figure: str, counted: _Counted) -> str:
        alias = self._measures.get((node, figure))
        if alias is None:
            alias = self._measures[node, figure] = f"h{len(self._measures) + 1}"
            where = f" AND {counted.where.text}" if counted.where.text else ""
            self._joins.append(
                Sql(
                    f"LEFT JOIN (SELECT {counted.customer} AS id, {figure} AS n FROM {counted.source}"  # noqa: S608
                    f" WHERE {counted.customer} IS NOT NULL{where} GROUP BY {counted.customer}) {alias}"
                    f" ON {alias}.id = {BASE_ALIAS}.id",
                    counted.where.params,
                )
            )
        return f"{alias}.n"

    def _counted(self, node: Happened, *, with_future: bool = False) -> _Counted:
        fact = node.fact
        parts = [Sql(fact.filter)] if fact.filter else []
        if node.period is not None:
            span = moments.instants(node.period.operator, node.period.value, self.moment)
            parts.append(_within(fact.at, moments.Span(span.start, None) if with_future else span))
        columns = {node.total} if node.total else set()
        if node.where is not None:
            parts.append(self._column_condition(node.where, columns))
        joins = dict.fromkeys(column.join for column in fact.columns if column in columns and column.join)
        # A longer chain of joins begins with the shorter ones; naming them twice would clash.
        needed = [one for one in joins if not any(other != one and other.startswith(one) for other in joins)]
        return _Counted(fact.customer, fact.at, " ".join([fact.table, *needed]), joined(parts, " AND "))

    def _column_condition(self, node: Node, columns: set[Attribute]) -> Sql:
        match node:
            case All(nodes):
                return _group([self._column_condition(one, columns) for one in nodes], " AND ")
            case AnyOf(nodes):
                return _group([self._column_condition(one, columns) for one in nodes], " OR ")
            case Not(inner):
                return _negated(self._column_condition(inner, columns))
            case Compare(attribute, operator, value):
                columns.add(attribute)
                return self._compare(attribute, operator, value, lambda column: f"({column.sql})")
        raise AssertionError(node)

    # ── Time alone ───────────────────────────────────────────────────────────
    def next_change(self, node: Node) -> Sql | None:
        """When, after this moment, the answer for a customer may change by time alone; NULL for never.

        Never late by more than a second; a change of a date (not an instant) comes up to an hour late where clocks
        are moved in summer. None where no part of the condition depends on time.
        """
        candidates = list(self._changes(node))
        if not candidates:
            return None
        if len(candidates) == 1:
            return candidates[0]
        never = adapted(datetime(9999, 1, 1, tzinfo=self.moment.at.tzinfo))
        least = "LEAST" if connection.vendor == "postgresql" else "MIN"
        each = joined([Sql(f"COALESCE({one.text}, %s)", (*one.params, never)) for one in candidates], ", ")
        return Sql(f"NULLIF({least}({each.text}), %s)", (*each.params, never))

    def _changes(self, node: Node) -> Iterator[Sql]:
        match node:
            case All(nodes) | AnyOf(nodes):
                for one in nodes:
                    yield from self._changes(one)
            case Not(inner):
                yield from self._changes(inner)
            case Compare(attribute, operator, value) if moments.is_relative(operator):
                if attribute.type is Type.ANNIVERSARY:
                    yield self._anniversary_change(node)
                else:
                    for days in moments.edges(operator, value, attribute.type):
                        yield self._later(Sql(self._own_value(attribute)), days, is_date=attribute.type is Type.DATE)
            case Happened(period=Period(Operator.IN_LAST_DAYS, days)):
                counted = self._counted(node, with_future=True)
                now = _literal(self.moment.at)
                past = f"MIN(CASE WHEN {counted.at} <= {now} THEN {counted.at} END)"
                to_come = f"MIN(CASE WHEN {counted.at} > {now} THEN {counted.at} END)"
                yield self._later(self._over_facts(node, past, counted, otherwise=None), days)
                yield self._later(self._over_facts(node, to_come, counted, otherwise=None), 0)

    def _later(self, at: Sql, days: int, *, is_date: bool = False) -> Sql:
        """`days` after `at`, rounded up to a second, where that is still to come."""
        seconds = -self._least_offset() if is_date else 1
        if connection.vendor == "postgresql":
            base = f"({at.text})::timestamp AT TIME ZONE 'UTC'" if is_date else f"({at.text})"
            moved = f"({base} + interval '{days} days' + interval '{seconds} seconds')"
        else:
            moved = f"datetime({at.text}, '{days:+d} days', '{seconds:+d} seconds')"
        return Sql(f"CASE WHEN {moved} > %s THEN {moved} END", (*at.params, adapted(self.moment.at), *at.params))

    def _least_offset(self) -> int:
        """The zone's smallest distance from UTC within a year, in seconds: midnight by it is never too early."""
        months = [self.moment.at + timedelta(days=30 * i) for i in range(13)]
        offsets = [month.astimezone(self.moment.zone).utcoffset() for month in months]
        return min(int(offset.total_seconds()) for offset in offsets if offset is not None)

    def _anniversary_change(self, node: Compare) -> Sql:
        changes = moments.anniversary_changes(node.operator, node.value, self.moment)
        if not changes:
            return Sql("NULL")
        alias = f"y{len(self._joins)}"
        rows = joined([Sql("(%s, %s)", (day, adapted(at))) for day, at in sorted(changes.items())], ", ")
        self._joins.append(
            Sql(
                f"LEFT JOIN (SELECT column1 AS day, column2 AS at FROM (VALUES {rows.text}) AS v) {alias}"  # noqa: S608
                f" ON {alias}.day = {self._own_value(node.attribute)}",
                rows.params,
            )
        )
        return Sql(f"{alias}.at")


def _group(parts: Sequence[Sql], separator: str) -> Sql:
    if not parts:
        return Sql("TRUE")
    group = joined(parts, separator)
    return Sql(f"({group.text})", group.params)


def _negated(inner: Sql) -> Sql:
    return Sql(f"(NOT COALESCE({inner.text}, FALSE))", inner.params)


def _text(left: str, operator: Operator, value: Any) -> Sql:
    if operator is Operator.CONTAINS:
        return Sql(f"{left} LIKE %s ESCAPE '\\'", (like_pattern(value),))
    if operator is Operator.STARTS_WITH:
        return Sql(f"{left} LIKE %s ESCAPE '\\'", (like_pattern(value).removeprefix("%"),))
    return _in(left, [fold(one) for one in (value if isinstance(value, tuple) else (value,))])


def _in(left: str, values: Sequence[Any]) -> Sql:
    if len(values) == 1:
        return Sql(f"{left} = %s", (adapted(values[0]),))
    return Sql(f"{left} IN ({', '.join(['%s'] * len(values))})", tuple(adapted(value) for value in values))


_SIGNS = {
    Operator.IS: "=",
    Operator.AT_LEAST: ">=",
    Operator.AT_MOST: "<=",
    Operator.MORE_THAN: ">",
    Operator.LESS_THAN: "<",
}


def _measured(figure: Sql, operator: Operator, value: Any) -> Sql:
    if operator is Operator.BETWEEN:
        return Sql(f"{figure.text} BETWEEN %s AND %s", (*figure.params, *value))
    return Sql(f"{figure.text} {_SIGNS[operator]} %s", (*figure.params, value))


def _within(left: str, span: moments.Span[Any]) -> Sql:
    parts = []
    if span.start is not None:
        parts.append(Sql(f"{left} >= %s", (adapted(span.start),)))
    if span.end is not None:
        parts.append(Sql(f"{left} < %s", (adapted(span.end),)))
    return joined(parts, " AND ")


def _literal(at: datetime) -> str:
    """An instant as a literal: it stands in a key that two parts of a statement share, where no parameter can."""
    return f"'{bulk.to_sqlite(at)}'" if connection.vendor == "sqlite" else f"'{at.isoformat()}'::timestamptz"


def adapted(value: Any) -> Any:
    """A parameter in the form that this database stores."""
    if connection.vendor == "sqlite" and isinstance(value, UUID | datetime | date):
        return bulk.to_sqlite(value)
    return value
