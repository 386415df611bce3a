"""Visitors' events out of the staging place, a piece at a time."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.imports.progress import Progress
from regulars.commerce.actions.imports.staging import StagedVisit, Staging, moment_from
from regulars.commerce.actions.visits import PIECE, record_site_events
from regulars.commerce.queries.sites import products_of_skus
from regulars.commerce.rules.visits import Device, SiteEventDraft, SiteEventKind, digest_id, visitor_name


def load_visits(staging: Staging, progress: Progress, *, source: str, now: datetime) -> None:
    """Write what visitors did; what stands there already is counted as unchanged."""
    while piece := staging.visits(after_row=int(progress.checkpoint or 0), limit=PIECE):
        customers = staging.customers({visit.person for visit in piece if visit.person is not None})
        products = products_of_skus({visit.sku for visit in piece if visit.sku}, source=source)
        drafts = [_draft(visit, customers, products) for visit in piece]
        with transaction.atomic():
            recorded = record_site_events(drafts=drafts, source=source, now=now)
            progress.count(created=recorded.created, unchanged=recorded.known)
            progress.save(checkpoint=str(piece[-1].row), done=len(piece))


def _draft(
    visit: StagedVisit, customers: Mapping[int, tuple[str, UUID | None]], products: Mapping[str, UUID]
) -> SiteEventDraft:
    reference, customer_id = customers[visit.person] if visit.person is not None else ("", None)
    # A customer whom the source names without a browser is a visitor of his own.
    visitor = visitor_name(visit.visitor or f"customer@{reference}")
    kind, at = SiteEventKind(visit.kind), moment_from(visit.at)
    return SiteEventDraft(
        external_id=visit.event_id or digest_id(visitor, at, kind, visit.path, visit.sku, visit.reference),
        visitor=visitor,
        kind=kind,
        occurred_at=at,
        session=visit.session,
        path=visit.path,
        section=visit.section,
        product_id=products.get(visit.sku),
        came_from=visit.came_from,
        campaign=visit.campaign,
        device=Device(visit.device),
        customer_id=customer_id,
        reference=visit.reference,
    )
