"""One customer at a time: his values and facts are fetched by the same SQL, the rest is compared here."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from regulars.foundation.conditions import moments
from regulars.foundation.conditions.catalogue import Attribute, Catalogue, Type
from regulars.foundation.conditions.moments import Moment
from regulars.foundation.conditions.operators import OPPOSITES, Operator
from regulars.foundation.conditions.sql import BASE_ALIAS, Sql, Statement, adapted, joined
from regulars.foundation.conditions.syntax import All, AnyOf, Compare, Condition, Happened, Node, Not
from regulars.foundation.text import fold


@dataclass(frozen=True)
class Known:
    """What a condition needs to know of one customer: values by attribute key, figures by fact."""

    values: Mapping[str, Any]
    figures: Mapping[Happened, int | float]


def fetch(condition: Condition, customer_id: UUID, *, catalogue: Catalogue, moment: Moment) -> Known | None:
    """One statement; None where there is no such customer."""
    attributes = {node.attribute.key: node.attribute for node in leaves(condition.root) if isinstance(node, Compare)}
    facts = list(dict.fromkeys(node for node in leaves(condition.root) if isinstance(node, Happened)))
    statement = Statement(catalogue, moment, over_all=False)
    wanted = [Sql(f"{BASE_ALIAS}.id")]
    wanted += [Sql(statement.words(a) if a.members else statement.value(a)) for a in attributes.values()]
    wanted += [statement.measure(fact) for fact in facts]
    columns = joined(wanted, ", ")
    source = statement.from_clause()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns.text} {source.text} WHERE {BASE_ALIAS}.id = %s",
            [*columns.params, *source.params, adapted(customer_id)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    values = {a.key: from_database(value, a) for a, value in zip(attributes.values(), row[1:], strict=False)}
    figures = {fact: _number(value) for fact, value in zip(facts, row[1 + len(attributes) :], strict=True)}
    return Known(values, figures)


def leaves(node: Node) -> Iterator[Compare | Happened]:
    match node:
        case All(nodes) | AnyOf(nodes):
            for one in nodes:
                yield from leaves(one)
        case Not(inner):
            yield from leaves(inner)
        case Compare() | Happened():
            yield node


def holds(node: Node, known: Known, moment: Moment) -> bool:
    """Whether the condition holds for the customer of whom this is known."""
    match node:
        case All(nodes):
            return all(holds(one, known, moment) for one in nodes)
        case AnyOf(nodes):
            return any(holds(one, known, moment) for one in nodes)
        case Not(inner):
            return not holds(inner, known, moment)
        case Compare(attribute, operator, value):
            return compares(known.values[attribute.key], attribute.type, operator, value, moment)
        case Happened(_, operator, value):
            return _measures(known.figures[node], operator, value)


def compares(own: Any, type_: Type, operator: Operator, value: Any, moment: Moment) -> bool:
    """Whether a customer's own value stands in this relation to the condition's; a missing one never does."""
    if operator in OPPOSITES:
        return not compares(own, type_, OPPOSITES[operator], value, moment)
    if operator is Operator.IS_KNOWN:
        return own is not None and own not in ("", frozenset())
    if own is None:
        return False
    match type_:
        case Type.TEXT:
            return _text(own, operator, value)
        case Type.SET:
            words = {fold(word) for word in value}
            return bool(words & own) if operator is Operator.HAS_ANY_OF else words <= own
        case Type.CHOICE:
            return own in value if isinstance(value, tuple) else bool(own == value)
        case Type.NUMBER | Type.MONEY:
            return _measures(own, operator, value)
        case Type.BOOLEAN:
            return bool(own == value)
        case Type.DATETIME:
            return moments.instants(operator, value, moment).holds(own)
        case Type.DATE:
            return moments.days(operator, value, moment).holds(own)
        case Type.ANNIVERSARY:
            return any(low <= own <= high for low, high in moments.anniversaries(operator, value, moment))


def _text(own: str, operator: Operator, value: Any) -> bool:
    if operator is Operator.CONTAINS:
        return fold(value) in own
    if operator is Operator.STARTS_WITH:
        return own.startswith(fold(value))
    return own in [fold(one) for one in (value if isinstance(value, tuple) else (value,))]


def _measures(own: int | float, operator: Operator, value: Any) -> bool:
    match operator:
        case Operator.IS:
            return bool(own == value)
        case Operator.AT_LEAST:
            return bool(own >= value)
        case Operator.AT_MOST:
            return bool(own <= value)
        case Operator.MORE_THAN:
            return bool(own > value)
        case Operator.LESS_THAN:
            return bool(own < value)
        case Operator.BETWEEN:
            return bool(value[0] <= own <= value[1])
    raise AssertionError(operator)


def from_database(value: Any, attribute: Attribute) -> Any:
    """A raw column as Python knows it: aware instants, whole numbers as int, ids as text, sets as frozensets."""
    if attribute.type is Type.SET:
        return frozenset(json.loads(value)) if value else frozenset()
    if value is None:
        return None
    match attribute.type:
        case Type.NUMBER | Type.MONEY:
            return _number(value)
        case Type.BOOLEAN:
            return bool(value)
        case Type.DATETIME:
            return instant(value)
        case Type.DATE:
            return date.fromisoformat(value) if isinstance(value, str) else value
        case Type.CHOICE if attribute.is_id:
            return str(value if isinstance(value, UUID) else UUID(value))
    return value


def instant(value: Any) -> datetime:
    """A stored instant, aware and in UTC."""
    if isinstance(value, str):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    assert isinstance(value, datetime)
    return value.astimezone(UTC)


def _number(value: Any) -> int | float:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    assert isinstance(value, int | float)
    return value
