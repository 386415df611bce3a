"""How one customer's chance of being still a customer went, from the stored fit and his own days of purchase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class OutlookPoint:
    """p_alive (0–1): how likely he was still a customer on the evening of `day`, as today's models see it."""

    day: date
    p_alive: float


@dataclass(frozen=True)
class Outlook:
    """A customer's curve and what it rests on.

    points: from his first purchase to the data's date (one on each day of purchase, the eve of each, and about every
    hundredth of the time between), then `ahead` up to 90 days further if he stays silent. bought: his days of
    purchase. model: the name of the fit ("bg_nbd", …). has_drop_out: False where nobody was seen to leave for good, so
    that the curve is flat at 1.
    """

    points: Sequence[OutlookPoint]
    ahead: Sequence[OutlookPoint]
    bought: Sequence[date]
    as_of_date: date
    model: str
    has_drop_out: bool


def outlook_of(customer_id: UUID) -> Outlook | None:
    """The curve of one customer (a survivor's id); None without a purchase, or while no model could be fitted."""
    return None
