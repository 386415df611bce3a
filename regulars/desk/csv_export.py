"""Lists as CSV files: streamed, opened rightly by spreadsheet programs, and harmless to them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal

from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.text import slugify

Cell = str | int | float | Decimal | bool | date | datetime | None

# A cell that begins with one of these is taken for a formula (OWASP, "CSV Injection").
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BYTE_ORDER_MARK = "\ufeff"  # by it Excel knows UTF-8


class _Echo:
    """A file that hands each written line back."""

    def write(self, line: str) -> str:
        return line


def harmless(cell: Cell) -> str:
    """The cell's text; an apostrophe stops a spreadsheet from running what a customer wrote as his name."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, datetime):
        return cell.astimezone(timezone.get_current_timezone()).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, int | float | Decimal | date):
        return str(cell)
    text = cell.replace("\x00", "")
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def csv_response(name: str, headers: Sequence[object], rows: Iterable[Sequence[Cell]]) -> StreamingHttpResponse:
    """A download called `name`.csv; `rows` may be a generator, they are never held together."""
    response = StreamingHttpResponse(_as_asked(_lines(headers, rows)), content_type="text/csv; charset=utf-8")
    file_name = slugify(name) or "export"
    response["Content-Disposition"] = f'attachment; filename="{file_name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _as_asked(lines: Iterator[str]) -> Iterator[str]:
    """Make each line in the language and time zone of the request, which is over when the lines are asked for."""
    zone, language = timezone.get_current_timezone(), translation.get_language()
    return _each_within(lines, zone, language)


def _each_within(lines: Iterator[str], zone: tzinfo, language: str | None) -> Iterator[str]:
    while True:
        with timezone.override(zone), translation.override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _lines(headers: Sequence[object], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield _BYTE_ORDER_MARK + writer.writerow([harmless(str(header)) for header in headers])
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])
