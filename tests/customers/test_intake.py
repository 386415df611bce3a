"""Taking people in from outside sources."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.customers import actions, queries
from regulars.customers.models import ConsentRecord, Contact, Customer, ExternalId, Merge, Tag
from regulars.customers.rules import (
    Birthday,
    ConsentChannel,
    ContactKind,
    MergeReason,
    Person,
    Profile,
    Purpose,
    StatedConsent,
)
from regulars.customers.rules.consent import Standing, standing
from regulars.foundation.actors import Actor
from regulars.foundation.models import Event

from .conftest import ANNA, BORIS, NOW, picture

pytestmark = pytest.mark.usefixtures("shop")


def take(*people: Person, by: Actor, source: str = "till", is_history: bool = True) -> actions.TakenIn:
    return actions.take_in(people, source=source, by=by, now=NOW, is_history=is_history)


def counts(taken: actions.TakenIn) -> tuple[int, int, int, int]:
    return taken.created, taken.updated, taken.unchanged, taken.merged


def test_the_same_call_again_changes_nothing(by: Actor) -> None:
    people = [
        replace(ANNA, external_id="1", tags=("VIP", "чай"), birthday=Birthday(29, 2)),
        replace(BORIS, external_id="2", consents=(StatedConsent(Purpose.ADVERTISING, ConsentChannel.EMAIL, True),)),
        Person(external_id="3", country="United Kingdom"),
        Person(email="lena@tea.example"),
        Person(first_name="Nobody"),
    ]
    first = take(*people, by=by)
    assert counts(first) == (4, 0, 0, 0)
    assert first.places[4] is None
    assert first.places[:3] == [first.ids[key] for key in "123"]
    before, events = picture(), Event.objects.count()
    again = take(*people, by=by)
    assert counts(again) == (0, 0, 4, 0)
    assert again.places == first.places
    assert picture() == before
    assert Event.objects.count() == events


def test_contacts_are_normalised_and_searchable(by: Actor) -> None:
    taken = take(replace(ANNA, external_id="1", email=" Anna@TEA.example "), by=by)
    values = set(Contact.objects.values_list("kind", "value", "is_primary"))
    assert values == {("email", "anna@tea.example", True), ("phone", "+79161234567", True)}
    customer = Customer.objects.get(id=taken.ids["1"])
    assert customer.search_text == "петрова анна anna@tea.example +79161234567 1"
    assert customer.sort_name == "петрова анна"


def test_a_correction_is_written_and_a_repetition_leaves_staffs_word(by: Actor) -> None:
    told = replace(ANNA, external_id="1", city="Москва")
    id_ = take(told, by=by).ids["1"]
    profile = Profile(first_name="Анна", last_name="Петрова", city="Тверь")
    actions.change_profile(customer_id=id_, profile=profile, by=by, now=NOW)
    assert counts(take(told, by=by)) == (0, 0, 1, 0)
    assert Customer.objects.get(id=id_).city == "Тверь"
    corrected = replace(told, city="Казань", email="anna.p@tea.example")
    assert counts(take(corrected, by=by)) == (0, 1, 0, 0)
    assert Customer.objects.get(id=id_).city == "Казань"
    assert [c.value for c in queries.contacts(id_) if c.kind is ContactKind.EMAIL] == ["anna.p@tea.example"]
    assert "anna.p@tea.example" in Customer.objects.get(id=id_).search_text


def test_another_source_joins_by_email_and_fills_only_what_is_empty(by: Actor) -> None:
    id_ = take(replace(ANNA, external_id="1", city="Москва"), by=by).ids["1"]
    site = take(Person(external_id="A", email="ANNA@tea.example", city="Казань", company="Чай"), by=by, source="site")
    assert site.ids == {"A": id_}
    assert counts(site) == (0, 0, 0, 1)
    customer = Customer.objects.get(id=id_)
    assert (customer.city, customer.company) == ("Москва", "Чай")
    assert set(ExternalId.objects.values_list("source", "external_id")) == {("till", "1"), ("site", "A")}


def test_two_names_of_one_source_become_an_alias_that_can_be_undone(by: Actor) -> None:
    taken = take(replace(ANNA, external_id="1"), replace(ANNA, external_id="2"), by=by)
    assert taken.ids["1"] == taken.ids["2"]
    assert counts(taken) == (1, 0, 0, 1)
    merge = Merge.objects.get()
    actions.undo_merge(merge_id=merge.id, by=by, now=NOW)
    again = take(replace(ANNA, external_id="1"), replace(ANNA, external_id="2"), by=by)
    assert again.ids["1"] != again.ids["2"]
    assert counts(again) == (0, 0, 2, 0)


@pytest.mark.parametrize("email", ["noname@shop.example", "test@tea.ru"])
def test_a_placeholder_joins_nobody(email: str, by: Actor) -> None:
    taken = take(*(Person(external_id=str(i), email=email) for i in range(3)), by=by)
    assert len(set(taken.ids.values())) == 3
    assert not Merge.objects.exists()


@pytest.mark.parametrize("per_call", [1, 2, 6])
def test_a_contact_of_many_joins_nobody_however_it_comes_in(per_call: int, by: Actor) -> None:
    people = [Person(external_id=str(i), email="office@tea.example", first_name=f"N{i}") for i in range(6)]
    for start in range(0, 6, per_call):
        take(*people[start : start + per_call], by=by)
    assert Customer.objects.filter(merged_into=None).count() == 6
    assert set(Contact.objects.values_list("is_placeholder", flat=True)) == {True}
    taken = take(*people, by=by)
    assert counts(taken) == (0, 0, 6, 0)


def test_a_family_that_shares_a_telephone_is_not_one_person(by: Actor) -> None:
    anna, ivan = (
        Person(external_id="1", first_name="Анна", phone="+7 916 1234567"),
        Person(external_id="2", first_name="Иван", phone="+7 916 1234567"),
    )
    assert len(set(take(anna, ivan, by=by).ids.values())) == 2
    assert take(Person(external_id="3", phone="+79161234567"), by=by, source="site").ids["3"] not in (None, "")


def test_those_whom_staff_told_apart_stay_apart(by: Actor) -> None:
    ids = take(replace(ANNA, external_id="1"), replace(BORIS, external_id="2"), by=by).ids
    actions.mark_not_the_same(first_id=ids["1"], second_id=ids["2"], by=by, now=NOW)
    taken = take(replace(BORIS, external_id="2", email=ANNA.email), by=by)
    assert taken.ids["2"] == ids["2"]
    assert not Merge.objects.exists()


def test_somebody_known_who_says_anothers_email_is_joined(by: Actor) -> None:
    ids = take(replace(ANNA, external_id="1"), replace(BORIS, external_id="2"), by=by).ids
    taken = take(replace(BORIS, external_id="2", email=ANNA.email), by=by)
    assert taken.ids["2"] == ids["1"]
    assert counts(taken) == (0, 0, 0, 1)


def test_aliases_are_resolved(by: Actor) -> None:
    ids = take(replace(ANNA, external_id="1"), replace(BORIS, external_id="2"), by=by).ids
    actions.merge_customers(survivor_id=ids["2"], absorbed_id=ids["1"], reason=MergeReason.BY_HAND, by=by, now=NOW)
    assert take(replace(ANNA, external_id="1", city="Омск"), by=by).ids["1"] == ids["2"]


def test_an_undated_yes_does_not_overrule_a_no(by: Actor) -> None:
    id_ = take(replace(ANNA, external_id="1"), by=by).ids["1"]
    said = {"purpose": Purpose.ADVERTISING, "channel": ConsentChannel.EMAIL, "source": "desk", "by": by, "now": NOW}
    actions.withdraw_consent(customer_id=id_, at=NOW, **said)
    yes = StatedConsent(Purpose.ADVERTISING, ConsentChannel.EMAIL, True)
    take(replace(ANNA, external_id="1", consents=(yes,)), by=by)
    statements = queries.statements_of(id_)
    assert standing(statements, Purpose.ADVERTISING, ConsentChannel.EMAIL) is Standing.WITHDRAWN
    assert ConsentRecord.objects.count() == 1


def test_the_earliest_time_known_is_the_customers_age(by: Actor) -> None:
    id_ = take(Person(external_id="1", created_at=NOW - timedelta(days=5)), by=by).ids["1"]
    take(Person(external_id="1", created_at=NOW - timedelta(days=9)), by=by)
    take(Person(external_id="1", created_at=NOW - timedelta(days=2)), by=by)
    assert Customer.objects.get(id=id_).created_at == NOW - timedelta(days=9)


def test_a_forgotten_person_is_not_brought_back_by_an_old_file(by: Actor) -> None:
    told = replace(ANNA, external_id="1")
    id_ = take(told, by=by).ids["1"]
    actions.erase_customer(customer_id=id_, by=by, now=NOW)
    before = picture()
    assert take(told, by=by).ids["1"] == id_
    assert take(replace(ANNA, external_id="X"), by=by, source="site").ids["X"] == id_
    assert picture() == before
    # Who comes back himself is a new customer.
    assert take(replace(ANNA, external_id="X"), by=by, source="site", is_history=False).ids["X"] != id_


def test_names_are_cleaned_of_what_the_database_refuses(by: Actor) -> None:
    id_ = take(Person(external_id="1", first_name="An\x00na", tags=("V\x00IP", "vip")), by=by).ids["1"]
    assert Customer.objects.get(id=id_).first_name == "Anna"
    assert list(Tag.objects.values_list("name", flat=True)) == ["VIP"]


def test_queries_do_not_grow_with_the_number_of_people(by: Actor) -> None:
    def cost(people: list[Person]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries_made:
            take(*people, by=by)
        return len(queries_made)

    few = [Person(external_id=f"a{i}", email=f"a{i}@tea.example", created_at=NOW) for i in range(3)]
    many = [Person(external_id=f"b{i}", email=f"b{i}@tea.example", created_at=NOW) for i in range(60)]
    assert cost(few) == cost(many)
    assert cost(few) == cost(many)
