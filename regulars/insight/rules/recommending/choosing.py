"""Which of the scored products are offered: rules that hold whatever the figures say, and a little variety."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

# Not five of one category: the rest of the shop wants to be seen too.
MOST_OF_CATEGORY = 2
# Nothing is offered that is sold at a loss.
LEAST_MARGIN = 0.0
# A thing bought so recently, in shares of its interval, is not offered again yet.
TOO_SOON = 0.25


@dataclass(frozen=True)
class Candidate:
    """margin: share of the price, None: not known. due_share: days since the last purchase by the usual interval."""

    product_id: UUID
    score: float
    category_id: UUID | None
    is_goods: bool
    is_sold: bool
    is_durable: bool
    is_owned: bool
    margin: float | None = None
    due_share: float | None = None


def may_offer(candidate: Candidate) -> bool:
    """Goods that are on sale, not at a loss, not owned for good, and not bought just now."""
    if not (candidate.is_goods and candidate.is_sold) or candidate.score <= 0:
        return False
    if candidate.margin is not None and candidate.margin < LEAST_MARGIN:
        return False
    if candidate.is_owned and candidate.is_durable:
        return False
    return candidate.due_share is None or candidate.due_share >= TOO_SOON


def chosen(candidates: Iterable[Candidate], *, count: int) -> list[Candidate]:
    """The best `count`, at most MOST_OF_CATEGORY of a category unless nothing else is left; equal scores by id."""
    ranked = sorted(filter(may_offer, candidates), key=lambda one: (-one.score, one.product_id))
    taken: list[Candidate] = []
    passed: list[Candidate] = []
    of_category: Counter[UUID | None] = Counter()
    for candidate in ranked:
        is_varied = candidate.category_id is None or of_category[candidate.category_id] < MOST_OF_CATEGORY
        (taken if is_varied and len(taken) < count else passed).append(candidate)
        of_category[candidate.category_id] += is_varied
    return taken + passed[: count - len(taken)]
