"""`regulars import FILE`: take a file of orders, customers or products in."""

import argparse
import csv
import sys
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import available_timezones

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.prompt import Confirm
from rich.table import Table

from regulars.project.commands import CommandFailed, progress_console

if TYPE_CHECKING:
    from regulars.commerce.queries.imports import RunRow
    from regulars.commerce.rules.imports import FileDefinition
    from regulars.connectors.csv import FilePreview

HELP = gettext_lazy("take in a file of orders, customers, products or visits")
NEEDS_INSTALLATION = True

# What `--json` prints, in this order, before what else is known.
COUNTS = (
    "rows", "orders", "customers", "products", "returns", "unmatched_returns", "guest_rows", "rejected", "created",
    "updated", "unchanged",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help=_("CSV, TSV, XLSX or Parquet; may be packed with gzip or zip"))
    parser.add_argument("--source", default="", help=_("what the outside system is called (default: file)"))
    parser.add_argument("--profile", default="", help=_("a saved profile that says how the file is read"))
    parser.add_argument("--kind", choices=("orders", "customers", "products", "visits"), help=_("what the file lists"))
    parser.add_argument("--currency", default="", help=_("where the file names none (ISO 4217)"))
    parser.add_argument("--zone", default="", help=_("whose clocks the dates mean, e.g. Europe/Moscow"))
    parser.add_argument(
        "--go-live", type=date.fromisoformat, help=_("rows from this day on are news; what lies before is history")
    )
    parser.add_argument("--yes", action="store_true", help=_("do not ask, begin at once"))
    parser.add_argument("--dry-run", action="store_true", help=_("show what the file seems to hold, take nothing in"))


def run(options: argparse.Namespace) -> dict[str, Any]:
    path: Path = options.file.expanduser().resolve()
    preview, go_live_at = _preview(path, options)
    if not options.json:
        _show_preview(preview, go_live_at, progress_console())
    if options.dry_run:
        return {"dry_run": True, **_preview_document(preview, go_live_at)}
    if preview.missing:
        raise CommandFailed(
            _("The columns that are needed were not found."),
            remedy=_(
                "Import the file on the desk: there you say which column is which, and can save that as a profile."
            ),
            code="columns_not_found",
            details={"missing": [list(group) for group in preview.missing]},
        )
    # Where nobody can answer, the command itself was the answer.
    is_asked = not options.yes and not options.json and sys.stdin.isatty()
    if is_asked and not Confirm.ask(_("Take this in?"), console=progress_console(), default=True):
        raise CommandFailed(_("Nothing was taken in."), code="declined")
    return _take_in(path, preview.definition, go_live_at, options)


def _preview(path: Path, options: argparse.Namespace) -> tuple["FilePreview", datetime]:
    from regulars.commerce.ports import SourceFault
    from regulars.commerce.queries import imports as queries
    from regulars.connectors.csv import first_preview
    from regulars.foundation import clock
    from regulars.shop import queries as shop

    now = clock.now()
    base = _base(options)
    try:
        preview = first_preview(path, base, now=now, is_fixed=bool(options.profile))
        if options.kind and preview.definition.kind != options.kind:
            preview = first_preview(path, replace(base, kind=options.kind), now=now, is_kind_fixed=True)
    except SourceFault as fault:
        raise _file_failure(fault.fault.value, fault.row) from fault
    if options.go_live:
        go_live_at = datetime.combine(options.go_live, time(), shop.shop().zone)
    else:
        go_live_at = queries.go_live_of(preview.definition.source) or now
    return preview, go_live_at


def _base(options: argparse.Namespace) -> "FileDefinition":
    from regulars.commerce.queries.imports import profile_named
    from regulars.commerce.rules.imports import FileDefinition, ImportKind
    from regulars.foundation.money import is_currency_code
    from regulars.shop import queries as shop

    settings = shop.shop()
    if options.profile:
        profile = profile_named(options.profile)
        if profile is None:
            raise CommandFailed(
                _("There is no profile “%(name)s”.") % {"name": options.profile},
                remedy=_("The desk lists the saved profiles under Imports."),
                code="no_profile",
            )
        base = profile.definition
    else:
        base = FileDefinition(
            kind=ImportKind(options.kind or "orders"),
            source="file",
            zone=settings.time_zone,
            currency=settings.base_currency,
        )
    if options.zone and options.zone not in available_timezones():
        raise CommandFailed(
            _("There is no time zone “%(name)s”.") % {"name": options.zone},
            remedy=_("Write it like Europe/Moscow."),
            code="no_zone",
        )
    if options.currency and not is_currency_code(options.currency.upper()):
        raise CommandFailed(
            _("“%(name)s” is no currency.") % {"name": options.currency},
            remedy=_("Write the three letters of ISO 4217, such as EUR or RUB."),
            code="no_currency",
        )
    chosen = {"source": options.source[:40], "currency": options.currency.upper(), "zone": options.zone}
    return replace(base, **{name: value for name, value in chosen.items() if value})


