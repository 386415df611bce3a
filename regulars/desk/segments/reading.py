"""Conditions as they come from a form, and as a sentence for people."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from regulars.desk.access import SignedIn
from regulars.desk.segments.vocabulary import may_see
from regulars.foundation.conditions.catalogue import catalogue
from regulars.foundation.conditions.evaluate import leaves
from regulars.foundation.conditions.sentences import sentence
from regulars.foundation.conditions.syntax import (
    EVERYBODY,
    All,
    BadCondition,
    Compare,
    Condition,
    Problem,
    parse,
)
from regulars.ui import formats

MAX_CHARACTERS = 100_000


@dataclass(frozen=True)
class _Figures:
    currency: str

    def money(self, amount_minor: int) -> str:
        return formats.money(amount_minor, self.currency)

    def number(self, value: float) -> str:
        return formats.number(value)

    def date(self, day: date) -> str:
        return formats.day(day)


def read(text: str, staff: SignedIn) -> Condition:
    """The condition in a form's field; an empty field means everybody. Raises BadCondition."""
    if len(text) > MAX_CHARACTERS:
        raise BadCondition([Problem("", _("The condition is too long."), _("Split it into several segments."))])
    try:
        data: Any = json.loads(text) if text.strip() else dict(EVERYBODY)
    except (ValueError, RecursionError):
        raise BadCondition([Problem("", _("This is no JSON."), _("Check its brackets and commas."))]) from None
    condition = parse(data, catalogue)
    if any(isinstance(leaf, Compare) and not may_see(staff, leaf.attribute) for leaf in leaves(condition.root)):
        problem = _("Your role does not include contacts.")
        raise BadCondition([Problem("", problem, _("Ask the owner, or leave this condition out."))])
    return condition


def is_everybody(condition: Condition) -> bool:
    return condition.root == All(())


def told(condition: Condition, *, currency: str) -> str:
    """The sentence, in the active language."""
    return sentence(condition, _Figures(currency))


def told_data(data: object, *, currency: str) -> str:
    """The sentence of a stored condition; what is wrong with it, where attributes are offered no more."""
    try:
        return told(parse(data, catalogue), currency=currency)
    except BadCondition as error:
        return _("This condition can no longer be asked: %(problem)s") % {"problem": error.problems[0].problem}
