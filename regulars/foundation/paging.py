"""Paging by cursor: the next page starts after the last row seen, so rows that come in meanwhile shift nothing."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

Row = TypeVar("Row")


class BadCursor(ValueError):
    """The cursor is not one that we gave; start again from the first page."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows of one page; `next_cursor` is None on the last one, `total` None where counting was not asked for."""

    rows: Sequence[Row]
    next_cursor: str | None = None
    total: int | None = None


def encode_cursor(values: Sequence[Any]) -> str:
    """An opaque, URL-safe form of the last row's sort values (JSON scalars)."""
    return base64.urlsafe_b64encode(json.dumps(list(values), separators=(",", ":")).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *, length: int) -> list[Any]:
    """The sort values that `encode_cursor` was given; `length` is how many there must be."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error) as error:
        raise BadCursor(cursor) from error
    if not isinstance(values, list) or len(values) != length:
        raise BadCursor(cursor)
    return values


def decode_time_cursor(cursor: str) -> tuple[datetime, UUID]:
    """The moment and the id that `encode_cursor` was given as texts. Raises BadCursor."""
    at, id_ = decode_cursor(cursor, length=2)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise BadCursor(cursor)
        return moment, UUID(id_)
    except (TypeError, AttributeError, ValueError) as error:
        raise BadCursor(cursor) from error