def _take_in(
    path: Path, definition: "FileDefinition", go_live_at: datetime, options: argparse.Namespace
) -> dict[str, Any]:
    from regulars.commerce.actions import imports
    from regulars.commerce.queries import imports as queries
    from regulars.connectors.csv import FileSource
    from regulars.foundation import clock
    from regulars.foundation.actors import Actor
    from regulars.foundation.ids import new_id

    by = Actor.system("import")
    size_bytes = path.stat().st_size
    run_id = queries.last_stopped_import(path=str(path), size_bytes=size_bytes)
    stopped = queries.import_run(run_id) if run_id else None
    if stopped is None or stopped.definition != definition:
        run_id = new_id()
        now = clock.now()
        imports.add_run(
            run_id=run_id,
            definition=definition,
            file_name=path.name,
            path=str(path),
            size_bytes=size_bytes,
            by=by,
            now=now,
        )
        imports.describe_run(run_id=run_id, definition=definition, go_live_at=go_live_at, by=by, now=now)
    assert run_id is not None
    source = FileSource(path, definition, now=clock.now())
    try:
        with _shown_progress(run_id, is_quiet=options.json):
            imports.run_import(run_id=run_id, source=source, by=by, clock=clock.now)
    except imports.CannotImport as refusal:
        raise CommandFailed(
            _("Another import is under way."),
            remedy=_("Wait until it is done; the desk shows how far it is under Imports."),
            code=refusal.reason.value,
        ) from refusal
    done = queries.import_run(run_id)
    assert done is not None
    if done.error:
        raise _file_failure(done.fault, done.fault_row)
    return _document(done, _write_rejects(run_id, path))


def _file_failure(fault: str, row: int) -> CommandFailed:
    from regulars.commerce.queries.import_words import UNEXPECTED, fault_text

    what, remedy = fault_text(fault) or UNEXPECTED
    place = f" {_('The last good row is %(row)d.') % {'row': row}}" if row else ""
    return CommandFailed(f"{what}{place}", remedy=str(remedy), code=fault, details={"row": row} if row else {})


class _shown_progress:
    """A bar with rate and time left, read from the run's own row once in a while."""

    def __init__(self, run_id: UUID, *, is_quiet: bool) -> None:
        self._run_id = run_id
        self._is_done = Event()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=progress_console(),
            transient=True,
            disable=is_quiet,
        )
        self._thread = None if is_quiet else Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        if self._thread:
            self._bar.start()
            self._thread.start()

    def __exit__(self, *_error: object) -> None:
        self._is_done.set()
        if self._thread:
            self._thread.join()
            self._bar.stop()

    def _watch(self) -> None:
        from django.db import connection

        from regulars.commerce.queries.imports import import_run

        task = self._bar.add_task("", total=1.0, rate="")
        try:
            while not self._is_done.wait(0.5):
                run = import_run(self._run_id)
                if run is None:
                    continue
                rate = run.rows_done / run.seconds if run.seconds else 0
                self._bar.update(
                    task,
                    completed=run.share,
                    description=_step_name(run.step),
                    rate=_("%(rate)d rows/s") % {"rate": rate},
                )
        finally:
            connection.close()


def _step_name(step: str) -> str:
    from regulars.commerce.queries.import_words import STEP_NAMES

    return str(STEP_NAMES.get(step, ""))


