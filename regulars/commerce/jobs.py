"""Thin worker entries of commerce."""

from datetime import datetime, timedelta

from regulars.commerce.actions.visits import forget_old_visits, link_by_orders
from regulars.commerce.queries.sites import sites
from regulars.foundation.queue import Handler


def link_visitors(*, now: datetime) -> None:
    """Orders come in later than the visits that led to them."""
    for site in sites():
        if site.orders_source:
            link_by_orders(source=site.source, orders_source=site.orders_source)


def forget_visits(*, now: datetime) -> None:
    forget_old_visits(now=now)


HANDLERS = (
    Handler(
        name="commerce.link_visitors",
        run=link_visitors,
        is_atomic=False,
        next_due=lambda now: now + timedelta(hours=1),
    ),
    Handler(
        name="commerce.forget_visits",
        run=forget_visits,
        is_atomic=False,
        next_due=lambda now: now + timedelta(days=1),
    ),
)
