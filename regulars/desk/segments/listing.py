"""A table of customers as the address asks for it: columns, order, search, condition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from django.utils.timezone import get_current_timezone
from django.utils.timezone import override as timezone_override
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from regulars.audience import actions
from regulars.audience.queries import select, stream
from regulars.desk.access import SignedIn, StaffRequest
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.segments.cells import NAME, Cells, Column, Line, columns_of, name_of
from regulars.desk.segments.vocabulary import offered
from regulars.foundation import clock
from regulars.foundation.conditions.catalogue import Attribute, Type, catalogue
from regulars.foundation.conditions.syntax import Condition
from regulars.foundation.paging import Page

DEFAULT_COLUMNS = ("audience.stage", "audience.orders", "audience.revenue", "audience.last_order_at", "customers.city")
MAX_COLUMNS = 12
# Folded words for searching are no columns; these texts are.
_SHOWN_TEXTS = ("customers.email", "customers.phone")
PAGE_SIZE = 40


@dataclass(frozen=True)
class Table:
    columns: Sequence[Column]
    lines: Sequence[Line]
    page: Page[Any]
    sort: str


@dataclass(frozen=True)
class Asked:
    """What the address says; what it says wrongly is left out."""

    keys: tuple[str, ...]
    sort: str
    cursor: str | None
    search: str

    @classmethod
    def of(cls, request: StaffRequest) -> "Asked":
        known = {one.key: one for one in [catalogue.attribute(NAME), *column_choices(request.staff)]}
        keys = [key for key in request.GET.getlist("column") if key in known and key != NAME][:MAX_COLUMNS]
        sort = request.GET.get("sort", NAME)
        attribute = known.get(sort.removeprefix("-"))
        return cls(
            tuple(dict.fromkeys(keys)) or DEFAULT_COLUMNS,
            sort if attribute and attribute.type is not Type.SET else NAME,
            request.GET.get("cursor") or None,
            request.GET.get("q", "").replace("\x00", "")[:200],
        )


def column_choices(staff: SignedIn) -> list[Attribute]:
    """What may stand beside the name."""
    return [one for one in offered(staff) if one.type is not Type.TEXT or one.key in _SHOWN_TEXTS]


def table(
    asked: Asked, *, condition: Condition | None = None, segment_id: UUID | None = None, currency: str, now: datetime
) -> Table:
    page = select(
        condition,
        columns=[NAME, *asked.keys],
        sort=asked.sort,
        cursor=asked.cursor,
        limit=PAGE_SIZE,
        search=asked.search,
        segment_id=segment_id,
        now=now,
    )
    return Table(columns_of(asked.keys), Cells(asked.keys, currency=currency).lines(page.rows), page, asked.sort)


def export(
    request: StaffRequest,
    name: str,
    asked: Asked,
    *,
    condition: Condition | None = None,
    segment_id: UUID | None = None,
) -> HttpResponseBase:
    """The whole table as a file; that it was taken out is written into the audit trail."""
    now, currency = clock.now(), request.shop.base_currency
    actions.note_export(
        columns=[NAME, *asked.keys],
        condition=condition.data if condition else None,
        segment_id=segment_id,
        by=request.by,
        now=now,
    )
    headers = [_("Customer number"), *(str(catalogue.attribute(key).label) for key in (NAME, *asked.keys))]
    rows = stream(
        condition,
        columns=[NAME, *asked.keys],
        sort=asked.sort,
        search=asked.search,
        segment_id=segment_id,
        now=now,
    )
    cells = Cells(asked.keys, currency=currency)

    language, zone = get_language(), get_current_timezone()

    def lines() -> Iterator[list[Cell]]:
        # The file is written after the view has ended, and the reader's language and zone with it.
        with override(language), timezone_override(zone):
            for row in rows:
                yield [str(row.id), name_of(row), *cells.file_line(row)]

    return csv_response(name, headers, lines())
