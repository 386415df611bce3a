"""What a source's new word changes about somebody whom we know."""

from collections.abc import Mapping
from typing import Any

from regulars.customers.rules.people import Person

TEXT_FIELDS = {
    "first_name": 120,
    "last_name": 120,
    "patronymic": 120,
    "company": 200,
    "country": 60,
    "city": 120,
    "language": 5,
}


def told_fields(person: Person) -> dict[str, Any]:
    """The profile's columns that the source told, in the form in which they are stored."""
    told: dict[str, Any] = {}
    for name, length in TEXT_FIELDS.items():
        text = " ".join(getattr(person, name).replace("\x00", "").split())[:length]
        if text:
            told[name] = text
    if person.birthday is not None:
        told |= {
            "birth_day": person.birthday.day,
            "birth_month": person.birthday.month,
            "birth_year": person.birthday.year,
        }
    return told


_BIRTHDAY = ("birth_day", "birth_month", "birth_year")


def corrections(told: Mapping[str, Any], *, said_before: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Which columns to write: what the source says otherwise than before, and what fills an empty place.

    A value that the source merely repeats leaves alone what staff wrote since. `said_before` is empty where the source
    speaks of this customer for the first time, so that it only fills.
    """
    groups = [(name,) for name in TEXT_FIELDS if name in told] + ([_BIRTHDAY] if "birth_day" in told else [])
    written: dict[str, Any] = {}
    for group in groups:
        new = {name: told[name] for name in group}
        before = {name: said_before.get(name) for name in group}
        is_empty = not any(known[name] for name in group)
        has_spoken = any(before.values())
        if new != before and (is_empty or has_spoken):
            written |= {name: value for name, value in new.items() if value != known[name]}
    return written
