"""`regulars restore`: puts a backup back. What reaches people outside waits until `restore --resume`."""

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from regulars.project.commands import CommandFailed

HELP = gettext_lazy("put a backup back")
NEEDS_INSTALLATION = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, help=_("the backup"))
    what.add_argument("--resume", action="store_true", help=_("let messages to people outside go on after a restore"))
    parser.add_argument("--replace", action="store_true", help=_("replace what is here"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    from regulars.foundation import clock, queue
    from regulars.foundation.actors import Actor
    from regulars.project.backup import CannotRestore, restore_backup

    if options.resume:
        return {"resumed": queue.resume_outward(by=Actor.system("restore"), now=clock.now())}
    try:
        manifest = restore_backup(options.file, may_replace=options.replace, now=clock.now())
    except CannotRestore as error:
        code = str(error.args[0])
        message, remedy = _refusals()[code]
        raise CommandFailed(message, remedy=remedy, code=code) from error
    return {
        "file": str(options.file),
        "taken_at": manifest.taken_at,
        "rows": sum(manifest.rows.values()),
        "outward_paused": True,
    }


def show(result: dict[str, Any], console: Console) -> None:
    if "resumed" in result:
        console.print(_("Messages to people outside go on.") if result["resumed"] else _("They were not paused."))
        return
    console.print(_("Restored: %(rows)d rows, as of %(taken_at)s.") % result)
    console.print(
        _("Messages to people outside are paused. Look around, then let them go on: regulars restore --resume"),
        soft_wrap=True,
    )
    console.print(_("Figures of the analysis are rebuilt by: regulars analyse"), soft_wrap=True)


def _refusals() -> dict[str, tuple[str, str]]:
    return {
        "unreadable": (_("This file is no backup of Regulars, or it is damaged."), _("Try an older backup.")),
        "damaged": (_("The database in this backup is damaged."), _("Try an older backup.")),
        "format": (_("This backup is of another version of Regulars."), _("Install that version, or a newer one.")),
        "newer": (_("This backup is of a newer version of Regulars."), _("Install that version, or a newer one.")),
        "vendor": (
            _("This backup is of the other database (SQLite and PostgreSQL cannot be exchanged)."),
            _("Set DATABASE_URL as it was when the backup was taken."),
        ),
        "in_use": (_("Regulars is running on this folder."), _("Stop it (serve and worker) and try again.")),
        "not_empty": (
            _("There are data here already."),
            _("Add --replace to lose them, or set REGULARS_HOME to a new folder."),
        ),
    }
