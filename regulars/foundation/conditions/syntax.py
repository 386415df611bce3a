"""From JSON to a tree that is known to be sound. What is wrong is said with its place, the fault and the remedy."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.foundation.conditions import operators
from regulars.foundation.conditions.catalogue import Attribute, Catalogue, Fact, Type
from regulars.foundation.conditions.moments import is_relative
from regulars.foundation.conditions.operators import Operator
from regulars.foundation.text import fold

VERSION = 1
MAX_DEPTH = 8
MAX_NODES = 100
MAX_LIST = 500
MAX_VALUES = 2_000
MAX_TEXT = 200
MAX_DAYS = 3_660
MAX_NUMBER = 10**15


@dataclass(frozen=True)
class All:
    """Every one holds; none given holds for everybody."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class AnyOf:
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Not:
    node: "Node"


@dataclass(frozen=True)
class Compare:
    """value: str, int, float, bool, date, a tuple of these, or None for `is_known` and `is_unknown`."""

    attribute: Attribute
    operator: Operator
    value: Any


@dataclass(frozen=True)
class Period:
    operator: Operator
    value: Any


@dataclass(frozen=True)
class Happened:
    """A fact counted (`total` is None) or a column of it added up, over a period (None: ever)."""

    fact: Fact
    operator: Operator
    value: Any
    total: Attribute | None = None
    period: Period | None = None
    where: "Node | None" = None


Node: TypeAlias = All | AnyOf | Not | Compare | Happened


@dataclass(frozen=True)
class Condition:
    """A sound condition: `data` as it is stored, `root` as it is worked with."""

    data: Mapping[str, Any]
    root: Node


@dataclass(frozen=True)
class Problem:
    """path: JSON Pointer (RFC 6901) of what is wrong; "" is the whole. Texts in the reader's language."""

    path: str
    problem: str
    remedy: str


