"""Spending against what it brought: cost of winning a customer, of keeping one, payback, shares."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Margin:
    """share: of revenue that is left after goods are paid, 0–1; None: not known. known_share: of revenue with a cost.

    is_said: whether the owner's word fills in for goods without a cost.
    """

    share: float | None
    known_share: float
    is_said: bool


def margin_of(*, revenue_minor: int, known_minor: int, cost_minor: float, said_share: float | None) -> Margin:
    """Goods with a known cost by that cost; the others by what the owner says, else like the known ones.

    Below a tenth of revenue known costs say nothing of the rest, so the owner must say it.
    """
    known_share = known_minor / revenue_minor if revenue_minor > 0 else 0.0
    of_known = 1.0 - cost_minor / known_minor if known_minor > 0 else None
    if said_share is not None:
        if of_known is None:
            return Margin(said_share, 0.0, True)
        return Margin(known_share * of_known + (1.0 - known_share) * said_share, known_share, known_share < 0.995)
    if of_known is None or known_share < 0.1:
        return Margin(None, known_share, False)
    return Margin(of_known, known_share, False)


@dataclass(frozen=True)
class Acquisition:
    """Spending to win customers and how many came. cac_minor: one customer's cost; None where nobody came or
    nothing was spent.
    """

    spent_minor: int
    customers: int

    @property
    def cac_minor(self) -> float | None:
        return self.spent_minor / self.customers if self.spent_minor > 0 and self.customers > 0 else None

    @property
    def is_unmatched(self) -> bool:
        """Money was spent and nobody came, or somebody came and nothing was spent: the channels do not match."""
        return (self.spent_minor > 0) != (self.customers > 0)


def payback_months(cac_minor: float, money_minor: Sequence[float], margin_share: float) -> int | None:
    """After how many months a customer's margin has brought back what he cost; 0: in the month of his first purchase.

    money_minor: cumulative revenue of a customer by the end of month 0, 1, …; None: not yet within these months.
    """
    for month, money in enumerate(money_minor):
        if money * margin_share >= cac_minor:
            return month
    return None


def curve_of(cohorts: Sequence[tuple[int, Sequence[int]]]) -> list[float]:
    """Cumulative revenue of an average customer by month after the first purchase.

    cohorts: (customers, revenue in month 0, 1, …) of whole months only. A month's mean is over the cohorts that have
    reached it, weighted by their size; older months therefore rest on fewer cohorts.
    """
    curve: list[float] = []
    for month in range(max((len(money) for _size, money in cohorts), default=0)):
        reached = [(size, money[month]) for size, money in cohorts if len(money) > month]
        curve.append((curve[-1] if curve else 0.0) + sum(m for _s, m in reached) / sum(s for s, _m in reached))
    return curve


@dataclass(frozen=True)
class Balance:
    """Existing customers against new ones: shares from 0 to 1; None where there is neither money nor spending."""

    existing_revenue_share: float | None
    retention_spending_share: float | None


def balance_of(*, existing_minor: int, new_minor: int, retention_minor: int, acquisition_minor: int) -> Balance:
    revenue, spending = existing_minor + new_minor, retention_minor + acquisition_minor
    return Balance(
        existing_minor / revenue if revenue > 0 else None, retention_minor / spending if spending > 0 else None
    )


def total(by_month: Mapping[str, int], months: Sequence[str]) -> int:
    return sum(by_month.get(month, 0) for month in months)
