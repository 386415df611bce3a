"""The sample shop: simulated by a documented process with known truth (docs/sample-shop.md), written by actions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from regulars.commerce.queries import orders
from regulars.project.demo import loading, truth
from regulars.project.demo.process import TIME_ZONE
from regulars.project.demo.simulation import Simulation, simulate

CUSTOMERS, SMALL, SEED = 2000, 60, 1


class CannotBuild(Exception):
    """ "not_empty": there are orders already. "future": the last day has not come yet."""


@dataclass(frozen=True)
class SampleShop:
    """What was built; `customers` maps the cast's numbers and all others to ids."""

    simulation: Simulation
    written: loading.Written
    truth: dict[str, Any]

    def customer(self, number: int) -> Any:
        """The id of a customer by number; the cast are 1 to 10 (see `demo.cast`)."""
        return self.written.customers[f"K{number:05d}"]


def build(
    *,
    now: datetime,
    end_date: date | None = None,
    customers: int = CUSTOMERS,
    seed: int = SEED,
    language: str = "en",
    folder: Path | None = None,
    report: Callable[[str, float], None] = lambda _step, _share: None,
) -> SampleShop:
    """Simulate two years that end with the day before `end_date` (default: today) and write them down.

    The same for the same seed, day, language and number of customers. folder: where sample-truth.json goes.
    Raises CannotBuild.
    """
    end_date = end_date or now.astimezone(ZoneInfo(TIME_ZONE)).date()
    if end_date > now.astimezone(ZoneInfo(TIME_ZONE)).date():
        raise CannotBuild("future")
    if orders.has_orders():
        raise CannotBuild("not_empty")
    report("simulation", 0)
    simulation = simulate(customers=customers, end_date=end_date, seed=seed, language=language)
    written = loading.write(simulation, now=now, report=report)
    known = truth.truth_of(simulation, written)
    if folder is not None:
        truth.save(known, folder)
    return SampleShop(simulation, written, known)


def build_small(*, now: datetime, language: str = "ru") -> SampleShop:
    """Sixty customers, the cast among them: for tests."""
    return build(now=now, customers=SMALL, language=language)
