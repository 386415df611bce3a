"""The one read across capabilities: customers by a condition, with the attributes that are asked for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection

from regulars.customers.rules.contacts import normal_phone
from regulars.foundation.conditions.catalogue import Attribute, Type, Unknown, catalogue
from regulars.foundation.conditions.evaluate import from_database, instant
from regulars.foundation.conditions.moments import Moment
from regulars.foundation.conditions.sql import BASE_ALIAS, Sql, Statement, adapted, joined
from regulars.foundation.conditions.syntax import Condition
from regulars.foundation.paging import BadCursor, Page, decode_cursor, encode_cursor
from regulars.foundation.text import like_pattern
from regulars.shop import queries as shop

_UTC = ZoneInfo("UTC")
# A profile that was merged or erased is nobody to speak to.
ACTIVE = Sql(f"{BASE_ALIAS}.merged_into_id IS NULL AND {BASE_ALIAS}.erased_at IS NULL")


@dataclass(frozen=True)
class CustomerRow:
    """A customer with the values that were asked for, by attribute key.

    Text and choices are str, numbers int or float, money int (minor units of the base currency), instants aware
    datetimes, anniversaries month × 100 + day, sets sorted tuples of words; None where unknown.
    """

    id: UUID
    values: Mapping[str, Any]


def moment(now: datetime) -> Moment:
    """The moment of which conditions speak: the shop's as-of moment, in its time zone."""
    return Moment(shop.as_of(now=now, newest_order_at=_newest_order_at()).at, shop.shop().zone)


def _newest_order_at() -> datetime | None:
    fact = catalogue.facts.get("commerce.order")
    if fact is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {fact.at} FROM {fact.table} WHERE {fact.filter} ORDER BY {fact.at} DESC LIMIT 1")  # noqa: S608
        row = cursor.fetchone()
    return instant(row[0]) if row else None


def select(
    condition: Condition | None = None,
    *,
    columns: Sequence[str] = (),
    sort: str = "customers.name",
    cursor: str | None = None,
    limit: int = 50,
    search: str = "",
    segment_id: UUID | None = None,
    now: datetime,
) -> Page[CustomerRow]:
    """Customers for whom `condition` holds (None: all), one page of them, without merged and erased ones.

    columns: attribute keys to bring. sort: an attribute's key, with "-" before it for falling order; unknown values
    come last either way. search: part of a name or of any contact. segment_id: only its members.
    Raises Unknown for a key that nobody offers, BadCursor.
    """
    key = sort.removeprefix("-")
    query = _Query(condition, columns=columns, search=search, segment_id=segment_id, now=now)
    order = _Order(query, catalogue.attribute(key), is_falling=sort.startswith("-"))
    after = order.position(cursor)
    rows: list[tuple[CustomerRow, Any]] = []
    if after is None or after[0] is not None:
        rows += order.known(after, limit + 1)
        after = None
    if len(rows) <= limit and order.may_be_unknown:
        rows += order.unknown(after, limit + 1 - len(rows))
    page = rows[:limit]
    has_more = len(rows) > limit
    return Page([row for row, _ in page], order.cursor_of(*page[-1]) if has_more else None)


def count(
    condition: Condition | None = None, *, search: str = "", segment_id: UUID | None = None, now: datetime
) -> int:
    """How many customers `select` would bring in all."""
    query = _Query(condition, search=search, segment_id=segment_id, now=now)
    found = query.fetch([Sql("COUNT(*)")], query.where)
    return int(found[0][0])


def select_ids(condition: Condition | None = None, *, segment_id: UUID | None = None, now: datetime) -> Iterator[UUID]:
    """The ids of all whom the condition holds for, read in chunks, in no order."""
    query = _Query(condition, segment_id=segment_id, now=now)
    for row in query.stream([Sql(f"{BASE_ALIAS}.id")], query.where):
        yield _uuid(row[0])


