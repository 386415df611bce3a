"""Tables of goods, orders, returns, enquiries, visits, imports. Amounts are minor units; quantities thousandths."""

from regulars.commerce.models.catalogue import Category, Price, Product, Variant
from regulars.commerce.models.enquiries import Enquiry
from regulars.commerce.models.imports import ImportProfile, ImportRun
from regulars.commerce.models.orders import Order, OrderLine
from regulars.commerce.models.returns import Return, ReturnLine, StockWriteOff
from regulars.commerce.models.visits import Site, SiteEvent

__all__ = [
    "Category",
    "Enquiry",
    "ImportProfile",
    "ImportRun",
    "Order",
    "OrderLine",
    "Price",
    "Product",
    "Return",
    "ReturnLine",
    "Site",
    "SiteEvent",
    "StockWriteOff",
    "Variant",
]
