"""Values of customers as cells: in a page's table and in a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.dates import MONTHS_ALT
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from regulars.audience.queries import CustomerRow
from regulars.audience.rules import Stage
from regulars.desk.csv_export import Cell
from regulars.foundation.conditions.catalogue import Attribute, Type, catalogue
from regulars.foundation.money import Money
from regulars.ui import formats

NAME = "customers.name"
STAGE_TONES = {Stage.LOYAL: "good", Stage.REGULAR: "good", Stage.LEAVING: "warn", Stage.LOST: "bad", Stage.NEW: "info"}
_FIGURES = (Type.NUMBER, Type.MONEY)


@dataclass(frozen=True)
class Column:
    key: str
    label: str | Promise
    is_numeric: bool
    is_sortable: bool


@dataclass(frozen=True)
class Shown:
    """A cell of a page; `tone` makes it a badge."""

    label: str | Promise
    text: str
    is_numeric: bool
    tone: str = ""
    is_badge: bool = False


@dataclass(frozen=True)
class Line:
    id: UUID
    name: str
    cells: Sequence[Shown]


def columns_of(keys: Sequence[str]) -> list[Column]:
    attributes = [catalogue.attribute(key) for key in keys]
    return [Column(one.key, one.label, one.type in _FIGURES, one.type is not Type.SET) for one in attributes]


class Cells:
    """Words for values of these columns; looks the shop's own choices (stores, staff) up once."""

    def __init__(self, keys: Sequence[str], *, currency: str) -> None:
        self.attributes = [catalogue.attribute(key) for key in keys if key != NAME]
        self.currency = currency
        self.labels = {
            one.key: one.labels() for one in self.attributes if one.is_id or isinstance(one.choices, Mapping)
        }

    def lines(self, rows: Sequence[CustomerRow]) -> list[Line]:
        return [
            Line(row.id, name_of(row), [self._shown(one, row.values.get(one.key)) for one in self.attributes])
            for row in rows
        ]

    def file_line(self, row: CustomerRow) -> list[Cell]:
        """For a spreadsheet: money as a plain number of major units, days as ISO dates."""
        return [self._file_cell(one, row.values.get(one.key)) for one in self.attributes]

    def text(self, attribute: Attribute, value: Any) -> str:
        """A value in words, in the active language; "" where unknown."""
        if value is None or value == ():
            return ""
        match attribute.type:
            case Type.MONEY:
                return formats.money(value, self.currency)
            case Type.NUMBER:
                # A year is no quantity: it has no thousands.
                return str(value) if attribute.key.endswith("_year") else formats.number(value)
            case Type.BOOLEAN:
                return _("Yes") if value else _("No")
            case Type.DATE | Type.DATETIME:
                return formats.day(value)
            case Type.ANNIVERSARY:
                return f"{value % 100} {MONTHS_ALT[value // 100]}"
            case Type.SET:
                return ", ".join(value)
            case Type.CHOICE:
                return str(self.labels.get(attribute.key, {}).get(value, value))
        return str(value)

    def _shown(self, attribute: Attribute, value: Any) -> Shown:
        is_stage = attribute.key == "audience.stage" and value is not None
        return Shown(
            attribute.label,
            self.text(attribute, value),
            attribute.type in _FIGURES,
            STAGE_TONES.get(Stage(value), "") if is_stage else "",
            is_stage,
        )

    def _file_cell(self, attribute: Attribute, value: Any) -> Cell:
        if value is None:
            return None
        match attribute.type:
            case Type.MONEY:
                return Money(value, self.currency).amount
            case Type.DATE | Type.DATETIME | Type.NUMBER:
                return value  # type: ignore[no-any-return]
            case Type.ANNIVERSARY:
                return f"{value // 100:02}-{value % 100:02}"
        return self.text(attribute, value)


def name_of(row: CustomerRow) -> str:
    return row.values.get(NAME) or _("No name")
