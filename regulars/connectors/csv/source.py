"""A file as an `OrderSource`: rows of text become normalised records, what cannot is rejected with its reason.

The same texts come again and again in a table (a moment for each line of an order, a price for each sale of a thing),
so every conversion is remembered, for a bounded number of texts.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from pathlib import Path
from zoneinfo import ZoneInfo

from regulars.commerce.ports import (
    NO_DETAILS,
    WHOLE_ORDER,
    Batch,
    CatalogueRecord,
    CustomerRecord,
    LineRecord,
    OrderDetails,
    ProductRecord,
    Record,
    Reject,
    SourceFault,
    VisitRecord,
)
from regulars.commerce.rules.imports import (
    Field,
    FileDefinition,
    FileFault,
    ImportKind,
    RejectReason,
    Shape,
    missing_fields,
)
from regulars.commerce.rules.orders import goods_amount
from regulars.commerce.rules.visits import SiteEventKind, clean_path, device_of, event_kind_of
from regulars.connectors.csv.columns import is_header
from regulars.connectors.csv.tables import Table, table_at
from regulars.connectors.csv.values import NotADate, NotANumber, date_of, moment_of, number_of, scaled
from regulars.customers.rules import Birthday, Person
from regulars.customers.rules.names import split_name
from regulars.foundation.money import is_currency_code

BATCH_ROWS = 5000
REMEMBERED = 1 << 16
# Longer texts are no names; the tables hold less and take the beginning.
MAX_TEXT = 2000
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)
# What programmes write for "nothing".
_NOTHING = frozenset({"nan", "null", "none", "n/a", "#n/a", "nat", "-", "—"})
_SIGNS = {"₽": "RUB", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₴": "UAH",
          "₸": "KZT", "руб": "RUB", "руб.": "RUB", "р.": "RUB"}  # fmt: skip


class _RowFault(Exception):
    def __init__(self, reason: RejectReason, value: str = "") -> None:
        self.reason = reason
        self.value = value[:80]


class FileSource:
    """Rows of the file at `path`, read as `definition` says. now: orders dated after it are rejected."""

    def __init__(self, path: Path, definition: FileDefinition, *, now: datetime) -> None:
        self.path = path
        self.definition = definition
        self.now = now
        self.mixed_count = 0

    def total_rows(self) -> int | None:
        with table_at(self.path) as table:
            return table.total_rows - 1 if table.total_rows is not None else None

    def batches(self, *, after_row: int = 0) -> Iterator[Batch]:
        with table_at(self.path) as table:
            start = read_start(table)
            definition = self.definition.on_headers(start.headers)
            if missing_fields(definition):
                raise SourceFault(FileFault.COLUMNS_NOT_FOUND)
            reader = _Reader(definition, width=len(start.headers), now=self.now)
            rows = start.rows
            row = start.first_row
            if after_row >= row:
                _skip(rows, after_row - row + 1)
                row = after_row + 1
            while piece := list(islice(rows, BATCH_ROWS)):
                yield reader.batch(piece, first_row=row, share=table.share())
                row += len(piece)
            self.mixed_count = table.mixed_count


class TableStart:
    """A table behind its header. first_row: the number of the first row of `rows`, the file's first being 1."""

    def __init__(self, headers: list[str], rows: Iterator[list[str]], first_row: int) -> None:
        self.headers = headers
        self.rows = rows
        self.first_row = first_row


def read_start(table: Table) -> TableStart:
    """Finds the header: the first row that names columns, among the first twenty; without one, columns get numbers.

    Raises SourceFault for a table of nothing or of a header only.
    """
    from itertools import chain

    beginning = list(islice(table.rows, 20))
    filled = [place for place, row in enumerate(beginning) if any(cell.strip() for cell in row)]
    if not filled:
        raise SourceFault(FileFault.EMPTY)
    place = next((place for place in filled if is_header(beginning[place])), None)
    if place is None:
        first = beginning[filled[0]]
        # Words only, above rows that hold figures: a header in a language that we do not know.
        has_figures = any(any(c.isdigit() for c in cell) for cell in first)
        if has_figures:
            headers = [f"#{number}" for number in range(1, len(first) + 1)]
            return TableStart(headers, chain(beginning[filled[0] :], table.rows), filled[0] + 1)
        place = filled[0]
    headers = _told_apart([" ".join(cell.split())[:120] for cell in beginning[place]])
    rest = chain(beginning[place + 1 :], table.rows)
    second = next(rest, None)
    while second is not None and not any(cell.strip() for cell in second):
        place, second = place + 1, next(rest, None)
    if second is None:
        raise SourceFault(FileFault.HEADER_ONLY)
    return TableStart(headers, chain([second], rest), place + 2)


