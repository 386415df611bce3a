"""The set-based door: people as an outside source tells of them, a thousand a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.customers.rules import Person
from regulars.foundation.actors import Actor


@dataclass(frozen=True)
class TakenIn:
    """Who the people turned out to be.

    ids: external id → customer (never an alias). places: the same in the order of `people`, None for one of whom
    neither an external id nor a usable contact is known: a guest. The counts add up to the people who are somebody;
    merged: known already under another name.
    """

    ids: Mapping[str, UUID]
    places: Sequence[UUID | None]
    created: int
    updated: int
    unchanged: int
    merged: int


def take_in(people: Sequence[Person], *, source: str, by: Actor, now: datetime, is_history: bool) -> TakenIn:
    """Know `people` as customers; the same call again changes nothing.

    Call it within the transaction that writes what refers to them: until that commits no merge can come in between.
    A person is known by `source` and external id, else by an e-mail or phone that tells people apart (no placeholder,
    on at most three profiles). What the source says anew replaces what it said before; what staff changed stays.
    Aim at about 1,000 people a call.
    """
    raise NotImplementedError
