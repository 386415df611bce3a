"""`select`: pages, order, search, columns; never merged or erased people."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.audience.models import CustomerFinding, Publication
from regulars.audience.queries import count, customers_by_id, select, select_ids, stream
from regulars.customers.actions import merge_customers
from regulars.customers.models import Customer
from regulars.customers.rules import MergeReason
from regulars.foundation.conditions.catalogue import Unknown, catalogue
from regulars.foundation.conditions.syntax import parse
from regulars.foundation.paging import BadCursor, encode_cursor
from tests.audience.conftest import BOUGHT_TWICE, BY, NOW, Town, condition

REVENUE = "audience.revenue"


def found(customer_id: UUID, revenue_minor: int, *, slot: int = 1) -> None:
    CustomerFinding.objects.create(
        slot=slot, customer_id=customer_id, stage="regular", orders=3, purchase_days=3, revenue_minor=revenue_minor,
        revenue_year_minor=0, last_order_at=NOW - timedelta(days=revenue_minor % 7),
    )  # fmt: skip


@pytest.fixture
def people(town: Town) -> list[UUID]:
    """Five with findings (two of them alike), two without; the other slot says otherwise."""
    Publication.objects.create(id=1, slot=1)
    ids = [town.person(f"Имя{i}", last_name="Ёлкин" if i % 2 else "Антонов") for i in range(7)]
    for id_, revenue in zip(ids, (300, 100, 200, 200, 0), strict=False):
        found(id_, revenue)
    found(ids[6], 999, slot=0)
    return ids


def pages(town: Town, *, limit: int = 2, **said: Any) -> list[UUID]:
    seen: list[UUID] = []
    cursor = None
    while True:
        page = select(cursor=cursor, limit=limit, now=town.now, **said)
        seen += [row.id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return seen


SORTS = ["customers.name", "-customers.name", REVENUE, f"-{REVENUE}", "-audience.last_order_at", "audience.stage",
         "customers.birthday", "-customers.created_at", "customers.store", "customers.has_email"]  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
def test_pages_show_everybody_once_in_the_order_of_one_page(town: Town, people: list[UUID], sort: str) -> None:
    whole = pages(town, limit=50, sort=sort)
    assert sorted(whole) == sorted(people)
    for limit in (1, 2, 3):
        assert pages(town, limit=limit, sort=sort) == whole
    assert [row.id for row in stream(columns=[], sort=sort, now=town.now)] == whole


def test_unknown_values_come_last_either_way(town: Town, people: list[UUID]) -> None:
    for sort in (REVENUE, f"-{REVENUE}"):
        assert sorted(pages(town, sort=sort)[-2:]) == people[5:]
    assert pages(town, sort=f"-{REVENUE}")[0] == people[0]


def test_the_slot_that_is_published_is_read(town: Town, people: list[UUID]) -> None:
    rows = customers_by_id(people, columns=[REVENUE], now=town.now)
    assert rows[people[6]].values == {REVENUE: None}
    Publication.objects.update(slot=0)
    assert customers_by_id(people, columns=[REVENUE], now=town.now)[people[6]].values == {REVENUE: 999}


def test_every_attribute_can_be_brought_and_sorted_by(town: Town, people: list[UUID]) -> None:
    keys = list(catalogue.attributes)
    [row] = select(columns=keys, limit=1, now=town.now).rows
    assert set(row.values) == set(keys)
    for key in keys:
        if catalogue.attribute(key).members is None:
            assert len(select(sort=key, limit=10, now=town.now).rows) == 7


def test_search_finds_parts_of_names_and_contacts_in_any_case(town: Town) -> None:
    anna = town.person("Анна", last_name="Ёлкина", email="anna@tea.example", phone="+7 916 123-45-67")
    town.person("Борис", last_name="Ким")
    for search in ("ёлк", "ЕЛКИНА", "анна елкина", "Ёлкина Анна", "tea.example", "+79161234567", "+7 (916) 123-45-67"):
        assert [row.id for row in select(search=search, now=town.now).rows] == [anna], search
        assert count(search=search, now=town.now) == 1
    for search in ("%", "_", "анна ким", "'"):
        assert select(search=search, now=town.now).rows == [], search


def test_merged_and_erased_people_are_nobody(town: Town) -> None:
    anna, double, gone = town.person("Анна"), town.person("Анна"), town.person("Борис")
    merge_customers(survivor_id=anna, absorbed_id=double, reason=MergeReason.BY_HAND, by=BY, now=town.now)
    Customer.objects.filter(id=gone).update(erased_at=town.now)
    assert [row.id for row in select(now=town.now).rows] == [anna]
    assert count(now=town.now) == 1
    assert list(select_ids(now=town.now)) == [anna]


def test_a_condition_selects(town: Town) -> None:
    anna, boris = town.person("Анна"), town.person("Борис")
    town.buys(anna), town.buys(anna), town.buys(boris)
    asked = parse(condition(BOUGHT_TWICE), catalogue)
    assert [row.id for row in select(asked, now=town.now).rows] == [anna]
    assert count(asked, now=town.now) == 1
    assert list(select_ids(asked, now=town.now)) == [anna]


BAD_CURSORS = ["x", "!!", encode_cursor([1]), encode_cursor([["a"], "b"]), encode_cursor(["a", "no"]),
               encode_cursor([{}, "01900000-0000-7000-8000-000000000000"])]  # fmt: skip


@pytest.mark.parametrize("cursor", BAD_CURSORS)
@pytest.mark.parametrize("sort", ["customers.name", REVENUE, "audience.last_order_at", "customers.store"])
def test_a_cursor_from_elsewhere_is_refused(town: Town, cursor: str, sort: str) -> None:
    with pytest.raises(BadCursor):
        select(cursor=cursor, sort=sort, now=town.now)


def test_unknown_keys_are_refused(town: Town) -> None:
    for said in ({"sort": "no.such"}, {"columns": ["no.such"]}, {"sort": "customers.tags"}):
        with pytest.raises(Unknown):
            select(now=town.now, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_costs_the_same_whatever_its_length(town: Town, number: int) -> None:
    for i in range(number):
        town.buys(town.person(f"Анна {i}")), town.buys(town.person(f"Вера {i}"))
    columns = [key for key in catalogue.attributes if catalogue.attribute(key).choices is None]
    with CaptureQueriesContext(connection) as queries:
        select(columns=columns, sort=f"-{REVENUE}", limit=50, now=town.now)
    assert len(queries) == 2, "those with a value, those without"
