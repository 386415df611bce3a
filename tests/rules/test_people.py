"""How contacts are written, names folded, consents read, likeness explained."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.customers.rules import Birthday, ConsentBasis, ConsentChannel, ContactKind, MergeReason, Person, Purpose
from regulars.customers.rules.consent import Standing, Statement, may_contact, standing, withdrawals_of_merge
from regulars.customers.rules.contacts import (
    is_placeholder_email,
    normal_contact,
    normal_email,
    normal_phone,
)
from regulars.customers.rules.duplicates import Traits, likeness, may_join_unasked
from regulars.customers.rules.intake import corrections, told_fields
from regulars.customers.rules.merging import FIELD_GROUPS, Why, choose_fields
from regulars.customers.rules.names import search_text, sort_name, split_name

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" Anna.Petrova@Tea.Example ", "anna.petrova@tea.example"),
        ("mailto:a@b.ru", "a@b.ru"),
        ("<a@b.ru>;", "a@b.ru"),
        ("почта@чай.рф", "почта@чай.рф"),
        ("a@b", None),
        ("a b@c.ru", None),
        ("a@b@c.ru", None),
        ("a@-b.ru", None),
        ("", None),
        (f"{'a' * 65}@b.ru", None),
    ],
)
def test_emails(written: str, normal: str | None) -> None:
    assert normal_email(written) == normal


@pytest.mark.parametrize(
    ("written", "country", "normal"),
    [
        ("8 (916) 123-45-67", "RU", "+79161234567"),
        ("9161234567", "RU", "+79161234567"),
        ("+44 20 7946 0958", "RU", "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("9161234567", "", None),
        ("123", "RU", None),
        ("call me", "RU", None),
    ],
)
def test_phones(written: str, country: str, normal: str | None) -> None:
    assert normal_phone(written, country=country) == normal


@given(st.text(max_size=40), st.sampled_from(list(ContactKind)))
def test_what_is_normal_stays_normal(text: str, kind: ContactKind) -> None:
    reach = normal_contact(kind, text, country="RU")
    if reach is not None:
        assert normal_contact(kind, reach.value, country="RU") == reach
        assert "\x00" not in reach.value


@pytest.mark.parametrize(
    "email", ["noname@shop.ru", "test@x.ru", "test12@x.ru", "no-reply@x.ru", "a@nomail.ru", "000@x.ru", "a@b.invalid"]
)
def test_placeholder_emails(email: str) -> None:
    assert is_placeholder_email(email)


@pytest.mark.parametrize("email", ["testova@x.ru", "anna@test-drive.ru", "007@x.ru", "none-such@x.ru"])
def test_people_are_no_placeholders(email: str) -> None:
    assert not is_placeholder_email(email)


@pytest.mark.parametrize(
    ("phone", "is_made_up"), [("+71111111111", True), ("+79160000000", True), ("+79161234567", False)]
)
def test_placeholder_phones(phone: str, is_made_up: bool) -> None:
    reach = normal_contact(ContactKind.PHONE, phone, country="RU")
    assert reach is not None
    assert reach.is_placeholder is is_made_up


@pytest.mark.parametrize(
    ("written", "split"),
    [
        ("Петрова Анна Сергеевна", ("Анна", "Петрова", "Сергеевна")),
        ("Анна Сергеевна Петрова", ("Анна", "Петрова", "Сергеевна")),
        ("Мамед Алиев оглы", ("Алиев", "Мамед", "оглы")),
        ("Petrova, Anna", ("Anna", "Petrova", "")),
        ("Anna Petrova", ("Anna", "Petrova", "")),
        ("Jean Luc de Vries", ("Jean", "Luc de Vries", "")),
        ("Анна", ("Анна", "", "")),
        ("  ", ("", "", "")),
    ],
)
def test_names_are_split(written: str, split: tuple[str, str, str]) -> None:
    assert split_name(written) == split


def test_search_and_order_fold_case_and_yo() -> None:
    assert search_text(["Пётр", "СЕМЁНОВ", "", "пётр"]) == "петр семенов"
    assert sort_name(first_name="Пётр", last_name="Ёлкин", company="") == "елкин петр"
    assert sort_name(first_name="", last_name="", company="ООО «Чай»") == "ооо «чай»"


@pytest.mark.parametrize(("day", "month", "year"), [(31, 4, None), (29, 2, 2023), (0, 1, None), (1, 13, None)])
def test_days_that_are_none(day: int, month: int, year: int | None) -> None:
    with pytest.raises(ValueError, match=r"day|month"):
        Birthday(day, month, year)


def test_a_leap_day_needs_no_year() -> None:
    assert Birthday(29, 2).year is None


# ── Consent ──────────────────────────────────────────────────────────────────
statements = st.builds(
    Statement,
    st.sampled_from(list(Purpose)),
    st.sampled_from(list(ConsentChannel)),
    st.booleans(),
    st.sampled_from(list(ConsentBasis)),
    st.integers(0, 5).map(lambda days: START + timedelta(days=days)),
)


@given(st.lists(statements, max_size=8), st.sampled_from(list(Purpose)), st.sampled_from(list(ConsentChannel)))
def test_the_last_word_counts_and_a_tie_is_a_no(
    said: list[Statement], purpose: Purpose, channel: ConsentChannel
) -> None:
    at = START + timedelta(days=5)
    refusal = Statement(purpose, channel, False, ConsentBasis.CONSENT, at)
    assert standing([*said, refusal], purpose, channel) is Standing.WITHDRAWN
    consent = Statement(purpose, channel, True, ConsentBasis.CONSENT, at + timedelta(days=1))
    assert standing([*said, refusal, consent], purpose, channel) is Standing.GIVEN
    soft = Statement(purpose, channel, True, ConsentBasis.SOFT_OPT_IN, at + timedelta(days=2))
    assert not may_contact([*said, refusal, soft], purpose, channel)


@given(st.lists(statements, max_size=6), st.lists(statements, max_size=6))
def test_a_merge_allows_nothing_that_either_had_withdrawn(first: list[Statement], second: list[Statement]) -> None:
    joined = [*first, *second, *withdrawals_of_merge(first, second, now=START + timedelta(days=9))]
    for purpose in Purpose:
        for channel in ConsentChannel:
            either = {standing(own, purpose, channel) for own in (first, second)}
            if Standing.WITHDRAWN in either:
                assert standing(joined, purpose, channel) is Standing.WITHDRAWN


def test_a_soft_opt_in_is_a_basis_of_its_own() -> None:
    soft = Statement(Purpose.ADVERTISING, ConsentChannel.EMAIL, True, ConsentBasis.SOFT_OPT_IN, START)
    assert standing([soft], Purpose.ADVERTISING, ConsentChannel.EMAIL) is Standing.SOFT_OPT_IN
    assert standing([soft], Purpose.ADVERTISING, ConsentChannel.SMS) is Standing.NEVER_ASKED


# ── Who is the same ──────────────────────────────────────────────────────────
def traits(number: int, name: str = "", birthday: Birthday | None = None, *contacts: tuple[ContactKind, str]) -> Traits:
    return Traits(UUID(int=number), name, birthday, frozenset(contacts))


def test_likeness_names_its_reasons_and_grows_with_them() -> None:
    email, phone = (ContactKind.EMAIL, "a@b.ru"), (ContactKind.PHONE, "+79161234567")
    tail = (ContactKind.PHONE, "+74951234567")
    born = Birthday(1, 2, 1990)
    by_email = likeness(traits(1, "а", None, email), traits(2, "", None, email))
    by_both = likeness(traits(1, "а б", None, email, phone), traits(2, "б", None, email, phone))
    of_a_family = likeness(traits(1, "а", None, phone), traits(2, "б", None, phone))
    assert of_a_family is not None
    assert (of_a_family.reasons, of_a_family.score) == ((MergeReason.SAME_PHONE,), 0.45)
    by_tail = likeness(traits(1, "а", None, phone), traits(2, "а", None, tail))
    by_birthday = likeness(traits(1, "а", born), traits(2, "а", born))
    assert by_email is not None
    assert by_both is not None
    assert by_tail is not None
    assert by_birthday is not None
    assert by_email.reasons == (MergeReason.SAME_EMAIL,)
    assert by_both.reasons == (MergeReason.SAME_EMAIL, MergeReason.SAME_PHONE)
    assert by_tail.reasons == (MergeReason.SAME_NAME_AND_PHONE_TAIL,)
    assert by_birthday.reasons == (MergeReason.SAME_NAME_AND_BIRTHDAY,)
    assert by_tail.score < by_birthday.score < by_email.score < by_both.score < 1
    assert likeness(traits(1, "", born), traits(2, "", born)) is None
    assert likeness(traits(1, "а", None, phone), traits(2, "б", None, tail)) is None


def test_a_telephone_joins_only_those_who_may_have_one_name() -> None:
    assert may_join_unasked(ContactKind.PHONE, ["Анна", "АННА"])
    assert may_join_unasked(ContactKind.PHONE, ["Анна", ""])
    assert not may_join_unasked(ContactKind.PHONE, ["Анна", "Иван"])
    assert may_join_unasked(ContactKind.EMAIL, ["Анна", "Иван"])
    assert not may_join_unasked(ContactKind.TELEGRAM, ["Анна", "Анна"])


# ── What a source corrects, and what a merge keeps ───────────────────────────
fields = st.dictionaries(st.sampled_from(["first_name", "city", "company"]), st.sampled_from(["", "A", "B"]))
EMPTY = dict.fromkeys(("first_name", "last_name", "patronymic", "company", "country", "city", "language"), "")
EMPTY |= {"birth_day": None, "birth_month": None, "birth_year": None}  # type: ignore[dict-item]


@given(fields, fields)
def test_a_repetition_corrects_nothing(told: dict[str, str], known: dict[str, str]) -> None:
    said = told_fields(Person(**told))
    assert corrections(said, said_before=said, known=EMPTY | known) == {}
    first_word = corrections(said, said_before={}, known=EMPTY | known)
    assert all(not known.get(name) for name in first_word)


def test_a_birthday_is_corrected_as_a_whole() -> None:
    told = told_fields(Person(birthday=Birthday(6, 4, 1990)))
    known = EMPTY | {"birth_day": 5, "birth_month": 3, "birth_year": None}
    assert corrections(told, said_before={}, known=known) == {}
    before = told_fields(Person(birthday=Birthday(5, 3)))
    assert corrections(told, said_before=before, known=known) == told


def test_the_survivors_value_stays_and_the_others_fills() -> None:
    nothing = {name: None for group in FIELD_GROUPS for name in group}
    choices = choose_fields(
        nothing | {"city": "Тверь", "first_name": "Анна", "birth_day": 5, "birth_month": 3},
        nothing
        | {"city": "Казань", "first_name": "Анна", "birth_day": 6, "birth_month": 3, "birth_year": 1990, "fear": "x"},
    )
    assert {choice.fields[0]: (choice.kept, choice.why) for choice in choices} == {
        "city": (("Тверь",), Why.SURVIVOR),
        "first_name": (("Анна",), Why.SAME),
        "birth_day": ((5, 3, None), Why.SURVIVOR),
        "fear": (("x",), Why.ONLY_ONE),
    }
