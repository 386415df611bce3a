"""Pure decisions about goods, orders, returns and enquiries."""

from enum import StrEnum


class ProductKind(StrEnum):
    GOODS = "goods"
    SERVICE = "service"
    CERTIFICATE = "certificate"
    DELIVERY = "delivery"
    FEE = "fee"


class OrderStatus(StrEnum):
    DRAFT = "draft"
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


MOVES: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.DRAFT: frozenset({OrderStatus.PLACED, OrderStatus.CANCELLED}),
    OrderStatus.PLACED: frozenset(
        {OrderStatus.PAID, OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.CANCELLED}
    ),
    OrderStatus.PAID: frozenset({OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.COMPLETED, OrderStatus.CANCELLED}),
    OrderStatus.COMPLETED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


def may_move(current: OrderStatus, target: OrderStatus) -> bool:
    """Whether an order may go from one status to another."""
    return target in MOVES[current]


class EnquiryKind(StrEnum):
    CALL = "call"
    FORM = "form"
    VISIT = "visit"
    MEASURING = "measuring"
    MESSAGE = "message"


class EnquiryStep(StrEnum):
    NEW = "new"
    CONTACTED = "contacted"
    QUALIFIED = "qualified"
    OFFERED = "offered"
    CLOSED = "closed"


class EnquiryOutcome(StrEnum):
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ImportKind(StrEnum):
    ORDERS = "orders"
    CUSTOMERS = "customers"
    PRODUCTS = "products"


class ImportState(StrEnum):
    UPLOADED = "uploaded"
    READY = "ready"
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    DONE = "done"
    FAILED = "failed"
