"""From a customer's own purchases and published weights to scores: for one customer when somebody asks.

    pull(b) = Σ over what he has of faded purchases · weight(a → b)
    again(b) = (pull(b) + OWN · faded purchases of b) · popularity(b)^β
    new(b) = pull(b) · popularity(b)^β

Weights are those of `ease` over faded purchases; popularity fades faster. The numbers were chosen on the months before
those that docs/recommendations.md reports.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

# How fast a purchase fades: when weights are found, in what a customer is after again, in what he may like, in trends.
WEIGHTS_HALF_LIFE_DAYS = 120.0
AGAIN_HALF_LIFE_DAYS = 60.0
NEW_HALF_LIFE_DAYS = 200.0
POPULARITY_HALF_LIFE_DAYS = 20.0
# One customer who comes daily is not a hundred customers.
MOST_PURCHASES = 3.0
RIDGE = 20.0
# Baskets: the ridge, and how many neighbours of each product are kept.
BASKET_RIDGE = 30.0
BASKET_COUNT = 50
OWN = 0.3
AGAIN_TREND = 0.35
NEW_TREND = 0.5
# Nothing is so much out of fashion that it has no score at all.
LEAST_POPULARITY = 0.01


@dataclass(frozen=True)
class Step:
    """A published weight: how much having `source` speaks for `target`."""

    source: UUID
    target: UUID
    weight: float


def faded_purchases(dates: Sequence[date], *, today: date, half_life_days: float) -> float:
    """What purchases on these days still count."""
    return float(sum(2.0 ** (-max((today - day).days, 0) / half_life_days) for day in dates))


def pulls(profile: Mapping[UUID, float], steps: Iterable[Step]) -> tuple[dict[UUID, float], dict[UUID, UUID]]:
    """How strongly each product is spoken for in all, where it is, and by which one of the customer's most of all."""
    pull: dict[UUID, float] = {}
    strongest: dict[UUID, tuple[float, UUID]] = {}
    for step in steps:
        part = profile.get(step.source, 0.0) * step.weight
        pull[step.target] = pull.get(step.target, 0.0) + part
        if part > strongest.get(step.target, (0.0, step.source))[0]:
            strongest[step.target] = (part, step.source)
    liked = {target: total for target, total in pull.items() if total > 0}
    return liked, {target: source for target, (_, source) in strongest.items()}


def again_score(*, pull: float, own: float, popularity: float) -> float:
    return (pull + OWN * own) * float(max(popularity, LEAST_POPULARITY) ** AGAIN_TREND)


def new_score(*, pull: float, popularity: float) -> float:
    return pull * float(max(popularity, LEAST_POPULARITY) ** NEW_TREND)
