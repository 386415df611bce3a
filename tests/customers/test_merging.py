"""Two profiles become one, and two again."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.customers import actions, ports, queries
from regulars.customers.models import Contact, Customer, Merge, NotTheSame
from regulars.customers.rules import (
    ConsentChannel,
    ContactKind,
    DateKind,
    MergeReason,
    Person,
    Profile,
    Purpose,
    YearlyDay,
)
from regulars.customers.rules.consent import Standing, standing
from regulars.foundation.actors import Actor
from regulars.foundation.models import AuditEntry, Event
from regulars.shop.models import Shop

from .conftest import ANNA, BORIS, NOW, picture

Register = Callable[[Person], UUID]


def merge(survivor: UUID, absorbed: UUID, *, by: Actor) -> UUID:
    return actions.merge_customers(
        survivor_id=survivor, absorbed_id=absorbed, reason=MergeReason.BY_HAND, by=by, now=NOW
    )


def enrich(id_: UUID, *, by: Actor, tags: list[str], note: str, city: str, withdraws: bool) -> None:
    actions.set_tags(customer_id=id_, names=tags, by=by, now=NOW)
    if note:
        actions.write_note(customer_id=id_, text=note, by=by, now=NOW)
        day = YearlyDay(DateKind.ANNIVERSARY, 3, 7, None, "")
        actions.set_important_dates(customer_id=id_, days=[day], by=by, now=NOW)
    row = queries.customer_of(id_)
    assert row is not None
    actions.change_profile(customer_id=id_, profile=replace(row.profile, city=city), by=by, now=NOW)
    say = actions.withdraw_consent if withdraws else actions.record_consent
    say(
        customer_id=id_, purpose=Purpose.ADVERTISING, channel=ConsentChannel.EMAIL, at=NOW - timedelta(days=1),
        source="desk", by=by, now=NOW,
    )  # fmt: skip


words = st.sampled_from(["чай", "VIP", "vip", "кофе", ""])
extras = st.fixed_dictionaries(
    {
        "tags": st.lists(words, max_size=3),
        "note": st.sampled_from(["", "Любит улун"]),
        "city": st.sampled_from(["", "Тверь", "Казань"]),
        "withdraws": st.booleans(),
    }
)
people = st.sampled_from(
    [ANNA, BORIS, Person(first_name="Аня", email=ANNA.email, phone="+7 903 000 12 34"), Person(company="ООО «Чай»")]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=people, second=people, of_first=extras, of_second=extras)
def test_undoing_gives_every_row_back_as_it_was(  # noqa: PLR0917 - fixtures and drawn values
    shop: Shop, register: Register, by: Actor, first: Any, second: Any, of_first: Any, of_second: Any
) -> None:
    a, b = register(first), register(second)
    enrich(a, by=by, **of_first)
    enrich(b, by=by, **of_second)
    before = picture(without=("Merge",))
    merge_id = merge(a, b, by=by)
    assert picture(without=("Merge",)) != before
    actions.undo_merge(merge_id=merge_id, by=by, now=NOW)
    assert picture(without=("Merge",)) == before


def test_everything_is_the_survivors(register: Register, by: Actor) -> None:
    a, b = register(ANNA), register(replace(BORIS, phone="8 916 123 45 67"))
    actions.write_note(customer_id=b, text="Ждёт пуэр", by=by, now=NOW)
    merge(a, b, by=by)
    row = queries.customer_of(b)
    assert row is not None
    assert (row.id, row.profile.city, row.profile.first_name) == (a, "Казань", "Анна")
    assert {c.value for c in queries.contacts(a)} == {"anna@tea.example", "boris@tea.example", "+79161234567"}
    assert [c.value for c in queries.contacts(a) if c.is_primary and c.kind is ContactKind.EMAIL] == [ANNA.email]
    assert [note.text for note in queries.notes(a)] == ["Ждёт пуэр"]
    assert queries.alias_ids(b) == queries.alias_ids(a) == [a, b]
    assert [found.id for found in queries.find_people("ким")] == [a]
    kinds = [event.kind for event in queries.timeline_of(a).rows]
    assert kinds.count("customers.customer_registered") == 2
    assert "customers.customers_merged" in kinds


def test_a_withdrawal_on_either_side_wins_and_is_taken_back_with_the_merge(register: Register, by: Actor) -> None:
    a, b = register(ANNA), register(BORIS)
    common = {"purpose": Purpose.ADVERTISING, "channel": ConsentChannel.EMAIL, "source": "desk", "by": by, "now": NOW}
    actions.withdraw_consent(customer_id=b, at=NOW - timedelta(days=9), **common)
    actions.record_consent(customer_id=a, at=NOW - timedelta(days=1), **common)

    def stands(id_: UUID) -> Standing:
        return standing(queries.statements_of(id_), Purpose.ADVERTISING, ConsentChannel.EMAIL)

    merge_id = merge(a, b, by=by)
    assert stands(a) is Standing.WITHDRAWN
    actions.undo_merge(merge_id=merge_id, by=by, now=NOW)
    assert (stands(a), stands(b)) == (Standing.GIVEN, Standing.WITHDRAWN)


def test_chains_lead_to_the_one_who_lives(register: Register, by: Actor) -> None:
    a, b, c = register(ANNA), register(BORIS), register(Person(company="ООО «Чай»"))
    first = merge(b, a, by=by)
    second = merge(c, b, by=by)
    assert {queries.customer_of(id_).id for id_ in (a, b, c)} == {c}  # type: ignore[union-attr]
    assert set(queries.survivors_of([a, b, c]).values()) == {c}
    with pytest.raises(actions.CannotUndoMerge) as refused:
        actions.undo_merge(merge_id=first, by=by, now=NOW)
    assert refused.value.fault is actions.MergeFault.MERGED_FURTHER
    actions.undo_merge(merge_id=second, by=by, now=NOW)
    assert queries.survivors_of([a, b, c]) == {a: b, b: b, c: c}
    actions.undo_merge(merge_id=first, by=by, now=NOW)
    assert queries.survivors_of([a, b, c]) == {a: a, b: b, c: c}


def test_refusals_change_nothing(register: Register, by: Actor) -> None:
    a, b, c = register(ANNA), register(BORIS), register(Person(company="ООО «Чай»"))
    done = merge(a, b, by=by)
    before = (picture(), Event.objects.count(), AuditEntry.objects.count())
    for survivor, absorbed in ((a, a), (a, b), (b, c), (a, UUID(int=1))):
        with pytest.raises(actions.CannotMerge):
            merge(survivor, absorbed, by=by)
    with pytest.raises(actions.CannotUndoMerge):
        actions.undo_merge(merge_id=UUID(int=1), by=by, now=NOW)
    assert (picture(), Event.objects.count(), AuditEntry.objects.count()) == before
    actions.undo_merge(merge_id=done, by=by, now=NOW)
    before = picture()
    with pytest.raises(actions.CannotUndoMerge):
        actions.undo_merge(merge_id=done, by=by, now=NOW)
    assert picture() == before


class Purse:
    """A capability whose part may have moved on."""

    capability = "purse"

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.spent = ""

    def merge(self, *, survivor_id: UUID, absorbed_id: UUID, by: Actor, now: datetime) -> Mapping[str, Any]:
        self.calls.append(("merge", survivor_id, absorbed_id))
        return {"points": 5}

    def obstacle(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any]) -> str | None:
        return self.spent or None

    def undo(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
        self.calls.append(("undo", survivor_id, absorbed_id, moved["points"]))


def test_capabilities_move_their_part_and_may_refuse_the_undoing(
    register: Register, by: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    purse = Purse()
    monkeypatch.setattr(ports, "_merge_rules", {"purse": purse})
    a, b = register(ANNA), register(BORIS)
    merge_id = merge(a, b, by=by)
    assert Merge.objects.get(id=merge_id).moved["purse"] == {"points": 5}
    purse.spent = "The points were spent."
    before = picture()
    with pytest.raises(actions.CannotUndoMerge) as refused:
        actions.undo_merge(merge_id=merge_id, by=by, now=NOW)
    assert refused.value.obstacle == "The points were spent."
    assert picture() == before
    purse.spent = ""
    actions.undo_merge(merge_id=merge_id, by=by, now=NOW)
    assert purse.calls == [("merge", a, b), ("undo", a, b, 5)]


def test_what_staff_changed_since_is_kept_when_undoing(register: Register, by: Actor) -> None:
    a, b = register(ANNA), register(BORIS)
    merge_id = merge(a, b, by=by)
    row = queries.customer_of(a)
    assert row is not None
    actions.change_profile(customer_id=a, profile=replace(row.profile, city="Пермь"), by=by, now=NOW)
    own = Contact.objects.get(customer=a, value=ANNA.email)
    actions.remove_contact(customer_id=a, contact_id=own.id, by=by, now=NOW)
    actions.undo_merge(merge_id=merge_id, by=by, now=NOW)
    assert set(Customer.objects.values_list("id", "city")) == {(a, "Пермь"), (b, "Казань")}
    assert [c.value for c in queries.contacts(b) if c.is_primary] == ["boris@tea.example"]


def test_suggestions_tell_the_reason_and_stop_where_staff_said_no(register: Register, by: Actor) -> None:
    a = register(ANNA)
    b = register(Person(first_name="Анна", last_name="ПЕТРОВА", phone="+7 495 123-45-67"))
    c = register(Person(first_name="А.", email="ANNA@tea.example"))
    register(BORIS)
    found = {(pair.first.id, pair.second.id): pair.likeness.reasons for pair in queries.duplicate_suggestions().rows}
    assert found == {(a, b): (MergeReason.SAME_NAME_AND_PHONE_TAIL,), (a, c): (MergeReason.SAME_EMAIL,)}
    first = queries.duplicate_suggestions(limit=1)
    rest = queries.duplicate_suggestions(limit=1, cursor=first.next_cursor)
    assert {(p.first.id, p.second.id) for p in [*first.rows, *rest.rows]} == set(found)
    assert rest.next_cursor is None
    actions.mark_not_the_same(first_id=c, second_id=a, by=by, now=NOW)
    assert [pair.second.id for pair in queries.likely_same(a)] == [b]
    assert NotTheSame.objects.count() == 1


def test_the_preview_says_which_value_survives(register: Register, by: Actor) -> None:
    a, b = register(ANNA), register(BORIS)
    profile = Profile(first_name="Анна", last_name="Петрова", criterion=None, tastes=("улун",))
    actions.change_profile(customer_id=a, profile=profile, by=by, now=NOW)
    preview = queries.merge_preview(survivor_id=a, absorbed_id=b, now=NOW)
    shown = {choice.fields[0]: (choice.kept, choice.why.value) for choice in preview.fields}
    assert shown == {
        "first_name": (("Анна",), "survivor"),
        "last_name": (("Петрова",), "survivor"),
        "city": (("Казань",), "only_one"),
        "tastes": ((["улун"],), "only_one"),
    }
    assert queries.suggested_survivor(b, a) == a
