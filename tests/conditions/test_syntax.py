"""What the language refuses, where it says so, and that its JSON Schema agrees."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from regulars.foundation import conditions
from regulars.foundation.conditions.catalogue import Type, catalogue
from regulars.foundation.conditions.operators import OPERATORS, OPPOSITES, Operator
from regulars.foundation.conditions.syntax import (
    MAX_DEPTH,
    MAX_NODES,
    BadCondition,
    Happened,
    parse,
)
from tests.conditions.population import CONDITIONS

SCHEMA = Draft202012Validator(json.loads((Path(conditions.__file__).parent / "schema.json").read_text()))
CITY = {"attribute": "customers.city", "op": "is", "value": "Казань"}
ORDER = {"fact": "commerce.order"}


def asked(node: object) -> dict[str, Any]:
    return {"version": 1, "where": node}


def problems(data: object) -> list[tuple[str, str]]:
    with pytest.raises(BadCondition) as caught:
        parse(data, catalogue)
    assert all(one.problem and one.remedy for one in caught.value.problems)
    return [(one.path, one.problem) for one in caught.value.problems]


def nested(depth: int) -> dict[str, Any]:
    node: dict[str, Any] = CITY
    for _ in range(depth):
        node = {"all": [node]}
    return node


def attribute(key: str, op: str, value: object = None) -> dict[str, Any]:
    return {"attribute": key, "op": op} | ({} if value is None else {"value": value})


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (None, ""),
        ([], ""),
        ({"where": CITY}, ""),
        ({"version": 2, "where": CITY}, "/version"),
        ({"version": True, "where": CITY}, "/version"),
        ({"version": 1, "where": CITY, "more": 1}, ""),
        (asked("x"), "/where"),
        (asked({}), "/where"),
        (asked({"any": []}), "/where/any"),
        (asked({"all": {}}), "/where/all"),
        (asked({"all": [CITY, {"attribute": "no.such", "op": "is", "value": 1}]}), "/where/all/1/attribute"),
        (asked({"not": {"any": [attribute("customers.city", "at_least", 1)]}}), "/where/not/any/0/op"),
        (asked(attribute("customers.city", "is", 5)), "/where/value"),
        (asked(attribute("customers.city", "is", "")), "/where/value"),
        (asked(attribute("customers.city", "is", " \t")), "/where/value"),
        (asked(attribute("customers.city", "is", "a\x00b")), "/where/value"),
        (asked(attribute("customers.city", "is", "\ud800")), "/where/value"),
        (asked(attribute("customers.city", "is", "x" * 201)), "/where/value"),
        (asked(attribute("customers.city", "is")), "/where/value"),
        (asked({**attribute("customers.city", "is_known"), "value": "x"}), "/where/value"),
        (asked(attribute("customers.city", "is_any_of", [])), "/where/value"),
        (asked(attribute("customers.city", "is_any_of", ["x"] * 501)), "/where/value"),
        (asked(attribute("audience.stage", "is", "grumpy")), "/where/value"),
        (asked(attribute("customers.store", "is", "no uuid")), "/where/value"),
        (asked(attribute("audience.revenue", "at_least", 10.5)), "/where/value"),
        (asked(attribute("audience.revenue", "at_least", True)), "/where/value"),
        (asked(attribute("audience.orders", "at_least", float("nan"))), "/where/value"),
        (asked(attribute("audience.orders", "at_least", 10**16)), "/where/value"),
        (asked(attribute("audience.orders", "between", [3, 1])), "/where/value"),
        (asked(attribute("audience.orders", "between", [3])), "/where/value"),
        (asked(attribute("audience.last_order_at", "since", "2026-02-30")), "/where/value"),
        (asked(attribute("audience.last_order_at", "since", "20260228")), "/where/value"),
        (asked(attribute("audience.last_order_at", "since", "0202-02-28")), "/where/value"),
        (asked(attribute("audience.last_order_at", "between", ["2026-02-02", "2026-02-01"])), "/where/value"),
        (asked(attribute("audience.last_order_at", "in_last_days", 0)), "/where/value"),
        (asked(attribute("audience.last_order_at", "in_last_days", 3661)), "/where/value"),
        (asked(attribute("customers.birthday", "in_months", [0])), "/where/value"),
        (asked(attribute("customers.has_email", "is", "yes")), "/where/value"),
        (asked(ORDER), "/where"),
        (asked({**ORDER, "did": True, "count": {"op": "is", "value": 1}}), "/where"),
        (asked({**ORDER, "did": 1}), "/where/did"),
        (asked({**ORDER, "count": {"op": "is", "value": -1}}), "/where/count/value"),
        (asked({**ORDER, "count": {"op": "contains", "value": 1}}), "/where/count/op"),
        (asked({**ORDER, "sum": {"column": "channel", "op": "is", "value": 1}}), "/where/sum/column"),
        (asked({**ORDER, "did": True, "period": {}}), "/where/period"),
        (asked({**ORDER, "did": True, "period": {"in_next_days": 3}}), "/where/period"),
        (asked({**ORDER, "did": True, "period": {"since": 3}}), "/where/period/since"),
        (asked({**ORDER, "did": True, "where": CITY}), "/where/where"),
        (asked({**ORDER, "did": True, "where": {"column": "x", "op": "is", "value": 1}}), "/where/where/column"),
        (asked({"fact": "no.such", "did": True}), "/where/fact"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data: object, path: str) -> None:
    assert [one for one, _ in problems(data)] == [path]


def test_all_that_is_wrong_is_said_at_once() -> None:
    data = asked({"all": [attribute("no.such", "is", 1), CITY, attribute("customers.city", "is", 5)]})
    assert [path for path, _ in problems(data)] == ["/where/all/0/attribute", "/where/all/2/value"]


def test_limits_of_depth_and_size() -> None:
    parse(asked(nested(MAX_DEPTH - 1)), catalogue)
    assert problems(asked(nested(MAX_DEPTH)))
    parse(asked({"all": [CITY] * (MAX_NODES - 1)}), catalogue)
    assert problems(asked({"all": [CITY] * MAX_NODES}))
    assert problems(asked(nested(5_000))), "no recursion error"


def test_values_become_python() -> None:
    node = parse(asked({**ORDER, "did": False, "period": {"since": "2026-01-31"}}), catalogue).root
    assert isinstance(node, Happened)
    assert (node.operator, node.value) == (Operator.LESS_THAN, 1)
    assert node.period
    assert node.period.value == date(2026, 1, 31)


@settings(max_examples=60, deadline=None)
@given(data=CONDITIONS)
def test_what_is_sound_fits_the_schema(data: dict[str, Any]) -> None:
    parse(data, catalogue)
    SCHEMA.validate(json.loads(json.dumps(data)))


@pytest.mark.parametrize(
    "data",
    [
        {"where": CITY},
        {"version": 2, "where": CITY},
        asked({}),
        asked({"any": []}),
        asked(ORDER),
        asked({**CITY, "x": 1}),
    ],
)
def test_the_schema_refuses_what_the_language_refuses(data: dict[str, Any]) -> None:
    assert not SCHEMA.is_valid(data)


def test_the_schema_knows_every_operator() -> None:
    schema = json.loads((Path(conditions.__file__).parent / "schema.json").read_text())
    assert set(schema["$defs"]["operator"]["enum"]) == {str(one) for one in Operator}


def test_every_operator_has_a_type_and_every_opposite_its_twin() -> None:
    offered = {one for names in OPERATORS.values() for one in names}
    assert offered == set(Operator)
    assert set(OPERATORS) == set(Type)
    for names in OPERATORS.values():
        assert all(OPPOSITES[one] in names for one in names if one in OPPOSITES)
