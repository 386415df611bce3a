"""A condition read back as a sentence, in the language that is active.

Each part is a whole relative clause ("who ordered …", "whose city is …"), so that languages with cases and plurals can
word it on their own.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Protocol

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regulars.foundation.conditions.catalogue import Attribute, Text, Type
from regulars.foundation.conditions.operators import Operator
from regulars.foundation.conditions.syntax import All, AnyOf, Compare, Condition, Happened, Node, Not, Period


class Figures(Protocol):
    """How values are written; a face says so."""

    def money(self, amount_minor: int) -> str: ...

    def number(self, value: float) -> str: ...

    def date(self, day: date) -> str: ...


def sentence(condition: Condition, figures: Figures) -> str:
    """«Клиенты, которые заказывали не меньше 2 раз за последние 90 дней и у которых город — Казань.»"""
    root = condition.root
    if root == All(()):
        return _("All customers.")
    if isinstance(root, Not):
        return _("All customers except those %(clause)s.") % {"clause": _Teller(figures).clause(root.node)}
    return _("Customers %(clause)s.") % {"clause": _Teller(figures).clause(root, is_outermost=True)}


class _Teller:
    def __init__(self, figures: Figures) -> None:
        self.figures = figures

    def clause(self, node: Node, *, is_outermost: bool = False) -> str:
        """A relative clause that follows "customers"."""
        match node:
            case All(nodes) | AnyOf(nodes):
                if not nodes:
                    return _("who may be anybody")
                joiner = _and if isinstance(node, All) else _or
                text = joiner([self.clause(one, is_outermost=len(nodes) == 1) for one in nodes])
                return text if is_outermost or len(nodes) == 1 else f"({text})"
            case Not(inner):
                return _("who are not among those %(clause)s") % {"clause": self.clause(inner)}
            case Compare(attribute, _operator, value) if attribute.type is Type.BOOLEAN:
                return str(attribute.claim if value else attribute.claim_not)
            case Compare():
                return _("whose %(predicate)s") % {"predicate": self.predicate(node)}
            case Happened():
                return self.happened(node)

    def happened(self, node: Happened) -> str:
        parts = [self.measure(node)]
        if node.period is not None:
            parts.append(self.period(node.period))
        if node.where is not None:
            parts.append(f"({self.columns(node.where, is_outermost=True)})")
        return " ".join(parts)

    def measure(self, node: Happened) -> str:
        if node.total is not None:
            return f"{node.total.adds_up} {self.compared(node.operator, node.value, node.total)}"
        match node.operator, node.value:
            case (Operator.AT_LEAST, 1) | (Operator.MORE_THAN, 0):
                return str(node.fact.did)
            case (Operator.LESS_THAN, 1) | (Operator.AT_MOST, 0) | (Operator.IS, 0):
                return str(node.fact.did_not)
        return f"{node.fact.did} {times(node.operator, node.value)}"

    def period(self, period: Period) -> str:
        match period.operator, period.value:
            case Operator.IN_LAST_DAYS, int() as days:
                return ngettext("in the last %(n)d day", "in the last %(n)d days", days) % {"n": days}
            case Operator.SINCE, date() as day:
                return _("since %(date)s") % {"date": self.figures.date(day)}
            case Operator.BEFORE, date() as day:
                return _("before %(date)s") % {"date": self.figures.date(day)}
        first, last = period.value
        return _("from %(first)s to %(last)s") % {
            "first": self.figures.date(first),
            "last": self.figures.date(last),
        }

    def columns(self, node: Node, *, is_outermost: bool = False) -> str:
        match node:
            case All(nodes) | AnyOf(nodes):
                if not nodes:
                    return _("anything")
                joiner = _and if isinstance(node, All) else _or
                text = joiner([self.columns(one, is_outermost=len(nodes) == 1) for one in nodes])
                return text if is_outermost or len(nodes) == 1 else f"({text})"
            case Not(inner):
                return _("not so that %(predicate)s") % {"predicate": self.columns(inner)}
            case Compare():
                return self.predicate(node)
        raise AssertionError(node)

    # ── One comparison ───────────────────────────────────────────────────────
    def predicate(self, node: Compare) -> str:
        attribute, operator, value = node.attribute, node.operator, node.value
        if attribute.type is Type.BOOLEAN:
            return str(attribute.claim if value else attribute.claim_not)
        label = within(attribute.label)
        if operator is Operator.IS_KNOWN:
            return _("%(label)s is known") % {"label": label}
        if operator is Operator.IS_UNKNOWN:
            return _("%(label)s is unknown") % {"label": label}
        if attribute.type in (Type.NUMBER, Type.MONEY):
            return _("%(label)s is %(compared)s") % {
                "label": label,
                "compared": self.compared(operator, value, attribute),
            }
        if attribute.type in (Type.DATE, Type.DATETIME, Type.ANNIVERSARY):
            return self.time(label, operator, value)
        return self.words(label, operator, self.named(attribute, value))

    def named(self, attribute: Attribute, value: Any) -> list[str]:
        values = value if isinstance(value, tuple) else (value,)
        if attribute.type is Type.CHOICE:
            labels = {} if attribute.is_open else attribute.labels()
            return [str(labels.get(one, _("(removed)") if attribute.is_id else one)) for one in values]
        return [pgettext("quoted", "“%s”") % one for one in values]

    def words(self, label: str, operator: Operator, names: list[str]) -> str:
        match operator:
            case Operator.IS | Operator.IS_ANY_OF:
                return _("%(label)s is %(value)s") % {"label": label, "value": _or(names)}
            case Operator.IS_NOT:
                return _("%(label)s is not %(value)s") % {"label": label, "value": names[0]}
            case Operator.IS_NONE_OF:
                return _("%(label)s is none of %(values)s") % {"label": label, "values": ", ".join(names)}
            case Operator.CONTAINS:
                return _("%(label)s contains %(value)s") % {"label": label, "value": names[0]}
            case Operator.DOES_NOT_CONTAIN:
                return _("%(label)s does not contain %(value)s") % {"label": label, "value": names[0]}
            case Operator.STARTS_WITH:
                return _("%(label)s begins with %(value)s") % {"label": label, "value": names[0]}
            case Operator.HAS_ANY_OF:
                return _("%(label)s include %(values)s") % {"label": label, "values": _or(names)}
            case Operator.HAS_ALL_OF:
                return _("%(label)s include %(values)s") % {"label": label, "values": _and(names)}
            case Operator.HAS_NONE_OF:
                return _("%(label)s include none of %(values)s") % {"label": label, "values": ", ".join(names)}
        raise AssertionError(operator)

    def time(self, label: str, operator: Operator, value: Any) -> str:
        match operator, value:
            case Operator.IN_LAST_DAYS, int() as days:
                text = ngettext(
                    "%(label)s lies within the last %(n)d day", "%(label)s lies within the last %(n)d days", days
                )
                return text % {"label": label, "n": days}
            case Operator.IN_NEXT_DAYS, 0:
                return _("%(label)s is today") % {"label": label}
            case Operator.IN_NEXT_DAYS, int() as days:
                text = ngettext(
                    "%(label)s comes within the next %(n)d day", "%(label)s comes within the next %(n)d days", days
                )
                return text % {"label": label, "n": days}
            case Operator.MORE_THAN_DAYS_AGO, 0:
                return _("%(label)s lies in the past") % {"label": label}
            case Operator.MORE_THAN_DAYS_AGO, int() as days:
                text = ngettext(
                    "%(label)s lies more than %(n)d day back", "%(label)s lies more than %(n)d days back", days
                )
                return text % {"label": label, "n": days}
            case Operator.IN_MONTHS, tuple() as months:
                names = _or([str(MONTHS[month]).lower() if _is_lower() else str(MONTHS[month]) for month in months])
                return _("%(label)s is in %(months)s") % {"label": label, "months": names}
            case Operator.SINCE, date() as day:
                return _("%(label)s is %(date)s or later") % {"label": label, "date": self.figures.date(day)}
            case Operator.BEFORE, date() as day:
                return _("%(label)s is before %(date)s") % {"label": label, "date": self.figures.date(day)}
        first, last = value
        return _("%(label)s lies between %(first)s and %(last)s") % {
            "label": label,
            "first": self.figures.date(first),
            "last": self.figures.date(last),
        }

    def compared(self, operator: Operator, value: Any, attribute: Attribute) -> str:
        if operator is Operator.BETWEEN:
            low, high = (self.amount(one, attribute) for one in value)
            return _("from %(low)s to %(high)s") % {"low": low, "high": high}
        amount = {"amount": self.amount(value, attribute)}
        match operator:
            case Operator.AT_LEAST:
                return _("at least %(amount)s") % amount
            case Operator.AT_MOST:
                return _("at most %(amount)s") % amount
            case Operator.MORE_THAN:
                return _("more than %(amount)s") % amount
            case Operator.LESS_THAN:
                return _("less than %(amount)s") % amount
            case Operator.IS_NOT:
                return _("not %(amount)s") % amount
        return _("exactly %(amount)s") % amount

    def amount(self, value: Any, attribute: Attribute) -> str:
        if attribute.type is Type.MONEY:
            return self.figures.money(value)
        number = self.figures.number(value)
        return f"{number} {attribute.unit}" if attribute.unit else number


def times(operator: Operator, value: Any) -> str:
    """ "at least 2 times", «не меньше 2 раз»."""
    if operator is Operator.BETWEEN:
        low, high = value
        text = ngettext("from %(low)d to %(n)d time", "from %(low)d to %(n)d times", high)
        return text % {"low": low, "n": high}
    match operator:
        case Operator.AT_LEAST:
            text = ngettext("at least %(n)d time", "at least %(n)d times", value)
        case Operator.AT_MOST:
            text = ngettext("at most %(n)d time", "at most %(n)d times", value)
        case Operator.MORE_THAN:
            text = ngettext("more than %(n)d time", "more than %(n)d times", value)
        case Operator.LESS_THAN:
            text = ngettext("less than %(n)d time", "less than %(n)d times", value)
        case _:
            text = ngettext("exactly %(n)d time", "exactly %(n)d times", value)
    return text % {"n": value}


def within(label: Text) -> str:
    """A label in the middle of a sentence: its first letter small, unless it is an abbreviation."""
    text = str(label)
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def _is_lower() -> bool:
    """Whether months are written small in this language."""
    return pgettext("month names inside a sentence: small or capital", "capital") == "small"


def _and(parts: Iterable[str]) -> str:
    return _listed(parts, _("%(first)s and %(last)s"))


def _or(parts: Iterable[str]) -> str:
    return _listed(parts, _("%(first)s or %(last)s"))


def _listed(parts: Iterable[str], last_two: str) -> str:
    *first, last = parts
    return last_two % {"first": ", ".join(first), "last": last} if first else last
