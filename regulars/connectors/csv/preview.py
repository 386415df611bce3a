"""What a file seems to hold, before anything is taken in: found columns with samples, and what a sample comes to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from regulars.commerce.ports import LineRecord, Reject, SourceFault, VisitRecord
from regulars.commerce.rules.imports import (
    DateOrder,
    Field,
    FileDefinition,
    FileFault,
    ImportKind,
    Shape,
    missing_fields,
)
from regulars.connectors.csv.columns import find_columns, kind_of, shape_of
from regulars.connectors.csv.source import FileSource, read_start
from regulars.connectors.csv.tables import table_at
from regulars.connectors.csv.values import date_order_of, decimal_mark_of

SAMPLE_ROWS = 2000
SHOWN_VALUES = 3


@dataclass(frozen=True)
class Column:
    place: int
    header: str
    samples: Sequence[str]


@dataclass(frozen=True)
class FilePreview:
    """What was found.

    counts: of the sample's rows (`rows`, `lines`, `negative`, `guests`, `orders`, `visitors`, `rejected`).
    missing: groups of fields of which one is needed. has_open_date_order: every date could be read both ways.
    """

    format: str
    encoding: str
    delimiter: str
    columns: Sequence[Column]
    definition: FileDefinition
    missing: Sequence[tuple[Field, ...]]
    has_open_date_order: bool
    mixed_lines: int
    counts: Mapping[str, int]
    rejects: Sequence[Reject]
    first_at: datetime | None
    last_at: datetime | None


def first_preview(
    path: Path, base: FileDefinition, *, now: datetime, is_fixed: bool = False, is_kind_fixed: bool = False
) -> FilePreview:
    """What the file at `path` holds. base: source, zone and currency to begin with.

    is_fixed: its columns hold, too, and nothing is guessed. is_kind_fixed: its kind does.

    Raises SourceFault.
    """
    with table_at(path) as table:
        start = read_start(table)
        samples = list(islice(start.rows, SAMPLE_ROWS))
        share_mixed = table.mixed_count
    if is_fixed:
        definition, is_open = base.on_headers(start.headers), False
    else:
        definition, is_open = _guess(base, start.headers, samples, is_kind_fixed=is_kind_fixed)
    columns = [
        Column(place, header, _shown([row[place] for row in samples if place < len(row)]))
        for place, header in enumerate(start.headers)
    ]
    missing = missing_fields(definition)
    counts, rejects, moments = (Counter[str](), [], []) if missing else _count(path, definition, now)
    return FilePreview(
        format=table.format,
        encoding=table.encoding,
        delimiter=table.delimiter,
        columns=columns,
        definition=definition,
        missing=missing,
        has_open_date_order=is_open,
        mixed_lines=share_mixed,
        counts=counts,
        rejects=rejects,
        first_at=min(moments, default=None),
        last_at=max(moments, default=None),
    )


def _guess(
    base: FileDefinition, headers: list[str], samples: list[list[str]], *, is_kind_fixed: bool
) -> tuple[FileDefinition, bool]:
    kind = base.kind if is_kind_fixed else kind_of(headers) or base.kind
    columns = find_columns(headers, samples, kind=kind)
    if not is_kind_fixed and kind == ImportKind.ORDERS and missing_fields(replace(base, kind=kind, columns=columns)):
        # The words told too little; another kind that needs nothing more is the better guess.
        for other in (ImportKind.CUSTOMERS, ImportKind.PRODUCTS):
            others = find_columns(headers, samples, kind=other)
            guess = replace(base, kind=other, columns=others)
            if Field.ORDERED_AT not in columns and not missing_fields(guess) and len(others) > 1:
                kind, columns = other, others
                break

    def texts(*names: Field) -> list[str]:
        places = [columns[name] for name in names if name in columns]
        return [row[place] for row in samples for place in places if place < len(row) and row[place].strip()]

    order = date_order_of(texts(Field.ORDERED_AT, Field.OCCURRED_AT, Field.REGISTERED_AT, Field.BIRTHDAY))
    numbers = texts(Field.ORDER_NUMBER)
    definition = replace(
        base,
        kind=kind,
        shape=shape_of(columns) if kind == ImportKind.ORDERS else Shape.LINES,
        columns=columns,
        headers={name: headers[place] for name, place in columns.items()},
        date_order=order or DateOrder.DAY_FIRST,
        decimal_mark=decimal_mark_of(
            texts(Field.PRICE, Field.LINE_TOTAL, Field.ORDER_TOTAL, Field.QUANTITY, Field.COST)
        ),
        cancel_prefix=_cancel_prefix(numbers) if kind == ImportKind.ORDERS else "",
    )
    return definition, order is None


def _cancel_prefix(numbers: Sequence[str]) -> str:
    """ "C" where some numbers are a C with digits behind and most are digits alone."""
    digits = sum(number.strip().isdigit() for number in numbers)
    for prefix in ("C", "С"):
        marked = sum(number[:1] == prefix and number[1:].strip().isdigit() for number in numbers)
        if marked and digits > marked:
            return prefix
    return "C" if digits and digits == len(numbers) else ""


def _shown(values: list[str]) -> list[str]:
    distinct = dict.fromkeys(" ".join(value.split())[:60] for value in values[:200] if value.strip())
    return list(islice(distinct, SHOWN_VALUES))


def _count(path: Path, definition: FileDefinition, now: datetime) -> tuple[Counter[str], list[Reject], list[datetime]]:
    counts: Counter[str] = Counter()
    rejects: list[Reject] = []
    moments: list[datetime] = []
    numbers, visitors = set(), set()
    try:
        for batch in islice(FileSource(path, definition, now=now).batches(), 1):
            counts["rows"] += batch.rows
            counts["rejected"] += len(batch.rejects)
            rejects += batch.rejects[:20]
            for record in batch.records:
                if isinstance(record, LineRecord):
                    numbers.add(record.number)
                    moments.append(record.placed_at)
                    counts["negative"] += record.quantity_milli < 0
                    counts["guests"] += record.customer is None
                elif isinstance(record, VisitRecord):
                    visitors.add(record.visitor or record.customer)
                    moments.append(record.occurred_at)
    except SourceFault as fault:
        if fault.fault != FileFault.TRUNCATED:
            raise
    counts["orders"], counts["visitors"] = len(numbers), len(visitors)
    return counts, rejects, moments
