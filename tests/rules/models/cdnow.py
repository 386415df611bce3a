"""CDNOW as the papers and the peers take it: weeks to two places, 39 weeks of calibration."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from regulars.insight.rules.models.histories import Floats

CALIBRATION_END = date(1997, 9, 30)


@dataclass(frozen=True)
class Customers:
    """frequency, recency, age of each; mean: of what the later days of purchase cost (0: none)."""

    frequency: Floats
    recency: Floats
    age: Floats
    mean: Floats


@cache
def sample(folder: Path) -> Customers:
    """The papers' tenth, in weeks, until the end of calibration."""
    rows = _rows(folder / "cdnow_sample.txt", skip=1)
    each = _histories(rows, until=CALIBRATION_END)
    return Customers(each.frequency, np.round(each.recency / 7, 2), np.round(each.age / 7, 2), each.mean)


@cache
def everybody(folder: Path) -> Customers:
    """All customers, in days, until the last day of the file."""
    return _histories(_rows(folder / "cdnow_master.txt", skip=0), until=date(1998, 6, 30))


def _rows(path: Path, *, skip: int) -> list[tuple[str, int, float]]:
    parts = [line.split()[skip:] for line in path.read_text().splitlines() if line.strip()[:1].isdigit()]
    return [
        (customer, date(int(day[:4]), int(day[4:6]), int(day[6:])).toordinal(), float(amount))
        for customer, day, _, amount in parts
    ]


def _histories(rows: list[tuple[str, int, float]], *, until: date) -> Customers:
    spent: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for customer, day, amount in rows:
        if day <= until.toordinal():
            spent[customer][day] += amount
    columns = []
    for customer in sorted(spent):
        days = sorted(spent[customer])
        later = [spent[customer][day] for day in days[1:]]
        columns.append((
            len(later), days[-1] - days[0], until.toordinal() - days[0], sum(later) / len(later) if later else 0.0
        ))  # fmt: skip
    return Customers(*np.array(columns, dtype=np.float64).T)
