"""Writing down what visitors of the shop's sites did, and finding out whose visits they were."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery, UUIDField

from regulars.commerce.models import Order, Site, SiteEvent
from regulars.commerce.rules.visits import (
    KEEP_DAYS,
    MAX_CAME_FROM,
    MAX_CAMPAIGN,
    MAX_NAME,
    MAX_PATH,
    MAX_SECTION,
    NAMING_KINDS,
    SiteEventDraft,
    section_of,
)
from regulars.customers.queries.consents import statements_among
from regulars.customers.queries.identity import hold_identities, survivors_of
from regulars.customers.rules import ConsentChannel, Purpose
from regulars.customers.rules.consent import Standing, standing
from regulars.foundation import bulk
from regulars.foundation.ids import new_id
from regulars.shop.queries.settings import shop

# Small enough for SQLite's write lock to be held for less than 200 ms.
PIECE = 2000
_NAMING = [kind.value for kind in NAMING_KINDS]
_COLUMNS = (
    "id", "source", "external_id", "visitor", "session", "customer_id", "kind", "path", "section", "product_id",
    "came_from", "campaign", "device", "reference", "occurred_at", "local_date", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True)
class Recorded:
    """How many events were new, and how many stood there already."""

    created: int
    known: int


def record_site_events(*, drafts: Sequence[SiteEventDraft], source: str, now: datetime) -> Recorded:
    """Write events down, once each, and give a visitor's events to the customer that he turned out to be.

    A visitor is linked where an event of registration, enquiry or order names the customer, unless the customer took
    back the consent to be known so. Aim at `PIECE` a call; nothing is announced: a hit is no news of a customer.
    """
    said = {draft.external_id: draft for draft in drafts}
    zone = shop().zone
    with transaction.atomic():
        hold_identities()
        known = set(SiteEvent.objects.filter(source=source, external_id__in=said).values_list("external_id", flat=True))
        fresh = [draft for id_, draft in said.items() if id_ not in known]
        customers = _linkable({draft.customer_id for draft in fresh if draft.customer_id})
        bulk.insert(
            SiteEvent,
            _COLUMNS,
            [_row(draft, source, customers.get(draft.customer_id), zone, now) for draft in fresh],
            ignore_conflicts=True,
        )
        named = {draft.visitor for draft in fresh if draft.kind in NAMING_KINDS and draft.customer_id in customers}
        _give_to_customers(source, named)
    return Recorded(len(fresh), len(drafts) - len(fresh))


def link_by_orders(*, source: str, orders_source: str) -> int:
    """Find, by the order numbers that events refer to, whose visitors they were; how many visitors became known.

    For orders that came in after the visit. `orders_source`: the source by which the orders are numbered.
    """
    orders = Order.objects.filter(source=orders_source, number=OuterRef("reference"), customer__isnull=False)
    unnamed = SiteEvent.objects.filter(source=source, customer__isnull=True).exclude(reference="")
    found = list(
        unnamed.annotate(buyer=Subquery(orders.values("customer_id")[:1], output_field=UUIDField()))
        .filter(buyer__isnull=False)
        .order_by("id")
        .values_list("id", "visitor", "buyer")
    )
    linked = 0
    for start in range(0, len(found), PIECE):
        piece = found[start : start + PIECE]
        with transaction.atomic():
            hold_identities()
            living = _linkable({buyer for _, _, buyer in piece})
            kept = [(id_, visitor) for id_, visitor, buyer in piece if buyer in living]
            rows = SiteEvent.objects.filter(id__in=[id_ for id_, _ in kept])
            rows.update(customer_id=Subquery(orders.values("customer_id")[:1]))
            _give_to_customers(source, {visitor for _, visitor in kept})
        linked += len({visitor for _, visitor in kept})
    return linked


def forget_old_visits(*, now: datetime) -> int:
    """Remove what is older than its site keeps it; how many events went."""
    limits = dict(Site.objects.values_list("source", "keep_days"))
    sources = set(SiteEvent.objects.order_by().values_list("source", flat=True).distinct())
    gone = 0
    for source in sorted(sources):
        before = now - timedelta(days=limits.get(source, KEEP_DAYS))
        old = SiteEvent.objects.filter(source=source, occurred_at__lt=before)
        while ids := list(old.order_by("occurred_at", "id").values_list("id", flat=True)[:PIECE]):
            with transaction.atomic():
                gone += SiteEvent.objects.filter(id__in=ids).delete()[0]
    return gone


def _row(
    draft: SiteEventDraft, source: str, customer_id: UUID | None, zone: ZoneInfo, now: datetime
) -> tuple[object, ...]:
    return (
        new_id(), source, draft.external_id[:120], draft.visitor[:MAX_NAME], draft.session[:MAX_NAME], customer_id,
        draft.kind.value, draft.path[:MAX_PATH], (draft.section or _section(draft))[:MAX_SECTION], draft.product_id,
        draft.came_from[:MAX_CAME_FROM], draft.campaign[:MAX_CAMPAIGN], draft.device.value, draft.reference[:120],
        draft.occurred_at.astimezone(UTC), draft.occurred_at.astimezone(zone).date(), now,
    )  # fmt: skip


def _section(draft: SiteEventDraft) -> str:
    return section_of(draft.path) if draft.path else ""


def _linkable(ids: Collection[UUID]) -> dict[UUID | None, UUID]:
    """Each id with the living customer behind it; those who took a consent back are left out."""
    living = survivors_of(ids)
    said = statements_among(set(living.values()))
    refused = {
        id_
        for id_, statements in said.items()
        for purpose in (Purpose.DATA_PROCESSING, Purpose.PERSONALISATION)
        if standing(statements, purpose, ConsentChannel.ANY) is Standing.WITHDRAWN
    }
    return {id_: survivor for id_, survivor in living.items() if survivor not in refused}


def _give_to_customers(source: str, visitors: Collection[str]) -> None:
    """All that these visitors did becomes the customer's who said last that he was one of them."""
    naming = SiteEvent.objects.filter(
        source=OuterRef("source"), visitor=OuterRef("visitor"), kind__in=_NAMING, customer__isnull=False
    )
    if visitors:
        unnamed: QuerySet[SiteEvent] = SiteEvent.objects.filter(
            Exists(naming), source=source, visitor__in=visitors, customer__isnull=True
        )
        unnamed.update(customer_id=Subquery(naming.order_by("-occurred_at", "-id").values("customer_id")[:1]))
