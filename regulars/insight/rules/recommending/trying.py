"""What an association brought since it is tried: who bought the one thing and then the other, against before.

Without a control group this is a hint: anything else that changed on that day counts in. Beside it stand buyers of
comparable products over the same time, whom the association did not concern.
"""

from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from regulars.insight.rules.recommending.bought import Bought

# So long after buying the one thing somebody may come for the other.
WITHIN_DAYS = 30
# Before the trial, for comparison.
BEFORE_DAYS = 365
CONFIDENCE = 0.9
# Fewer buyers on either side, and the interval says nothing worth reading.
LEAST_BUYERS = 20


class AssociationState(StrEnum):
    PROPOSED = "proposed"
    TRIED = "tried"
    KEPT = "kept"
    DROPPED = "dropped"


# What may become of an association; a dropped one may be tried again, a kept one be dropped.
MOVES: dict[AssociationState, frozenset[AssociationState]] = {
    AssociationState.PROPOSED: frozenset({AssociationState.TRIED, AssociationState.DROPPED}),
    AssociationState.TRIED: frozenset({AssociationState.KEPT, AssociationState.DROPPED}),
    AssociationState.KEPT: frozenset({AssociationState.DROPPED}),
    AssociationState.DROPPED: frozenset({AssociationState.TRIED}),
}


@dataclass(frozen=True)
class Share:
    """`followed` of `buyers`."""

    followed: int
    buyers: int

    @property
    def value(self) -> float:
        return self.followed / self.buyers if self.buyers else 0.0

    @property
    def is_enough(self) -> bool:
        return self.buyers >= LEAST_BUYERS


def followers(
    bought: Bought,
    source: NDArray[np.bool_],
    target: NDArray[np.bool_],
    *,
    from_day: int,
    to_day: int,
    within_days: int = WITHIN_DAYS,
) -> Share:
    """Of the customers who bought any `source` product on from_day … to_day − 1, those who bought a `target` after it.

    source, target: one place for each product. After: on the same day or at most `within_days` later, counted from the
    first purchase in that time.
    """
    is_source = source[bought.product] & (bought.day >= from_day) & (bought.day < to_day)
    never = np.iinfo(np.int32).max
    first = np.full(bought.customers, never, dtype=np.int32)
    np.minimum.at(first, bought.customer[is_source], bought.day[is_source])
    begun = first[bought.customer]
    after = target[bought.product] & (begun != never) & (bought.day >= begun)
    after &= bought.day.astype(np.int64) <= begun.astype(np.int64) + within_days
    return Share(len(np.unique(bought.customer[after])), int((first != never).sum()))


def share_interval(share: Share, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which the share lies: Wilson, JASA 22 (1927); (0, 1) where there are no buyers."""
    if not share.buyers:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    n, p = share.buyers, share.value
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)) ** 0.5
    return max(centre - reach, 0.0), min(centre + reach, 1.0)


def difference_interval(after: Share, before: Share, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Between which the change of the share lies: Newcombe, Statistics in Medicine 17 (1998), method 10."""
    low_after, high_after = share_interval(after, confidence=confidence)
    low_before, high_before = share_interval(before, confidence=confidence)
    change = after.value - before.value
    down = ((after.value - low_after) ** 2 + (high_before - before.value) ** 2) ** 0.5
    up = ((high_after - after.value) ** 2 + (before.value - low_before) ** 2) ** 0.5
    return change - down, change + up
