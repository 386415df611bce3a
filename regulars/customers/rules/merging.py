"""What the joined profile of two shows, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

# Fields that only make sense together travel together.
FIELD_GROUPS: tuple[tuple[str, ...], ...] = (
    ("first_name",),
    ("last_name",),
    ("patronymic",),
    ("company",),
    ("birth_day", "birth_month", "birth_year"),
    ("language",),
    ("time_zone",),
    ("country",),
    ("city",),
    ("store_id",),
    ("seller_id",),
    ("household_id",),
    ("criterion",),
    ("fear",),
    ("tastes",),
    ("priorities",),
)


class Why(StrEnum):
    """Why a value survives a merge."""

    SAME = "same"
    ONLY_ONE = "only_one"
    SURVIVOR = "survivor"


@dataclass(frozen=True)
class FieldChoice:
    """One group of fields of both profiles. `is_taken_over`: the absorbed one's values fill an empty place."""

    fields: tuple[str, ...]
    survivor: tuple[Any, ...]
    absorbed: tuple[Any, ...]
    why: Why
    is_taken_over: bool

    @property
    def kept(self) -> tuple[Any, ...]:
        return self.absorbed if self.is_taken_over else self.survivor


def choose_fields(survivor: Mapping[str, Any], absorbed: Mapping[str, Any]) -> list[FieldChoice]:
    """For each group that either profile knows: the survivor's value stays, the other's fills what is empty."""
    choices = []
    for group in FIELD_GROUPS:
        ours, theirs = tuple(survivor[f] for f in group), tuple(absorbed[f] for f in group)
        if not any(theirs) and not any(ours):
            continue
        is_taken_over = not any(ours)
        only_one = is_taken_over or not any(theirs)
        why = Why.SAME if ours == theirs else Why.ONLY_ONE if only_one else Why.SURVIVOR
        choices.append(FieldChoice(group, ours, theirs, why, is_taken_over))
    return choices
