"""The room of one customer."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.template.loader import get_template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.audience.attributes import event_kinds
from regulars.customers import actions, queries
from regulars.customers.models import ConsentRecord, Contact, Customer, Merge
from regulars.customers.rules import ContactKind, MergeReason, Person, Purpose
from regulars.desk.customers.timeline import template_of
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions as shop

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SYSTEM = Actor.system("tests")


@pytest.fixture
def sign_in(db: None, django_user_model: Any) -> Callable[[Role], Client]:
    shop.set_up_shop(
        name="Чайная лавка",
        base_currency="RUB",
        time_zone="Europe/Moscow",
        language="en",
        country="RU",
        by=SYSTEM,
        now=NOW,
    )

    def make(role: Role) -> Client:
        staff_id = shop.add_staff(
            email=f"{role}@tea.example", name="Olga", role=role, password="correct horse tea", by=SYSTEM, now=NOW
        )
        client = Client()
        client.force_login(
            django_user_model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return make


@pytest.fixture
def owner(sign_in: Callable[[Role], Client]) -> Client:
    return sign_in(Role.OWNER)


def register(first_name: str = "Анна", **told: Any) -> UUID:
    person = Person(first_name=first_name, **told)
    return actions.register_customer(person=person, source="desk", by=SYSTEM, now=NOW)


def at(customer_id: UUID, rest: str = "") -> str:
    return f"/customers/{customer_id}/{rest}"


def text_of(response: Any) -> str:
    return response.content.decode()


def test_the_page_shows_who_it_is(owner: Client) -> None:
    anna = register(last_name="Петрова", phone="8 916 123-45-67", email="anna@tea.example")
    actions.write_note(customer_id=anna, text="Любит улун", by=SYSTEM, now=NOW)
    page = text_of(owner.get(at(anna)))
    for shown in ("Анна Петрова", "+7 916 123-45-67", "anna@tea.example", "Любит улун", "Became known through desk"):
        assert shown in page


def test_contacts_are_hidden_from_those_who_may_not_see_them(sign_in: Callable[[Role], Client]) -> None:
    anna = register(phone="8 916 123-45-67", email="anna@tea.example")
    page = text_of(sign_in(Role.ANALYST).get(at(anna)))
    assert "anna@tea.example" not in page
    assert "123-45-67" not in page


@pytest.mark.parametrize(
    ("role", "path"),
    [
        (Role.PRODUCTION, ""),
        (Role.ANALYST, "profile/"),
        (Role.SELLER, "merge/"),
        (Role.SUPPORT, "erase/"),
    ],
)
def test_what_a_role_does_not_include_is_refused(sign_in: Callable[[Role], Client], role: Role, path: str) -> None:
    assert sign_in(role).get(at(register(), path)).status_code == 403


def test_an_alias_leads_to_the_one_who_lives(owner: Client) -> None:
    a, b = register("Анна"), register("Аня")
    actions.merge_customers(survivor_id=a, absorbed_id=b, reason=MergeReason.BY_HAND, by=SYSTEM, now=NOW)
    assert owner.get(at(b)).headers["Location"] == at(a)
    assert owner.get(at(UUID(int=1))).status_code == 404


def test_a_profile_is_changed_or_says_what_is_wrong(owner: Client) -> None:
    anna = register()
    told = {"first_name": "Anna", "birth_day": "31", "birth_month": "4", "tastes": "oolong, Oolong ; dark"}
    refused = owner.post(at(anna, "profile/"), told)
    assert refused.status_code == 422
    assert "There is no such day" in text_of(refused)
    assert owner.post(at(anna, "profile/"), told | {"birth_month": "3"}).status_code == 302
    row = queries.customer_of(anna)
    assert row is not None
    assert (row.profile.first_name, row.profile.tastes) == ("Anna", ("oolong", "Oolong", "dark"))
    assert row.profile.birthday is not None
    assert row.profile.birthday.month == 3
    future = told | {"birth_month": "3", "birth_year": "2150"}
    assert "still to come" in text_of(owner.post(at(anna, "profile/"), future))


def test_contacts_are_added_preferred_verified_and_removed(owner: Client) -> None:
    anna = register(email="anna@tea.example")
    refused = owner.post(at(anna, "contacts/"), {"kind": "phone", "text": "12"})
    assert refused.status_code == 422
    assert "This cannot be such a contact" in text_of(refused)
    owner.post(at(anna, "contacts/"), {"kind": "email", "text": "A.Petrova@tea.example"})
    second = Contact.objects.get(value="a.petrova@tea.example")
    owner.post(at(anna, f"contacts/{second.id}/prefer/"))
    owner.post(at(anna, f"contacts/{second.id}/verify/"))
    [first, _] = [c for c in queries.contacts(anna) if c.kind is ContactKind.EMAIL]
    assert (first.value, first.is_primary, first.verified_at is not None) == ("a.petrova@tea.example", True, True)
    owner.post(at(anna, f"contacts/{second.id}/remove/"))
    assert [(c.value, c.is_primary) for c in queries.contacts(anna)] == [("anna@tea.example", True)]


def test_tags_notes_dates_and_household(owner: Client) -> None:
    anna, ivan = register(), register("Иван")
    owner.post(at(anna, "tags/"), {"tags": "VIP, чай, vip"})
    owner.post(at(anna, "notes/"), {"text": "Ждёт пуэр"})
    owner.post(at(anna, "dates/"), {"kind": "anniversary", "day": "7", "month": "3", "note": "свадьба"})
    owner.post(at(anna, "household/"), {"with": str(ivan)})
    assert queries.tags(anna) == ["VIP", "чай"]
    assert [note.text for note in queries.notes(anna)] == ["Ждёт пуэр"]
    assert [(day.day, day.month, day.note) for day in queries.important_dates(anna)] == [(7, 3, "свадьба")]
    row = queries.customer_of(anna)
    assert row is not None
    assert [person.id for person in queries.household_of(row)] == [ivan]
    page = text_of(owner.get(at(anna)))
    assert "7 March" in page
    assert "Иван" in page
    owner.post(at(anna, "dates/0/remove/"))
    owner.post(at(anna, "household/leave/"))
    assert queries.important_dates(anna) == []
    assert set(Customer.objects.values_list("household", flat=True)) == {None}


def test_a_consent_is_written_down_with_its_proof(owner: Client) -> None:
    anna = register()
    text = actions.publish_consent_text(purpose=Purpose.ADVERTISING, language="ru", text="Да", by=SYSTEM, now=NOW)
    said = {
        "decision": "given", "purpose": "advertising", "channel": "email", "on": "2026-05-03",
        "text_id": str(text), "proof": "form no. 17",
    }  # fmt: skip
    assert owner.post(at(anna, "consents/"), said).status_code == 302
    record = ConsentRecord.objects.get()
    assert (record.text_id, record.proof, record.is_given) == (text, {"note": "form no. 17"}, True)
    other = owner.post(at(anna, "consents/"), said | {"purpose": "surveys"})
    assert other.status_code == 422
    assert "another purpose" in text_of(other)
    late = owner.post(at(anna, "consents/"), said | {"on": "2150-01-01"})
    assert "cannot be given in the future" in text_of(late)
    owner.post(at(anna, "consents/"), said | {"decision": "withdrawn", "on": "2026-05-04"})
    assert list(ConsentRecord.objects.order_by("at").values_list("is_given", flat=True)) == [True, False]
    page = text_of(owner.get(at(anna)))
    assert "form no. 17" in page
    assert "withdrawn" in page


def test_two_profiles_are_compared_merged_and_parted(owner: Client) -> None:
    a = register("Анна", last_name="Петрова", phone="8 916 123-45-67")
    b = register("Анна", last_name="Петрова", phone="8 495 123-45-67", city="Казань")
    assert "a number that ends alike" in text_of(owner.get("/customers/duplicates/"))
    assert "Анна Петрова" in text_of(owner.get(at(a, "merge/?q=петр")))
    assert "only one profile knows it" in text_of(owner.get(at(a, f"merge/{b}/")))
    owner.post(at(a, f"merge/{b}/"))
    merge = Merge.objects.get()
    assert "Казань" in text_of(owner.get(at(a)))
    assert "merged or erased in the meantime" in text_of(owner.post(at(a, f"merge/{b}/"), follow=True))
    owner.post(at(a, f"merges/{merge.id}/undo/"))
    assert Customer.objects.filter(merged_into=None).count() == 2
    owner.post("/customers/duplicates/not-the-same/", {"first": str(a), "second": str(b)})
    assert "No duplicates in sight" in text_of(owner.get("/customers/duplicates/"))


def test_all_that_is_known_can_be_downloaded(owner: Client) -> None:
    anna = register(last_name="Петрова", email="anna@tea.example")
    document = json.loads(owner.post(at(anna, "export/"), {"form": "json"}).content)
    assert document["tables"]["customers.contact"][0]["value"] == "anna@tea.example"
    assert document["tables"]["customers.customer"][0]["last_name"] == "Петрова"
    assert "anna@tea.example" in text_of(owner.post(at(anna, "export/"), {"form": "html"}))


def test_erasing_wants_the_name_typed(owner: Client) -> None:
    anna = register(last_name="Петрова", email="anna@tea.example")
    refused = owner.post(at(anna, "erase/"), {"typed": "Ольга"})
    assert refused.status_code == 422
    assert Contact.objects.count() == 1
    assert owner.post(at(anna, "erase/"), {"typed": "анна  петрова"}).status_code == 302
    assert not Contact.objects.exists()
    gone = owner.get(at(anna))
    assert gone.status_code == 410
    assert "Петрова" not in text_of(gone)


def test_a_new_customer_and_a_warning_while_typing(owner: Client) -> None:
    anna = register("Анна", last_name="Петрова", phone="8 916 123-45-67")
    warning = text_of(owner.get("/customers/new/alike/", {"phone": "+79161234567", "first_name": "А"}))
    assert at(anna) in warning
    assert at(anna) in text_of(owner.get("/customers/new/alike/", {"last_name": "ПЕТР"}))
    assert at(anna) not in text_of(owner.get("/customers/new/alike/", {"last_name": "Пе"}))
    assert "be reached" in text_of(owner.post("/customers/new/", {"first_name": "Лена"}))
    assert "cannot be such a contact" in text_of(owner.post("/customers/new/", {"first_name": "Лена", "phone": "7"}))
    done = owner.post("/customers/new/", {"first_name": "Лена", "email": "lena@tea.example"})
    assert done.status_code == 302
    assert Customer.objects.filter(first_name="Лена").count() == 1


@pytest.mark.parametrize("kind", sorted(event_kinds()))
def test_every_event_has_its_template(kind: str) -> None:
    assert get_template(template_of(kind)) is not None


def test_the_timeline_pages_and_filters(owner: Client) -> None:
    anna = register()
    for i in range(35):
        actions.write_note(customer_id=anna, text=f"note {i:02}", by=SYSTEM, now=NOW + timedelta(minutes=i + 1))
    page = text_of(owner.get(at(anna)))
    assert "cursor=" in page
    assert page.count('class="event-icon"') == 20
    assert "Became known" not in page
    assert text_of(owner.get(at(anna, "?kind=orders"))).count('class="event-icon"') == 0
    cursor = queries.timeline_of(anna).next_cursor
    assert "Became known" in text_of(owner.get(at(anna, f"?cursor={cursor}")))


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as made:
        client.get(path)
    return len(made)


def test_the_page_costs_the_same_for_much_as_for_little(owner: Client) -> None:
    one, many = register(email="a@tea.example"), register(email="b@tea.example")
    for count, id_ in ((1, one), (3, many)):
        for i in range(count):
            actions.write_note(customer_id=id_, text=f"note {i}", by=SYSTEM, now=NOW)
            actions.add_contact(
                customer_id=id_, kind=ContactKind.EMAIL, text=f"x{i}{count}@tea.example", by=SYSTEM, now=NOW
            )
    assert queries_of(owner, at(one)) == queries_of(owner, at(many)) == 36


def test_the_list_of_duplicates_costs_the_same_for_three_as_for_one(owner: Client) -> None:
    def pair(name: str, number: int) -> None:
        register(name, last_name="П", phone=f"8 916 00{number} 45 67")
        register(name, last_name="П", phone=f"8 495 00{number} 45 67")

    pair("A", 1)
    for_one = queries_of(owner, "/customers/duplicates/")
    pair("B", 2)
    pair("C", 3)
    assert queries_of(owner, "/customers/duplicates/") == for_one <= 12
