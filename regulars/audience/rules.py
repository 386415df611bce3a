"""Pure values about groups of customers and what was found of each."""

from enum import StrEnum


class Stage(StrEnum):
    """Stages of loyalty (U1), in the order in which a customer climbs."""

    POTENTIAL = "potential"
    NEW = "new"
    OCCASIONAL = "occasional"
    REPEAT = "repeat"
    REGULAR = "regular"
    LOYAL = "loyal"
    LEAVING = "leaving"
    LOST = "lost"


class LinkKind(StrEnum):
    """How one product leads to another.

    NEXT: who has this is likely to want that; weights over a customer's purchases. BASKET: the same within one basket.
    BOUGHT_BY_SAME: counted among buyers. THEN: by way of a third product.
    """

    NEXT = "next"
    BASKET = "basket"
    BOUGHT_BY_SAME = "same"
    THEN = "then"
