"""The rooms of segments and of the list of customers."""

import csv
import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.audience import actions, queries
from regulars.customers.actions.profile import register_customer
from regulars.customers.rules import Person
from regulars.foundation import clock, queue
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.foundation.models import AuditEntry
from regulars.shop import actions as shop

BY = Actor.system("tests")
EVERYBODY = {"version": 1, "where": {"all": []}}
KAZAN = {"version": 1, "where": {"attribute": "customers.city", "op": "is", "value": "Kazan"}}


@pytest.fixture
def sign_in(db: None, django_user_model: Any) -> Callable[[Role], Client]:
    now = clock.now() - timedelta(days=1)
    shop.set_up_shop(name="Chai", base_currency="RUB", time_zone="Europe/Moscow", language="en", by=BY, now=now)

    def make(role: Role) -> Client:
        staff_id = shop.add_staff(
            email=f"{role}@tea.example", name="Olga", role=role, password="correct horse tea", by=BY, now=now
        )
        client = Client()
        backend = "allauth.account.auth_backends.AuthenticationBackend"
        client.force_login(django_user_model.objects.get(id=staff_id), backend)
        return client

    return make


@pytest.fixture
def marketer(sign_in: Callable[[Role], Client]) -> Client:
    return sign_in(Role.MARKETER)


def person(first_name: str, **told: Any) -> UUID:
    return register_customer(
        person=Person(first_name=first_name, **told), source="desk", by=BY, now=clock.now() - timedelta(hours=1)
    )


def segment(name: str = "Kazan", condition: dict[str, Any] = KAZAN) -> UUID:
    return actions.create_segment(name=name, condition=condition, by=BY, now=clock.now())


def work() -> None:
    queue.drain(clock.now, names=["audience.build_segment", "audience.follow_changes", "audience.retest"])


def preview(client: Client, condition: object) -> dict[str, Any]:
    answer = client.post("/segments/preview/", {"condition": json.dumps(condition)})
    assert answer.status_code == 200
    return answer.json()  # type: ignore[no-any-return]


def test_the_preview_counts_and_tells(marketer: Client) -> None:
    person("Anna", city="Kazan"), person("Boris")
    answer = preview(marketer, KAZAN)
    assert answer == {
        "problems": [],
        "count": 1,
        "countText": "1 customer",
        "sentence": "Customers whose city is Kazan.",
    }


def test_the_preview_says_what_is_wrong_and_where(marketer: Client) -> None:
    condition = {"version": 1, "where": {"all": [{"attribute": "audience.revenue", "op": "at_least", "value": None}]}}
    [problem] = preview(marketer, condition)["problems"]
    assert problem["path"] == "/where/all/0/value"
    for text in ("{", "[" * 100_000, "x" * 200_000):
        assert marketer.post("/segments/preview/", {"condition": text}).json()["problems"]


def test_contacts_are_asked_for_only_by_those_who_may_see_them(sign_in: Callable[[Role], Client]) -> None:
    by_email = {"version": 1, "where": {"attribute": "customers.email", "op": "contains", "value": "tea"}}
    person("Anna", email="anna@tea.example")
    assert preview(sign_in(Role.MARKETER), by_email)["count"] == 1
    analyst = sign_in(Role.ANALYST)
    assert preview(analyst, by_email)["problems"]
    assert "customers.email" not in [one["key"] for one in analyst.get("/segments/words/").json()["attributes"]]
    page = analyst.get("/customers/", {"column": "customers.email", "sort": "customers.email"}).content.decode()
    assert "anna@tea.example" not in page


def test_a_segment_is_made_changed_and_closed(marketer: Client) -> None:
    person("Anna", city="Kazan")
    said = {"name": "Kazan", "note": "", "condition": json.dumps(KAZAN)}
    answer = marketer.post("/segments/new/", said)
    [row] = [one for one in queries.segments() if one.name == "Kazan"]
    assert (answer.status_code, answer["Location"]) == (302, f"/segments/{row.id}/")
    work()
    assert "Anna" in marketer.get(f"/segments/{row.id}/").content.decode()
    marketer.post(f"/segments/{row.id}/change/", {**said, "condition": json.dumps(EVERYBODY)})
    versions = marketer.get(f"/segments/{row.id}/versions/").content.decode()
    assert "version 2" in versions
    assert "Customers whose city is Kazan." in versions
    marketer.post(f"/segments/{row.id}/close/")
    assert queries.segment(row.id).is_open is False  # type: ignore[union-attr]
    assert marketer.get(f"/segments/{row.id}/change/").status_code == 302
    assert "Kazan" in marketer.get("/segments/?view=closed").content.decode()
    marketer.post(f"/segments/{row.id}/reopen/")
    assert queries.segment(row.id).is_open is True  # type: ignore[union-attr]


def test_a_segment_that_is_refused_keeps_what_was_typed(marketer: Client) -> None:
    segment()
    before = len(queries.segments())
    for said, told in (
        ({"name": "Kazan", "condition": json.dumps(KAZAN)}, "Another segment has this name."),
        ({"name": "New", "condition": '{"version": 1, "where": {}}'}, "It is not said what this part is."),
        ({"name": "", "condition": json.dumps(KAZAN)}, "This field is required."),
    ):
        answer = marketer.post("/segments/new/", said)
        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert "&quot;version&quot;" in answer.content.decode()
    assert len(queries.segments()) == before


def test_the_list_is_searched_filtered_and_sorted(marketer: Client) -> None:
    for name in ("Anna", "Boris", "Vera"):
        person(name, city="Kazan" if name != "Boris" else "")
    page = marketer.get("/customers/", {"condition": json.dumps(KAZAN), "sort": "-customers.name"}).content.decode()
    assert page.index("Vera") < page.index("Anna")
    assert "Boris" not in page
    assert marketer.get("/customers/count/", {"q": "ANN"}).content.decode() == "1 customer"
    assert "Nobody answers to this" in marketer.get("/customers/", {"q": "nobody"}).content.decode()
    broken = marketer.get("/customers/", {"condition": "{", "sort": "x", "column": "no.such"})
    assert "This is no JSON." in broken.content.decode()
    assert marketer.get("/customers/", {"cursor": "x"}).status_code == 400


def test_an_empty_list_says_what_to_do(marketer: Client) -> None:
    assert "No customers yet" in marketer.get("/customers/").content.decode()


def test_a_file_is_harmless_and_noted(marketer: Client) -> None:
    person("=cmd()", city="Kazan"), person("Boris")
    answer = marketer.get("/customers/export/", {"condition": json.dumps(KAZAN), "column": "customers.city"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[1:] for row in rows] == [["Name", "City"], ["'=cmd()", "Kazan"]]
    assert AuditEntry.objects.filter(verb="customers.exported").count() == 1


def test_a_file_is_only_for_those_who_may_export(sign_in: Callable[[Role], Client]) -> None:
    assert sign_in(Role.SELLER).get("/customers/export/").status_code == 403


@pytest.mark.parametrize("number", [1, 3])
def test_lists_cost_the_same_with_one_and_three(marketer: Client, number: int) -> None:
    for i in range(number):
        person(f"Anna {i}", city="Kazan")
        one = segment(f"Kazan {i}")
    work()
    for path, literal in (
        ("/customers/", 4),
        ("/segments/", 5),
        (f"/segments/{one}/", 6),
        (f"/segments/{one}/history/", 7),
    ):
        marketer.get(path)
        with CaptureQueriesContext(connection) as counted:
            marketer.get(path)
        assert len(counted) == literal, [path, *(query["sql"][:160] for query in counted)]
