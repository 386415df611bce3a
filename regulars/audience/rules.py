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
