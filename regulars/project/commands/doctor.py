"""`regulars doctor`: looks at the installation and says how to mend what is wrong. Ends with 1 if something is bad."""

import argparse
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.table import Table

HELP = gettext_lazy("look whether all is in order, and how to mend what is not")
NEEDS_INSTALLATION = False
_MARKS = {"good": "[green]✓[/green]", "warning": "[yellow]![/yellow]", "bad": "[red]✗[/red]"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It has none of its own."""


def run(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.foundation import clock
    from regulars.project.doctor import Health, examine

    findings = examine(now=clock.now())
    return {
        "findings": [asdict(finding) for finding in findings],
        "exit_code": int(any(finding.health is Health.BAD for finding in findings)),
    }


def show(result: dict[str, Any], console: Console) -> None:
    table = Table(box=None, show_header=False, padding=(0, 1))
    for finding in result["findings"]:
        table.add_row(_MARKS[finding["health"]], _subjects()[finding["subject"]], finding["text"])
        if finding["remedy"]:
            table.add_row("", "", f"→ {finding['remedy']}")
    console.print(table)


def _subjects() -> dict[str, str]:
    return {
        "versions": _("Versions"),
        "settings": _("Settings"),
        "folders": _("Folders"),
        "disk": _("Disk"),
        "memory": _("Memory"),
        "time_zones": _("Time zones"),
        "engine": _("Analysis engine"),
        "database": _("Database"),
        "tables": _("Tables"),
        "static_files": _("Styles and scripts"),
        "worker": _("Worker"),
        "queue": _("Queue"),
        "dead_letters": _("Dead letters"),
        "outward": _("Messages outside"),
    }
