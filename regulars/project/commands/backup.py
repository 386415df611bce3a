"""`regulars backup`: everything that cannot be rebuilt, in one file, while the desk goes on."""

import argparse
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from regulars.project.commands import CommandFailed

HELP = gettext_lazy("write a backup to one file")
NEEDS_INSTALLATION = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, help=_("where to (default: REGULARS_HOME/backups, by date)"))
    parser.add_argument("--keep", type=int, metavar="N", help=_("remove all but the newest N of that folder's backups"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    from django.conf import settings

    from regulars.foundation import clock
    from regulars.project.backup import write_backup

    now = clock.now()
    target = options.file or settings.HOME / "backups" / f"regulars-{now:%Y%m%dT%H%M%SZ}.tar.gz"
    try:
        manifest = write_backup(target, now=now)
    except OSError as error:
        raise CommandFailed(
            _("The backup could not be written: %(reason)s.") % {"reason": error.strerror or error},
            remedy=_("Free some disk space, or name another place: regulars backup /path/file.tar.gz"),
            code="disk",
        ) from error
    removed = _remove_old(target.parent, options.keep) if options.keep else []
    return {
        "file": str(target),
        "bytes": target.stat().st_size,
        "taken_at": manifest.taken_at,
        "rows": sum(manifest.rows.values()),
        "removed": removed,
    }


def show(result: dict[str, Any], console: Console) -> None:
    console.print(result["file"], style="bold", soft_wrap=True)
    console.print(_("%(rows)d rows, %(mib).1f MiB") % {"rows": result["rows"], "mib": result["bytes"] / 2**20})
    console.print(_("It holds customers' data and the secret key: keep it where only you can read it."), soft_wrap=True)


def _remove_old(folder: Path, keep: int) -> list[str]:
    old = sorted(folder.glob("regulars-*.tar.gz"))[:-keep]
    for path in old:
        path.unlink()
    return [path.name for path in old]
