"""Any table as rows of text, one at a time: the first is the header, if there is one."""

import csv
import io
import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

from regulars.commerce.ports import SourceFault
from regulars.commerce.rules.imports import FileFault
from regulars.connectors.csv.decoding import encoding_of, text_blocks
from regulars.connectors.csv.opening import Format, OpenFile, opened

DELIMITERS = ",;\t|"
MAX_FIELD_BYTES = 32 << 20
SAMPLE_LINES = 60


@dataclass
class Table:
    """Rows of an opened file. `mixed_lines` fills while they are read; `total_rows` counts the header, too."""

    rows: Iterator[list[str]]
    share: Callable[[], float]
    format: str
    encoding: str = ""
    delimiter: str = ""
    total_rows: int | None = None
    mixed_lines: list[str] = field(default_factory=list)
    mixed_count: int = 0

    def note_mixed(self, text: str) -> None:
        self.mixed_count += 1
        if len(self.mixed_lines) < 20:
            self.mixed_lines.append(text[:200])


@contextmanager
def table_at(path: Path) -> Iterator[Table]:
    """The rows of the file at `path`. Raises SourceFault, also while they are read."""
    with opened(path) as file:
        if file.format == Format.XLSX:
            yield from _workbook(file)
        elif file.format == Format.PARQUET:
            yield _parquet(file)
        else:
            yield _text(file)


# ── Text ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _text(file: OpenFile) -> Table:
    start = file.stream.read(256 * 1024)
    encoding = encoding_of(start)
    table = Table(iter(()), file.share, "text", encoding)
    blocks = text_blocks(cast(BinaryIO, _Joined(start, file.stream)), encoding, table.note_mixed)
    first = next(blocks, "")
    table.delimiter = delimiter_of(first)
    csv.field_size_limit(MAX_FIELD_BYTES)
    lines = chain.from_iterable(io.StringIO(block, newline="") for block in chain([first], blocks))
    table.rows = _csv_rows(lines, table.delimiter)
    return table


class _Joined(io.RawIOBase):
    """What was read already, and the rest."""

    def __init__(self, start: bytes, rest: Any) -> None:
        self._start = start
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if self._start:
            piece, self._start = self._start, b""
            return piece
        return self._rest.read(size)  # type: ignore[no-any-return]


def _csv_rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        try:
            yield from reader
            return
        except csv.Error:
            # A field past any reason: a quote that is never closed has swallowed what follows.
            yield ["\x00"]


def delimiter_of(text: str) -> str:
    """The character that divides most lines into the same number of fields, above one."""
    lines = text[:200_000].splitlines(keepends=True)[:SAMPLE_LINES]
    best = (0.0, 0, ",")
    for place, delimiter in enumerate(DELIMITERS):
        try:
            widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        except csv.Error:
            continue
        if not widths:
            continue
        width, count = widths.most_common(1)[0]
        if width > 1:
            best = max(best, (count / widths.total() * min(width, 4), -place, delimiter))
    return best[2]


# ── Workbooks ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _workbook(file: OpenFile) -> Iterator[Table]:
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Formulas stay text (data_only=False): what they would come to is not ours to work out.
            book = load_workbook(file.stream, read_only=True, data_only=False, keep_links=False)
    except Exception as error:
        # openpyxl lets the errors of its parsers through: KeyError, ValueError, ParseError, BadZipFile …
        raise SourceFault(FileFault.DAMAGED, detail=type(error).__name__) from error
    try:
        sheet = book.worksheets[0] if book.worksheets else None
        if sheet is None:
            raise SourceFault(FileFault.EMPTY)
        sheet.reset_dimensions()
        rows = _from_cells(sheet.iter_rows(values_only=True))
        yield Table(rows, file.share, "xlsx")
    finally:
        book.close()


def _from_cells(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[str]]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for row in rows:
                yield [cell if type(cell) is str else text_of(cell) for cell in row]
    except (SyntaxError, ValueError, KeyError, EOFError, OSError) as error:
        raise SourceFault(FileFault.DAMAGED, detail=type(error).__name__) from error


# ── Parquet ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _parquet(file: OpenFile) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(file.stream)
    except (pa.ArrowException, OSError) as error:
        raise SourceFault(FileFault.DAMAGED, detail="parquet") from error
    names = [str(name) for name in parquet.schema_arrow.names]
    total = parquet.metadata.num_rows
    done = 0

    def rows() -> Iterator[list[str]]:
        nonlocal done
        yield names
        try:
            for batch in parquet.iter_batches(batch_size=5000):
                columns = [[text_of(value) for value in column.to_pylist()] for column in batch.columns]
                yield from map(list, zip(*columns, strict=True))
                done += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            raise SourceFault(FileFault.DAMAGED, row=done + 1, detail="parquet") from error

    return Table(rows(), lambda: done / total if total else 1.0, "parquet", total_rows=total + 1)


def text_of(value: Any) -> str:
    """A typed cell as the text that a CSV file would hold."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").replace("\x00", "")
    return str(value)
