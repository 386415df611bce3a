"""Import runs that are broken off, asked to stop, cut off, out of space, or two at once."""

import gzip
import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from regulars.commerce.actions import imports
from regulars.commerce.actions.imports import staging as staging_place
from regulars.commerce.models import (
    Order,
    OrderLine,
    Price,
    Product,
    Return,
    ReturnLine,
    StockWriteOff,
    Variant,
)
from regulars.commerce.ports import Batch
from regulars.commerce.queries.imports import folder_of, import_run
from regulars.commerce.queries.rejects import rejects
from regulars.commerce.rules.imports import (
    FileFault,
    ImportState,
)
from regulars.connectors.csv import FileSource
from regulars.customers.models import Customer
from regulars.foundation.models import Event, Job
from tests.commerce.importing import BY, NOW, content, go, many_rows, put_down, row, take_in, write


class Breaking:
    """A source that breaks off after some batches, as a killed process would."""

    def __init__(self, source: FileSource, after: int) -> None:
        self._source, self._after = source, after

    def total_rows(self) -> int | None:
        return None

    def batches(self, *, after_row: int = 0) -> Iterator[Batch]:
        yield from itertools.islice(self._source.batches(after_row=after_row), self._after)
        raise KeyboardInterrupt


def test_a_run_broken_off_in_reading_goes_on(tea_shop: None, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("regulars.connectors.csv.source.BATCH_ROWS", 100)
    write(path, many_rows())
    run_id = put_down(path)
    run = import_run(run_id)
    assert run is not None
    source = Breaking(FileSource(path, run.definition, now=NOW), after=3)
    with pytest.raises(KeyboardInterrupt):
        imports.run_import(run_id=run_id, source=source, by=BY, clock=lambda: NOW)
    stopped = import_run(run_id)
    assert stopped is not None
    assert stopped.state == ImportState.INTERRUPTED
    assert not Order.objects.exists()
    done = go(run_id, path)
    assert (done.state, done.counts["rows"], done.counts["orders"]) == (ImportState.DONE, 845, 400)
    assert not (folder_of(run_id) / "staging").exists()


def test_a_run_that_was_asked_to_stop_goes_on(tea_shop: None, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEAST_ROWS", "FIRST_ROWS", "MOST_ROWS"):
        monkeypatch.setattr(f"regulars.commerce.actions.imports.progress.{name}", 100)
    write(path, many_rows())
    undisturbed = take_in(path)
    expected = content()
    for model in (Job, Event, ReturnLine, Return, OrderLine, Order, StockWriteOff, Price, Variant, Product):
        model.objects.all().delete()

    run_id = put_down(path)
    place = {"left": 4}
    insert = "regulars.commerce.actions.imports.orders.insert_orders"

    def stopping(*args: Any) -> Any:
        place["left"] -= 1
        if place["left"] == 0:
            imports.stop_run(run_id=run_id, by=BY, now=NOW)
        return original(*args)

    from regulars.commerce.actions.imports import orders as loading

    original = loading.insert_orders
    monkeypatch.setattr(insert, stopping)
    stopped = go(run_id, path)
    assert stopped.state == ImportState.INTERRUPTED
    done = go(run_id, path)
    assert done.state == ImportState.DONE
    assert {**done.counts, "customers_created": 37} == {**undisturbed.counts, "customers_created": 37}
    assert content() == expected


def test_a_second_import_at_the_same_time_is_refused(tea_shop: None, path: Path) -> None:
    write(path, many_rows())
    run_id, other = put_down(path), put_down(path)
    refusals = []

    class Beside(Breaking):
        def batches(self, *, after_row: int = 0) -> Iterator[Batch]:
            with pytest.raises(imports.CannotImport) as refused:
                go(other, path)
            refusals.append(refused.value.reason)
            yield from self._source.batches(after_row=after_row)

    run = import_run(run_id)
    assert run is not None
    source = Beside(FileSource(path, run.definition, now=NOW), after=1)
    assert imports.run_import(run_id=run_id, source=source, by=BY, clock=lambda: NOW) == ImportState.DONE
    assert refusals == [imports.ImportRefusal.BUSY]


def test_a_run_is_described_before_and_done_once(tea_shop: None, path: Path) -> None:
    write(path, [row()])
    run = take_in(path)
    with pytest.raises(imports.CannotImport):
        go(run.id, path)
    with pytest.raises(imports.CannotImport):
        imports.describe_run(run_id=run.id, definition=run.definition, go_live_at=NOW, by=BY, now=NOW)
    assert Order.objects.count() == 1


def test_a_cut_off_file_brings_nothing(tea_shop: None, path: Path) -> None:
    write(path, many_rows())
    path.write_bytes(gzip.compress(path.read_bytes()))
    run_id = put_down(path)
    path.write_bytes(path.read_bytes()[:-2000])
    run = go(run_id, path)
    assert (run.state, run.fault) == (ImportState.FAILED, FileFault.TRUNCATED)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()


def test_a_full_disk_is_said_and_leaves_nothing_half_written(
    tea_shop: None, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, many_rows())
    run_id = put_down(path)
    connect = sqlite3.connect

    def small(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        database = connect(*args, **kwargs)
        database.execute("PRAGMA max_page_count=12")
        return database

    monkeypatch.setattr(staging_place.sqlite3, "connect", small)
    run = go(run_id, path)
    assert (run.state, run.fault) == (ImportState.INTERRUPTED, FileFault.DISK_FULL)
    assert not Order.objects.exists()
    monkeypatch.undo()
    assert go(run_id, path).state == ImportState.DONE


def test_files_are_removed_and_counts_stay(tea_shop: None, path: Path) -> None:
    write(path, [row(), row("2", price="free")])
    run = take_in(path)
    assert len(list(rejects(run.id))) == 1
    imports.forget_files(run_id=run.id)
    after = import_run(run.id)
    assert after is not None
    assert (after.state, after.path, after.counts["rejected"]) == (ImportState.DONE, "", 1)
    assert list(rejects(run.id)) == []
    assert path.exists(), "a file named on the command line is its owner's"
