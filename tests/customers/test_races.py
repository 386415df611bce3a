"""Merges at once, and merges while people come in, on connections of their own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from regulars.customers import actions, queries
from regulars.customers.models import Customer, Merge, Note
from regulars.customers.rules import MergeReason, Person
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.shop.models import Shop

from .conftest import NOW

BY = Actor.system("tests")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def tea_shop() -> None:
    Shop.objects.create(name="Чайная лавка", base_currency="RUB", time_zone="Europe/Moscow", country="RU")


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all at the same moment, each on its own connection; results, or the refusals that were raised."""
    gate = threading.Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        gate.wait()
        try:
            return call()
        except actions.CannotMerge as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


def register(name: str) -> UUID:
    return actions.register_customer(person=Person(first_name=name), source="desk", by=BY, now=NOW)


def merging(survivor: UUID, absorbed: UUID) -> Callable[[], UUID]:
    return lambda: actions.merge_customers(
        survivor_id=survivor, absorbed_id=absorbed, reason=MergeReason.BY_HAND, by=BY, now=NOW
    )


def test_two_who_merge_each_other_do_it_once() -> None:
    for i in range(5):
        a, b = register(f"A{i}"), register(f"B{i}")
        results = at_once([merging(a, b), merging(b, a)])
        assert sum(isinstance(result, actions.CannotMerge) for result in results) == 1
        assert Customer.objects.filter(id__in=[a, b], merged_into=None).count() == 1


def test_a_chain_that_is_made_at_once_leads_to_one_who_lives() -> None:
    for i in range(5):
        a, b, c = (register(f"{letter}{i}") for letter in "ABC")
        at_once([merging(b, a), merging(c, b)])
        living = set(queries.survivors_of([a, b, c]).values())
        assert Customer.objects.filter(id__in=living, merged_into=None).count() == len(living)
        assert not Customer.objects.filter(merged_into__merged_into__isnull=False).exists()


def test_nothing_lands_with_an_alias_while_merges_go_on() -> None:
    people = [Person(external_id=str(i), first_name=f"N{i}") for i in range(12)]
    ids = actions.take_in(people, source="till", by=BY, now=NOW, is_history=True).ids

    def come_in() -> None:
        for _ in range(15):
            with transaction.atomic():
                taken = actions.take_in(people, source="till", by=BY, now=NOW, is_history=True)
                Note.objects.bulk_create(
                    Note(id=new_id(), customer_id=customer_id, at=NOW, actor="", text="order")
                    for customer_id in taken.ids.values()
                )

    def merge_and_part() -> None:
        for i in range(11):
            merge_id = merging(ids[str(i + 1)], ids[str(i)])()
            if i % 3 == 0:
                actions.undo_merge(merge_id=merge_id, by=BY, now=NOW)

    at_once([come_in, merge_and_part])
    assert Note.objects.count() == 15 * 12
    assert Merge.objects.filter(undone_at=None).count() == 7
    assert not Note.objects.filter(customer__merged_into__isnull=False).exists()


def test_two_sources_that_tell_of_the_same_people_at_once_make_each_once() -> None:
    people = [Person(external_id=str(i), email=f"n{i}@tea.example") for i in range(20)]

    def from_source(source: str) -> Callable[[], Any]:
        return lambda: actions.take_in(people, source=source, by=BY, now=NOW, is_history=True).ids

    first, second = at_once([from_source("till"), from_source("site")])
    assert first == second
    assert Customer.objects.count() == 20
