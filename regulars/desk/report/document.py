"""The report as values: what is printed, in words of one language, before anything is laid out."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Table:
    """Texts only. The first column names the row; `words` are columns of words, all others hold figures."""

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Section:
    """Part of the report. picture: an <svg>, "" for none. unknown: what cannot be known yet, and when it will be.

    page, path: the page of the desk that shows more, and where it is.
    """

    title: str
    sentences: Sequence[str] = ()
    picture: str = ""
    table: Table | None = None
    unknown: str = ""
    page: str = ""
    path: str = ""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something to do first: what, why in numbers, the money of a year that hangs on it ("" where none is named)."""

    title: str
    reason: str
    stake: str
    page: str
    path: str


@dataclass(frozen=True)
class Figure:
    """A number at the head of the report."""

    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Report:
    """address: where the desk is reached, "" if not known: then pages are named without links."""

    language: str
    title: str
    shop: str
    subtitle: str
    opening: Sequence[str]
    figures: Sequence[Figure]
    things_title: str
    things: Sequence[Thing]
    things_note: str
    sections: Sequence[Section]
    colophon: str
    address: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)
