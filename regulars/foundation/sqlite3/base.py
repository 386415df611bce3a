"""Django's SQLite backend that asks for the write lock every few milliseconds.

SQLite itself asks a waiting writer to come again after up to 100 ms and keeps no queue. Bulk work lets the lock go for
some milliseconds between its transactions, and a form that is being saved would miss that gap time and again.
"""

from time import monotonic

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

# SQLite waits 1, 2, 5, 10, 15 … ms; starting over again keeps the steps short.
_STEP_MS = 20


class DatabaseWrapper(base.DatabaseWrapper):
    def _start_transaction_under_autocommit(self) -> None:
        timeout_seconds = self.settings_dict["OPTIONS"].get("timeout", 5)
        deadline = monotonic() + timeout_seconds
        self.ensure_connection()
        self._wait_at_most(_STEP_MS)
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]  # the stubs leave it out
                    return
                except OperationalError as error:
                    if "locked" not in str(error) or monotonic() > deadline:
                        raise
        finally:
            self._wait_at_most(int(timeout_seconds * 1000))

    def _wait_at_most(self, milliseconds: int) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
