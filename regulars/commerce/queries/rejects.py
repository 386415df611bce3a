"""The rows that an import left out."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

from django.utils.functional import Promise

from regulars.commerce.queries.import_words import ROW_TEXTS
from regulars.commerce.queries.imports import folder_of
from regulars.commerce.rules.imports import RejectReason

REJECTS = "rejects.csv"


@dataclass(frozen=True)
class RejectRow:
    """A row that was left out: `row` counts from 1 for the header; `column` and `value` are the file's own."""

    row: int
    column: str
    value: str
    reason: Promise
    remedy: Promise


def rejects(run_id: UUID, *, limit: int | None = None) -> Iterator[RejectRow]:
    """The rows that a run left out, in the file's order; none once its files were removed."""
    return islice(_read(folder_of(run_id) / REJECTS), limit)


def _read(path: Path) -> Iterator[RejectRow]:
    if not path.exists():
        return
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows, None)
        for row, reason, column, value in rows:
            yield RejectRow(int(row), column, value, *ROW_TEXTS[RejectReason(reason)])
