"""What an analysis publishes, written straight into the slots that pages read."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from regulars.audience.actions import findings as publishing
from regulars.foundation.ids import new_id
from tests.insight.shops import BY, NOW


def found_row(customer_id: UUID, **values: Any) -> tuple[Any, ...]:
    """A customer who came every 24 days and has been silent for 61."""
    last_at = NOW - timedelta(days=61)
    row = {
        "customer_id": customer_id, "stage": "leaving", "stage_since": last_at, "is_news": True, "orders": 9,
        "purchase_days": 8, "first_order_at": last_at, "last_order_at": last_at, "silence_days": 61,
        "revenue_minor": 90_000, "revenue_year_minor": 50_000, "average_order_minor": 10_000, "returned_minor": 0,
        "gap_median_days": 24.2, "gap_limit_days": 40.0, "due_at": last_at, "overdue_at": last_at,
        "at_stake_minor": 100_000, "is_silent_leaver": False, "recency_score": 2, "frequency_score": 3,
        "monetary_score": 4, **values,
    }  # fmt: skip
    return tuple(row.get(column) for column in publishing.CUSTOMER_COLUMNS)


def product_row(product_id: UUID, **values: Any) -> tuple[Any, ...]:
    """A product that forty customers bought, half of them again."""
    row = {
        "product_id": product_id, "orders": 60, "customers": 40, "repeat_customers": 20, "quantity_milli": 60_000,
        "revenue_minor": 97_000, "returned_minor": 3_000, "last_sold_at": NOW, "popularity": 1.0, "refill_gaps": 0,
        **values,
    }  # fmt: skip
    return tuple(row.get(column) for column in publishing.PRODUCT_COLUMNS)


def publish(
    customers: Sequence[tuple[Any, ...]] = (),
    products: Sequence[tuple[Any, ...]] = (),
    shop: Mapping[str, Any] | None = None,
    **rest: Any,
) -> None:
    """rest: links, refills, offers, as rows in the order of their columns."""
    findings = publishing.Findings(customers, products, shop or {}, **rest)
    publishing.publish(findings, run_id=new_id(), as_of=NOW, is_baseline=True, by=BY, now=NOW)
