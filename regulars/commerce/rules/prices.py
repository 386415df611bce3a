"""What a price change is, given what a variant cost before and after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class PricePoint:
    """A variant cost this from `valid_from` on."""

    valid_from: datetime
    price_minor: int
    currency: str


def price_at(history: Sequence[PricePoint], at: datetime) -> PricePoint | None:
    """The price that held at a moment; None before the first one. `history` is in order of time."""
    held = [point for point in history if point.valid_from <= at]
    return held[-1] if held else None


def is_price_change(history: Sequence[PricePoint], new: PricePoint) -> bool:
    """Whether `new` says anything else than what held at that moment already."""
    held = price_at(history, new.valid_from)
    return held is None or (held.price_minor, held.currency) != (new.price_minor, new.currency)
