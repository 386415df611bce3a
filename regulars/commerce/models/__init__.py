"""Tables of goods, orders, returns, enquiries and import runs. Amounts are minor units; quantities thousandths."""

from regulars.commerce.models.catalogue import Category, Price, Product, Variant
from regulars.commerce.models.enquiries import Enquiry
from regulars.commerce.models.imports import ImportProfile, ImportRun
from regulars.commerce.models.orders import Order, OrderLine
from regulars.commerce.models.returns import Return, ReturnLine, StockWriteOff

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
    "StockWriteOff",
    "Variant",
]
