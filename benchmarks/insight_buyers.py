# ruff: noqa: E402 - Django is set up first
"""Who buys within 90 days, and how many purchases come: ours against BG/NBD by lifetimes, on two real shops.

Each shop is tested as its own trust page does: at up to four mornings 90 days apart, from what was known then, by the
method that the windows before would have chosen.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-bench-"))

import django

django.setup()

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from benchmarks import peers
from benchmarks.report import Figure, report
from regulars.insight.actions.figures.backtests import trial_of
from regulars.insight.actions.figures.calendar import EPOCH
from regulars.insight.rules.backtests import HORIZON_DAYS, Visits, auc_of, outcome_of, standing_at

DATA = Path(__file__).parents[2] / "shared" / "data"
FEES = ["POST", "DOT", "M", "C2", "BANK CHARGES", "D", "AMAZONFEE", "CRUK", "S", "ADJUST", "ADJUST2", "m", "B"]
PATIENCE_Z = 1.2816


def main() -> None:
    if not DATA.exists():
        print("insight_buyers: the shared data are not there", file=sys.stderr)
        return
    figures: list[Figure] = []
    gains = []
    for name, load in (("CDNOW", cdnow), ("gift shop", gift_shop)):
        tests = list(_tests(load()))
        for day, ours, peer in tests:
            figures.append((f"{name}, {day}: AUC × 1000", 1000 * ours["auc"], 1000 * peer["auc"]))
            figures.append((f"{name}, {day}: error of the total, %", ours["error"], peer["error"]))
        gains.append(np.mean([ours["auc"] - peer["auc"] for _, ours, peer in tests]))
        figures.append((f"{name}: gain of AUC × 1000", 1000 * float(gains[-1]), None))
    figures.append(("mean gain of AUC × 1000 (aim: 5)", 1000 * float(np.mean(gains)), None))
    report("insight_buyers", "data", figures)


def _tests(visits: Visits) -> Iterator[tuple[str, dict[str, float], dict[str, float]]]:
    as_of_day = int(visits.day.max()) + 1
    for window in trial_of(visits, as_of_day=as_of_day, patience_z=PATIENCE_Z).windows:
        day = int((np.datetime64(window["from"]) - np.datetime64(EPOCH)).astype(int))
        standing = standing_at(visits, day)
        outcome = outcome_of(visits, standing, stop=day + HORIZON_DAYS)
        expected = _by_lifetimes(standing)
        ours = window["methods"][window["chosen"]]["auc"], window["expected_purchases"][window["model"]]
        peer = auc_of(expected, outcome.bought), float(expected.sum())
        yield (
            window["from"],
            *({"auc": auc, "error": 100 * abs(total / window["purchases"] - 1)} for auc, total in (ours, peer)),
        )


def _by_lifetimes(standing: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        known, said = Path(folder) / "known.npz", Path(folder) / "said.npy"
        np.savez(known, x=standing.frequency, t_x=standing.recency, T=standing.age)
        peers.ask("lifetimes", "buyers", known, HORIZON_DAYS, said)
        return np.load(said)


def cdnow() -> Visits:
    rows = [line.split() for line in (DATA / "cdnow_master.txt").read_text().splitlines()]
    rows = [row for row in rows if row and row[0].isdigit()]
    days = np.array([f"{row[1][:4]}-{row[1][4:6]}-{row[1][6:]}" for row in rows], dtype="datetime64[D]")
    return _visits([row[0] for row in rows], days, np.array([round(100 * float(row[3])) for row in rows]))


def gift_shop() -> Visits:
    text = {name: pa.string() for name in ("Invoice", "StockCode", "Customer ID")}
    options = pa.csv.ConvertOptions(column_types=text)
    table = pa.csv.read_csv(DATA / "online_retail_ii.csv.gz", convert_options=options)
    keep: Callable[..., Any] = pc.and_
    is_sale = keep(pc.greater(table["Quantity"], 0), pc.greater(table["Price"], 0))
    is_known = keep(
        pc.not_equal(pc.fill_null(table["Customer ID"], ""), ""),
        pc.invert(pc.is_in(table["StockCode"], pa.array(FEES))),
    )
    table = table.filter(keep(is_sale, is_known))
    days = table["InvoiceDate"].cast(pa.timestamp("us")).cast(pa.date32()).to_numpy().astype("datetime64[D]")
    money = np.rint(100 * table["Quantity"].cast("float64").to_numpy() * table["Price"].to_numpy()).astype(np.int64)
    return _visits(table["Customer ID"].to_pylist(), days, money)


def _visits(people: list[str], days: Any, money: Any) -> Visits:
    costs = money > 0
    _, customer = np.unique(np.array(people)[costs], return_inverse=True)
    day = days[costs].astype(np.int64)
    keys, places = np.unique(customer * 100_000 + day, return_inverse=True)
    spent = np.bincount(places, money[costs]).astype(np.int64)
    return Visits(keys // 100_000, keys % 100_000, spent, int(customer.max()) + 1)


if __name__ == "__main__":
    main()
