"""Generated customers with their orders, and generated conditions about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from regulars.audience.attributes import STAGES
from regulars.audience.models import CustomerFinding, Publication
from regulars.commerce.models import Order
from regulars.customers.models import Customer, Tag
from regulars.foundation.conditions.catalogue import Attribute, Type, catalogue
from regulars.foundation.conditions.operators import MEASURES, OPERATORS, Operator
from regulars.foundation.ids import new_id
from regulars.foundation.text import fold

NOW = datetime(2027, 2, 26, 22, 30, tzinfo=UTC)  # in Moscow it is 27 February already, and no leap year
CITIES = ["", "Казань", "Тула", "Oslo"]
NAMES = ["", "Ёлкина Анна", "петров", "O'Neil 100%", "_x_"]
TAGS = ["ВИП", "опт", "Ёж"]
CHANNELS = ["online", "store", "phone"]
STATUSES = ["placed", "completed", "cancelled", "draft"]
ATTRIBUTES = [
    "customers.name",
    "customers.city",
    "customers.birthday",
    "customers.birth_year",
    "customers.tags",
    "customers.created_at",
    "customers.has_email",
    "audience.stage",
    "audience.revenue",
    "audience.gap_median_days",
    "audience.overdue_at",
]


@dataclass(frozen=True)
class Bought:
    placed_at: datetime
    total_minor: int
    channel: str
    status: str


@dataclass(frozen=True)
class Person:
    values: dict[str, Any]
    tags: frozenset[str]
    finding: dict[str, Any] | None
    orders: tuple[Bought, ...]


def _instants() -> st.SearchStrategy[datetime]:
    """Near now and near the edges of windows, with and without a fraction of a second."""
    return st.builds(
        lambda days, seconds, micros: NOW - timedelta(days=days, seconds=seconds, microseconds=micros),
        st.sampled_from([-5, -1, 0, 1, 2, 7, 30, 31, 90, 400]),
        st.sampled_from([-3600, -1, 0, 1, 7200]),
        st.sampled_from([0, 1, 500_000]),
    )


_BIRTHDAYS = st.sampled_from(
    [(None, None), (29, 2), (28, 2), (27, 2), (1, 3), (2, 3), (26, 2), (31, 12), (1, 1), (15, 7)]
)
_ORDERS = st.builds(
    Bought,
    placed_at=_instants().filter(lambda at: at <= NOW),
    total_minor=st.sampled_from([0, 100, 250_00, 99_999_00]),
    channel=st.sampled_from(CHANNELS),
    status=st.sampled_from(STATUSES),
)
_FINDINGS = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(sorted(STAGES)),
        "revenue_minor": st.sampled_from([0, 1, 250_00]),
        "gap_median_days": st.sampled_from([None, 0.5, 30.0]),
        "overdue_at": st.none() | _instants(),
    }
)
PEOPLE = st.lists(
    st.builds(
        Person,
        values=st.fixed_dictionaries(
            {
                "city": st.sampled_from(CITIES),
                "sort_name": st.sampled_from([fold(name) for name in NAMES]),
                "birth_year": st.sampled_from([None, 1980, 2000]),
                "birthday": _BIRTHDAYS,
                "created_at": _instants(),
            }
        ),
        tags=st.frozensets(st.sampled_from(TAGS)),
        finding=st.none() | _FINDINGS,
        orders=st.lists(_ORDERS, max_size=4).map(tuple),
    ),
    min_size=1,
    max_size=5,
)


def store(people: Sequence[Person]) -> list[UUID]:
    """Put them into the tables; their ids, in order."""
    Publication.objects.update_or_create(id=1, defaults={"slot": 1})
    customers, tags, findings, orders = [], [], [], []
    for person in people:
        day, month = person.values["birthday"]
        given = {name: value for name, value in person.values.items() if name != "birthday"}
        customer = Customer(birth_day=day, birth_month=month, **given)
        customers.append(customer)
        tags += [Tag(customer=customer, name=tag, folded=fold(tag)) for tag in person.tags]
        if person.finding is not None:
            for slot, stage in ((1, person.finding["stage"]), (0, "lost")):
                values = {**person.finding, "stage": stage, "orders": 1, "purchase_days": 1, "revenue_year_minor": 0}
                findings.append(CustomerFinding(slot=slot, customer_id=customer.id, **values))
        orders += [_order(customer.id, bought) for bought in person.orders]
    Customer.objects.bulk_create(customers)
    Tag.objects.bulk_create(tags)
    CustomerFinding.objects.bulk_create(findings)
    Order.objects.bulk_create(orders)
    return [customer.id for customer in customers]


def _order(customer_id: UUID, bought: Bought) -> Order:
    return Order(
        source="test",
        number=str(new_id()),
        customer_id=customer_id,
        status=bought.status,
        placed_at=bought.placed_at,
        local_date=bought.placed_at.date(),
        local_hour=0,
        channel=bought.channel,
        currency="RUB",
        rate=1,
        goods_minor=bought.total_minor,
        total_minor=bought.total_minor,
        base_total_minor=bought.total_minor,
        recorded_at=NOW,
    )


# ── Conditions ───────────────────────────────────────────────────────────────
_DATES = st.sampled_from(["2026-02-26", "2027-02-25", "2027-02-26", "2027-02-27", "2027-03-01"])
_DAYS = st.sampled_from([1, 2, 7, 30, 90, 364, 365])


def _scalars(attribute: Attribute) -> st.SearchStrategy[Any]:
    match attribute.type:
        case Type.TEXT | Type.SET:
            return st.sampled_from(["елк", "Петров", "%", "_", "'", "опт", "ВИП", "Ёж"])
        case Type.CHOICE:
            choices = attribute.choices
            return st.sampled_from(sorted(choices) if isinstance(choices, dict) else [c for c in CITIES if c])
        case Type.NUMBER:
            return st.sampled_from([0, 0.5, 1, 30, 1980, 2001])
        case Type.MONEY:
            return st.sampled_from([0, 1, 100, 250_00])
        case _:
            return st.booleans()


def _pairs(scalars: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(scalars, min_size=2, max_size=2).map(sorted)


def _values(attribute: Attribute, operator: Operator) -> st.SearchStrategy[Any]:
    match operator:
        case Operator.IN_LAST_DAYS | Operator.IN_NEXT_DAYS | Operator.MORE_THAN_DAYS_AGO:
            return _DAYS
        case Operator.BEFORE | Operator.SINCE:
            return _DATES
        case Operator.IN_MONTHS:
            return st.lists(st.integers(1, 12), min_size=1, max_size=3)
        case Operator.BETWEEN:
            return _pairs(_DATES if attribute.type is Type.DATETIME else _scalars(attribute))
        case (
            Operator.IS_ANY_OF | Operator.IS_NONE_OF | Operator.HAS_ANY_OF | Operator.HAS_ALL_OF | Operator.HAS_NONE_OF
        ):
            return st.lists(_scalars(attribute), min_size=1, max_size=3)
    return _scalars(attribute)


@st.composite
def _compares(draw: st.DrawFn) -> dict[str, Any]:
    attribute = catalogue.attribute(draw(st.sampled_from(ATTRIBUTES)))
    operator = draw(st.sampled_from(OPERATORS[attribute.type]))
    node: dict[str, Any] = {"attribute": attribute.key, "op": operator.value}
    if operator not in (Operator.IS_KNOWN, Operator.IS_UNKNOWN):
        node["value"] = draw(_values(attribute, operator))
    return node


_COLUMNS = st.one_of(
    st.fixed_dictionaries(
        {"column": st.just("channel"), "op": st.sampled_from(["is", "is_not"]), "value": st.sampled_from(CHANNELS)}
    ),
    st.fixed_dictionaries(
        {"column": st.just("total"), "op": st.just("at_least"), "value": st.sampled_from([0, 100, 250_00])}
    ),
)
_WHERE = st.recursive(
    _COLUMNS,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"all": st.lists(inner, max_size=2)}),
    ),
    max_leaves=3,
)
_PERIODS = st.one_of(
    st.fixed_dictionaries({"in_last_days": _DAYS}),
    st.fixed_dictionaries({"since": _DATES}),
    st.fixed_dictionaries({"before": _DATES}),
    st.fixed_dictionaries({"between": _pairs(_DATES)}),
)


@st.composite
def _facts(draw: st.DrawFn) -> dict[str, Any]:
    node: dict[str, Any] = {"fact": "commerce.order"}
    measure = draw(st.sampled_from(["did", "count", "sum"]))
    if measure == "did":
        node["did"] = draw(st.booleans())
    else:
        operator = draw(st.sampled_from(MEASURES))
        amounts = st.integers(0, 3) if measure == "count" else st.sampled_from([0, 100, 200, 250_00, 500_00])
        value = draw(_pairs(amounts) if operator is Operator.BETWEEN else amounts)
        node[measure] = {"op": operator.value, "value": value}
        if measure == "sum":
            node["sum"]["column"] = "total"
    if draw(st.booleans()):
        node["period"] = draw(_PERIODS)
    if draw(st.booleans()):
        node["where"] = draw(_WHERE)
    return node


CONDITIONS = st.recursive(
    st.one_of(_compares(), _facts()),
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"all": st.lists(inner, max_size=3)}),
    ),
    max_leaves=5,
).map(lambda node: {"version": 1, "where": node})
