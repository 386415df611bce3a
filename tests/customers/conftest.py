"""A small cast, and pictures of whole tables to compare."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps

from regulars.customers import actions
from regulars.customers.rules import Person
from regulars.foundation.actors import Actor
from regulars.shop.models import Shop

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
ANNA = Person(first_name="Анна", last_name="Петрова", email="anna@tea.example", phone="8 916 123-45-67")
BORIS = Person(first_name="Борис", last_name="Ким", email="boris@tea.example", city="Казань")


@pytest.fixture
def by() -> Actor:
    return Actor.system("tests")


@pytest.fixture
def shop(db: None) -> Shop:
    return Shop.objects.create(name="Чайная лавка", base_currency="RUB", time_zone="Europe/Moscow", country="RU")


@pytest.fixture
def register(shop: Shop, by: Actor) -> Callable[..., Any]:
    """Registers a person; each one a minute after the one before, so that their age differs."""
    moments = iter(NOW - timedelta(days=30) + timedelta(minutes=i) for i in range(1000))

    def make(person: Person) -> Any:
        return actions.register_customer(person=person, source="desk", by=by, now=next(moments))

    return make


def picture(*, without: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Every row of the customers' tables, so that before and after can be compared."""
    return {
        model.__name__: sorted(model._default_manager.values(), key=str)
        for model in apps.get_app_config("customers").get_models()
        if model.__name__ not in without
    }