def _told_apart(headers: list[str]) -> list[str]:
    """Empty headers get their number; of equal ones the later get a number behind."""
    seen: dict[str, int] = {}
    told = []
    for number, header in enumerate(headers, start=1):
        name = header or f"#{number}"
        seen[name] = seen.get(name, 0) + 1
        told.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return told


def _skip(rows: Iterator[list[str]], count: int) -> None:
    next(islice(rows, count, count), None)


def text_in(cell: str) -> str:
    """A cell's text: white space as single blanks, programmes' words for nothing as nothing."""
    text = " ".join(cell.split())
    if len(text) > MAX_TEXT:
        raise _RowFault(RejectReason.TOO_LONG, text)
    return "" if text.casefold() in _NOTHING else text


class _Reader:
    """Turns rows into records. Columns that the file lacks are read from an empty cell behind the row's last."""

    def __init__(self, definition: FileDefinition, *, width: int, now: datetime) -> None:
        self._definition = definition
        self._width = width
        self._now = now
        self._zone = ZoneInfo(definition.zone)
        for name in ("moment", "number_text", "product", "person", "quantity", "price", "money", "currency", "details"):
            setattr(self, f"_{name}", lru_cache(REMEMBERED)(getattr(self, f"_read_{name}")))
        by_kind: dict[tuple[ImportKind, bool], Callable[[list[str], int], Record]] = {
            (ImportKind.ORDERS, True): self._line_maker(),
            (ImportKind.ORDERS, False): self._order_record,
            (ImportKind.CUSTOMERS, False): self._customer_record,
            (ImportKind.PRODUCTS, False): self._catalogue_record,
            (ImportKind.VISITS, False): self._visit_record,
        }
        is_lines = definition.kind == ImportKind.ORDERS and definition.shape == Shape.LINES
        self._record = by_kind[definition.kind, is_lines]

    def batch(self, rows: list[list[str]], *, first_row: int, share: float) -> Batch:
        records: list[Record] = []
        rejects: list[Reject] = []
        width, make, add = self._width, self._record, records.append
        blank = 0
        for number, row in enumerate(rows, start=first_row):
            try:
                if len(row) != width and not self._fit(row):
                    blank += 1
                    continue
                row.append("")
                add(make(row, number))
            except _RowFault as fault:
                if not any(row):
                    blank += 1
                else:
                    rejects.append(Reject(number, fault.reason, self._column_of(fault.reason), fault.value))
        return Batch(first_row + len(rows) - 1, len(rows) - blank, records, rejects, share)

    def _fit(self, row: list[str]) -> bool:
        """Makes the row as wide as the header where that loses nothing; False for an empty one."""
        if row == ["\x00"]:
            raise _RowFault(RejectReason.TOO_LONG)
        if not any(row):
            return False
        if len(row) > self._width:
            if any(cell.strip() for cell in row[self._width :]):
                raise _RowFault(RejectReason.TOO_MANY_COLUMNS, " | ".join(row)[:80])
            del row[self._width :]
        elif len(row) < self._width:
            last = max(self._definition.columns.values())
            if len(row) * 2 < last:
                raise _RowFault(RejectReason.TOO_FEW_COLUMNS, " | ".join(row)[:80])
            row.extend([""] * (self._width - len(row)))
        return True

    def _place(self, name: Field) -> int:
        return self._definition.columns.get(name, self._width)

    def _column_of(self, reason: RejectReason) -> str:
        names = _FIELDS_OF_REASON.get(reason, ())
        found = [name for name in names if name in self._definition.columns]
        return self._definition.headers.get(found[0], found[0].value) if found else ""

    # ── Records ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _line_maker(self) -> Callable[[list[str], int], Record]:
        """A closure over the columns' numbers: it runs a million times."""
        place = self._place
        has = self._definition.columns.keys()
        i_number, i_at, i_time = place(Field.ORDER_NUMBER), place(Field.ORDERED_AT), place(Field.ORDERED_TIME)
        i_sku, i_name = place(Field.SKU), place(Field.PRODUCT_NAME)
        i_category, i_brand, i_barcode = place(Field.CATEGORY), place(Field.BRAND), place(Field.BARCODE)
        i_quantity, i_price, i_total = place(Field.QUANTITY), place(Field.PRICE), place(Field.LINE_TOTAL)
        i_discount, i_currency = place(Field.LINE_DISCOUNT), place(Field.CURRENCY)
        has_time, has_quantity, has_price = Field.ORDERED_TIME in has, Field.QUANTITY in has, Field.PRICE in has
        has_discount = Field.LINE_DISCOUNT in has
        person_places, detail_places = self._person_places(), self._detail_places()
        has_details = bool(has & set(_DETAILS))
        read_number, moment, product = self._number_text, self._moment, self._product  # type: ignore[attr-defined]
        quantity_of, price_of, money = self._quantity, self._price, self._money  # type: ignore[attr-defined]
        person, currency_of, details_of = self._person, self._currency, self._details  # type: ignore[attr-defined]

        def line(row: list[str], number: int) -> LineRecord:
            order = read_number(row[i_number])
            quantity = quantity_of(row[i_quantity]) if has_quantity else 1000
            size = quantity if quantity >= 0 else -quantity
            if has_price:
                price = price_of(row[i_price])
                amount = price * (size // 1000) if not size % 1000 else goods_amount(size, price)
            else:
                amount = money(row[i_total])
                price = _share(amount, size)
            if amount < 0 or price < 0:
                # Money that goes back is a return, by whichever sign it is written.
                amount, price, quantity = abs(amount), abs(price), -size
            return LineRecord(
                number,
                order,
                moment(f"{row[i_at]} {row[i_time]}" if has_time else row[i_at]),
                product(row[i_sku], row[i_name], row[i_category], row[i_brand], row[i_barcode]),
                quantity,
                price,
                amount,
                abs(money(row[i_discount] or "0")) if has_discount else 0,
                currency_of(row[i_currency]),
                person(*[row[i] for i in person_places]),
                details_of(*[row[i] for i in detail_places]) if has_details else NO_DETAILS,
            )

        return line

    def _order_record(self, row: list[str], number: int) -> LineRecord:
        cell = self._cell(row)
        totals = (cell(name) for name in (Field.ORDER_TOTAL, Field.LINE_TOTAL, Field.PRICE))
        total = self._read_price(next(filter(None, totals), ""))
        when = " ".join(filter(None, (cell(Field.ORDERED_AT), cell(Field.ORDERED_TIME))))
        details = self._read_details(*[row[i] for i in self._detail_places()])
        # The total is what was paid; goods are that before the discount and without the delivery.
        goods = max(abs(total) + details.discount_micro - details.delivery_micro, 0)
        return LineRecord(
            number,
            self._read_number_text(cell(Field.ORDER_NUMBER) or ""),
            self._read_moment(when),
            WHOLE_ORDER,
            1000 if total >= 0 else -1000,
            goods,
            goods,
            0,
            self._read_currency(cell(Field.CURRENCY) or ""),
            self._read_person(*[row[i] for i in self._person_places()]),
            details if total >= 0 else NO_DETAILS,
        )

    def _customer_record(self, row: list[str], number: int) -> CustomerRecord:
        person = self._read_person(*[row[i] for i in self._person_places()])
        if person is None:
            raise _RowFault(RejectReason.NO_IDENTITY)
        return CustomerRecord(number, person)

    def _catalogue_record(self, row: list[str], number: int) -> CatalogueRecord:
        cell = self._cell(row)
        product = self._read_product(*[cell(name) or "" for name in _PRODUCT_FIELDS])
        price, cost = cell(Field.PRICE), cell(Field.COST)
        return CatalogueRecord(
            number,
            product._replace(
                price_micro=self._read_price(price) if price else None,
                cost_micro=self._read_price(cost) if cost else None,
                currency=self._read_currency(cell(Field.CURRENCY) or ""),
            ),
        )

    def _visit_record(self, row: list[str], number: int) -> VisitRecord:
        def said(name: Field) -> str:
            return text_in(row[self._place(name)])

        when = " ".join(filter(None, (row[self._place(name)].strip() for name in _WHEN)))
        visitor, person = said(Field.VISITOR), self._person(*[row[i] for i in self._person_places()])  # type: ignore[attr-defined]
        if not visitor and person is None:
            raise _RowFault(RejectReason.NO_VISITOR)
        path = clean_path(said(Field.PATH)) if said(Field.PATH) else ""
        texts = [_without_fraction(said(name)) for name in (Field.SESSION, Field.SKU)]
        return VisitRecord(
            number,
            _without_fraction(said(Field.EVENT_ID))[:120],
            _without_fraction(visitor),
            self._event_kind(said(Field.EVENT_KIND), has_path=bool(path)),
            self._moment(when),  # type: ignore[attr-defined]
            texts[0],
            path,
            said(Field.SECTION),
            texts[1],
            said(Field.CAME_FROM),
            said(Field.CAMPAIGN),
            device_of(said(Field.DEVICE)).value,
            _without_fraction(said(Field.ORDER_NUMBER))[:120],
            person,
        )

    def _event_kind(self, text: str, *, has_path: bool) -> str:
        """A row that names a page and nothing else is the view of a page."""
        if not text and has_path:
            return SiteEventKind.PAGE.value
        kind = event_kind_of(text)
        if kind is None:
            raise _RowFault(RejectReason.BAD_EVENT_KIND, text)
        return kind.value

    def _cell(self, row: list[str]) -> Callable[[Field], str | None]:
        columns = self._definition.columns
        return lambda name: row[columns[name]].strip() if name in columns else None

    def _person_places(self) -> list[int]:
        return [self._place(name) for name in _PERSON_FIELDS]

    def _detail_places(self) -> list[int]:
        return [self._place(name) for name in _DETAILS]

    # ── Values ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _read_number_text(self, cell: str) -> str:
        number = text_in(cell)
        if not number:
            raise _RowFault(RejectReason.NO_ORDER_NUMBER)
        if len(number) > 120:
            raise _RowFault(RejectReason.TOO_LONG, number)
        return _without_fraction(number)

    def _read_moment(self, cell: str) -> datetime:
        text = text_in(cell)
        if not text:
            raise _RowFault(RejectReason.NO_DATE)
        try:
            moment = moment_of(text, zone=self._zone, order=self._definition.date_order)
        except NotADate as error:
            raise _RowFault(RejectReason.BAD_DATE, cell) from error
        if moment < EARLIEST:
            raise _RowFault(RejectReason.DATE_TOO_OLD, cell)
        if moment > self._now:
            raise _RowFault(RejectReason.DATE_IN_FUTURE, cell)
        return moment

    def _read_quantity(self, cell: str) -> int:
        text = text_in(cell)
        if not text:
            raise _RowFault(RejectReason.NO_QUANTITY)
        try:
            quantity = scaled(number_of(text, decimal_mark=self._definition.decimal_mark), 1000)
        except NotANumber as error:
            raise _RowFault(RejectReason.BAD_QUANTITY, cell) from error
        if quantity == 0:
            raise _RowFault(RejectReason.ZERO_QUANTITY, cell)
        if abs(quantity) > 10**12:
            raise _RowFault(RejectReason.BAD_QUANTITY, cell)
        return quantity

    def _read_price(self, cell: str) -> int:
        if not text_in(cell):
            raise _RowFault(RejectReason.NO_PRICE)
        return self._read_money(cell)

    def _read_money(self, cell: str) -> int:
        text = text_in(cell)
        if not text:
            raise _RowFault(RejectReason.NO_PRICE)
        try:
            amount = scaled(number_of(text, decimal_mark=self._definition.decimal_mark), 1_000_000)
        except NotANumber as error:
            raise _RowFault(RejectReason.BAD_PRICE, cell) from error
        if abs(amount) > 10**16:
            raise _RowFault(RejectReason.BAD_PRICE, cell)
        return amount

    def _read_currency(self, cell: str) -> str:
        text = text_in(cell).upper()
        if not text:
            return self._definition.currency
        code = _SIGNS.get(text.lower(), text)
        if not is_currency_code(code):
            raise _RowFault(RejectReason.BAD_CURRENCY, cell)
        return code

    def _read_product(self, sku: str, name: str, category: str, brand: str, barcode: str) -> ProductRecord:
        name = text_in(name)[:300]
        code = _without_fraction(text_in(sku)) or name[:120]
        if not code:
            raise _RowFault(RejectReason.NO_SKU)
        if len(code) > 120:
            raise _RowFault(RejectReason.TOO_LONG, code)
        return ProductRecord(code, name, text_in(category)[:200], text_in(brand)[:120], text_in(barcode)[:40])

    def _read_details(self, status: str, channel: str, comment: str, discount: str, delivery: str) -> OrderDetails:
        return OrderDetails(
            text_in(status)[:60],
            text_in(channel)[:60],
            text_in(comment),
            abs(self._read_money(discount)) if text_in(discount) else 0,
            abs(self._read_money(delivery)) if text_in(delivery) else 0,
        )

    def _read_person(self, *cells: str) -> Person | None:
        """None for a row of nobody: what is known would tell no person apart."""
        told = dict(zip(_PERSON_FIELDS, map(text_in, cells), strict=True))
        external_id = _without_fraction(told[Field.CUSTOMER_ID])[:120]
        email, phone = told[Field.EMAIL][:254], told[Field.PHONE][:254]
        if not (external_id or email or phone):
            return None
        first, last, patronymic = split_name(told[Field.NAME]) if told[Field.NAME] else ("", "", "")
        return Person(
            external_id=external_id,
            email=email,
            phone=_without_fraction(phone),
            first_name=(told[Field.FIRST_NAME] or first)[:120],
            last_name=(told[Field.LAST_NAME] or last)[:120],
            patronymic=(told[Field.PATRONYMIC] or patronymic)[:120],
            company=told[Field.COMPANY][:200],
            country=told[Field.COUNTRY][:60],
            city=told[Field.CITY][:120],
            language=told[Field.LANGUAGE][:5],
            birthday=self._birthday(told[Field.BIRTHDAY]),
            created_at=self._read_moment(told[Field.REGISTERED_AT]) if told[Field.REGISTERED_AT] else None,
        )

    def _birthday(self, text: str) -> Birthday | None:
        if not text:
            return None
        try:
            return Birthday.of(date_of(text, order=self._definition.date_order))
        except (NotADate, ValueError) as error:
            raise _RowFault(RejectReason.BAD_DATE, text) from error


_PERSON_FIELDS = (
    Field.CUSTOMER_ID, Field.EMAIL, Field.PHONE, Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.PATRONYMIC,
    Field.COMPANY, Field.COUNTRY, Field.CITY, Field.LANGUAGE, Field.BIRTHDAY, Field.REGISTERED_AT,
)  # fmt: skip
_PRODUCT_FIELDS = (Field.SKU, Field.PRODUCT_NAME, Field.CATEGORY, Field.BRAND, Field.BARCODE)
_WHEN = (Field.OCCURRED_AT, Field.ORDERED_TIME)
_DETAILS = (Field.STATUS, Field.CHANNEL, Field.COMMENT, Field.ORDER_DISCOUNT, Field.DELIVERY)

_FIELDS_OF_REASON: dict[RejectReason, tuple[Field, ...]] = {
    RejectReason.NO_ORDER_NUMBER: (Field.ORDER_NUMBER,),
    RejectReason.NO_DATE: (Field.ORDERED_AT, Field.OCCURRED_AT),
    RejectReason.BAD_DATE: (Field.ORDERED_AT, Field.OCCURRED_AT, Field.BIRTHDAY, Field.REGISTERED_AT),
    RejectReason.DATE_TOO_OLD: (Field.ORDERED_AT, Field.OCCURRED_AT, Field.REGISTERED_AT),
    RejectReason.DATE_IN_FUTURE: (Field.ORDERED_AT, Field.OCCURRED_AT, Field.REGISTERED_AT),
    RejectReason.NO_SKU: (Field.SKU, Field.PRODUCT_NAME),
    RejectReason.NO_QUANTITY: (Field.QUANTITY,),
    RejectReason.BAD_QUANTITY: (Field.QUANTITY,),
    RejectReason.ZERO_QUANTITY: (Field.QUANTITY,),
    RejectReason.NO_PRICE: (Field.PRICE, Field.LINE_TOTAL, Field.ORDER_TOTAL),
    RejectReason.BAD_PRICE: (Field.PRICE, Field.LINE_TOTAL, Field.ORDER_TOTAL),
    RejectReason.BAD_CURRENCY: (Field.CURRENCY,),
    RejectReason.NO_IDENTITY: (Field.CUSTOMER_ID, Field.EMAIL, Field.PHONE),
    RejectReason.NO_VISITOR: (Field.VISITOR, Field.CUSTOMER_ID),
    RejectReason.BAD_EVENT_KIND: (Field.EVENT_KIND,),
}


def _without_fraction(text: str) -> str:
    """13085.0 is 13085: spreadsheets make fractions of numbers that are names."""
    return text[:-2] if text.endswith(".0") and text[:-2].isdigit() else text


def _share(amount: int, quantity_milli: int) -> int:
    """The price of one, in millionths, of what costs `amount` in all, rounded."""
    return round(amount * 1000 / quantity_milli) if quantity_milli else 0
