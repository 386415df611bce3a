"""Many rows at once, within Django's transaction: COPY on PostgreSQL, one prepared statement on SQLite.

`bulk_create` spends its time on model instances and on SQLite's parameter limit; this takes plain tuples.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from django.db import connection, models

# Rows that are turned into text, or into Python's values, at once.
_ROWS = 20_000


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, ignore_conflicts: bool = False
) -> None:
    """Insert `rows`, tuples of Python values in the order of `columns` (field attnames, e.g. "customer_id").

    Constraints hold as ever and raise IntegrityError; `ignore_conflicts` leaves rows that are there as they are.
    Fields left out of `columns` need a database default or NULL: Django's own defaults are not applied.
    """
    fields: list[Any] = [_field(model, name) for name in columns]
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    if connection.vendor == "postgresql":
        _copy(table, names, fields, rows, ignore_conflicts=ignore_conflicts)
        return
    verb = "INSERT OR IGNORE" if ignore_conflicts else "INSERT"
    places = ", ".join("?" * len(columns))
    connection.ensure_connection()
    assert connection.connection is not None
    with connection.wrap_database_errors:
        connection.connection.executemany(
            f"{verb} INTO {table} ({names}) VALUES ({places})", _sqlite_rows(fields, rows)
        )


def insert_table(model: type[models.Model], table: pa.Table) -> None:
    """Insert the rows of an Arrow table whose columns are named as the fields' attnames.

    Ids are text of 32 hexadecimal digits. On PostgreSQL no row becomes a Python object: Arrow writes the text of COPY.
    """
    names = ", ".join(connection.ops.quote_name(_field(model, name).column) for name in table.column_names)
    target = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        _copy_table(f"COPY {target} ({names}) FROM STDIN (FORMAT csv)", table)
        return
    places = ", ".join("?" * table.num_columns)
    connection.ensure_connection()
    assert connection.connection is not None
    with connection.wrap_database_errors:
        connection.connection.executemany(
            f"INSERT INTO {target} ({names}) VALUES ({places})",  # noqa: S608 - only names are put in
            _sqlite_tuples(table),
        )


def add(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Add to the numbers in `columns` of rows known by their primary key; each of `rows` is (key, amount, …)."""
    table = connection.ops.quote_name(model._meta.db_table)
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    names = [connection.ops.quote_name(field.column) for field in fields]
    sums = ", ".join(f"{name} = {name} + %s" for name in names)
    adapt = to_sqlite if connection.vendor == "sqlite" else (lambda value: value)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table} SET {sums} WHERE id = %s",  # noqa: S608 - only names are put in
            [(*amounts, adapt(key)) for key, *amounts in rows],
        )


@contextmanager
def rare_checkpoints() -> Iterator[None]:
    """While this lasts, SQLite moves its write-ahead log into the file every 64 MiB instead of every 4.

    Each move writes and syncs pages all over the file, most of them again and again in a long bulk load.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_autocheckpoint=16000")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=1000")


def _copy(
    table: str, names: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]], *, ignore_conflicts: bool
) -> None:
    json_places = [i for i, field in enumerate(fields) if isinstance(field, models.JSONField)]
    target = "bulk_insert_rows" if ignore_conflicts else table
    with connection.cursor() as cursor:
        if ignore_conflicts:
            cursor.execute(f"CREATE TEMP TABLE {target} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")  # noqa: S608
        with connection.wrap_database_errors, cursor.cursor.copy(f"COPY {target} ({names}) FROM STDIN") as copy:
            for row in rows:
                if json_places:
                    row = list(row)  # noqa: PLW2901
                    for i in json_places:
                        row[i] = None if row[i] is None else json.dumps(row[i], ensure_ascii=False)
                copy.write_row(row)
        if ignore_conflicts:
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {target} ON CONFLICT DO NOTHING")  # noqa: S608
            cursor.execute(f"DROP TABLE {target}")


def _copy_table(sql: str, table: pa.Table) -> None:
    from pyarrow import csv

    options = csv.WriteOptions(include_header=False)
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(sql) as copy:
        for batch in table.to_batches(max_chunksize=_ROWS):
            text = pa.BufferOutputStream()
            csv.write_csv(batch, text, options)
            copy.write(memoryview(text.getvalue()))


def _sqlite_tuples(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_ROWS):
        yield from zip(*(_sqlite_column(column).to_pylist() for column in batch.columns), strict=True)


def _sqlite_column(column: pa.Array) -> pa.Array:
    """A column in the form in which Django writes it: moments and dates as text, no fraction where it is zero."""
    if pa.types.is_timestamp(column.type):
        text = column.cast(pa.timestamp("us")).cast(pa.string())
        return pc.replace_substring_regex(text, r"\.000000$", "")
    return column.cast(pa.string()) if pa.types.is_temporal(column.type) else column


def _sqlite_rows(fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """Rows in SQLite's values, converted by columns: most hold numbers and text, which go as they are."""
    converters = [_sqlite_converter(field) for field in fields]
    remaining = iter(rows)
    while piece := list(islice(remaining, 5000)):
        columns = [
            column if convert is None else list(map(convert, column))
            for convert, column in zip(converters, zip(*piece, strict=True), strict=True)
        ]
        yield from zip(*columns, strict=True)


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name.removesuffix("_id") if _is_relation(model, name) else name)


def _is_relation(model: type[models.Model], name: str) -> bool:
    return name.endswith("_id") and any(f.attname == name and f.is_relation for f in model._meta.concrete_fields)


_AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.FloatField, models.BooleanField)


def _sqlite_converter(field: Any) -> Callable[[Any], Any] | None:
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.JSONField):
        return lambda value: None if value is None else json.dumps(value, ensure_ascii=False)
    if isinstance(target, models.UUIDField):
        return lambda value: None if value is None else value.hex
    return None if isinstance(target, _AS_THEY_ARE) else to_sqlite


def to_sqlite(value: Any) -> Any:
    """`value` in the form in which Django writes it to SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None)
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value
