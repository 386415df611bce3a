"""Pure decisions about goods, orders, returns and enquiries."""

from regulars.commerce.rules.catalogue import ProductKind
from regulars.commerce.rules.enquiries import EnquiryKind, EnquiryOutcome, EnquiryStep
from regulars.commerce.rules.imports import ImportKind, ImportState
from regulars.commerce.rules.orders import MOVES, OrderStatus, may_move

__all__ = [
    "MOVES",
    "EnquiryKind",
    "EnquiryOutcome",
    "EnquiryStep",
    "ImportKind",
    "ImportState",
    "OrderStatus",
    "ProductKind",
    "may_move",
]
