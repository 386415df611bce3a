"""What happens with goods, orders, returns and enquiries. Ids and figures only; amounts in minor units."""

from dataclasses import dataclass
from uuid import UUID

from regulars.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class OrderPlaced(Event):
    kind = "commerce.order_placed"

    order_id: UUID
    channel: str
    currency: str
    total_minor: int
    base_total_minor: int

    def key(self) -> str:
        return str(self.order_id)


@dataclass(frozen=True, kw_only=True)
class OrderChanged(Event):
    """The content of an order was corrected; `occurred_at` is when, the totals are the new ones."""

    kind = "commerce.order_changed"

    order_id: UUID
    currency: str
    total_before_minor: int
    total_minor: int
    base_total_minor: int

    def key(self) -> str:
        return f"{self.order_id}:{self.occurred_at.isoformat()}"


@dataclass(frozen=True, kw_only=True)
class OrderStatusChanged(Event):
    kind = "commerce.order_status_changed"

    order_id: UUID
    status_before: str
    status: str

    def key(self) -> str:
        return f"{self.order_id}:{self.status}"


@dataclass(frozen=True, kw_only=True)
class OrderCancelled(Event):
    kind = "commerce.order_cancelled"

    order_id: UUID
    cause_id: UUID | None
    currency: str
    total_minor: int
    base_total_minor: int

    def key(self) -> str:
        return str(self.order_id)


@dataclass(frozen=True, kw_only=True)
class GoodsReturned(Event):
    """`order_id` None: nothing was found that the return undoes, or it undoes lines of several orders."""

    kind = "commerce.goods_returned"

    return_id: UUID
    order_id: UUID | None
    cause_id: UUID | None
    currency: str
    total_minor: int
    base_total_minor: int
    is_matched: bool

    def key(self) -> str:
        return str(self.return_id)


@dataclass(frozen=True, kw_only=True)
class ReturnMatched(Event):
    """An unmatched part of a return was pointed at the line that it undoes."""

    kind = "commerce.return_matched"

    return_id: UUID
    return_line_id: UUID
    order_id: UUID
    order_line_id: UUID
    quantity_milli: int

    def key(self) -> str:
        return str(self.return_line_id)


@dataclass(frozen=True, kw_only=True)
class StockWrittenOff(Event):
    """Goods left without a sale; a quantity below zero was found again."""

    kind = "commerce.stock_written_off"

    write_off_id: UUID
    variant_id: UUID
    quantity_milli: int

    def key(self) -> str:
        return str(self.write_off_id)


@dataclass(frozen=True, kw_only=True)
class ProductAdded(Event):
    kind = "commerce.product_added"

    product_id: UUID

    def key(self) -> str:
        return str(self.product_id)


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    kind = "commerce.product_changed"

    product_id: UUID
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class VariantAdded(Event):
    kind = "commerce.variant_added"

    product_id: UUID
    variant_id: UUID

    def key(self) -> str:
        return str(self.variant_id)


@dataclass(frozen=True, kw_only=True)
class PriceChanged(Event):
    """A variant costs something else from `occurred_at` on; `price_before_minor` None: it had no price before."""

    kind = "commerce.price_changed"

    product_id: UUID
    variant_id: UUID
    currency: str
    price_before_minor: int | None
    price_minor: int

    def key(self) -> str:
        return f"{self.variant_id}:{self.occurred_at.isoformat()}"


@dataclass(frozen=True, kw_only=True)
class EnquiryOpened(Event):
    kind = "commerce.enquiry_opened"

    enquiry_id: UUID
    enquiry_kind: str
    channel: str

    def key(self) -> str:
        return str(self.enquiry_id)


@dataclass(frozen=True, kw_only=True)
class EnquiryMoved(Event):
    kind = "commerce.enquiry_moved"

    enquiry_id: UUID
    step_before: str
    step: str


@dataclass(frozen=True, kw_only=True)
class EnquiryAssigned(Event):
    kind = "commerce.enquiry_assigned"

    enquiry_id: UUID
    owner_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class EnquiryClosed(Event):
    """`order_id`: what a won enquiry led to; `cause_id`: why a lost one was lost."""

    kind = "commerce.enquiry_closed"

    enquiry_id: UUID
    outcome: str
    cause_id: UUID | None
    order_id: UUID | None

    def key(self) -> str:
        return str(self.enquiry_id)


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """A file or feed was taken in as a whole; `is_new_baseline`: with history, so figures move without news."""

    kind = "commerce.import_finished"

    run_id: UUID
    import_kind: str
    rows: int
    created: int
    updated: int
    is_new_baseline: bool

    def key(self) -> str:
        return str(self.run_id)
