"""What the product says about a simulated shop, beside what then happens."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.insight import store
from regulars.insight.actions.extraction import EXTRACTS
from regulars.insight.actions.figures.calendar import EPOCH
from regulars.insight.actions.figures.customers import customers_from
from regulars.insight.actions.figures.ground import Question, ground_of
from regulars.insight.actions.figures.models import models_from
from regulars.insight.actions.figures.visits import visits_of
from regulars.insight.rules.stages import Thresholds
from tests.simulation.worlds import START, Floats, Ints, Simulated

_LEAST = 40


@dataclass(frozen=True)
class Judged:
    """said: the published columns of those who have bought, in the order of `customers`; truth: what is so."""

    said: pa.Table
    customers: Ints
    truth: Simulated

    def figures(self, name: str) -> Floats:
        """A published column; dates as days from START, NaN where nothing was said."""
        column = self.said[name]
        if pa.types.is_date(column.type):
            column = column.cast(pa.int32()).cast(pa.float64())
            return np.asarray(column.to_numpy(), dtype=np.float64) - (START - EPOCH).days
        return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)

    def tenths(self, said: Floats, happened: NDArray[np.bool_]) -> list[tuple[float, float, int]]:
        """By tenths of what was said: what was said on average, what share came true, of how many."""
        place = np.minimum((said * 10).astype(np.int64), 9)
        return [
            (float(said[place == n].mean()), float(happened[place == n].mean()), int((place == n).sum()))
            for n in range(10)
            if (place == n).sum() >= _LEAST
        ]


def judged(truth: Simulated, folder: Path) -> Judged:
    """Run the customers' part of the pass over what is known today. `folder`: an empty one for the extracts."""
    _write(truth, folder)
    today = START + timedelta(days=truth.world.past_days)
    question = Question(
        as_of=datetime.combine(today, time(), UTC),
        today=today,
        is_now=True,
        thresholds=Thresholds(),
        stages_before={},
        history_since=None,
    )
    with store.opened(memory_mib=1024, threads=2) as engine:
        ground = ground_of(engine, engine.extracts(folder), question)
        published = customers_from(ground, models_from(ground, visits_of(ground))).published
    customers = truth.buyers
    places = {id_: place for place, id_ in enumerate(published["customer_id"].to_pylist())}
    return Judged(published.take([places[_id(n)] for n in customers.tolist()]), customers, truth)


def _id(number: int) -> str:
    return f"{number:032x}"


def _write(truth: Simulated, folder: Path) -> None:
    """The past as the extracts of a run."""
    past = truth.is_past
    customer, day, amount = truth.customer[past], truth.day[past], truth.amount_minor[past]
    count = len(day)
    days = (day + (START - EPOCH).days).astype(np.int32)
    at = pa.array((days.astype(np.int64) * 86_400 + 43_200) * 1_000_000, pa.timestamp("us"))
    ids, orders = [_id(n) for n in customer.tolist()], [_id(n) for n in range(count)]
    names = [_id(n) for n in range(truth.world.customers)]
    columns: dict[str, dict[str, object]] = {
        "orders": {"order_id": orders, "customer_id": ids, "placed_at": at, "recorded_at": at,
                   "local_date": pa.array(days, pa.int32()).cast(pa.date32()), "local_hour": [12] * count,
                   "status": ["completed"] * count, "channel": ["online"] * count, "base_total_minor": amount,
                   "is_history": [True] * count},
        "order_lines": {"order_id": orders, "variant_id": [_id(0)] * count, "quantity_milli": [1000] * count,
                        "base_total_minor": amount, "is_gift": [False] * count},
        "variants": {"variant_id": [_id(0)], "product_id": [_id(0)], "kind": ["goods"]},
        "customers": {"customer_id": names, "survivor_id": names, "created_at": pa.array([0] * len(names), at.type)},
    }  # fmt: skip
    for extract in EXTRACTS:
        rows = columns.get(extract.name, {})
        size = len(next(iter(rows.values()), ()))  # type: ignore[arg-type]
        table = pa.table(
            [
                pa.array(rows[field.name], field.type) if field.name in rows else pa.nulls(size, field.type)
                for field in extract.schema
            ],
            names=extract.schema.names,
        )
        store.write_part(table, folder / extract.name / "all.parquet")
