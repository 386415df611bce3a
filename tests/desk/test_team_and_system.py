"""Lists of staff, of stuck work and of changes: as many queries for three as for one."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from regulars.foundation import audit, clock, queue
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions
from tests.desk.test_access import staff_client

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
BY = Actor.system("test")
# Session, person, shop, and the count of stuck work in the owner's menu.
SHELL = 4


def add_people(count: int) -> None:
    for number in range(count):
        actions.add_staff(email=f"{number}@example.com", name=f"Seller {number}", role=Role.SELLER, by=BY, now=NOW)


def add_changes(count: int) -> None:
    for number in range(count):
        audit.record(
            verb="staff.renamed", subject_kind="staff", subject_id=uuid4(), by=BY, now=NOW,
            before={"name": str(number)}, after={"name": "Anna"},
        )  # fmt: skip


def add_stuck(count: int) -> None:
    for _ in range(count):
        queue.enqueue("test.nobody", now=NOW)
    queue.drain(clock.now, names=["test.nobody"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "fill", "queries"),
    [
        ("/team/", add_people, SHELL + 1),
        ("/system/audit/", add_changes, SHELL + 4),
        ("/system/stuck/", add_stuck, SHELL + 4),
    ],
)
def test_queries_do_not_grow_with_the_list(path: str, fill: Any, queries: int, django_assert_num_queries: Any) -> None:
    client = staff_client(Role.OWNER)
    fill(1)
    with django_assert_num_queries(queries):
        client.get(path)
    fill(3) if fill is not add_people else add_more_people()
    with django_assert_num_queries(queries):
        client.get(path)


def add_more_people() -> None:
    for number in (7, 8):
        actions.add_staff(email=f"{number}@example.com", name=f"Seller {number}", role=Role.SELLER, by=BY, now=NOW)


@pytest.mark.django_db
def test_changes_are_found_by_who_what_and_when() -> None:
    client = staff_client(Role.OWNER)
    add_changes(30)
    audit.record(verb="shop.changed", subject_kind="shop", subject_id="1", by=BY, now=datetime(2026, 1, 5, tzinfo=UTC))
    page = client.get("/system/audit/?verb=shop.changed", headers={"accept-language": "en"})
    assert [line.what for line in page.context["lines"]] == ["Shop: changed"]
    page = client.get("/system/audit/?from_date=2026-01-05&to_date=2026-01-05")
    assert len(page.context["lines"]) == 1
    page = client.get("/system/audit/?to_date=2026-01-04")
    assert page.context["lines"] == []
    first = client.get("/system/audit/?verb=staff.renamed")
    rest = client.get(f"/system/audit/?verb=staff.renamed&cursor={first.context['page'].next_cursor}")
    assert (len(first.context["lines"]), len(rest.context["lines"])) == (25, 5)


@pytest.mark.django_db
def test_a_link_is_shown_once_and_kept_by_no_cache() -> None:
    client = staff_client(Role.OWNER)
    form = {"name": "Marie", "email": "marie@example.com", "role": "seller", "store_id": ""}
    answer = client.post("/team/invite/", form)
    assert answer["Cache-Control"] == "no-store"
    link = answer.context["link"]
    assert Client().get(link).status_code == 200
    again = client.post(f"/team/{answer.context['person'].id}/link/")
    assert again.context["link"] != link
    assert Client().get(link).status_code == 410, "an earlier link ends with a later one"


@pytest.mark.django_db
def test_nonsense_in_a_form_changes_nothing() -> None:
    client = staff_client(Role.OWNER)
    answer = client.post("/team/invite/", {"name": "", "email": "no", "role": "king"})
    assert answer.status_code == 422
    assert len(answer.context["form"].errors) == 3
    add_stuck(1)
    assert client.post("/system/stuck/again/", {"job": "nonsense"}).status_code == 400
    assert queue.dead_count() == 1
