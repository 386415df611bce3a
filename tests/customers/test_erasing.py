"""A forgotten person leaves no trace, in the database or in the folder."""

import json
import random
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from regulars.commerce.actions import enquiries
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome
from regulars.customers import actions, ports, queries
from regulars.customers.models import Contact, Customer, Erasure
from regulars.customers.rules import (
    Birthday,
    ConsentChannel,
    ContactKind,
    DateKind,
    MergeReason,
    Person,
    Profile,
    Purpose,
    StatedConsent,
    YearlyDay,
)
from regulars.foundation.actors import Actor
from regulars.foundation.models import AuditEntry, Event
from regulars.foundation.text import fold
from regulars.shop.models import Shop

from .conftest import ANNA, BORIS, NOW, picture

# Letters that stand nowhere else, so that whatever is found later is the person's.
LETTERS = "żźćńóęąśЂЉЊЌЎ"


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def traces(words: set[str], home: Path) -> list[str]:
    """Where any of the words stands, in whatever case: table and column, or file."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            columns = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = fold(re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), str(value)))
                    found += [f"{table}.{column}: {word}" for word in words if fold(word) in text]
    for path in home.rglob("*"):
        if path.is_file():
            found += [f"{path}: {word}" for word in words if word.encode() in path.read_bytes()]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_left_of_a_person(shop: Shop, home: Path, by: Actor, seed: int) -> None:
    chance = random.Random(seed)
    name, other = ("".join(chance.choices(LETTERS, k=chance.randint(6, 12))) for _ in range(2))
    number = str(chance.randint(2_010_101, 9_898_989))
    phone, email = f"+7916{number}", f"{name}@tea.example"
    person = Person(
        first_name=name, last_name=other, email=email, phone=phone, city=f"{name}город", company=f"{other}фирма"
    )
    ids = everything_about(person, name=name, other=other, by=by)
    words = {name, other, number}
    assert traces(words, home)
    actions.erase_customer(customer_id=ids[0], by=by, now=NOW)
    assert traces(words, home) == []
    assert Customer.objects.filter(id__in=ids, erased_at=NOW).count() == 2


def everything_about(person: Person, *, name: str, other: str, by: Actor) -> list[UUID]:
    """A person with an alias whom everybody wrote something about."""
    consent = StatedConsent(Purpose.ADVERTISING, ConsentChannel.EMAIL, True)
    told = replace(person, external_id=f"{name}-1", tags=(f"тег {name}",), consents=(consent,))
    taken = actions.take_in([told], source="till", by=by, now=NOW, is_history=True)
    id_ = taken.ids[f"{name}-1"]
    alias = actions.register_customer(person=Person(first_name=name, company=other), source="desk", by=by, now=NOW)
    said: dict[str, Any] = {"customer_id": id_, "by": by, "now": NOW}
    profile = Profile(
        first_name=name,
        last_name=other,
        patronymic=f"{name}вич",
        birthday=Birthday(1, 2, 1990),
        tastes=(f"чай {other}",),
    )
    actions.change_profile(profile=profile, **said)
    actions.add_contact(kind=ContactKind.TELEGRAM, text=f"@{name}", **said)
    actions.set_tags(names=[f"VIP {other}"], **said)
    actions.write_note(text=f"Звонила {name}", **said)
    actions.set_important_dates(days=[YearlyDay(DateKind.OTHER, 5, 6, None, f"свадьба {other}")], **said)
    actions.withdraw_consent(
        purpose=Purpose.ADVERTISING, channel=ConsentChannel.SMS, at=NOW, source="desk", proof={"note": name}, **said
    )
    for customer_id, contact in (
        (alias, person.email),
        (None, person.phone),
        (None, f"8 {person.phone[2:5]} {person.phone[5:]}"),
    ):
        enquiry = enquiries.open_enquiry(
            kind=EnquiryKind.CALL,
            opened_at=NOW,
            customer_id=customer_id,
            contact_name=name,
            contact_value=contact,
            subject=f"{other}: чайник",
            by=by,
            now=NOW,
        )
        enquiries.close_enquiry(
            enquiry_id=enquiry, outcome=EnquiryOutcome.LOST, loss_note=f"{name} передумал", by=by, now=NOW
        )
    actions.merge_customers(survivor_id=id_, absorbed_id=alias, reason=MergeReason.BY_HAND, by=by, now=NOW)
    return [id_, alias]


def test_erasing_is_known_and_done_once(shop: Shop, home: Path, by: Actor) -> None:
    anna = actions.register_customer(person=ANNA, source="desk", by=by, now=NOW)
    actions.erase_customer(customer_id=anna, by=by, now=NOW)
    assert Erasure.objects.get().customer_id == anna
    assert [json.loads(line)["customer_id"] for line in actions.erasures_path().read_text().splitlines()] == [str(anna)]
    assert AuditEntry.objects.filter(verb="customer.erased").count() == 1
    before = (picture(), Event.objects.count())
    for refused in (anna, UUID(int=1)):
        with pytest.raises(actions.NoSuchCustomer):
            actions.erase_customer(customer_id=refused, by=by, now=NOW)
    with pytest.raises(actions.NoSuchCustomer):
        actions.write_note(customer_id=anna, text="hello", by=by, now=NOW)
    assert (picture(), Event.objects.count()) == before


def test_another_person_stays_as_he_is(shop: Shop, home: Path, by: Actor) -> None:
    anna, boris = (actions.register_customer(person=p, source="desk", by=by, now=NOW) for p in (ANNA, BORIS))
    actions.erase_customer(customer_id=anna, by=by, now=NOW)
    row = queries.customer_of(boris)
    assert row is not None
    assert row.name == "Борис Ким"
    assert [contact.value for contact in queries.contacts(boris)] == ["boris@tea.example"]


def test_a_store_that_fails_leaves_the_person_for_another_try(
    shop: Shop, home: Path, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shelf:
        name = "shelf"
        is_broken = True
        seen: list[ports.Identity] = []

        def erase(self, identity: ports.Identity, *, now: datetime) -> None:
            if self.is_broken:
                raise OSError("no such disk")
            self.seen.append(identity)

    shelf = Shelf()
    monkeypatch.setattr(ports, "_erasure_stores", {"shelf": shelf})
    anna = actions.register_customer(person=ANNA, source="desk", by=by, now=NOW)
    before = picture()
    with pytest.raises(OSError, match="no such disk"):
        actions.erase_customer(customer_id=anna, by=by, now=NOW)
    assert picture() == before
    assert not actions.erasures_path().exists()
    shelf.is_broken = False
    actions.erase_customer(customer_id=anna, by=by, now=NOW)
    [identity] = shelf.seen
    assert (identity.emails, identity.phones) == (["anna@tea.example"], ["+79161234567"])
    assert identity.names == ["Анна", "Петрова"]


def test_a_restored_backup_forgets_again(shop: Shop, home: Path, by: Actor) -> None:
    anna = actions.register_customer(person=ANNA, source="desk", by=by, now=NOW)
    boris = actions.register_customer(person=BORIS, source="desk", by=by, now=NOW)
    assert actions.replay_erasures(by=by, now=NOW) == 0
    # What a restored database looks like: the list names somebody who is there again.
    actions.erasures_path().write_text(json.dumps({"customer_id": str(anna), "at": NOW.isoformat()}) + "\n")
    assert actions.replay_erasures(by=by, now=NOW) == 1
    assert actions.replay_erasures(by=by, now=NOW) == 0
    assert list(Contact.objects.values_list("customer", flat=True)) == [boris]


def test_the_export_tells_all_that_is_known(shop: Shop, home: Path, by: Actor) -> None:
    [id_, alias] = everything_about(ANNA, name="Анна", other="Петрова", by=by)
    document = actions.export_customer(customer_id=alias, by=by, now=NOW)
    assert document["known_as"] == [str(id_), str(alias)]
    told = json.dumps(document["tables"], ensure_ascii=False)
    for word in (
        "anna@tea.example",
        "+79161234567",
        "Звонила Анна",
        "свадьба Петрова",
        "чай Петрова",
        "Анна-1",
        "чайник",
    ):
        assert word in told, word
    assert json.loads(json.dumps(document)) == document
