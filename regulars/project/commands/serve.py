"""`regulars serve`: the desk and one worker, kept running. Enough for a small shop."""

import argparse
import socket
import sys
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from regulars.project.commands import CommandFailed

HELP = gettext_lazy("run the desk and one worker")
NEEDS_INSTALLATION = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help=_("address to listen on (default: %(default)s)"))
    parser.add_argument("--port", type=int, default=8000, help=_("port to listen on (default: %(default)s)"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.project import installation, owner

    _check_port(options.host, options.port)
    installation.collect_static_files()
    shown = "localhost" if options.host in ("127.0.0.1", "0.0.0.0", "::1", "::") else options.host  # noqa: S104
    address = f"http://{shown}:{options.port}"
    return {"address": address, "owner_link": owner.first_owner_link(address)}


def show(result: dict[str, Any], console: Console) -> None:
    console.print(_("The desk: [bold]%(address)s[/bold]") % result, soft_wrap=True)
    if result["owner_link"]:
        console.print(
            _("Nobody can sign in yet. Open this link within three days to set the owner's password:"), soft_wrap=True
        )
        console.print(result["owner_link"], style="bold", soft_wrap=True)
    console.print(_("Press Ctrl+C to stop."))


def then(options: argparse.Namespace) -> int:
    from django.db import connections

    from regulars.project.processes import stop_event
    from regulars.project.supervisor import Programme, supervise

    connections.close_all()
    python = [sys.executable, "-m"]
    supervise(
        [
            Programme("web", [*python, "regulars.project.web", options.host, str(options.port)]),
            Programme("worker", [*python, "regulars", "worker", "--ends-with-parent"]),
        ],
        is_stopping=stop_event(),
    )
    return 0


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandFailed(
                _("%(host)s:%(port)d cannot be used: %(reason)s.")
                % {"host": host, "port": port, "reason": error.strerror},
                remedy=_("Choose another port: regulars serve --port 8001"),
                code="port",
            ) from error
