"""What goods are, and how their codes are written."""

from enum import StrEnum


class ProductKind(StrEnum):
    GOODS = "goods"
    SERVICE = "service"
    CERTIFICATE = "certificate"
    DELIVERY = "delivery"
    FEE = "fee"
