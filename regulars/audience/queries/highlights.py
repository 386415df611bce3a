"""What stands out among the published findings: sums and extremes, for reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from regulars.audience import models
from regulars.audience.queries.findings import QUIET, ProductFinding, publication


@dataclass(frozen=True)
class AtStake:
    """How many customers, and the money of a year that is at stake with them."""

    customers: int
    at_stake_minor: int


@dataclass(frozen=True)
class Turnover:
    """Of all products, guests' orders too: what they brought net of returns, and what came back."""

    revenue_minor: int
    returned_minor: int


@dataclass(frozen=True)
class Largest:
    """The customer who brought most: in all, and in the last year."""

    revenue_minor: int
    revenue_year_minor: int


def quiet_leavers_at_stake() -> AtStake:
    """The quiet leavers with whom money is at stake."""
    seen = publication()
    if seen is None:
        return AtStake(0, 0)
    found = models.CustomerFinding.objects.filter(QUIET, slot=seen.slot, at_stake_minor__gt=0)
    return AtStake(found.count(), found.aggregate(sum=Sum("at_stake_minor"))["sum"] or 0)


def largest_customer() -> Largest | None:
    """None where nobody brought anything."""
    seen = publication()
    if seen is None:
        return None
    found = models.CustomerFinding.objects.filter(slot=seen.slot, revenue_minor__gt=0)
    row = found.order_by("-revenue_minor", "customer_id").values_list("revenue_minor", "revenue_year_minor").first()
    return Largest(*row) if row else None


def turnover() -> Turnover:
    seen = publication()
    if seen is None:
        return Turnover(0, 0)
    found = models.ProductFinding.objects.filter(slot=seen.slot)
    sums = found.aggregate(revenue=Sum("revenue_minor"), returned=Sum("returned_minor"))
    return Turnover(sums["revenue"] or 0, sums["returned"] or 0)


def most_returned(limit: int = 50) -> Sequence[ProductFinding]:
    """The products of which most came back, by money."""
    seen = publication()
    if seen is None:
        return []
    rows = models.ProductFinding.objects.filter(slot=seen.slot, returned_minor__gt=0)
    fields = tuple(ProductFinding.__dataclass_fields__)
    return [ProductFinding(*row) for row in rows.order_by("-returned_minor", "product_id").values_list(*fields)[:limit]]
