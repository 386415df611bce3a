"""What goods are, and how their codes are written."""

from collections.abc import Iterable
from enum import StrEnum

from regulars.foundation.text import fold

PATH_SEPARATOR = " > "


class ProductKind(StrEnum):
    GOODS = "goods"
    SERVICE = "service"
    CERTIFICATE = "certificate"
    DELIVERY = "delivery"
    FEE = "fee"


def fold_sku(sku: str) -> str:
    """The form in which SKUs that differ by case only are equal. They are shown to a person, never joined by it."""
    return fold(sku)[:120]


def category_path(names: list[str]) -> str:
    """A category's place in the tree, from the root down: what it is known by and sorted by."""
    return PATH_SEPARATOR.join(fold(name) for name in names)


def product_search_text(name: str, brand: str, codes: Iterable[str]) -> str:
    """What a product is found by: its name, its brand, and the SKUs, barcodes and names of its variants; folded."""
    return fold(" ".join([name, brand, *codes]))
