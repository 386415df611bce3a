"""A writer gets its turn between the transactions of bulk work that leaves but short gaps."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from regulars.foundation.models import AuditEntry
from tests.foundation.happenings import NOW

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL locks rows, not the database"),
]


def _write() -> None:
    AuditEntry.objects.create(at=NOW, actor="x", verb="x", subject_kind="x", subject_id="x")


def test_a_form_is_saved_while_bulk_work_goes_on() -> None:
    is_over, pieces = threading.Event(), []

    def bulk_work() -> None:
        try:
            while not is_over.is_set():
                with transaction.atomic():
                    _write()
                    time.sleep(0.1)
                pieces.append(1)
                time.sleep(0.01)
        finally:
            connection.close()

    worker = threading.Thread(target=bulk_work)
    worker.start()
    try:
        while len(pieces) < 2:
            time.sleep(0.01)
        before = len(pieces)
        for _ in range(5):
            with transaction.atomic():
                _write()
        waited_pieces = len(pieces) - before
    finally:
        is_over.set()
        worker.join()
    assert waited_pieces < 50


def test_a_lock_that_is_never_let_go_is_told(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 0.2)
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                is_held.set()
                may_end.wait(20)
        finally:
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert is_held.wait(20)
        with pytest.raises(OperationalError, match="locked"), transaction.atomic():
            _write()
    finally:
        may_end.set()
        holder.join()
    with transaction.atomic():
        _write()
