"""`regulars worker`: does waiting work; as many as wanted may run, on as many machines as share the database."""

import argparse
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

HELP = gettext_lazy("do waiting work; several may run at once")
NEEDS_INSTALLATION = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--until-done", action="store_true", help=_("end once nothing is due, instead of waiting for more")
    )
    parser.add_argument("--ends-with-parent", action="store_true", help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> dict[str, Any]:
    if options.until_done:
        from regulars.foundation import clock, queue

        return {"jobs": queue.drain(clock.now), "dead": queue.dead_count()}
    return {"status": "started"}


def show(result: dict[str, Any], console: Console) -> None:
    if "jobs" in result:
        console.print(_("Jobs done: %(jobs)d. Given up: %(dead)d.") % result)


def then(options: argparse.Namespace) -> int:
    if not options.until_done:
        from regulars.project.processes import end_with_parent, held, stop_event
        from regulars.project.worker import Worker

        if options.ends_with_parent:
            end_with_parent()
        with held():
            Worker(stop_event()).run()
    return 0
