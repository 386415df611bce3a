"""How products lead to each other, and which customers run out of what, as the last analysis found it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from regulars.audience import models
from regulars.audience.queries.findings import publication
from regulars.audience.rules import LinkKind
from regulars.foundation.paging import Page, decode_time_cursor, encode_cursor


@dataclass(frozen=True)
class Link:
    """From one product to another. together: customers (BASKET: orders) with both; having: with the first one.

    via_id: the product between them (THEN); `together` and `having` then count the two ends.
    """

    product_id: UUID
    other_id: UUID
    weight: float
    together: int
    having: int
    via_id: UUID | None


@dataclass(frozen=True)
class Refill:
    """A customer's own interval for a product, drawn towards that of others where he has few gaps."""

    customer_id: UUID
    product_id: UUID
    purchases: int
    last_at: datetime
    interval_days: float
    due_at: datetime


_LINK = ("product_id", "other_id", "weight", "together", "having", "via_id")
_REFILL = ("customer_id", "product_id", "purchases", "last_at", "interval_days", "due_at")


def links_from(product_ids: Collection[UUID], kind: LinkKind) -> list[Link]:
    """The links of these products, the strongest of each first."""
    seen = publication()
    if seen is None or not product_ids:
        return []
    rows = models.ProductLink.objects.filter(slot=seen.slot, kind=kind.value, product_id__in=set(product_ids))
    return [Link(*row) for row in rows.order_by("product_id", "-weight", "other_id").values_list(*_LINK)]


def links_between(source_ids: Collection[UUID], target_ids: Collection[UUID]) -> dict[LinkKind, list[Link]]:
    """Counted links (BOUGHT_BY_SAME, THEN) from any of the first products to any of the second, the strongest first."""
    seen = publication()
    found: dict[LinkKind, list[Link]] = {LinkKind.BOUGHT_BY_SAME: [], LinkKind.THEN: []}
    if seen is None or not source_ids or not target_ids:
        return found
    rows = models.ProductLink.objects.filter(
        slot=seen.slot,
        kind__in=[kind.value for kind in found],
        product_id__in=set(source_ids),
        other_id__in=set(target_ids),
    )
    for kind, *link in rows.order_by("-weight", "product_id", "other_id").values_list("kind", *_LINK):
        found[LinkKind(kind)].append(Link(*link))
    return found


def strongest_links(kind: LinkKind, *, limit: int) -> list[Link]:
    """The strongest links of the shop, those with most customers first where they are equal."""
    seen = publication()
    if seen is None:
        return []
    rows = models.ProductLink.objects.filter(slot=seen.slot, kind=kind.value)
    rows = rows.order_by("-weight", "-together", "product_id", "other_id")
    return [Link(*row) for row in rows.values_list(*_LINK)[:limit]]


def offers_of(customer_id: UUID) -> dict[UUID, float]:
    """What the second stage came to for a customer: product id → score; empty where it did not come to him."""
    seen = publication()
    if seen is None:
        return {}
    rows = models.CustomerOffer.objects.filter(slot=seen.slot, customer_id=customer_id)
    return dict(rows.values_list("product_id", "score"))


def refills_of_customer(customer_id: UUID) -> list[Refill]:
    """What he keeps buying, the soonest due first."""
    seen = publication()
    if seen is None:
        return []
    rows = models.Refill.objects.filter(slot=seen.slot, customer_id=customer_id).order_by("due_at", "product_id")
    return [Refill(*row) for row in rows.values_list(*_REFILL)]


def refills_due(
    product_id: UUID, *, from_at: datetime, to_at: datetime, cursor: str | None = None, limit: int = 50
) -> Page[Refill]:
    """Whose time for a product falls between two moments, the soonest first. Raises foundation.paging.BadCursor."""
    seen = publication()
    if seen is None:
        return Page([], total=0)
    due = models.Refill.objects.filter(slot=seen.slot, product_id=product_id, due_at__gte=from_at, due_at__lt=to_at)
    rows = _after(due, cursor).order_by("due_at", "customer_id").values_list(*_REFILL)
    found = [Refill(*row) for row in rows[: limit + 1]]
    last = found[limit - 1] if len(found) > limit else None
    next_cursor = encode_cursor([last.due_at.isoformat(), str(last.customer_id)]) if last else None
    return Page(found[:limit], next_cursor, due.count())


def _after(due: QuerySet[models.Refill], cursor: str | None) -> QuerySet[models.Refill]:
    if cursor is None:
        return due
    at, id_ = decode_time_cursor(cursor)
    return due.filter(Q(due_at__gt=at) | Q(due_at=at, customer_id__gt=id_))
