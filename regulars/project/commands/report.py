"""`regulars report`: the report for the owner, as PDF and as HTML."""

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from regulars.project.commands import CommandFailed

HELP = gettext_lazy("write the report for the owner, with the three things to do first")
NEEDS_INSTALLATION = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lang", choices=("en", "ru"), help=_("language of the report (default: the shop's)"))
    parser.add_argument("--pdf", metavar="FILE", help=_("where the PDF goes"))
    parser.add_argument(
        "--html", metavar="FILE", help=_("where the HTML goes (default: both to REGULARS_HOME/reports)")
    )
    parser.add_argument(
        "--address", default="", metavar="https://shop.example", help=_("of the desk: pages then become links")
    )
    parser.add_argument("--no-names", action="store_true", help=_("leave customers' names out"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    from django.utils import timezone, translation

    from regulars.desk.report.contents import report
    from regulars.desk.report.rendering import as_html, as_pdf
    from regulars.foundation import clock
    from regulars.shop.queries import shop

    settings = shop()
    with translation.override(options.lang or settings.language), timezone.override(settings.zone):
        made = report(has_names=not options.no_names, now=clock.now(), address=options.address)
        written = {}
        for kind, path in _targets(options).items():
            _write(path, as_pdf(made) if kind == "pdf" else as_html(made).encode())
            written[kind] = str(path)
    return {**made.as_json(), **written}


def _targets(options: argparse.Namespace) -> dict[str, Path]:
    """Where each form goes; with `--json` alone nothing is written, for the document itself is the report."""
    asked = {kind: Path(path) for kind in ("pdf", "html") if (path := getattr(options, kind))}
    if asked or options.json:
        return asked
    from django.conf import settings

    from regulars.foundation import clock

    name = f"report-{clock.now():%Y-%m-%d}"
    return {kind: Path(settings.HOME) / "reports" / f"{name}.{kind}" for kind in ("pdf", "html")}


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
    except OSError as error:
        raise CommandFailed(
            _("%(path)s cannot be written: %(error)s.") % {"path": path, "error": error.strerror}, code="file"
        ) from error


def show(result: dict[str, Any], console: Console) -> None:
    console.print(result["things_title"], style="bold")
    for place, thing in enumerate(result["things"], start=1):
        console.print(f"{place}. {thing['title']}", markup=False)
        console.print(f"   {thing['stake'] or thing['reason']}", markup=False, soft_wrap=True)
    if not result["things"]:
        console.print(result["things_note"], soft_wrap=True)
    for kind in ("pdf", "html"):
        if kind in result:
            console.print(result[kind], markup=False, soft_wrap=True)
