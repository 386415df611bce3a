"""The web process: `python -m regulars.project.web HOST PORT`. `regulars serve` starts it and restarts it."""

import os
import sys
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from regulars.project.processes import end_with_parent, held

# A page waits for the database rather than for the processor; more threads would only share one interpreter.
THREADS = 4


def main(host: str, port: int) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.project.settings")
    end_with_parent()
    server = Granian(
        "regulars.project.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=THREADS,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_dictconfig=_log_settings(),
    )
    with held():
        server.serve(target_loader=_application, wrap_loader=False)


def _application(*_: Any, **__: Any) -> Any:
    end_with_parent()
    from regulars.project.wsgi import application

    return application


def _log_settings() -> dict[str, Any]:
    """Granian's lines in the form of ours. Its access log stays off: addresses and queries are personal data."""
    from django.conf import settings

    return {**settings.LOGGING, "loggers": {"_granian": {}, **settings.LOGGING["loggers"]}}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
