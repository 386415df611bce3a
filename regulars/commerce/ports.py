"""What a source of orders fulfils: any that does can be run as an import."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from regulars.commerce.rules.imports import FileFault, RejectReason
from regulars.customers.rules import Person


class ProductRecord(NamedTuple):
    """What a source says of a product; "" and None where it says nothing. Amounts are millionths of the major unit."""

    sku: str
    name: str = ""
    category: str = ""
    brand: str = ""
    barcode: str = ""
    price_micro: int | None = None
    cost_micro: int | None = None
    currency: str = ""


WHOLE_ORDER = ProductRecord(sku="(order)", name="Whole order")


class OrderDetails(NamedTuple):
    """What a row says of its order as a whole; the first row that says it counts. Amounts are millionths."""

    status: str = ""
    channel: str = ""
    comment: str = ""
    discount_micro: int = 0
    delivery_micro: int = 0


NO_DETAILS = OrderDetails()


class LineRecord(NamedTuple):
    """One line of an order; a source that knows whole orders only gives one line of `WHOLE_ORDER` for each.

    row: number in the source, 1 being the header's. quantity_milli: thousandths, negative for what came back and for
    money that goes back. price_micro, amount_micro (price times quantity), discount_micro: never negative.
    """

    row: int
    number: str
    placed_at: datetime
    product: ProductRecord
    quantity_milli: int
    price_micro: int
    amount_micro: int
    discount_micro: int
    currency: str
    customer: Person | None
    details: OrderDetails


class CustomerRecord(NamedTuple):
    row: int
    customer: Person


class CatalogueRecord(NamedTuple):
    row: int
    product: ProductRecord


class VisitRecord(NamedTuple):
    """Something that a visitor of the site did. event_id "": the source gives it no number. kind: a SiteEventKind.

    device: a Device. customer: whoever the source says it was; None where it only knows a browser.
    """

    row: int
    event_id: str
    visitor: str
    kind: str
    occurred_at: datetime
    session: str
    path: str
    section: str
    sku: str
    came_from: str
    campaign: str
    device: str
    reference: str
    customer: Person | None


Record = LineRecord | CustomerRecord | CatalogueRecord | VisitRecord


class Reject(NamedTuple):
    """A row that is left out: which column and what stood there (shortened)."""

    row: int
    reason: RejectReason
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class Batch:
    """Some rows of the source, in its order. last_row: number of the last; share: how much is read, 0 to 1."""

    last_row: int
    rows: int
    records: Sequence[Record]
    rejects: Sequence[Reject]
    share: float | None = None


class OrderSource(Protocol):
    """Where rows come from. Reading twice gives the same rows with the same numbers."""

    def total_rows(self) -> int | None:
        """How many rows there are, where that is known without reading them."""

    def batches(self, *, after_row: int = 0) -> Iterator[Batch]:
        """The rows behind `after_row`. Raises SourceFault."""


class SourceFault(Exception):
    """The source cannot be read (further); `row` is the last that was good."""

    def __init__(self, fault: FileFault, *, row: int = 0, detail: str = "") -> None:
        super().__init__(f"{fault} after row {row} {detail}".strip())
        self.fault = fault
        self.row = row
        self.detail = detail
