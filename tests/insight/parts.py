"""Shops laid out as extracts, without a database, and what the parts of the pass that need no models find in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from regulars.insight import store
from regulars.insight.actions.extraction import EXTRACTS
from regulars.insight.actions.figures import Question
from regulars.insight.actions.figures.breakdowns import breakdowns_from, parts_of
from regulars.insight.actions.figures.customers import Customers
from regulars.insight.actions.figures.forecast import forecast_from
from regulars.insight.actions.figures.ground import ground_of
from regulars.insight.actions.figures.moves import moves_from
from regulars.insight.actions.figures.revenue import revenue_from
from regulars.insight.rules import summaries
from regulars.insight.rules.stages import Thresholds

START = date(2025, 1, 6)
SCHEMAS = {extract.name: extract.schema for extract in EXTRACTS}


@dataclass(frozen=True)
class Sold:
    """An order on day `day` from START. goods: (product, minor units); the category of product "tea-1" is "tea"."""

    customer: str | None
    day: int
    goods: Sequence[tuple[str, int]] = (("tea-1", 1000),)
    channel: str = "online"
    store: str | None = None


@dataclass(frozen=True)
class Back:
    """`order`: the place of the order that it undoes."""

    customer: str | None
    day: int
    total_minor: int
    product: str = "tea-1"
    order: int | None = None


@dataclass(frozen=True)
class Asked:
    day: int
    hour: int = 12
    kind: str = "call"
    channel: str = "phone"


def found_in(
    folder: Path, sold: Sequence[Sold] = (), back: Sequence[Back] = (), asked: Sequence[Asked] = (), *, today: int
) -> dict[str, Any]:
    """The findings of shop pages, by name, on day `today` from START."""
    _lay_out(folder, sold, back, asked)
    on = START + timedelta(days=today)
    question = Question(datetime(on.year, on.month, on.day, tzinfo=UTC), on, False, Thresholds(), {}, None)
    with store.opened(memory_mib=256, threads=1) as engine:
        ground = ground_of(engine, engine.extracts(folder), question)
        rows = engine.rows(
            summaries.customer_rows(
                ground.extracts,
                ground.orders,
                ground.returns,
                ground.days,
                as_of_day=question.as_of_day,
                thresholds=question.thresholds,
            )
        )
        customers = Customers(rows, pa.table({"customer_id": rows["customer_id"]}), rows["customer_id"].to_numpy(), [])
        parts = parts_of(ground)
        return {
            **breakdowns_from(ground, parts),
            **revenue_from(ground, customers, parts),
            **moves_from(ground),
            **forecast_from(ground, customers, parts),
            "rhythm": {"is_known": ground.rhythm is not None},
            "facts": {"guest_orders": sum(order.customer is None for order in sold)},
        }


def _at(day: int, hour: int = 9) -> datetime:
    return datetime.combine(START, datetime.min.time(), UTC).replace(tzinfo=None) + timedelta(days=day, hours=hour)


def _lay_out(folder: Path, sold: Sequence[Sold], back: Sequence[Back], asked: Sequence[Asked]) -> None:
    products = sorted({name for order in sold for name, _ in order.goods} | {each.product for each in back})
    people = sorted({each.customer for each in [*sold, *back] if each.customer})
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    for place, order in enumerate(sold):
        id_, at = f"o{place:05d}", _at(order.day)
        rows["orders"].append(
            {
                "order_id": id_, "customer_id": order.customer, "placed_at": at, "local_date": at.date(),
                "local_hour": 12, "status": "completed", "channel": order.channel, "store_id": order.store,
                "base_total_minor": sum(minor for _, minor in order.goods), "is_history": False, "recorded_at": at,
            }
        )  # fmt: skip
        rows["order_lines"] += [
            {"order_id": id_, "variant_id": name, "quantity_milli": 1000, "base_total_minor": minor, "is_gift": False}
            for name, minor in order.goods
        ]
    rows["return_lines"] = [
        {
            "return_id": f"r{place}", "customer_id": each.customer, "returned_at": _at(each.day),
            "local_date": _at(each.day).date(), "variant_id": each.product,
            "order_id": None if each.order is None else f"o{each.order:05d}", "quantity_milli": 1000,
            "base_total_minor": each.total_minor,
        }
        for place, each in enumerate(back)
    ]  # fmt: skip
    rows["variants"] = [
        {"variant_id": name, "product_id": name, "kind": "goods", "category_id": name.split("-")[0]}
        for name in products
    ]
    rows["customers"] = [{"customer_id": id_, "survivor_id": id_, "created_at": _at(0)} for id_ in people]
    rows["enquiries"] = [
        {
            "enquiry_id": f"e{place}", "kind": each.kind, "channel": each.channel, "step": "new", "outcome": "open",
            "opened_at": _at(each.day), "step_since": _at(each.day), "local_date": _at(each.day).date(),
            "local_hour": each.hour,
        }
        for place, each in enumerate(asked)
    ]  # fmt: skip
    for name, schema in SCHEMAS.items():
        # What is not said is null, also where a column of the database could not be.
        loose = pa.schema([field.with_nullable(True) for field in schema])
        full = [{field.name: row.get(field.name) for field in schema} for row in rows[name]]
        store.write_part(pa.Table.from_pylist(full, schema=loose), folder / name / "all.parquet")
