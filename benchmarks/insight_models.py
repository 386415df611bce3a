"""Models of buying against lifetimes and pymc-marketing: the same data in the same run, to the same likelihood.

`python -m benchmarks.insight_models [CUSTOMERS]`. Milliseconds are medians; the ratio is ours ÷ peer.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits

from benchmarks.peers import ask
from benchmarks.report import Figure, report
from regulars.insight.rules.models import bg_family, buying, gamma_gamma, money, pareto_nbd
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import grouped, ungrouped
from tests.rules.models import cdnow

DATA = Path(os.environ.get("REGULARS_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
TIMES = 3
# Fitted to CDNOW in days; the second stands for a shop whose customers come more often.
RARE = {"r": 0.267, "alpha": 41.9, "a": 0.484, "b": 2.11}
OFTEN = {"r": 1.0, "alpha": 30.0, "a": 0.6, "b": 8.0}
DAYS = 730
END = "2026-01-01"


def main(customers: int = 1_000_000) -> None:
    figures: list[Figure] = []
    # One thread for linear algebra, as in the pass: the arrays are long, the matrices four by four.
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name, threadpool_limits(1, user_api="blas"):
        folder = Path(name)
        many = histories_of(drawn(RARE, customers), folder / "many.npz")
        real = real_histories(folder / "cdnow.npz")
        figures += fits(many, folder / "many.npz", f"BG/NBD fit, {customers:,} customers, ms")
        figures += fits(real, folder / "cdnow.npz", "BG/NBD fit, CDNOW, ms")
        figures += pareto(real, folder / "cdnow.npz")
        figures += values(many, folder / "many.npz")
        figures += summaries(drawn(OFTEN, customers), folder / "purchases.parquet")
    report("insight_models", "models", figures)


# ── Data ─────────────────────────────────────────────────────────────────────

Columns = dict[str, Any]


def drawn(truth: dict[str, float], customers: int) -> tuple[Any, Any, Any]:
    """Purchases by BG/NBD over DAYS: customer, day since the beginning; and each one's first day."""
    rng = np.random.default_rng(1)
    rate = rng.gamma(truth["r"], 1 / truth["alpha"], customers)
    stays = 1 - rng.beta(truth["a"], truth["b"], customers)
    first = rng.integers(0, DAYS, customers)
    who, at = np.arange(customers), first.astype(float)
    found = [(who, first)]
    while len(who):
        at = at + rng.exponential(1 / np.maximum(rate[who], 1e-9))
        is_in = at < DAYS
        who, at = who[is_in], at[is_in]
        found.append((who, at.astype(np.int64)))
        has_stayed = rng.random(len(who)) < stays[who]
        who, at = who[has_stayed], at[has_stayed]
    return np.concatenate([one[0] for one in found]), np.concatenate([one[1] for one in found]), first


def histories_of(purchases: tuple[Any, Any, Any], path: Path) -> Columns:
    """Frequency, recency, age in days, and a mean value of the later purchases."""
    who, day, first = purchases
    visits = np.unique(who * (DAYS + 1) + day)
    who, day = visits // (DAYS + 1), visits % (DAYS + 1)
    last = np.zeros(len(first), np.int64)
    np.maximum.at(last, who, day)
    x = (np.bincount(who, minlength=len(first)) - 1).astype(float)
    mean = np.round(np.random.default_rng(2).gamma(6.25, 5.6, len(first)) + 1.0, 2)
    columns = {"x": x, "t_x": (last - first).astype(float), "T": (DAYS - first).astype(float), "mean": mean}
    np.savez(path, **columns)
    return columns


def real_histories(path: Path) -> Columns:
    each = cdnow.everybody(DATA)
    columns = {"x": each.frequency, "t_x": each.recency, "T": each.age}
    np.savez(path, **columns)
    return columns


# ── Measuring ────────────────────────────────────────────────────────────────


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """The median in milliseconds, and the result."""
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        result = act()
        taken.append(time.perf_counter() - start)
    return 1000 * median(taken), result


def fits(columns: Columns, path: Path, what: str) -> list[Figure]:
    """Grouping is part of our time, as it is ours alone."""
    history = columns["x"], columns["t_x"], columns["T"]
    ours, fit = timed(lambda: buying.fit("bg_nbd", grouped(*history)[0]))
    objective = bg_family.objective(grouped(*history)[0], bg_family.Shape(1, 0))
    found: list[Figure] = []
    for peer, arguments in (("lifetimes", ("bg", path, TIMES)), ("pymc", (path, 1))):
        said = ask(peer, "buying", *arguments)
        theirs = objective(np.log([said["parameters"][letter] for letter in bg_family.LETTERS]))[0]
        found.append((f"{what} ({peer})", ours, 1000 * median(said["seconds"])))
        found.append((f"  log-likelihood above {peer}'s", fit.log_likelihood - theirs, None))
    return found


def pareto(columns: Columns, path: Path) -> list[Figure]:
    history = columns["x"], columns["t_x"], columns["T"]
    ours, fit = timed(lambda: buying.fit("pareto_nbd", grouped(*history)[0]))
    said = ask("lifetimes", "buying", "pareto", path, 1)
    theirs = pareto_nbd.objective(ungrouped(*history))(
        np.log([said["parameters"][letter] for letter in pareto_nbd.LETTERS])
    )[0]
    return [
        ("Pareto/NBD fit, CDNOW, ms (lifetimes)", ours, 1000 * median(said["seconds"])),
        ("  log-likelihood above lifetimes'", fit.log_likelihood - theirs, None),
    ]


def values(columns: Columns, path: Path) -> list[Figure]:
    history = columns["x"], columns["t_x"], columns["T"]
    fit = Fit("bg_nbd", RARE, 0.0, {}, len(columns["x"]), True)
    worth = Fit("gamma_gamma", {"p": 6.25, "q": 3.74, "gamma": 15.44}, 0.0, {}, 1, True)
    ours, value = timed(
        lambda: (
            money.discounted_purchases(fit, *history, period=30, periods=12, discount=0.01)
            * gamma_gamma.expected_value(worth, columns["x"], columns["mean"])
        )
    )
    said = ask("lifetimes", "value", path, json.dumps({**fit.parameters, **worth.parameters}), 1)
    return [
        (f"CLV of 12 months, {len(value):,} customers, ms (lifetimes)", ours, 1000 * median(said["seconds"])),
        ("  our sum ÷ theirs", float(value.sum()) / said["total"], None),
    ]


def summaries(purchases: tuple[Any, Any, Any], path: Path) -> list[Figure]:
    """Each side reads the file in a process of its own, so that memory can be told."""
    who, day, _ = purchases
    date = np.datetime64(END) - np.timedelta64(DAYS, "D") + day.astype("timedelta64[D]")
    pq.write_table(pa.table({"customer": who, "date": date.astype("datetime64[us]")}), path)
    command = [sys.executable, "-m", "benchmarks.insight_summary", str(path), END]
    said = [json.loads(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(TIMES)]
    theirs = ask("lifetimes", "summary", path, END)
    ours = said[0]
    assert (ours["customers"], ours["sums"]) == (theirs["customers"], theirs["sums"]), (ours, theirs)
    rows = f"{len(who) / 1e6:.1f} million rows"
    return [
        (
            f"RFM summary, {rows}, ms (lifetimes)",
            1000 * median(one["seconds"] for one in said),
            1000 * theirs["seconds"],
        ),
        (f"RFM summary, {rows}, MiB (lifetimes)", median(one["mib"] for one in said), theirs["mib"]),
    ]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
