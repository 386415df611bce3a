"""Where a run puts down what it has read: a database file of its own, so that the lines of one order come together
wherever they stand in the source, memory stays bounded, and a killed run goes on where it stopped.

It holds personal data and is removed when the run is done.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from regulars.commerce.ports import (
    NO_DETAILS,
    Batch,
    CatalogueRecord,
    CustomerRecord,
    LineRecord,
    OrderDetails,
    ProductRecord,
    Reject,
    VisitRecord,
)
from regulars.commerce.rules.imports import RejectReason
from regulars.customers.rules import Birthday, ConsentBasis, ConsentChannel, Person, Purpose, StatedConsent

_TABLES = """
CREATE TABLE IF NOT EXISTS progress (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS product (id INTEGER PRIMARY KEY, said TEXT NOT NULL UNIQUE, sku TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS person (
    id INTEGER PRIMARY KEY, said TEXT NOT NULL UNIQUE, reference TEXT NOT NULL, row INTEGER NOT NULL, customer BLOB
);
CREATE TABLE IF NOT EXISTS line (
    row INTEGER PRIMARY KEY, number TEXT NOT NULL, at INTEGER NOT NULL, product INTEGER NOT NULL,
    quantity INTEGER NOT NULL, price INTEGER NOT NULL, amount INTEGER NOT NULL, discount INTEGER NOT NULL,
    currency TEXT NOT NULL, person INTEGER, details TEXT, comes_back INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS visit (
    row INTEGER PRIMARY KEY, event_id TEXT NOT NULL, visitor TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL,
    session TEXT NOT NULL, path TEXT NOT NULL, section TEXT NOT NULL, sku TEXT NOT NULL, came_from TEXT NOT NULL,
    campaign TEXT NOT NULL, device TEXT NOT NULL, reference TEXT NOT NULL, person INTEGER
);
CREATE TABLE IF NOT EXISTS reject (
    row INTEGER PRIMARY KEY, reason TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL
);
"""

_REMEMBERED = 100_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class StagedLine(NamedTuple):
    """A line as it was put down; `at` is microseconds since 1970, `product` and `person` are the staging's own ids."""

    number: str
    row: int
    at: int
    product: int
    quantity: int
    price: int
    amount: int
    discount: int
    currency: str
    person: int | None
    details: str | None


class StagedVisit(NamedTuple):
    """A visitor's event as it was put down; `at` and `person` as in `StagedLine`."""

    row: int
    event_id: str
    visitor: str
    kind: str
    at: int
    session: str
    path: str
    section: str
    sku: str
    came_from: str
    campaign: str
    device: str
    reference: str
    person: int | None


class LastPrice(NamedTuple):
    price_micro: int
    at: datetime
    currency: str


class Staging:
    """The staging place in `folder`. One process at a time writes; the run's lock sees to that."""

    def __init__(self, folder: Path, *, cancel_prefix: str = "") -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._database = sqlite3.connect(folder / "staging.sqlite3", isolation_level=None)
        # A lost last commit is only read again; the file itself must stay whole.
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "temp_store=FILE", "cache_size=-32768"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.executescript(_TABLES)
        self._prefix = cancel_prefix
        self._people: dict[int, tuple[Person, int]] = {}
        self._products: dict[ProductRecord, int] = {}
        self._moments: dict[datetime, int] = {}
        self._details: dict[OrderDetails, str | None] = {NO_DETAILS: None}
        self._customers: dict[int, tuple[str, UUID | None]] = {}

    def close(self) -> None:
        self._database.close()

    # ── Putting down ─────────────────────────────────────────────────────────────────────────────────────────────

    def put(self, batch: Batch) -> None:
        """Keep a batch and how far the reading came, in one transaction."""
        database = self._database
        database.execute("BEGIN")
        try:
            lines = [record for record in batch.records if type(record) is LineRecord]
            if lines:
                database.executemany(
                    "INSERT INTO line VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", self._rows_of(lines)
                )
            for record in batch.records:
                if type(record) is CustomerRecord:
                    self._person_id(record.customer, record.row)
                elif type(record) is CatalogueRecord:
                    self._product_id(record.product)
                elif type(record) is VisitRecord:
                    self._put_visit(record)
            self.reject(batch.rejects)
            database.executemany(
                "INSERT INTO progress VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
                " WHERE name = 'last_row'",
                [("last_row", batch.last_row), ("rows", 0)],
            )
            database.execute("UPDATE progress SET value = value + ? WHERE name = 'rows'", (batch.rows,))
            database.execute("COMMIT")
        except BaseException:
            # Ids given out in the lost transaction must not be remembered.
            self._people.clear()
            self._products.clear()
            if database.in_transaction:
                database.execute("ROLLBACK")
            raise

    def _rows_of(self, lines: Iterable[LineRecord]) -> Iterator[tuple[Any, ...]]:
        people, products, moments, said = self._people, self._products, self._moments, self._details
        prefix = self._prefix
        if len(moments) > _REMEMBERED:
            moments.clear()
        for row, number, placed_at, product, quantity, price, amount, discount, currency, customer, details in lines:
            at = moments.get(placed_at)
            if at is None:
                at = moments[placed_at] = (placed_at - _EPOCH) // timedelta(microseconds=1)
            product_id = products.get(product)
            if product_id is None:
                product_id = self._product_id(product)
            if customer is None:
                person_id = None
            else:
                known = people.get(id(customer))
                person_id = known[1] if known is not None else self._person_id(customer, row)
            if details not in said:
                said[details] = json.dumps(details, ensure_ascii=False)
            comes_back = quantity < 0 or (prefix != "" and number.startswith(prefix))
            yield (
                row, number, at, product_id, quantity, price, amount, discount, currency, person_id, said[details],
                # Stock of nobody that left at no price is no return.
                comes_back and not (quantity < 0 and amount == 0 and person_id is None),
            )  # fmt: skip

    def _put_visit(self, record: VisitRecord) -> None:
        row, event_id, visitor, kind, occurred_at, *said, customer = record
        at = (occurred_at - _EPOCH) // timedelta(microseconds=1)
        person = self._person_id(customer, row) if customer else None
        places = ", ".join("?" * len(StagedVisit._fields))
        values = (row, event_id, visitor, kind, at, *said, person)
        self._database.execute(f"INSERT INTO visit VALUES ({places})", values)  # noqa: S608

    def _product_id(self, product: ProductRecord) -> int:
        if len(self._products) > _REMEMBERED:
            self._products.clear()
        said = json.dumps(product, ensure_ascii=False)
        self._products[product] = id_ = self._id_of("product", said, "(said, sku) VALUES (?, ?)", (said, product.sku))
        return id_

    def _person_id(self, person: Person, row: int) -> int:
        if len(self._people) > _REMEMBERED:
            self._people.clear()
        said = _dumped(person)
        id_ = self._id_of("person", said, "(said, reference, row) VALUES (?, ?, ?)", (said, reference_of(person), row))
        # By identity, because the hash of so many fields costs more than the rest of the row; the reference keeps it.
        self._people[id(person)] = (person, id_)
        return id_

    def _id_of(self, table: str, said: str, columns: str, values: tuple[Any, ...]) -> int:
        found = self._database.execute(f"SELECT id FROM {table} WHERE said = ?", (said,)).fetchone()  # noqa: S608
        if found is None:
            found = self._database.execute(f"INSERT INTO {table} {columns} RETURNING id", values).fetchone()
        return int(found[0])

    def reject(self, rejects: Iterable[Reject]) -> None:
        """Write down rows that are left out; a row's first reason stands."""
        self._database.executemany(
            "INSERT OR IGNORE INTO reject VALUES (?, ?, ?, ?)",
            [(reject.row, reject.reason.value, reject.field[:120], reject.value[:200]) for reject in rejects],
        )

    # ── What is there ────────────────────────────────────────────────────────────────────────────────────────────

    def progress(self, name: str) -> int:
        found = self._database.execute("SELECT value FROM progress WHERE name = ?", (name,)).fetchone()
        return int(found[0]) if found else 0

    def one(self, sql: str, *values: Any) -> int:
        """The number that a statement over the staging's tables comes to."""
        return int(self._database.execute(sql, values).fetchone()[0] or 0)

    def rejects(self) -> Iterator[Reject]:
        for row, reason, field, value in self._database.execute("SELECT * FROM reject ORDER BY row"):
            yield Reject(row, RejectReason(reason), field, value)

    def products(self, *, after_sku: str) -> Iterator[tuple[str, list[ProductRecord], "LastPrice | None"]]:
        """Each SKU behind `after_sku` with all that is said of it, the most sold saying last, and its last price."""
        found = self._database.execute(
            "SELECT p.sku, p.said, l.last, l.price, l.at, l.currency FROM product p LEFT JOIN (SELECT product,"
            " count(*) AS sold, max(at * 1000 + row % 1000) AS last, price, at, currency FROM line"
            " WHERE amount > 0 AND NOT comes_back GROUP BY product) l ON l.product = p.id WHERE p.sku > ?"
            " ORDER BY p.sku, coalesce(l.sold, 0), l.last, p.id",
            (after_sku,),
        )
        for sku, rows in groupby(found, key=itemgetter(0)):
            sayings, prices = [], []
            for _, said, last, price, at, currency in rows:
                sayings.append(ProductRecord(*json.loads(said)))
                if last is not None:
                    prices.append((last, LastPrice(price, moment_from(at), currency)))
            yield sku, sayings, max(prices, key=itemgetter(0))[1] if prices else None

    def people(
        self, *, limit: int, after: str = "", until: str | None = None
    ) -> Iterator[tuple[str, list[tuple[int, Person]]]]:
        """Everybody who is not a customer yet, in order of reference, all that is said of one together.

        About `limit` at a time, each with the last reference: those behind `after`, not behind `until`.
        """
        self._database.executescript(
            "CREATE INDEX IF NOT EXISTS person_reference ON person (reference);"
            "CREATE TABLE IF NOT EXISTS since (person INTEGER PRIMARY KEY, at INTEGER);"
        )
        if not self.one("SELECT count(*) FROM since"):
            self._database.execute(
                "INSERT INTO since SELECT person, min(at) FROM (SELECT person, at FROM line UNION ALL"
                " SELECT person, at FROM visit) WHERE person IS NOT NULL GROUP BY person"
            )
        while True:
            references = self._database.execute(
                "SELECT DISTINCT reference FROM person WHERE reference > ? AND (? IS NULL OR reference <= ?)"
                " AND customer IS NULL ORDER BY 1 LIMIT ?",
                (after, until, until, limit),
            ).fetchall()
            if not references:
                return
            found = self._database.execute(
                "SELECT p.id, p.said, s.at FROM person p LEFT JOIN since s ON s.person = p.id"
                " WHERE p.reference BETWEEN ? AND ? ORDER BY p.reference, p.id",
                (references[0][0], references[-1][0]),
            ).fetchall()
            after = references[-1][0]
            yield after, [(id_, _known_since(_loaded(said), at)) for id_, said, at in found]

    def name_customers(self, customers: Iterable[tuple[int, UUID]]) -> None:
        self._database.executemany(
            "UPDATE person SET customer = ? WHERE id = ?", [(customer.bytes, id_) for id_, customer in customers]
        )

    def rows_of_people(self, ids: Iterable[int]) -> list[int]:
        """The row in which each of these people came first."""
        found = (self._database.execute("SELECT row FROM person WHERE id = ?", (id_,)) for id_ in ids)
        return [int(rows.fetchone()[0]) for rows in found]

    def customers(self, ids: Iterable[int]) -> dict[int, tuple[str, UUID | None]]:
        """Person → (by what the source knows him, the customer he is)."""
        missing = [id_ for id_ in ids if id_ not in self._customers]
        if len(self._customers) > _REMEMBERED:
            self._customers.clear()
        for id_ in missing:
            reference, customer = self._database.execute(
                "SELECT reference, customer FROM person WHERE id = ?", (id_,)
            ).fetchone()
            self._customers[id_] = (reference, UUID(bytes=customer) if customer else None)
        return self._customers

    def skus(self) -> dict[int, str]:
        return dict(self._database.execute("SELECT id, sku FROM product"))

    def name_of(self, product: int) -> str:
        found = self._database.execute("SELECT said FROM product WHERE id = ?", (product,)).fetchone()
        return ProductRecord(*json.loads(found[0])).name

    def orders(self, *, after: str) -> Iterator[list[StagedLine]]:
        """The lines that do not come back, by order, orders in the order of their numbers."""
        found = self._database.execute(
            f"SELECT {_COLUMNS} FROM line WHERE NOT comes_back AND number > ? ORDER BY number, row",  # noqa: S608
            (after,),
        )
        for _, lines in groupby(found, key=itemgetter(0)):
            yield [StagedLine._make(line) for line in lines]

    def prepare_returns(self) -> None:
        """Put the invoices that come back in order of time, once."""
        self._database.executescript(
            "CREATE INDEX IF NOT EXISTS line_back ON line (number) WHERE comes_back;"
            "CREATE TABLE IF NOT EXISTS back (place INTEGER PRIMARY KEY, number TEXT NOT NULL);"
        )
        if not self.one("SELECT count(*) FROM back"):
            self._database.execute(
                "INSERT INTO back (number) SELECT number FROM line WHERE comes_back GROUP BY number"
                " ORDER BY min(at), number"
            )

    def returns(self, *, after: int) -> Iterator[tuple[int, list[StagedLine]]]:
        """(place in time, lines) of each invoice that comes back."""
        for place, number in self._database.execute(
            "SELECT place, number FROM back WHERE place > ? ORDER BY place", (after,)
        ).fetchall():
            lines = self._database.execute(
                f"SELECT {_COLUMNS} FROM line WHERE comes_back AND number = ? ORDER BY row",  # noqa: S608
                (number,),
            )
            yield place, [StagedLine._make(line) for line in lines]

    def visits(self, *, after_row: int, limit: int) -> list[StagedVisit]:
        """The next events of visitors behind a row, in the order of the file."""
        found = self._database.execute("SELECT * FROM visit WHERE row > ? ORDER BY row LIMIT ?", (after_row, limit))
        return [StagedVisit._make(visit) for visit in found]

    def return_numbers(self) -> set[str]:
        return {number for (number,) in self._database.execute("SELECT number FROM back")}

    def skus_by_case(self) -> list[tuple[str, ...]]:
        """Groups of SKUs that differ by case only."""
        groups: dict[str, set[str]] = {}
        for (sku,) in self._database.execute("SELECT DISTINCT sku FROM product"):
            groups.setdefault(sku.casefold(), set()).add(sku)
        return sorted(tuple(sorted(same)) for same in groups.values() if len(same) > 1)


_COLUMNS = ", ".join(StagedLine._fields)


def moment_from(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def reference_of(person: Person) -> str:
    """By what a source knows a person; the same however much else it says."""
    return person.external_id or person.email.casefold() or person.phone


def _known_since(person: Person, at: int | None) -> Person:
    """Who says no date is known since his first order or visit."""
    return person if person.created_at or at is None else replace(person, created_at=moment_from(at))


def details_of(lines: Sequence[StagedLine]) -> OrderDetails:
    """What the lines say of their order: of each detail the first that is said."""
    said = [OrderDetails(*json.loads(line.details)) for line in lines if line.details]
    if not said:
        return NO_DETAILS
    return OrderDetails(*(next((value for value in values if value), values[0]) for values in zip(*said, strict=True)))


_PERSON_FIELDS = tuple(field.name for field in fields(Person))


def _dumped(person: Person) -> str:
    told = {name: value for name in _PERSON_FIELDS if (value := getattr(person, name))}
    return json.dumps(told, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else asdict(value)


def _loaded(said: str) -> Person:
    told = json.loads(said)
    if "birthday" in told:
        told["birthday"] = Birthday(**told["birthday"])
    if "created_at" in told:
        told["created_at"] = datetime.fromisoformat(told["created_at"])
    if "consents" in told:
        told["consents"] = tuple(_consent(consent) for consent in told["consents"])
    told["tags"] = tuple(told.get("tags", ()))
    return Person(**told)


def _consent(told: dict[str, Any]) -> StatedConsent:
    return StatedConsent(
        purpose=Purpose(told["purpose"]),
        channel=ConsentChannel(told["channel"]),
        is_given=told["is_given"],
        basis=ConsentBasis(told["basis"]),
        at=datetime.fromisoformat(told["at"]) if told["at"] else None,
    )
