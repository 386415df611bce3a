"""A shop in Moscow with one store and two people."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BY = Actor.system("test")


@dataclass(frozen=True)
class Shop:
    store: UUID
    olga: UUID
    boris: UUID


@pytest.fixture
def shop(db: None) -> Shop:
    actions.set_up_shop(
        name="Чайная лавка",
        base_currency="RUB",
        time_zone="Europe/Moscow",
        language="ru",
        country="RU",
        by=BY,
        now=NOW,
    )
    store = actions.add_store(name="На Липовой", code="lipovaya", by=BY, now=NOW)
    olga = actions.create_owner(email="Olga@Example.com ", name="Ольга", password="correct horse tea", by=BY, now=NOW)
    boris = actions.add_staff(email="boris@example.com", name="Борис", role=Role.SELLER, store_id=store, by=BY, now=NOW)
    return Shop(store, olga, boris)