def _write_rejects(run_id: UUID, path: Path) -> Path | None:
    """The rejected rows beside the original, in the user's language; None where there are none."""
    from regulars.commerce.queries.rejects import rejects

    found = rejects(run_id)
    first = next(found, None)
    if first is None:
        return None
    beside = path.with_name(f"{path.name}.rejects.csv")
    with beside.open("w", newline="", encoding="utf-8-sig") as file:
        writer = csv.writer(file)
        writer.writerow([_("row"), _("column"), _("value"), _("reason"), _("what to do")])
        for reject in [first, *found]:
            writer.writerow(
                [reject.row, _harmless(reject.column), _harmless(reject.value), reject.reason, reject.remedy]
            )
    return beside


def _harmless(value: str) -> str:
    """A spreadsheet would run what begins like a formula."""
    return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


def _document(run: "RunRow", rejects: Path | None) -> dict[str, Any]:
    counts = dict(run.counts)
    return {
        **{name: counts.pop(name, 0) for name in COUNTS},
        "seconds": round(run.seconds, 2),
        **counts,
        "skus_by_case": len(run.findings.get("skus_by_case", [])),
        "rejects_file": str(rejects) if rejects else None,
        "run_id": str(run.id),
    }


def _preview_document(preview: "FilePreview", go_live_at: datetime) -> dict[str, Any]:
    return {
        "format": preview.format,
        "encoding": preview.encoding,
        "delimiter": preview.delimiter,
        "definition": preview.definition.to_json(),
        "columns": [
            {"place": column.place, "header": column.header, "samples": list(column.samples)}
            for column in preview.columns
        ],
        "missing": [list(group) for group in preview.missing],
        "sample": dict(preview.counts),
        "first_at": preview.first_at,
        "last_at": preview.last_at,
        "go_live_at": go_live_at,
    }


def _show_preview(preview: "FilePreview", go_live_at: datetime, console: Console) -> None:
    from regulars.commerce.queries.import_words import FIELD_NAMES, KIND_NAMES, ROW_TEXTS

    definition = preview.definition
    named = {place: FIELD_NAMES[name] for name, place in definition.columns.items()}
    table = Table(title=str(KIND_NAMES[definition.kind]), title_justify="left", box=None)
    table.add_column(_("column"), no_wrap=True, min_width=12)
    table.add_column(_("is read as"), no_wrap=True, min_width=18)
    table.add_column(_("samples"), no_wrap=True, overflow="ellipsis", ratio=1)
    for column in preview.columns:
        table.add_row(column.header, str(named.get(column.place, "—")), " · ".join(column.samples))
    console.print(table)
    counts = preview.counts
    if counts.get("rejected"):
        said = ngettext(
            "Of the first %(rows)d rows %(count)d cannot be read:",
            "Of the first %(rows)d rows %(count)d cannot be read:",
            counts["rejected"],
        ) % {"rows": counts["rows"], "count": counts["rejected"]}
        console.print(said, style="yellow")
        for reject in preview.rejects[:5]:
            console.print(f"  {reject.row}: {ROW_TEXTS[reject.reason][0]} {reject.value!r}", markup=False)
    console.print(_("Orders before %(moment)s are history.") % {"moment": f"{go_live_at:%Y-%m-%d %H:%M %Z}"})


def show(result: dict[str, Any], console: Console) -> None:
    if result.get("dry_run"):
        return
    seconds = max(result["seconds"], 0.01)
    console.print(
        _("%(rows)d rows in %(seconds).1f s (%(rate)d rows a second)")
        % {"rows": result["rows"], "seconds": seconds, "rate": result["rows"] / seconds},
        style="bold",
    )
    names = _count_names()
    table = Table(box=None, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, label in names.items():
        table.add_row(label, f"{result.get(name, 0):,}".replace(",", " "))
    console.print(table)
    if result["rejects_file"]:
        console.print(
            _("What was left out, why, and what to do: %(path)s") % {"path": result["rejects_file"]}, soft_wrap=True
        )


def _count_names() -> dict[str, str]:
    return {
        "orders": _("orders"),
        "customers": _("customers"),
        "products": _("products"),
        "returns": _("returns"),
        "unmatched_returns": _("returns without what they undo"),
        "guest_rows": _("rows without a customer"),
        "write_offs": _("stock write-offs"),
        "skus_by_case": _("SKUs that differ by case only"),
        "rejected": _("rows left out"),
        "created": _("new"),
        "updated": _("corrected"),
        "unchanged": _("unchanged"),
    }
