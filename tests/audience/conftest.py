"""A shop with its worker: a clock that tests move on, and people who buy."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from regulars.audience import actions
from regulars.audience.actions import membership
from regulars.audience.queries import segments_of, select_ids
from regulars.commerce.actions import catalogue, orders
from regulars.commerce.rules import OrderDraft, OrderLineDraft
from regulars.customers.actions.profile import register_customer
from regulars.customers.rules import Person
from regulars.foundation import queue
from regulars.foundation.actors import Actor
from regulars.foundation.models import Job
from regulars.shop import actions as shop_actions

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BY = Actor.system("tests")


@dataclass
class Town:
    """now: moved by tests. Methods act at that moment."""

    variant: UUID
    now: datetime = NOW
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1, 10_000)))

    def person(self, first_name: str, **told: Any) -> UUID:
        person = Person(first_name=first_name, **told)
        return register_customer(person=person, source="desk", by=BY, now=self.now)

    def buys(self, customer_id: UUID, *, days_ago: float = 0, amount_minor: int = 500_00) -> UUID:
        draft = OrderDraft(
            source="desk",
            number=str(next(self.numbers)),
            customer_id=customer_id,
            placed_at=self.now - timedelta(days=days_ago),
            currency="RUB",
            lines=(OrderLineDraft(variant_id=self.variant, quantity_milli=1000, unit_price_minor=amount_minor),),
        )
        return orders.place_order(draft=draft, by=BY, now=self.now).order_id

    def segment(self, *parts: dict[str, Any], name: str = "Test") -> UUID:
        return actions.create_segment(name=name, condition=condition(*parts), by=BY, now=self.now)

    def work(self) -> None:
        """What the worker does until nothing is due."""
        queue.drain(lambda: self.now)

    def work_later(self, later: timedelta) -> None:
        """The same after a while, with the job that looks at the time."""
        self.now += later
        membership.mark_due(now=self.now)
        self.work()

    def members(self, segment_id: UUID) -> set[UUID]:
        return set(select_ids(segment_id=segment_id, now=self.now))

    def segments_of(self, customer_id: UUID) -> set[str]:
        return {stay.segment_name for stay in segments_of(customer_id)}


def condition(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"version": 1, "where": {"all": list(parts)}}


BOUGHT_TWICE = {"fact": "commerce.order", "count": {"op": "at_least", "value": 2}, "period": {"in_last_days": 90}}


@pytest.fixture
def new_town(db: None) -> Town:
    """Where the worker has yet to make the segments that every shop begins with."""
    shop_actions.set_up_shop(
        name="Чайная лавка", base_currency="RUB", time_zone="Europe/Moscow", language="ru", by=BY, now=NOW
    )
    sencha = catalogue.add_product(name="Сенча", by=BY, now=NOW - 400 * DAY)
    variant = catalogue.add_variant(
        product_id=sencha, source="desk", sku="SEN", currency="RUB", price_minor=500_00, by=BY, now=NOW - 400 * DAY
    )
    return Town(variant)


@pytest.fixture
def town(new_town: Town) -> Town:
    """The same without them: each test makes what it speaks of."""
    Job.objects.filter(name="audience.begin_with_ready_made").delete()
    return new_town