class BadCondition(ValueError):
    """The JSON is no condition that can be asked; `problems` holds at least one."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{p.path or '/'}: {p.problem} {p.remedy}" for p in problems))
        self.problems = tuple(problems)


EVERYBODY: Mapping[str, Any] = {"version": VERSION, "where": {"all": []}}


def parse(data: object, catalogue: Catalogue) -> Condition:
    """The condition that `data`, decoded JSON, says. Raises BadCondition with all that is wrong."""
    reader = _Reader(catalogue)
    root = reader.document(data)
    if reader.problems or root is None:
        raise BadCondition(reader.problems)
    assert isinstance(data, Mapping)
    return Condition(data, root)


class _Refused(Exception):
    """This part is wrong, and has been written down."""


class _Reader:
    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.problems: list[Problem] = []
        self.nodes = 0
        self.values = 0

    def refuse(self, path: str, problem: str, remedy: str) -> _Refused:
        self.problems.append(Problem(path, problem, remedy))
        return _Refused()

    def document(self, data: object) -> Node | None:
        try:
            parts = self.parts(data, "", required=("version", "where"))
            if parts["version"] != VERSION or isinstance(parts["version"], bool):
                raise self.refuse("/version", _("This version is not known."), _("Write 1."))
            return self.node(parts["where"], "/where", depth=1, fact=None)
        except _Refused:
            return None

    def parts(
        self, data: object, path: str, *, required: Sequence[str], optional: Sequence[str] = ()
    ) -> Mapping[str, Any]:
        if not isinstance(data, Mapping):
            raise self.refuse(path, _("An object is wanted here."), _("Write {…}."))
        for name in required:
            if name not in data:
                raise self.refuse(path, _("“%s” is missing.") % name, _("Add it."))
        for name in data:
            if name not in required and name not in optional:
                known = ", ".join([*required, *optional])
                raise self.refuse(path, _("“%s” is not known here.") % str(name)[:40], _("Known here: %s.") % known)
        return data

    def items(self, data: object, path: str, *, at_least: int, at_most: int) -> Sequence[Any]:
        if not isinstance(data, list | tuple):
            raise self.refuse(path, _("A list is wanted here."), _("Write […]."))
        if len(data) < at_least:
            raise self.refuse(path, _("The list is empty."), _("Name at least one."))
        if len(data) > at_most:
            raise self.refuse(
                path, _("The list is too long."), ngettext("Keep at most %d.", "Keep at most %d.", at_most) % at_most
            )
        return data

    # ── Nodes ────────────────────────────────────────────────────────────────
    def node(self, data: object, path: str, *, depth: int, fact: Fact | None) -> Node:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise self.refuse(path, _("The condition has too many parts."), _("Split it into several segments."))
        if depth > MAX_DEPTH:
            raise self.refuse(path, _("Groups are nested too deeply."), _("Take a level of groups away."))
        if not isinstance(data, Mapping):
            raise self.refuse(path, _("An object is wanted here."), _("Write {…}."))
        if "all" in data or "any" in data:
            return self.group(data, path, depth=depth, fact=fact)
        if "not" in data:
            inner = self.parts(data, path, required=("not",))["not"]
            return Not(self.node(inner, f"{path}/not", depth=depth + 1, fact=fact))
        if fact is not None:
            return self.column(data, path, fact)
        if "fact" in data:
            return self.happened(data, path, depth=depth)
        if "attribute" in data:
            return self.compare(data, path)
        raise self.refuse(
            path, _("It is not said what this part is."), _("Begin with attribute, fact, all, any or not.")
        )

    def group(self, data: Mapping[str, Any], path: str, *, depth: int, fact: Fact | None) -> Node:
        name = "all" if "all" in data else "any"
        items = self.parts(data, path, required=(name,))[name]
        items = self.items(items, f"{path}/{name}", at_least=0 if name == "all" else 1, at_most=MAX_NODES)
        nodes: list[Node] = []
        for index, item in enumerate(items):
            try:
                nodes.append(self.node(item, f"{path}/{name}/{index}", depth=depth + 1, fact=fact))
            except _Refused:
                continue
        if len(nodes) < len(items):
            raise _Refused
        return All(tuple(nodes)) if name == "all" else AnyOf(tuple(nodes))

    def compare(self, data: Mapping[str, Any], path: str) -> Compare:
        parts = self.parts(data, path, required=("attribute", "op"), optional=("value",))
        attribute = self.catalogue.attributes.get(str(parts["attribute"]))
        if attribute is None:
            raise self.refuse(
                f"{path}/attribute", _("There is no such attribute."), _("Choose one from the list of attributes.")
            )
        return self.comparison(parts, path, attribute)

    def column(self, data: Mapping[str, Any], path: str, fact: Fact) -> Compare:
        parts = self.parts(data, path, required=("column", "op"), optional=("value",))
        column = fact.column(str(parts["column"]))
        if column is None:
            known = ", ".join(column.key for column in fact.columns) or "–"
            raise self.refuse(f"{path}/column", _("This fact has no such column."), _("Known here: %s.") % known)
        compare = self.comparison(parts, path, column)
        if is_relative(compare.operator):
            raise self.refuse(
                f"{path}/op", _("Days from today cannot be asked of a column."), _("Use the fact's period.")
            )
        return compare

    def comparison(self, parts: Mapping[str, Any], path: str, attribute: Attribute) -> Compare:
        operator = self.operator(parts["op"], f"{path}/op", operators.OPERATORS[attribute.type])
        if operator in (Operator.IS_KNOWN, Operator.IS_UNKNOWN):
            if parts.get("value") is not None:
                raise self.refuse(f"{path}/value", _("No value is wanted here."), _("Take it away."))
            return Compare(attribute, operator, None)
        if "value" not in parts:
            raise self.refuse(f"{path}/value", _("The value is missing."), _("Say what to compare with."))
        return Compare(attribute, operator, self.value(parts["value"], f"{path}/value", attribute, operator))

    def happened(self, data: Mapping[str, Any], path: str, *, depth: int) -> Happened:
        parts = self.parts(data, path, required=("fact",), optional=("did", "count", "sum", "period", "where"))
        fact = self.catalogue.facts.get(str(parts["fact"]))
        if fact is None:
            raise self.refuse(f"{path}/fact", _("There is no such fact."), _("Choose one from the list of facts."))
        measures = [name for name in ("did", "count", "sum") if name in parts]
        if len(measures) != 1:
            raise self.refuse(
                path, _("It is not clear what is asked of the fact."), _("Give exactly one of did, count and sum.")
            )
        name = measures[0]
        total, operator, value = self.measure(name, parts[name], f"{path}/{name}", fact)
        period = self.period(parts["period"], f"{path}/period") if "period" in parts else None
        where = self.node(parts["where"], f"{path}/where", depth=depth + 1, fact=fact) if "where" in parts else None
        return Happened(fact, operator, value, total, period, where)

    def measure(self, name: str, data: object, path: str, fact: Fact) -> tuple[Attribute | None, Operator, Any]:
        if name == "did":
            if not isinstance(data, bool):
                raise self.refuse(path, _("Yes or no is wanted here."), _("Write true or false."))
            return None, Operator.AT_LEAST if data else Operator.LESS_THAN, 1
        required = ("op", "value") if name == "count" else ("column", "op", "value")
        parts = self.parts(data, path, required=required)
        total = None
        if name == "sum":
            total = fact.column(str(parts["column"]))
            if total is None or not total.adds_up:
                known = ", ".join(column.key for column in fact.columns if column.adds_up) or "–"
                raise self.refuse(f"{path}/column", _("This cannot be added up."), _("Known here: %s.") % known)
        operator = self.operator(parts["op"], f"{path}/op", operators.MEASURES)
        type_ = total.type if total else Type.NUMBER
        if operator is Operator.BETWEEN:
            return total, operator, self.pair(parts["value"], f"{path}/value", type_)
        one = self.scalar(parts["value"], f"{path}/value", type_)
        if name == "count" and (not isinstance(one, int) or one < 0):
            raise self.refuse(f"{path}/value", _("A count is a whole number."), _("Write 0, 1, 2 …"))
        return total, operator, one

    def period(self, data: object, path: str) -> Period:
        if not isinstance(data, Mapping) or len(data) != 1:
            raise self.refuse(
                path, _("The period is not clear."), _("Give exactly one of in_last_days, since, between and before.")
            )
        name, given = next(iter(data.items()))
        operator = self.operator(name, path, operators.PERIODS)
        return Period(operator, self.time_value(given, f"{path}/{operator}", operator))

    def operator(self, given: object, path: str, known: Sequence[Operator]) -> Operator:
        if isinstance(given, str) and given in known:
            return Operator(given)
        raise self.refuse(path, _("This comparison does not fit here."), _("Known here: %s.") % ", ".join(known))

    # ── Values ───────────────────────────────────────────────────────────────
    def value(self, given: object, path: str, attribute: Attribute, operator: Operator) -> Any:
        if operator in (
            Operator.IS_ANY_OF, Operator.IS_NONE_OF, Operator.HAS_ANY_OF, Operator.HAS_ALL_OF, Operator.HAS_NONE_OF
        ):  # fmt: skip
            items = self.items(given, path, at_least=1, at_most=MAX_LIST)
            self.values += len(items)
            if self.values > MAX_VALUES:
                raise self.refuse(path, _("The condition names too many values."), _("Use a tag for so many."))
            type_ = Type.TEXT if attribute.type is Type.SET else attribute.type
            return tuple(
                dict.fromkeys(
                    self.scalar(item, f"{path}/{index}", type_, attribute) for index, item in enumerate(items)
                )
            )
        if operator is Operator.IN_MONTHS:
            return self.months(given, path)
        if operator is Operator.BETWEEN and attribute.type in (Type.NUMBER, Type.MONEY):
            return self.pair(given, path, attribute.type)
        if attribute.type in (Type.DATE, Type.DATETIME, Type.ANNIVERSARY):
            return self.time_value(given, path, operator)
        return self.scalar(given, path, attribute.type, attribute)

    def scalar(self, given: object, path: str, type_: Type, attribute: Attribute | None = None) -> Any:
        match type_:
            case Type.TEXT:
                return self.text(given, path)
            case Type.CHOICE:
                return self.choice(given, path, attribute)
            case Type.NUMBER | Type.MONEY:
                return self.number(given, path, is_whole=type_ is Type.MONEY)
            case Type.BOOLEAN if isinstance(given, bool):
                return given
        raise self.refuse(path, _("Yes or no is wanted here."), _("Write true or false."))

    def text(self, given: object, path: str) -> str:
        if not isinstance(given, str):
            raise self.refuse(path, _("A text is wanted here."), _("Write it in quotation marks."))
        if "\x00" in given or any("\ud800" <= char <= "\udfff" for char in given):
            raise self.refuse(path, _("The text holds a character that cannot be stored."), _("Type it anew."))
        if len(given) > MAX_TEXT:
            raise self.refuse(path, _("The text is too long."), _("Keep to %d characters.") % MAX_TEXT)
        if not fold(given):
            raise self.refuse(path, _("The text is empty."), _("Write something, or ask whether it is known."))
        return given

    def choice(self, given: object, path: str, attribute: Attribute | None) -> str:
        text = self.text(given, path)
        assert attribute is not None
        if attribute.is_id:
            try:
                return str(UUID(text))
            except ValueError:
                raise self.refuse(path, _("This is not a known choice."), _("Choose one from the list.")) from None
        if isinstance(attribute.choices, Mapping) and text not in attribute.choices:
            raise self.refuse(
                path, _("This is not a known choice."), _("Known here: %s.") % ", ".join(attribute.choices)
            )
        return text

    def number(self, given: object, path: str, *, is_whole: bool) -> int | float:
        if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
            raise self.refuse(path, _("A number is wanted here."), _("Write it in digits, without quotation marks."))
        if is_whole and not isinstance(given, int):
            raise self.refuse(path, _("Money is written in whole minor units."), _("Write 1050 for 10.50."))
        if abs(given) > MAX_NUMBER:
            raise self.refuse(path, _("The number is too large."), _("Write a smaller one."))
        return given

    def pair(self, given: object, path: str, type_: Type) -> tuple[Any, Any]:
        items = self.items(given, path, at_least=1, at_most=2)
        if len(items) != 2:
            raise self.refuse(path, _("Two values are wanted here."), _("Write the lower and the upper one."))
        low, high = (self.scalar(item, f"{path}/{index}", type_) for index, item in enumerate(items))
        if low > high:
            raise self.refuse(path, _("The first value is greater than the second."), _("Exchange them."))
        return low, high

    def time_value(self, given: object, path: str, operator: Operator) -> Any:
        if is_relative(operator):
            return self.days(given, path, at_least=1 if operator is Operator.IN_LAST_DAYS else 0)
        if operator is not Operator.BETWEEN:
            return self.day(given, path)
        items = self.items(given, path, at_least=1, at_most=2)
        if len(items) != 2:
            raise self.refuse(path, _("Two dates are wanted here."), _("Write the first and the last day."))
        first, last = (self.day(item, f"{path}/{index}") for index, item in enumerate(items))
        if first > last:
            raise self.refuse(path, _("The first day is later than the last."), _("Exchange them."))
        return first, last

    def day(self, given: object, path: str) -> date:
        try:
            day = date.fromisoformat(given) if isinstance(given, str) and len(given) == 10 else None
        except ValueError:
            day = None
        if day is None or not 1900 <= day.year <= 2200:
            raise self.refuse(path, _("A date is wanted here."), _("Write it as 2026-12-31."))
        return day

    def days(self, given: object, path: str, *, at_least: int) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not at_least <= given <= MAX_DAYS:
            raise self.refuse(
                path,
                _("A number of days is wanted here."),
                _("Write a whole number from %(low)d to %(high)d.") % {"low": at_least, "high": MAX_DAYS},
            )
        return given

    def months(self, given: object, path: str) -> tuple[int, ...]:
        items = self.items(given, path, at_least=1, at_most=12)
        if not all(isinstance(item, int) and not isinstance(item, bool) and 1 <= item <= 12 for item in items):
            raise self.refuse(path, _("Months are wanted here."), _("Write numbers from 1 to 12."))
        return tuple(sorted(set(items)))
