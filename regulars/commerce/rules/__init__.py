"""Pure decisions about goods, orders, returns, prices and enquiries."""

from regulars.commerce.rules.catalogue import ProductKind
from regulars.commerce.rules.enquiries import EnquiryKind, EnquiryOutcome, EnquiryStep
from regulars.commerce.rules.imports import ImportKind, ImportState
from regulars.commerce.rules.orders import MOVES, OrderDraft, OrderLineDraft, OrderStatus, may_move

__all__ = [
    "MOVES",
    "EnquiryKind",
    "EnquiryOutcome",
    "EnquiryStep",
    "ImportKind",
    "ImportState",
    "OrderDraft",
    "OrderLineDraft",
    "OrderStatus",
    "ProductKind",
    "may_move",
]
