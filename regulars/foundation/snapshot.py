"""One consistent, read-only view of the database, brought out as Arrow tables.

PostgreSQL is read by ADBC (about fifteen times quicker than row by row). SQLite never is: ADBC carries a SQLite of its
own, whose closing drops the locks of Python's and loses commits. It gets a read-only `sqlite3` connection instead.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow as pa
from django.db import connection

_PIECE = 50_000


class Snapshot:
    """Reads of one moment. Its spelling methods say a column in the SQL of the database that is open."""

    def __init__(self, read: Callable[[str, pa.Schema], pa.Table], *, is_postgresql: bool) -> None:
        self._read = read
        self._is_postgresql = is_postgresql

    def table(self, sql: str, schema: pa.Schema) -> pa.Table:
        """The rows of `sql`, whose columns stand in the order of `schema`."""
        return self._read(sql, schema)

    def id(self, column: str) -> str:
        """An id as 32 hexadecimal digits."""
        return f"replace({column}::text, '-', '')" if self._is_postgresql else column

    def at(self, column: str) -> str:
        """A moment as UTC without a zone (engines differ in what they make of zones)."""
        return f"{column} AT TIME ZONE 'UTC'" if self._is_postgresql else column

    def month(self, column: str) -> str:
        """A date's month, "2026-11"."""
        return f"to_char({column}, 'YYYY-MM')" if self._is_postgresql else f"substr({column}, 1, 7)"

    def whole(self, expression: str) -> str:
        """A sum as a whole number (PostgreSQL sums bigint into numeric)."""
        return f"CAST({expression} AS bigint)"


@dataclass(frozen=True)
class Extract:
    """A table for `insight`, in parts. Rows hold ids and figures, never names or contacts.

    parts: each part's name (a month "2026-11", or "all") with a fingerprint; None where it is always brought anew.
    read: the rows of one part.
    """

    name: str
    schema: pa.Schema
    parts: Callable[[Snapshot], Mapping[str, str | None]]
    read: Callable[[Snapshot, str], pa.Table]


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Everything read within sees the database as it is now, whatever is committed meanwhile."""
    if connection.vendor == "postgresql":
        with _postgresql() as opened:
            yield opened
    else:
        with _sqlite() as opened:
            yield opened


@contextmanager
def _sqlite() -> Iterator[Snapshot]:
    path = quote(str(connection.settings_dict["NAME"]))
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, isolation_level=None, timeout=20)) as reader:
        reader.execute("PRAGMA cache_size=-65536")
        reader.execute("PRAGMA mmap_size=1073741824")
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master")

        def read(sql: str, schema: pa.Schema) -> pa.Table:
            cursor = reader.execute(sql)
            pieces = []
            while rows := cursor.fetchmany(_PIECE):
                columns = zip(*rows, strict=True)
                arrays = [_sqlite_array(values, field) for values, field in zip(columns, schema, strict=True)]
                pieces.append(pa.record_batch(arrays, schema=schema))
            return pa.Table.from_batches(pieces, schema=schema)

        yield Snapshot(read, is_postgresql=False)


def _sqlite_array(values: tuple[Any, ...], field: pa.Field) -> pa.Array:
    if pa.types.is_temporal(field.type):
        return pa.array(values, pa.string()).cast(field.type)
    if pa.types.is_boolean(field.type):
        return pa.array(values, pa.int8()).cast(field.type)
    return pa.array(values, field.type)


@contextmanager
def _postgresql() -> Iterator[Snapshot]:
    from adbc_driver_postgresql import dbapi

    with dbapi.connect(_uri()) as reader, reader.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")

        def read(sql: str, schema: pa.Schema) -> pa.Table:
            cursor.execute(sql)
            return cursor.fetch_arrow_table().rename_columns(schema.names).cast(schema)

        yield Snapshot(read, is_postgresql=True)


def _uri() -> str:
    settings = connection.settings_dict
    parts = {
        "host": settings["HOST"],
        "port": settings["PORT"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "dbname": settings["NAME"],
        "sslmode": settings["OPTIONS"].get("sslmode", ""),
    }
    return "postgresql:///?" + urlencode({name: value for name, value in parts.items() if value}, quote_via=quote)
