"""Sites that may send events, and what has come from them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max

from regulars.commerce.models import Site, SiteEvent, Variant


@dataclass(frozen=True)
class SiteRow:
    """origins: addresses from which it may send; events and last_at: what has come so far."""

    id: UUID
    name: str
    key: str
    origins: Sequence[str]
    source: str
    orders_source: str
    keep_days: int
    is_open: bool
    created_at: datetime
    events: int = 0
    last_at: datetime | None = None


_ROW = ("id", "name", "key", "origins", "source", "orders_source", "keep_days", "is_open", "created_at")


def sites() -> list[SiteRow]:
    """All sites, by name, with what came from each."""
    seen = {
        source: (count, last)
        for source, count, last in SiteEvent.objects.filter(source__startswith="site:")
        .values("source")
        .annotate(count=Count("id"), last=Max("occurred_at"))
        .values_list("source", "count", "last")
    }
    rows = Site.objects.order_by("name", "id").values_list(*_ROW)
    return [
        replace(SiteRow(*row), events=count, last_at=last)
        for row in rows
        for count, last in [seen.get(row[4], (0, None))]
    ]


def site_of(site_id: UUID) -> SiteRow | None:
    found = Site.objects.filter(id=site_id).values_list(*_ROW).first()
    return SiteRow(*found) if found else None


def site_by_key(key: str) -> SiteRow | None:
    """The open site with this public key."""
    found = Site.objects.filter(key=key, is_open=True).values_list(*_ROW).first()
    return SiteRow(*found) if found else None


def products_of_skus(skus: Iterable[str], *, source: str) -> Mapping[str, UUID]:
    """SKU → product: the source's own, else the only one that is called so."""
    found: dict[str, set[UUID]] = {}
    own: dict[str, UUID] = {}
    for sku, of_source, product_id in Variant.objects.filter(sku__in=skus).values_list("sku", "source", "product_id"):
        found.setdefault(sku, set()).add(product_id)
        if of_source == source:
            own[sku] = product_id
    return {sku: next(iter(ids)) for sku, ids in found.items() if len(ids) == 1} | own


def has_visits() -> bool:
    """Whether anything is known of visits."""
    return SiteEvent.objects.exists()
