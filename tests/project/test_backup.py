"""What a backup holds comes back, row for row, on the database that it was taken from."""

import json
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from regulars.foundation.ids import new_id
from regulars.project.backup import CannotRestore, _unpack
from regulars.project.commands.backup import _remove_old
from tests.scratch import Scratch, scratch_installation

FILL = """
import django; django.setup()
from datetime import UTC, datetime
from django.db import transaction
from regulars.foundation import audit, events, queue
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from tests.foundation.happenings import sold
now = datetime(2026, 3, 1, tzinfo=UTC)
with transaction.atomic():
    events.record(*sold(*range(500)), by=Actor.system("test"), now=now)
    audit.record(verb="x.y", subject_kind="x", subject_id=new_id(), by=Actor.system("test"), now=now,
                 after={"note": 'tab\\t, "quote", \\\\N, новая\\nстрока 🫖'})
    queue.enqueue("test.waiting", {"n": 1}, now=now)
"""


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """One installation for all: each test leaves it as it was, or restores it."""
    with scratch_installation(tmp_path_factory.mktemp("backup") / "home") as made:
        made.regulars("user", "add", "anna@example.com")
        done = made.python("-c", FILL, DJANGO_SETTINGS_MODULE="regulars.project.settings")
        assert done.returncode == 0, done.stderr
        (made.home / "uploads/orders.csv").write_text("a;b\n1;2\n")
        yield made


@pytest.fixture(scope="module")
def backup(scratch: Scratch) -> Path:
    return Path(scratch.regulars("backup")["file"])


def rows_of(scratch: Scratch) -> dict[str, list[tuple[object, ...]]]:
    """Every table in full; what a restore itself changes is left out."""
    if scratch.database_url:
        with psycopg.connect(scratch.database_url) as database:
            tables = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            found = {
                name: database.execute(f'SELECT t::text FROM "{name}" t ORDER BY 1').fetchall() for (name,) in tables
            }
    else:
        database = sqlite3.connect(scratch.home / "regulars.sqlite3")
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        found = {name: sorted(map(repr, database.execute(f'SELECT * FROM "{name}"'))) for (name,) in tables}
        database.close()
    return {name: rows for name, rows in found.items() if name not in ("foundation_outwardpause", "sqlite_sequence")}


def test_a_backup_brings_every_row_and_file_back(scratch: Scratch, backup: Path, tmp_path: Path) -> None:
    before = rows_of(scratch)
    assert len(before["foundation_event"]) == 500
    assert backup.stat().st_mode & 0o777 == 0o600
    with scratch_installation(tmp_path / "other") as other:
        restored = other.regulars("restore", backup)
        assert (restored["code"], restored["outward_paused"]) == (0, True)
        assert restored["rows"] >= 500
        assert rows_of(other) == before
        for file in ("uploads/orders.csv", "secret_key"):
            assert (other.home / file).read_text() == (scratch.home / file).read_text()
        # Sequences stand behind what was copied in.
        assert other.regulars("user", "add", "new@example.com")["code"] == 0
        assert other.regulars("restore", "--resume")["resumed"] is True


def test_a_restore_replaces_only_when_told_to(scratch: Scratch, backup: Path) -> None:
    before = rows_of(scratch)
    scratch.regulars("user", "add", "later@example.com")
    refused = scratch.regulars("restore", backup)
    assert (refused["code"], refused["error"]["code"]) == (1, "not_empty")
    assert rows_of(scratch) != before
    assert scratch.regulars("restore", backup, "--replace")["code"] == 0
    assert rows_of(scratch) == before


def test_a_damaged_backup_changes_nothing(scratch: Scratch, backup: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.tar.gz"
    bad.write_bytes(backup.read_bytes()[:-200])
    before = rows_of(scratch)
    refused = scratch.regulars("restore", bad, "--replace")
    assert (refused["code"], refused["error"]["code"]) == (1, "unreadable")
    assert refused["error"]["remedy"]
    assert rows_of(scratch) == before


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vendor": "oracle"}, "vendor"),
        ({"format": 99}, "format"),
        ({"migrations": {"loyalty": "0001_initial"}}, "newer"),
        ({"rows": None, "surprise": 1}, "unreadable"),
    ],
)
def test_a_backup_of_another_kind_is_refused(tmp_path: Path, changes: dict[str, object], code: str) -> None:
    manifest = {"format": 1, "vendor": connection.vendor, "taken_at": "", "migrations": {}, "rows": {}, **changes}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with tarfile.open(tmp_path / "other.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "manifest.json", arcname="manifest.json")
    with pytest.raises(CannotRestore) as refusal:
        _unpack(tmp_path / "other.tar.gz", tmp_path / "unpacked")
    assert refusal.value.args[0] == code


def test_a_running_installation_is_not_replaced(scratch: Scratch, backup: Path) -> None:
    worker = scratch.start("-m", "regulars", "worker")
    try:
        assert "worker started" in worker.stderr.readline()
        assert scratch.regulars("restore", backup, "--replace")["error"]["code"] == "in_use"
    finally:
        worker.terminate()
        worker.communicate(timeout=30)


def test_the_list_of_the_forgotten_only_grows(scratch: Scratch, backup: Path) -> None:
    listed = scratch.home / "erasures.jsonl"
    line = json.dumps({"customer_id": str(new_id())})
    listed.write_text(f"{line}\n")
    assert scratch.regulars("restore", backup, "--replace")["code"] == 0
    assert listed.read_text() == f"{line}\n"


def test_old_backups_are_removed_when_asked(tmp_path: Path) -> None:
    for day in (1, 2, 3):
        (tmp_path / f"regulars-2026010{day}T000000Z.tar.gz").write_text("")
    (tmp_path / "mine.tar.gz").write_text("")
    assert _remove_old(tmp_path, 2) == ["regulars-20260101T000000Z.tar.gz"]
    assert len(list(tmp_path.iterdir())) == 3
