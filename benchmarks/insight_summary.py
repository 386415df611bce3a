"""Our half of the summary benchmark, in a process of its own: `python -m benchmarks.insight_summary FILE END`."""

import json
import sys
import time
from datetime import date
from pathlib import Path

import ibis
import numpy as np
from ibis import _

from regulars.insight import store


def main(path: str, end: str) -> None:
    with store.opened(memory_mib=96, threads=2) as engine:
        # An open engine, as the peer has its modules loaded.
        engine.rows(ibis.range(1).unnest().name("one").as_table())
        start = time.perf_counter()
        rows = engine._connection.read_parquet(path)
        days = rows.select("customer", day=_.date.date()).distinct()
        found = engine.rows(
            days.group_by("customer")
            .agg(frequency=_.count() - 1, first_day=_.day.min(), last_day=_.day.max())
            .mutate(first_day=_.first_day.epoch_days(), last_day=_.last_day.epoch_days())
            .select("customer", "frequency", recency=_.last_day - _.first_day, T=epoch_day(end) - _.first_day)
        )
    columns = {name: found[name].to_numpy() for name in ("frequency", "recency", "T")}
    seconds = time.perf_counter() - start
    mib = highest_kib() / 1024
    sums = {name: float(np.sum(column)) for name, column in columns.items()}
    print(json.dumps({"seconds": seconds, "mib": mib, "customers": found.num_rows, "sums": sums}))


def highest_kib() -> int:
    """Resident memory at most; getrusage would tell of the process that started us, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


def epoch_day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


main(*sys.argv[1:])
