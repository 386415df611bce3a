"""A whole import of online_retail_ii against a bare bulk insert of the same rows into the same tables.

`python -m benchmarks.import`, on SQLite or on the PostgreSQL that DATABASE_URL names (a throw-away cluster). Ours
reads, checks, stages, matches and loads; the peer takes finished rows and does nothing but executemany (SQLite) or COPY
(PostgreSQL), in transactions of the same mean size, into tables with the same indexes and constraints. Prints
`name  ours  peer  ratio` and keeps benchmarks/results/import.json.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "benchmarks/results/import.json"
DATA = Path(os.environ.get("REGULARS_SHARED_DATA", ROOT.parent / "shared/data")) / "online_retail_ii.csv.gz"

# In the order in which they refer to each other.
MODELS = (
    "customers.Customer", "customers.ExternalId", "commerce.Product", "commerce.Variant", "commerce.Price",
    "commerce.Order", "commerce.OrderLine", "commerce.Return", "commerce.ReturnLine", "commerce.StockWriteOff",
    "foundation.Event", "foundation.Job",
)  # fmt: skip


_JSON = frozenset({"payload", "definition", "counts", "findings", "tastes", "priorities", "said"})


def main() -> None:
    if not DATA.exists():
        sys.exit(f"the data is not at {DATA}; REGULARS_SHARED_DATA may name another folder")
    vendor = "postgresql" if os.environ.get("DATABASE_URL") else "sqlite"
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as folder:
        ours_place, peer_place = (_place(name, Path(folder)) for name in ("ours", "peer"))
        ours = _child("ours", ours_place)
        peer = _child("peer", peer_place, ours_place, str(ours["mean_rows"]))
    figures = [
        ("import seconds", ours["seconds"], peer["seconds"]),
        ("lines per second", ours["rows"] / ours["seconds"], ours["rows"] / peer["seconds"]),
        ("peak memory MiB", ours["peak_mib"], peer["peak_mib"]),
        ("rows per transaction", ours["mean_rows"], peer["mean_rows"]),
    ]
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[vendor] = {
        "counts": ours["counts"],
        "rows_written": peer["rows_written"],
        "figures": {
            name: {"ours": round(a, 1), "peer": round(b, 1), "ratio": round(a / b, 2)} for name, a, b in figures
        },
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(known, indent=2) + "\n")
    print(f"{'name (' + vendor + ')':34}{'ours':>12}{'peer':>12}{'ratio':>8}")
    for name, a, b in figures:
        print(f"{name:34}{a:>12,.1f}{b:>12,.1f}{a / b:>8.2f}")


def _place(name: str, folder: Path) -> dict[str, str]:
    """A fresh home and database, as environment."""
    place = {"REGULARS_HOME": str(folder / name), "REGULARS_LOG_FORMAT": "text"}
    if url := os.environ.get("DATABASE_URL"):
        import psycopg

        database = f"bench_{name}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {database}")
            connection.execute(f"CREATE DATABASE {database}")
        place["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{database}"))
    return place


def _child(role: str, place: dict[str, str], other: dict[str, str] | None = None, *rest: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.import", role, json.dumps(other or {}), *rest]
    environment = {**os.environ, **place, "DJANGO_SETTINGS_MODULE": "regulars.project.settings"}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def _set_up() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def run_ours() -> dict[str, Any]:
    """Import the file as the command does."""
    _set_up()
    from regulars.commerce.actions import imports
    from regulars.commerce.actions.imports.progress import Progress
    from regulars.commerce.queries.imports import import_run
    from regulars.commerce.rules.imports import FileDefinition, ImportKind
    from regulars.connectors.csv import FileSource, first_preview
    from regulars.foundation import clock
    from regulars.foundation.actors import Actor
    from regulars.foundation.ids import new_id
    from regulars.shop.actions import set_up_shop

    by, now = Actor.system("benchmark"), clock.now()
    set_up_shop(
        name="Gifts", base_currency="GBP", time_zone="Europe/London", language="en", country="GB", by=by, now=now
    )
    transactions = 0
    save = Progress.save

    def counted(self: Progress, **place: Any) -> None:
        nonlocal transactions
        transactions += 1
        save(self, **place)

    Progress.save = counted  # type: ignore[method-assign]
    base = FileDefinition(kind=ImportKind.ORDERS, source="retail", zone="Europe/London", currency="GBP")
    start = perf_counter()
    definition = first_preview(DATA, base, now=now).definition
    run_id = new_id()
    size = DATA.stat().st_size
    imports.add_run(
        run_id=run_id, definition=definition, file_name=DATA.name, path=str(DATA), size_bytes=size, by=by, now=now
    )
    imports.describe_run(run_id=run_id, definition=definition, go_live_at=now, by=by, now=now)
    imports.run_import(run_id=run_id, source=FileSource(DATA, definition, now=now), by=by, clock=clock.now)
    seconds = perf_counter() - start
    run = import_run(run_id)
    assert run is not None
    assert run.counts["rejected"] == 0, run
    written = sum(_model(name).objects.count() for name in MODELS)
    return {
        "seconds": seconds,
        "rows": run.counts["rows"],
        "counts": dict(run.counts),
        "peak_mib": _peak_mib(),
        "mean_rows": round(written / transactions),
    }


def _model(name: str) -> Any:
    from django.apps import apps

    return apps.get_model(name)


def run_peer(other: dict[str, str], mean_rows: int) -> dict[str, Any]:
    """Insert what ours wrote, as it stands; only the writing is timed."""
    _set_up()
    from django.db import transaction

    from regulars.foundation import bulk

    _copy_run(other)
    seconds, written, pieces = 0.0, 0, 0
    with bulk.rare_checkpoints():
        for name in MODELS:
            table = _model(name)._meta.db_table
            columns = [field.column for field in _model(name)._meta.concrete_fields]
            for rows in _pieces(other, table, columns, mean_rows):
                start = perf_counter()
                with transaction.atomic():
                    _insert(table, columns, rows)
                seconds += perf_counter() - start
                written += len(rows)
                pieces += 1
    return {"seconds": seconds, "rows_written": written, "mean_rows": written / pieces, "peak_mib": _peak_mib()}


def _copy_run(other: dict[str, str]) -> None:
    from django.db import transaction

    model = _model("commerce.ImportRun")
    columns = [field.column for field in model._meta.concrete_fields]
    for rows in _pieces(other, model._meta.db_table, columns, 10):
        with transaction.atomic():
            _insert(model._meta.db_table, columns, rows)


def _pieces(other: dict[str, str], table: str, columns: list[str], size: int) -> Iterator[list[Any]]:
    names = ", ".join(f'"{name}"' for name in columns)
    if "DATABASE_URL" in other:
        import psycopg

        # The peer gets its JSON ready made, as text.
        names = ", ".join(f'"{name}"::text' if name in _JSON else f'"{name}"' for name in columns)
        with psycopg.connect(other["DATABASE_URL"]) as source, source.cursor(name="rows") as cursor:
            cursor.itersize = size
            cursor.execute(f"SELECT {names} FROM {table} ORDER BY id")
            while rows := cursor.fetchmany(size):
                yield rows
        return
    source = sqlite3.connect(f"file:{other['REGULARS_HOME']}/regulars.sqlite3?mode=ro", uri=True)
    cursor = source.execute(f"SELECT {names} FROM {table} ORDER BY id")
    while rows := cursor.fetchmany(size):
        yield rows
    source.close()


def _insert(table: str, columns: list[str], rows: list[Any]) -> None:
    from django.db import connection

    names = ", ".join(f'"{name}"' for name in columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    connection.ensure_connection()
    places = ", ".join("?" * len(columns))
    connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    elif sys.argv[1] == "ours":
        print(json.dumps(run_ours()))
    else:
        print(json.dumps(run_peer(json.loads(sys.argv[2]), int(sys.argv[3]))))
