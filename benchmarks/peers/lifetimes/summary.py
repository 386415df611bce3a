"""Frequency, recency, age from a Parquet file of purchases: `summary.py FILE END` prints seconds, MiB at most, sums."""

import json
import sys
import time
import warnings
from pathlib import Path

import pandas as pd
from lifetimes.utils import summary_data_from_transaction_data

warnings.simplefilter("ignore")


def main(path: str, end: str) -> None:
    start = time.perf_counter()
    rows = pd.read_parquet(path)
    found = summary_data_from_transaction_data(rows, "customer", "date", observation_period_end=end)
    seconds = time.perf_counter() - start
    lines = Path("/proc/self/status").read_text().splitlines()
    mib = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    sums = {name: float(found[name].sum()) for name in ("frequency", "recency", "T")}
    print(json.dumps({"seconds": seconds, "mib": mib, "customers": len(found), "sums": sums}))


main(*sys.argv[1:])
