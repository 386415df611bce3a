# ruff: noqa: E402 - Django is set up first
"""The whole analysis of N customers and 10 N order lines: seconds and peak memory of every step and part.

`python -m benchmarks.insight_pass [CUSTOMERS …]` (0.1, 0.3 and 1 million by default) makes a shop of three years as
database rows (buyers with rates of their own who leave one after the other: BG/NBD; goods sold by Zipf's law), then
analyses it in a process of its own: the first run, which reads everything, and a second one with nothing new. On
SQLite, or on the PostgreSQL that DATABASE_URL names.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
os.environ.setdefault("REGULARS_LOG_FORMAT", "text")

import django

django.setup()

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.report import Figure, report
from regulars.commerce.models import Order, OrderLine, Product, Variant
from regulars.customers.models import Customer
from regulars.foundation import bulk
from regulars.foundation.actors import Actor
from regulars.insight.actions import figures
from regulars.insight.actions.analysing import analyse
from regulars.shop import actions as shop_actions
from regulars.shop.models import Shop

NAME = "Bench"
SIZES = (100_000, 300_000, 1_000_000)
LINES_AN_ORDER = 3
PRODUCTS = 5_000
DAYS = 3 * 365
START = date(2023, 1, 2)
NOW = datetime.combine(START, datetime.min.time(), UTC) + timedelta(days=DAYS, hours=12)
BY = Actor.system("bench")
_PIECE = 200_000
_LISTS = {"tastes": "[]", "priorities": "[]"}


def fill(customers: int) -> dict[str, int]:
    """The shop as rows; its orders are history, as an import would have left them."""
    shop_actions.set_up_shop(name=NAME, base_currency="RUB", time_zone="Europe/Moscow", language="ru", by=BY, now=NOW)
    random = np.random.default_rng(customers)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Nothing dangles here: checking millions of foreign keys would only take time.
            cursor.execute("SET session_replication_role = replica")
    people = _ids(1, customers)
    text = ("first_name", "last_name", "patronymic", "company", "language", "time_zone", "country", "city", "criterion",
            "fear", "search_text", "sort_name")  # fmt: skip
    _write(Customer, {"id": people, "created_at": NOW - timedelta(days=DAYS), **dict.fromkeys(text, ""), **_LISTS})
    goods, variants = _ids(2, PRODUCTS), _ids(3, PRODUCTS)
    names = pa.array([f"Product {n}" for n in range(PRODUCTS)])
    _write(Product, {"id": goods, "kind": "goods", "name": names, "brand": "", "is_durable": False, "is_sold": True,
                     "created_at": NOW - timedelta(days=DAYS), "search_text": "", "sort_name": ""})  # fmt: skip
    skus = pa.array([f"S{n}" for n in range(PRODUCTS)])
    _write(Variant, {"id": variants, "product_id": goods, "source": "bench", "sku": skus, "folded_sku": skus,
                     "name": "", "barcode": "", "pack_size_milli": 1000, "currency": "RUB"})  # fmt: skip
    buyer, day = _purchases(random, customers, wanted=customers * 10 // LINES_AN_ORDER)
    count = len(buyer)
    amount = random.integers(100, 900_000, count * LINES_AN_ORDER)
    sold = np.minimum(random.zipf(1.3, count * LINES_AN_ORDER) - 1, PRODUCTS - 1)
    for start in range(0, count, _PIECE):
        some = slice(start, min(start + _PIECE, count))
        some_lines = slice(some.start * LINES_AN_ORDER, some.stop * LINES_AN_ORDER)
        goods_of = variants.take(pa.array(sold[some_lines]))
        _write_orders(start, people.take(pa.array(buyer[some])), day[some], goods_of, amount[some_lines])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")
    return {"customers": customers, "orders": count, "lines": count * LINES_AN_ORDER}


def _purchases(random: np.random.Generator, customers: int, *, wanted: int) -> tuple[Any, Any]:
    """Who buys on which day, by time: first purchases spread over the years, then pauses, leaving now and then."""
    rate = random.gamma(0.9, 1 / 45, customers)
    leaves = random.beta(0.9, 6.0, customers)
    day = random.uniform(0, DAYS - 1, customers)
    there = np.arange(customers)
    pieces = []
    while len(there) and sum(len(piece[0]) for piece in pieces) < 3 * wanted:
        pieces.append((there, day[there].astype(np.int64)))
        day[there] += np.maximum(random.exponential(1.0, len(there)) / rate[there], 1.0)
        there = there[(day[there] < DAYS - 1) & (random.uniform(size=len(there)) > leaves[there])]
    buyer, days = (np.concatenate(column) for column in zip(*pieces, strict=True))
    chosen = random.permutation(len(buyer))[:wanted] if len(buyer) > wanted else np.arange(len(buyer))
    chosen = chosen[np.argsort(days[chosen], kind="stable")]
    return buyer[chosen], days[chosen]


def _write_orders(start: int, buyers: Any, day: Any, goods: Any, amount: Any) -> None:
    count = len(day)
    orders = _ids(4, count, first=start)
    total = amount.reshape(count, LINES_AN_ORDER).sum(axis=1)
    placed = pa.array(np.datetime64(START) + day).cast(pa.timestamp("us"))
    placed = pc.add(placed, pa.scalar(timedelta(hours=9))).cast(pa.timestamp("us", tz="UTC"))
    _write(Order, {
        "id": orders, "source": "bench", "number": pa.array(np.arange(start, start + count)).cast(pa.string()),
        "customer_id": buyers, "status": "completed", "placed_at": placed,
        "local_date": pa.array(np.datetime64(START) + day), "local_hour": 12, "channel": "online", "currency": "RUB",
        "rate": 1, "goods_minor": total, "discount_minor": 0, "delivery_minor": 0, "tax_minor": 0, "total_minor": total,
        "base_total_minor": total, "returned_minor": 0, "base_returned_minor": 0, "comment": "", "is_history": True,
        "content_hash": "", "recorded_at": NOW,
    })  # fmt: skip
    place = np.tile(np.arange(LINES_AN_ORDER), count)
    _write(OrderLine, {
        "id": _ids(5, len(place), first=start * LINES_AN_ORDER),
        "order_id": orders.take(pa.array(np.repeat(np.arange(count), LINES_AN_ORDER))),
        "key": pa.array(place).cast(pa.string()), "ordinal": place, "variant_id": goods,
        "quantity_milli": 1000, "unit_price_minor": amount, "goods_minor": amount, "discount_minor": 0,
        "total_minor": amount, "base_total_minor": amount, "is_gift": False, "returned_milli": 0,
    })  # fmt: skip


def _ids(kind: int, count: int, *, first: int = 0) -> pa.Array:
    """32 hexadecimal digits that grow with time, as UUIDv7 do."""
    return pa.array([f"{kind:02x}{n:030x}" for n in range(first, first + count)])


def _write(model: Any, columns: dict[str, Any]) -> None:
    count = len(columns["id"])
    arrays = {
        name: value if isinstance(value, pa.Array | pa.ChunkedArray) else
        pa.array(value) if isinstance(value, np.ndarray) else pa.repeat(pa.scalar(value), count)
        for name, value in columns.items()
    }  # fmt: skip
    with transaction.atomic():
        bulk.insert_table(model, pa.table(arrays))


class Watch:
    """Seconds, seconds of our processor, and the largest memory of everything that is told to it."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float, float]] = []
        self._largest, self._is_over = 0.0, False
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        page = os.sysconf("SC_PAGE_SIZE")
        while not self._is_over:
            resident = int(Path("/proc/self/statm").read_text().split()[1]) * page / 2**20
            self._largest = max(self._largest, resident)
            time.sleep(0.02)

    def timed(self, name: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def acted(*args: Any, **options: Any) -> Any:
            self._largest, started, busy = 0.0, time.perf_counter(), time.process_time()
            try:
                return act(*args, **options)
            finally:
                took = time.perf_counter() - started
                self.rows.append((name, took, time.process_time() - busy, self._largest))

        return acted


def measure() -> None:
    """In a process of its own: one analysis, its parts timed one by one."""
    watch = Watch()
    for name in dir(figures):
        if (name.endswith("_from") and name != "findings_from") or name in ("ground_of", "parts_of", "visits_of"):
            setattr(figures, name, watch.timed(f"· {name.rsplit('_', 1)[0]}", getattr(figures, name)))
    marks: list[tuple[str, float, float]] = []

    def note(standing: Any) -> None:
        if not marks or marks[-1][0] != standing.step.value:
            marks.append((standing.step.value, time.perf_counter(), time.process_time()))

    started = time.perf_counter()
    result = analyse(by=BY, clock=lambda: NOW, on_progress=note)
    ends = [*marks[1:], ("", time.perf_counter(), time.process_time())]
    steps = [
        (name, end - at, end_busy - busy) for (name, at, busy), (_, end, end_busy) in zip(marks, ends, strict=True)
    ]
    peak = max(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
    print(json.dumps({
        "seconds": time.perf_counter() - started, "busy": time.process_time() - marks[0][2], "peak_mib": peak / 1024,
        "steps": steps, "parts": watch.rows, "customers": result.customers, "orders": result.orders,
    }))  # fmt: skip


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Every size in processes and a home of its own, which goes with it."""
    found: list[Figure] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="regulars-bench-") as home:
            started = time.perf_counter()
            made = _in_a_process(home, "--fill", str(size))
            print(f"{made['customers']:,} customers, {made['lines']:,} lines made in "
                  f"{time.perf_counter() - started:.0f} s", flush=True)  # fmt: skip
            for which in ("first", "nothing new"):
                label = f"{size / 1e6:g} M, {which}"
                found += _figures(label, _in_a_process(home, "--measure"))
    report("insight_pass", connection.vendor, found)


def _figures(label: str, run: dict[str, Any]) -> list[Figure]:
    for name, seconds, busy in run["steps"]:
        print(f"    {label}  {name:<18} {seconds:8.1f} s {busy:8.1f} s of our processor", flush=True)
    for name, seconds, busy, largest in run["parts"]:
        print(f"    {label}    {name:<16} {seconds:8.1f} s {busy:8.1f} s {largest:8.0f} MiB", flush=True)
    whole: list[Figure] = [
        (f"{label}: s", run["seconds"], None),
        (f"{label}: s of our processor", run["busy"], None),
        (f"{label}: peak MiB", run["peak_mib"], None),
    ]
    return whole + [(f"{label}: {name}, s", seconds, None) for name, seconds, _ in run["steps"]]


def _in_a_process(home: str, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.insight_pass", *arguments],
        env={**os.environ, "REGULARS_HOME": home}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _fill_anew(size: int) -> None:
    """Only a database that is empty, or that we filled before: what is in it is lost."""
    if not connection.introspection.table_names():
        call_command("migrate", verbosity=0)
    elif any(organisation.name != NAME for organisation in Shop.objects.all()):
        sys.exit("this database is somebody's: the benchmark wants one of its own")
    else:
        call_command("flush", verbosity=0, interactive=False)
    print(json.dumps(fill(size)))


if __name__ == "__main__":
    if "--measure" in sys.argv:
        measure()
    elif "--fill" in sys.argv:
        _fill_anew(int(sys.argv[-1]))
    else:
        main(tuple(int(size) for size in sys.argv[1:]) or SIZES)