def customers_by_id(ids: Iterable[UUID], *, columns: Sequence[str], now: datetime) -> dict[UUID, CustomerRow]:
    """The values of these customers, merged and erased ones too; those who do not exist are left out."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    query = _Query(None, columns=columns, now=now)
    places = ", ".join(["%s"] * len(wanted))
    scope = Sql(f"{BASE_ALIAS}.id IN ({places})", tuple(adapted(id_) for id_ in wanted))
    rows = [query.row(raw) for raw in query.fetch([Sql(f"{BASE_ALIAS}.id"), *query.wanted], scope)]
    return {row.id: row for row in rows}


def stream(
    condition: Condition | None = None,
    *,
    columns: Sequence[str],
    sort: str = "customers.name",
    search: str = "",
    segment_id: UUID | None = None,
    now: datetime,
) -> Iterator[CustomerRow]:
    """All the rows that `select` would page through, read in chunks from the server: for export."""
    query = _Query(condition, columns=columns, search=search, segment_id=segment_id, now=now)
    value = query.statement.value(catalogue.attribute(sort.removeprefix("-")))
    direction = "DESC" if sort.startswith("-") else "ASC"
    for row in query.stream(
        [Sql(f"{BASE_ALIAS}.id"), *query.wanted],
        query.where,
        Sql(f"ORDER BY CASE WHEN {value} IS NULL THEN 1 ELSE 0 END, {value} {direction}, {BASE_ALIAS}.id"),
    ):
        yield query.row(row)


class _Query:
    """One SELECT over customers, put together."""

    def __init__(
        self,
        condition: Condition | None,
        *,
        columns: Sequence[str] = (),
        search: str = "",
        segment_id: UUID | None = None,
        now: datetime,
    ) -> None:
        self.columns = [catalogue.attribute(key) for key in columns]
        # Where no condition asks about time, the shop's own moment need not be looked up.
        self.statement = Statement(catalogue, moment(now) if condition else Moment(now, _UTC), over_all=True)
        parts = [ACTIVE]
        if condition is not None:
            parts.append(self.statement.holds(condition.root))
        if search.strip():
            parts.append(_found_by(search))
        if segment_id is not None:
            parts.append(
                Sql(
                    f"{BASE_ALIAS}.id IN (SELECT g.customer_id FROM audience_membership g"  # noqa: S608
                    " WHERE g.segment_id = %s AND g.left_at IS NULL)",
                    (adapted(segment_id),),
                )
            )
        self.where = joined(parts, " AND ")
        self.wanted = [Sql(self.statement.shown(column)) for column in self.columns]

    def sql(self, wanted: Sequence[Sql], where: Sql, tail: Sql) -> tuple[str, list[Any]]:
        columns, source = joined(wanted, ", "), self.statement.from_clause()
        text = f"SELECT {columns.text} {source.text} WHERE {where.text} {tail.text}"
        return text, [*columns.params, *source.params, *where.params, *tail.params]

    def fetch(self, wanted: Sequence[Sql], where: Sql, tail: Sql = Sql("")) -> list[tuple[Any, ...]]:  # noqa: B008
        with connection.cursor() as cursor:
            cursor.execute(*self.sql(wanted, where, tail))
            return list(cursor.fetchall())

    def stream(self, wanted: Sequence[Sql], where: Sql, tail: Sql = Sql("")) -> Iterator[tuple[Any, ...]]:  # noqa: B008
        with connection.chunked_cursor() as cursor:
            cursor.execute(*self.sql(wanted, where, tail))
            while rows := cursor.fetchmany(2_000):
                yield from rows

    def row(self, raw: Sequence[Any]) -> CustomerRow:
        values = {
            column.key: _plain(from_database(value, column))
            for column, value in zip(self.columns, raw[1:], strict=False)
        }
        return CustomerRow(_uuid(raw[0]), values)


class _Order:
    """Keyset paging by one attribute, then by id: first those whose value is known, then the others.

    Two statements rather than one, so that the first can walk an index of the value and stop early.
    """

    def __init__(self, query: _Query, attribute: Attribute, *, is_falling: bool) -> None:
        if attribute.members is not None:
            raise Unknown(attribute.key)
        self.query = query
        self.attribute = attribute
        self.value = query.statement.value(attribute)
        self.direction, self.sign = ("DESC", "<") if is_falling else ("ASC", ">")
        self.may_be_unknown = attribute.key not in ("customers.name", "customers.created_at")

    def known(self, after: tuple[Any, UUID] | None, limit: int) -> list[tuple[CustomerRow, Any]]:
        parts = [self.query.where, Sql(f"{self.value} IS NOT NULL")] if self.may_be_unknown else [self.query.where]
        if after is not None:
            value, id_ = adapted(after[0]), adapted(after[1])
            # The first half alone lets an index find the place.
            parts.append(Sql(f"{self.value} {self.sign}= %s", (value,)))
            parts.append(
                Sql(f"({self.value} {self.sign} %s OR {BASE_ALIAS}.id > %s)", (value, id_)),
            )
        tail = Sql(f"ORDER BY {self.value} {self.direction}, {BASE_ALIAS}.id LIMIT %s", (limit,))
        return self._rows(joined(parts, " AND "), tail)

    def unknown(self, after: tuple[Any, UUID] | None, limit: int) -> list[tuple[CustomerRow, Any]]:
        parts = [self.query.where, Sql(f"{self.value} IS NULL")]
        if after is not None:
            parts.append(Sql(f"{BASE_ALIAS}.id > %s", (adapted(after[1]),)))
        return self._rows(joined(parts, " AND "), Sql(f"ORDER BY {BASE_ALIAS}.id LIMIT %s", (limit,)))

    def _rows(self, where: Sql, tail: Sql) -> list[tuple[CustomerRow, Any]]:
        wanted = [Sql(f"{BASE_ALIAS}.id"), *self.query.wanted, Sql(self.value)]
        return [
            (self.query.row(raw), from_database(raw[-1], self.attribute))
            for raw in self.query.fetch(wanted, where, tail)
        ]

    def cursor_of(self, row: CustomerRow, value: Any) -> str:
        return encode_cursor([value.isoformat() if isinstance(value, datetime) else value, str(row.id)])

    def position(self, cursor: str | None) -> tuple[Any, UUID] | None:
        if not cursor:
            return None
        value, id_ = decode_cursor(cursor, length=2)
        try:
            return self._own(value), UUID(id_)
        except (ValueError, TypeError, AttributeError) as error:
            raise BadCursor(cursor) from error

    def _own(self, value: Any) -> Any:
        """The cursor's value as the attribute's type, or ValueError: cursors come from outside."""
        if value is None:
            return None
        match self.attribute.type:
            case Type.DATETIME:
                return instant(datetime.fromisoformat(value))
            case Type.NUMBER | Type.MONEY | Type.ANNIVERSARY if isinstance(value, int | float):
                return value
            case Type.BOOLEAN if isinstance(value, bool):
                return value
            case Type.CHOICE if self.attribute.is_id:
                return UUID(value)
            case Type.TEXT | Type.CHOICE if isinstance(value, str) and "\x00" not in value:
                return value
        raise ValueError(value)


def _found_by(search: str) -> Sql:
    """Each word stands somewhere in names, contacts or outside numbers; or it is a telephone number, written anyhow."""
    column = f"{BASE_ALIAS}.search_text LIKE %s ESCAPE '\\'"
    words = joined([Sql(column, (like_pattern(word),)) for word in search.split()[:10]], " AND ")
    phone = normal_phone(search, country=shop.shop().country) if any(char.isdigit() for char in search) else None
    return Sql(f"(({words.text}) OR {column})", (*words.params, like_pattern(phone))) if phone else words


def _plain(value: Any) -> Any:
    return tuple(sorted(value)) if isinstance(value, frozenset) else value


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
