"""Changes of one customer, and refusals that change nothing."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from regulars.customers import actions, queries
from regulars.customers.models import Contact, Customer
from regulars.customers.rules import (
    Birthday,
    ConsentBasis,
    ConsentChannel,
    ContactKind,
    Person,
    Profile,
    Purpose,
)
from regulars.customers.rules.consent import Standing
from regulars.foundation.actors import Actor
from regulars.foundation.models import AuditEntry, Event

from .conftest import ANNA, BORIS, NOW, picture

Register = Callable[[Person], UUID]


def everything() -> tuple[Any, int, int]:
    return picture(), Event.objects.count(), AuditEntry.objects.count()


def test_a_change_is_searchable_announced_and_audited(register: Register, by: Actor) -> None:
    anna = register(ANNA)
    profile = Profile(first_name="Анна", last_name="Ёлкина", birthday=Birthday(29, 2), tastes=("улун",))
    actions.change_profile(customer_id=anna, profile=profile, by=by, now=NOW)
    assert [found.id for found in queries.find_people("елкин")] == [anna]
    event = Event.objects.get(kind="customers.profile_changed")
    assert event.payload == {"fields": ["birth_day", "birth_month", "last_name", "tastes"]}
    entry = AuditEntry.objects.get(verb="customer.profile_changed")
    assert (entry.before["last_name"], entry.after["last_name"]) == ("Петрова", "Ёлкина")
    before = everything()
    actions.change_profile(customer_id=anna, profile=profile, by=by, now=NOW)
    assert everything() == before


@pytest.mark.parametrize(
    "profile",
    [Profile(first_name="Анна", time_zone="Mars/Base"), Profile(first_name="Анна", birthday=Birthday(1, 1, 2150))],
)
def test_a_profile_that_cannot_be_is_refused(profile: Profile, register: Register, by: Actor) -> None:
    anna = register(ANNA)
    before = everything()
    with pytest.raises(actions.CannotChangeProfile):
        actions.change_profile(customer_id=anna, profile=profile, by=by, now=NOW)
    assert everything() == before


def test_strangers_and_faults_change_nothing(register: Register, by: Actor) -> None:
    anna = register(ANNA)
    before = everything()
    common: dict[str, Any] = {"by": by, "now": NOW}
    stranger: dict[str, Any] = {"customer_id": uuid4()} | common
    refusals: list[tuple[type[Exception], Callable[[], Any]]] = [
        (actions.NoSuchCustomer, lambda: actions.write_note(text="x", **stranger)),
        (actions.NoSuchCustomer, lambda: actions.set_tags(names=["x"], **stranger)),
        (actions.CannotWriteNote, lambda: actions.write_note(customer_id=anna, text=" \x00", **common)),
        (
            actions.CannotAddContact,
            lambda: actions.add_contact(customer_id=anna, kind=ContactKind.EMAIL, text="x", **common),
        ),
        (
            actions.CannotAddContact,
            lambda: actions.add_contact(customer_id=anna, kind=ContactKind.EMAIL, text="ANNA@tea.example", **common),
        ),
        (actions.NoSuchContact, lambda: actions.make_primary(customer_id=anna, contact_id=uuid4(), **common)),
        (actions.NoSuchContact, lambda: actions.remove_contact(customer_id=anna, contact_id=uuid4(), **common)),
        (actions.CannotJoinHousehold, lambda: actions.join_household(customer_id=anna, with_id=anna, **common)),
        (
            actions.CannotRegister,
            lambda: actions.register_customer(person=Person(city="Омск"), source="desk", **common),
        ),
        (
            actions.CannotAddContact,
            lambda: actions.register_customer(person=Person(first_name="A", phone="1"), source="desk", **common),
        ),
    ]
    for refusal, call in refusals:
        with pytest.raises(refusal):
            call()
        assert everything() == before


def test_a_contact_of_four_is_a_placeholder_on_all(register: Register, by: Actor) -> None:
    for i in range(3):
        register(Person(first_name=f"N{i}", email="office@tea.example"))
    assert set(Contact.objects.values_list("is_placeholder", flat=True)) == {False}
    fourth = register(Person(first_name="N3"))
    actions.add_contact(customer_id=fourth, kind=ContactKind.EMAIL, text="office@tea.example", by=by, now=NOW)
    assert set(Contact.objects.values_list("is_placeholder", flat=True)) == {True}
    assert queries.duplicate_suggestions().rows == []


def test_households_are_joined_and_dissolved(register: Register, by: Actor) -> None:
    anna, boris, vera, igor = (register(Person(first_name=name)) for name in ("Анна", "Борис", "Вера", "Игорь"))
    household = actions.join_household(customer_id=boris, with_id=anna, by=by, now=NOW)
    assert actions.join_household(customer_id=anna, with_id=vera, by=by, now=NOW) == household
    assert Customer.objects.filter(household=household).count() == 3
    row = queries.customer_of(igor)
    assert row is not None
    assert queries.household_of(row) == []
    for id_ in (anna, boris):
        actions.leave_household(customer_id=id_, by=by, now=NOW)
    assert not Customer.objects.filter(household__isnull=False).exists()


def test_consents_keep_their_words_and_who_may_be_contacted_follows(register: Register, by: Actor) -> None:
    anna, boris = register(ANNA), register(BORIS)
    words = {"purpose": Purpose.ADVERTISING, "language": "ru", "by": by, "now": NOW}
    first = actions.publish_consent_text(text="Да", **words)
    assert actions.publish_consent_text(text="Да", **words) == first
    second = actions.publish_consent_text(text="Да, согласен", **words)
    assert [(text.id, text.version) for text in queries.consent_texts()] == [(second, 2), (first, 1)]
    said: dict[str, Any] = {"purpose": Purpose.ADVERTISING, "source": "desk", "by": by, "now": NOW}
    for id_, channel, basis in (
        (anna, ConsentChannel.ANY, ConsentBasis.CONSENT),
        (boris, ConsentChannel.EMAIL, ConsentBasis.SOFT_OPT_IN),
    ):
        actions.record_consent(
            customer_id=id_, channel=channel, basis=basis, at=NOW - timedelta(days=3), text_id=second, **said
        )

    def may() -> list[set[UUID]]:
        return [
            queries.who_may_be_contacted([anna, boris], purpose=Purpose.ADVERTISING, channel=channel)
            for channel in (ConsentChannel.EMAIL, ConsentChannel.SMS)
        ]

    assert may() == [{anna, boris}, {anna}]
    actions.withdraw_consent(customer_id=anna, channel=ConsentChannel.EMAIL, at=NOW - timedelta(days=1), **said)
    assert may() == [{boris}, {anna}]
    records = queries.consents(anna)
    assert [(record.is_given, record.text) for record in records] == [(False, None), (True, "Да, согласен")]
    assert queries.standings(records)[Purpose.ADVERTISING][ConsentChannel.SMS] is Standing.GIVEN
    before = everything()
    for fault in ({"at": NOW + timedelta(days=1)}, {"at": NOW, "text_id": uuid4()}):
        with pytest.raises(actions.CannotRecordConsent):
            actions.record_consent(customer_id=anna, channel=ConsentChannel.SMS, **said | fault)
    with pytest.raises(actions.CannotRecordConsent):
        actions.record_consent(
            customer_id=anna, channel=ConsentChannel.SMS, at=NOW, text_id=second, **said | {"purpose": Purpose.SURVEYS}
        )
    assert everything() == before


def test_what_is_read_of_several_takes_few_queries(
    register: Register, by: Actor, django_assert_num_queries: Any
) -> None:
    ids = [register(replace(ANNA, email=f"a{i}@tea.example", phone="")) for i in range(3)]
    for many in (ids[:1], ids):
        with django_assert_num_queries(2):
            assert len(queries.briefly(many)) == len(many)
        with django_assert_num_queries(1):
            assert set(queries.names_of(many).values()) == {"Анна Петрова"}
