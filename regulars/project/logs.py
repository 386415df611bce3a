"""Log lines: one JSON object each, or plain text. Values come as `extra`, and no personal data is given to a logger."""

import json
import logging
from datetime import UTC, datetime

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


def _extras(record: logging.LogRecord) -> dict[str, object]:
    # Django hangs the request itself on its records; it holds cookies and form data.
    return {
        name: value
        for name, value in record.__dict__.items()
        if name not in _OWN and name not in ("request", "exc_info")
    }


def _fault(record: logging.LogRecord) -> str | None:
    """Where an exception arose. Its text is left out: it may quote a customer's data."""
    if not record.exc_info or record.exc_info[0] is None:
        return None
    kind, _, trace = record.exc_info
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f" at {trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""
    return f"{kind.__name__}{place}"


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_extras(record),
        }
        if fault := _fault(record):
            line["fault"] = fault
        return json.dumps(line, ensure_ascii=False, default=str)


class TextFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        extras = " ".join(f"{name}={value}" for name, value in _extras(record).items())
        fault = _fault(record)
        return " ".join(part for part in (record.levelname, record.name, record.getMessage(), extras, fault) if part)
