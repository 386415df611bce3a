"""What the form of conditions offers, in the reader's language: attributes, facts, operators, choices."""

from collections.abc import Mapping
from typing import Any

from django.utils.dates import MONTHS
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regulars.desk.access import SignedIn
from regulars.foundation.access import Permission
from regulars.foundation.conditions.catalogue import Attribute, Fact, Type, catalogue
from regulars.foundation.conditions.moments import is_relative
from regulars.foundation.conditions.operators import MEASURES, OPERATORS, Operator
from regulars.foundation.money import exponent_of

GROUPS: Mapping[str, str | Promise] = {
    "customers": _("The person"),
    "audience": _("What the data says"),
}
OPERATOR_NAMES: Mapping[Operator, str | Promise] = {
    Operator.IS: pgettext_lazy("comparison", "is"),
    Operator.IS_NOT: pgettext_lazy("comparison", "is not"),
    Operator.IS_ANY_OF: pgettext_lazy("comparison", "is one of"),
    Operator.IS_NONE_OF: pgettext_lazy("comparison", "is none of"),
    Operator.CONTAINS: pgettext_lazy("comparison", "contains"),
    Operator.DOES_NOT_CONTAIN: pgettext_lazy("comparison", "does not contain"),
    Operator.STARTS_WITH: pgettext_lazy("comparison", "begins with"),
    Operator.AT_LEAST: pgettext_lazy("comparison", "at least"),
    Operator.AT_MOST: pgettext_lazy("comparison", "at most"),
    Operator.MORE_THAN: pgettext_lazy("comparison", "more than"),
    Operator.LESS_THAN: pgettext_lazy("comparison", "less than"),
    Operator.BETWEEN: pgettext_lazy("comparison", "between"),
    Operator.BEFORE: pgettext_lazy("comparison", "before the day"),
    Operator.SINCE: pgettext_lazy("comparison", "since the day"),
    Operator.IN_LAST_DAYS: pgettext_lazy("comparison", "in the last … days"),
    Operator.IN_NEXT_DAYS: pgettext_lazy("comparison", "in the next … days"),
    Operator.MORE_THAN_DAYS_AGO: pgettext_lazy("comparison", "more than … days ago"),
    Operator.IN_MONTHS: pgettext_lazy("comparison", "in the months"),
    Operator.HAS_ANY_OF: pgettext_lazy("comparison", "include any of"),
    Operator.HAS_ALL_OF: pgettext_lazy("comparison", "include all of"),
    Operator.HAS_NONE_OF: pgettext_lazy("comparison", "include none of"),
    Operator.IS_KNOWN: pgettext_lazy("comparison", "is known"),
    Operator.IS_UNKNOWN: pgettext_lazy("comparison", "is unknown"),
}
_EXACTLY = pgettext_lazy("comparison", "exactly")


def vocabulary(staff: SignedIn, *, currency: str) -> dict[str, Any]:
    """As JSON for `conditions.js`: labels in the active language; money with the digits of its minor unit."""
    return {
        "attributes": [_attribute(one) for one in offered(staff)],
        "facts": [_fact(one) for one in catalogue.facts.values()],
        "measures": [{"op": op.value, "label": _name(op, Type.NUMBER)} for op in MEASURES],
        "months": [str(name) for _number, name in sorted(MONTHS.items())],
        "currency": currency,
        "minorDigits": exponent_of(currency),
        "words": {name: str(text) for name, text in _WORDS.items()},
    }


def offered(staff: SignedIn) -> list[Attribute]:
    """The attributes that a person's role may see."""
    return [one for one in catalogue.attributes.values() if may_see(staff, one)]


def may_see(staff: SignedIn, attribute: Attribute) -> bool:
    return not attribute.permission or staff.may(Permission(attribute.permission))


def _attribute(attribute: Attribute, *, is_column: bool = False) -> dict[str, Any]:
    operators = [op for op in OPERATORS[attribute.type] if not (is_column and is_relative(op))]
    return {
        "key": attribute.key,
        "label": str(attribute.label),
        "group": str(GROUPS.get(attribute.key.partition(".")[0], "")),
        "type": attribute.type.value,
        "operators": [{"op": op.value, "label": _name(op, attribute.type)} for op in operators],
        "choices": _choices(attribute),
        "unit": str(attribute.unit),
        "help": str(attribute.help),
        "addsUp": str(attribute.adds_up),
    }


def _choices(attribute: Attribute) -> list[tuple[str, str]]:
    if attribute.type is Type.BOOLEAN:
        return [("true", gettext("Yes")), ("false", gettext("No"))]
    return [(value, str(label)) for value, label in attribute.labels().items()]


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "key": fact.key,
        "label": str(fact.label),
        "did": str(fact.did),
        "didNot": str(fact.did_not),
        "columns": [_attribute(column, is_column=True) for column in fact.columns],
    }


def _name(operator: Operator, type_: Type) -> str:
    is_figure = operator is Operator.IS and type_ in (Type.NUMBER, Type.MONEY)
    return str(_EXACTLY if is_figure else OPERATOR_NAMES[operator])


_WORDS: Mapping[str, str | Promise] = {
    "all": _("all of these hold"),
    "any": _("any of these holds"),
    "none": _("none of these holds"),
    "group": _("A customer belongs here if"),
    "inner": _("and in this group"),
    "only": _("Count only where"),
    "addCondition": _("Condition"),
    "addGroup": _("Group"),
    "addColumn": _("Count only where…"),
    "addAnother": _("Another detail"),
    "remove": _("Remove"),
    "what": _("What is asked"),
    "how": _("How it is compared"),
    "value": _("Value"),
    "from": pgettext_lazy("range", "From"),
    "to": pgettext_lazy("range", "To"),
    "days": _("days"),
    "times": _("times"),
    "choose": _("Choose…"),
    "happened": _("What happened"),
    "counted": _("a number of times"),
    "period": _("When"),
    "ever": _("at any time"),
    "periodLast": _("in the last … days"),
    "periodSince": _("since the day"),
    "periodBefore": _("before the day"),
    "periodBetween": _("between two days"),
    "commas": _("Separate several with commas"),
    "unreadable": _("This is no JSON. Undo the last change, or clear the field to begin anew."),
    "empty": _("No condition yet: everybody belongs here."),
    "loading": _("Counting…"),
    "offline": _("The desk does not answer. Check the connection and change something to try again."),
}
