"""Who may be the same person, and why one thinks so."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from uuid import UUID

from regulars.customers.rules.kinds import ContactKind, MergeReason
from regulars.customers.rules.people import Birthday
from regulars.foundation.text import fold

# How sure each likeness makes us; set by judgement, higher where chance likeness is rarer.
WEIGHTS = {
    MergeReason.SAME_EMAIL: 0.95,
    MergeReason.SAME_PHONE: 0.9,
    MergeReason.SAME_NAME_AND_BIRTHDAY: 0.85,
    MergeReason.SAME_NAME_AND_PHONE_TAIL: 0.7,
}
PHONE_TAIL = 7
# Two names without a word in common on one contact are more often a family than one person.
OTHER_NAME_FACTOR = 0.5


@dataclass(frozen=True)
class Traits:
    """What one profile is compared by. name: folded, for sorting. contacts: only those that tell people apart."""

    id: UUID
    name: str
    birthday: Birthday | None
    contacts: frozenset[tuple[ContactKind, str]]


@dataclass(frozen=True)
class Likeness:
    """score in (0, 1): one minus the product of what each reason leaves open, halved where the names are others."""

    reasons: tuple[MergeReason, ...]
    score: float


def likeness(first: Traits, second: Traits) -> Likeness | None:
    """Why two profiles may be one person, strongest reason first; None if nothing says so."""
    shared_kinds = {kind for kind, _ in first.contacts & second.contacts}
    has_same_name = bool(first.name) and first.name == second.name
    found = {
        MergeReason.SAME_EMAIL: ContactKind.EMAIL in shared_kinds,
        MergeReason.SAME_PHONE: ContactKind.PHONE in shared_kinds,
        MergeReason.SAME_NAME_AND_BIRTHDAY: has_same_name
        and first.birthday is not None
        and first.birthday == second.birthday,
        MergeReason.SAME_NAME_AND_PHONE_TAIL: has_same_name
        and ContactKind.PHONE not in shared_kinds
        and bool(_phone_tails(first) & _phone_tails(second)),
    }
    reasons = tuple(reason for reason in WEIGHTS if found[reason])
    if not reasons:
        return None
    score = 1 - prod(1 - WEIGHTS[reason] for reason in reasons)
    has_other_name = bool(first.name and second.name) and not set(first.name.split()) & set(second.name.split())
    return Likeness(reasons, score * OTHER_NAME_FACTOR if has_other_name else score)


def may_join_unasked(kind: ContactKind, first_names: Sequence[str]) -> bool:
    """Whether a shared contact joins two profiles without a person's look.

    An e-mail does. A telephone is often a family's: it does unless both first names are known and differ.
    """
    known = {fold(name) for name in first_names if name.strip()}
    return kind is ContactKind.EMAIL or (kind is ContactKind.PHONE and len(known) <= 1)


def _phone_tails(traits: Traits) -> set[str]:
    return {value[-PHONE_TAIL:] for kind, value in traits.contacts if kind is ContactKind.PHONE}
