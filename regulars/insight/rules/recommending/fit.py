"""How well a product fits what decides a customer's purchases. Judged only by what is known of the product."""

from collections.abc import Sequence
from dataclasses import dataclass

from regulars.customers.rules import Criterion

# The most that a criterion may raise or lower a score: it chooses among likely things, it makes nothing likely.
_SWAY = 0.5


@dataclass(frozen=True)
class Traits:
    """A product beside the others at hand, each 0 (lowest) to 1 (highest), None: not known.

    price: its price. repeat: the share of buyers who bought again. returned: the share of money that came back.
    popularity: how much it is bought now.
    """

    price: float | None = None
    repeat: float | None = None
    returned: float | None = None
    popularity: float | None = None


def fit_of(criterion: Criterion | None, traits: Traits) -> float:
    """A factor between 1 − _SWAY/2 and 1 + _SWAY/2; 1 where the criterion or the trait is not known.

    Price: cheap. Practicality: what others buy again. Quality: dear, and seldom brought back. Originality: what few
    have. Delivery and payment terms are the same for all goods of a shop, so they choose none.
    """
    known: dict[Criterion, list[float | None]] = {
        Criterion.PRICE: [_not(traits.price)],
        Criterion.PRACTICALITY: [traits.repeat],
        Criterion.QUALITY: [traits.price, _not(traits.returned)],
        Criterion.ORIGINALITY: [_not(traits.popularity)],
    }
    marks = [mark for mark in known.get(criterion, []) if mark is not None] if criterion else []
    return 1.0 + _SWAY * (sum(marks) / len(marks) - 0.5) if marks else 1.0


def places_of(values: Sequence[float | None]) -> list[float | None]:
    """Each value's place among the known ones, 0 to 1, equal values alike; None stays None."""
    known = sorted(value for value in values if value is not None)
    if len(known) < 2:
        return [None] * len(values)
    below = {value: known.index(value) for value in known}
    above = {value: len(known) - 1 - known[::-1].index(value) for value in known}
    return [None if v is None else (below[v] + above[v]) / 2 / (len(known) - 1) for v in values]


def _not(mark: float | None) -> float | None:
    return None if mark is None else 1.0 - mark
