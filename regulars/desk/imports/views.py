"""Imports: list, upload, preview, progress, outcome."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.commerce.actions import imports as actions
from regulars.commerce.ports import SourceFault
from regulars.commerce.queries import imports as queries
from regulars.commerce.queries.import_words import FIELD_NAMES, KIND_NAMES, ROW_TEXTS, STEP_NAMES, fault_text
from regulars.commerce.queries.imports import RunRow
from regulars.commerce.queries.rejects import rejects
from regulars.commerce.rules.imports import FileDefinition, ImportKind, ImportState
from regulars.connectors.csv import FilePreview, first_preview
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.imports.forms import FileForm
from regulars.desk.imports.uploading import StoredUpload, ToImportFolder, drop
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.paging import Page

SHOWN_REJECTS = 50


@require_GET
@requires(Permission.RUN_IMPORTS)
def run_list(request: StaffRequest) -> HttpResponse:
    page = queries.import_runs(cursor=request.GET.get("cursor"))
    context = {
        "page": Page([_shown(run) for run in page.rows], page.next_cursor),
        "profiles": queries.profiles(),
        "max_mib": _max_mib(),
    }
    return render(request, "desk/imports/list.html", context)


def _max_mib() -> int:
    return int(settings.ENVIRONMENT.upload_max_mib)


# The token is looked for in the form, and looking there reads the upload: the handler has to be set before that.
@csrf_exempt
@require_POST
@requires(Permission.RUN_IMPORTS)
def upload(request: StaffRequest) -> HttpResponseBase:
    handler = ToImportFolder(request)
    request.upload_handlers = [handler]
    return _take_upload(request, handler)


@csrf_protect
def _take_upload(request: HttpRequest, handler: ToImportFolder) -> HttpResponse:
    stored = request.FILES.get("file")
    if handler.refused is not None:
        if handler.refused.reason == "too_big":
            said = _("The file is larger than %(size)d MiB. Pack it with gzip, or import it with: regulars import FILE")
            messages.error(request, said % {"size": _max_mib()})
        else:
            messages.error(request, _("The disk is full. Make room, then try again; nothing was kept."))
        return redirect("imports:list")
    if not isinstance(stored, StoredUpload):
        messages.error(request, _("Choose a file first."))
        return redirect("imports:list")
    for other in handler.received:
        if other is not stored:
            drop(other)
    return _put_down(request, stored)  # type: ignore[arg-type]


def _put_down(request: StaffRequest, stored: StoredUpload) -> HttpResponse:
    now = clock.now()
    profile = queries.profile_named(request.POST.get("profile", ""))
    base = profile.definition if profile else _base(request)
    try:
        preview = first_preview(stored.path, base, now=now, is_fixed=profile is not None)
    except SourceFault as fault:
        drop(stored)
        what, remedy = fault_text(fault.fault.value) or ("", "")
        messages.error(request, f"{stored.shown_name}: {what} {remedy}")
        return redirect("imports:list")
    actions.add_run(
        run_id=stored.run_id,
        definition=preview.definition,
        file_name=stored.shown_name,
        path=str(stored.path),
        size_bytes=stored.size_bytes,
        by=request.by,
        now=now,
    )
    return redirect("imports:run", stored.run_id)


def _base(request: StaffRequest) -> FileDefinition:
    known = queries.sources()
    return FileDefinition(
        kind=ImportKind.ORDERS,
        source=known[0] if len(known) == 1 else "file",
        zone=request.shop.time_zone,
        currency=request.shop.base_currency,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.RUN_IMPORTS)
def run_page(request: StaffRequest, run_id: UUID) -> HttpResponse:
    run = _run(run_id)
    if run.state in (ImportState.UPLOADED, ImportState.READY, ImportState.FAILED) and not run.is_waiting and run.path:
        return _describe(request, run)
    context = {**_shown(run), "rejects": list(rejects(run.id, limit=SHOWN_REJECTS)), "shown_rejects": SHOWN_REJECTS}
    context["may_see_orders"] = request.staff.may(Permission.SEE_ORDERS)
    is_done = run.state == ImportState.DONE
    return render(request, "desk/imports/done.html" if is_done else "desk/imports/running.html", context)


def _describe(request: StaffRequest, run: RunRow) -> HttpResponse:
    now, zone = clock.now(), request.shop.zone
    try:
        # Every column is asked for anew where the kind was changed: other things may stand in them then.
        preview = first_preview(Path(run.path), run.definition, now=now, is_fixed=True)
    except SourceFault as fault:
        return render(request, "desk/imports/running.html", {**_shown(run), "fault": fault_text(fault.fault.value)})
    go_live_at = run.go_live_at or queries.go_live_of(run.source) or now
    form = FileForm(
        request.POST or None,
        definition=preview.definition,
        columns=preview.columns,
        go_live=go_live_at.astimezone(zone).date(),
    )
    if request.method == "POST" and form.is_valid():
        definition = form.definition()
        if definition.kind != run.kind:
            guess = first_preview(Path(run.path), definition, now=now, is_kind_fixed=True).definition
            definition = replace(definition, columns=guess.columns, headers=guess.headers, shape=guess.shape)
        # News of this very day are told from history by the moment, not by the day.
        go_live_date = form.cleaned_data["go_live_date"]
        at = go_live_at if go_live_date == go_live_at.astimezone(zone).date() else form.go_live_at(zone)
        actions.describe_run(run_id=run.id, definition=definition, go_live_at=at, by=request.by, now=now)
        return _after_description(request, run, definition, now)
    status = 422 if request.method == "POST" else 200
    return render(request, "desk/imports/preview.html", _preview_context(run, preview, form), status=status)


def _after_description(request: StaffRequest, run: RunRow, definition: FileDefinition, now: datetime) -> HttpResponse:
    name = request.POST.get("profile_name", "").strip()
    wish = request.POST.get("wish", "look")
    if wish == "profile" and name:
        actions.save_profile(name=name, definition=definition, by=request.by, now=now)
        messages.success(request, _("Saved. Choose “%(name)s” when you bring the next file.") % {"name": name})
    if wish == "start":
        preview = first_preview(Path(run.path), definition, now=now, is_fixed=True)
        if preview.missing:
            messages.error(request, _("Say first which columns hold what is still missing."))
        else:
            actions.request_run(run_id=run.id, by=request.by, now=now)
    return redirect("imports:run", run.id)


def _preview_context(run: RunRow, preview: FilePreview, form: FileForm) -> dict[str, Any]:
    counts = preview.counts
    return {
        **_shown(run),
        "form": form,
        "preview": preview,
        "missing": [[FIELD_NAMES[name] for name in group] for group in preview.missing],
        "problems": [(reject, *ROW_TEXTS[reject.reason]) for reject in preview.rejects[:10]],
        "sample": counts,
        "is_orders": preview.definition.kind == ImportKind.ORDERS,
        "is_visits": preview.definition.kind == ImportKind.VISITS,
        "zones": sorted(available_timezones()),
    }


@require_GET
@requires(Permission.RUN_IMPORTS)
def progress(request: StaffRequest, run_id: UUID) -> HttpResponse:
    """The piece of the page that asks again each second; once the run is over, it has the whole page come anew."""
    run = _run(run_id)
    response = render(request, "desk/imports/progress.html", _shown(run))
    if run.state != ImportState.RUNNING and not run.is_waiting:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.RUN_IMPORTS)
def stop(request: StaffRequest, run_id: UUID) -> HttpResponse:
    actions.stop_run(run_id=_run(run_id).id, by=request.by, now=clock.now())
    messages.success(request, _("The import stops after the piece at hand. It can go on later."))
    return redirect("imports:run", run_id)


@require_POST
@requires(Permission.RUN_IMPORTS)
def go_on(request: StaffRequest, run_id: UUID) -> HttpResponse:
    try:
        actions.request_run(run_id=_run(run_id).id, by=request.by, now=clock.now())
    except actions.CannotImport:
        messages.error(request, _("This import is under way or done already."))
    return redirect("imports:run", run_id)


@require_POST
@requires(Permission.RUN_IMPORTS)
def remove(request: StaffRequest, run_id: UUID) -> HttpResponse:
    run = _run(run_id)
    if run.state == ImportState.RUNNING or run.is_waiting:
        messages.error(request, _("Stop the import first."))
        return redirect("imports:run", run_id)
    actions.forget_files(run_id=run_id)
    messages.success(request, _("The file was removed; what was taken in stays."))
    return redirect("imports:list")


@require_GET
@requires(Permission.RUN_IMPORTS)
def download_rejects(request: StaffRequest, run_id: UUID) -> HttpResponseBase:
    run = _run(run_id)

    def rows() -> Iterator[list[Cell]]:
        for reject in rejects(run.id):
            yield [reject.row, reject.column, reject.value, str(reject.reason), str(reject.remedy)]

    headers = [_("row"), _("column"), _("value"), _("reason"), _("what to do")]
    return csv_response(f"{Path(run.file_name).stem}-rejects", headers, rows())


def _run(run_id: UUID) -> RunRow:
    run = queries.import_run(run_id)
    if run is None:
        raise Http404
    return run


TONES = {
    ImportState.DONE: "good",
    ImportState.FAILED: "bad",
    ImportState.INTERRUPTED: "warn",
    ImportState.RUNNING: "info",
}


def _shown(run: RunRow) -> dict[str, Any]:
    """A run with its words, for every page that shows one."""
    return {
        "run": run,
        "kind": KIND_NAMES[run.kind],
        "state": state_name(run),
        "tone": "info" if run.is_waiting else TONES.get(run.state, ""),
        "step": STEP_NAMES.get(run.step, ""),
        "fault": fault_text(run.fault),
        "left": _left(run),
        "is_running": run.state == ImportState.RUNNING,
        "is_done": run.state == ImportState.DONE,
    }


def state_name(run: RunRow) -> str:
    if run.is_waiting:
        return _("Waits for its turn")
    return {
        ImportState.UPLOADED: _("Not started"),
        ImportState.READY: _("Not started"),
        ImportState.RUNNING: _("Under way"),
        ImportState.INTERRUPTED: _("Stopped"),
        ImportState.DONE: _("Done"),
        ImportState.FAILED: _("Failed"),
    }[run.state]


def _left(run: RunRow) -> str:
    if run.time_left is None:
        return ""
    seconds = round(run.time_left.total_seconds())
    if seconds < 90:
        return ngettext("about %(count)d second left", "about %(count)d seconds left", seconds) % {"count": seconds}
    minutes = round(seconds / 60)
    return ngettext("about %(count)d minute left", "about %(count)d minutes left", minutes) % {"count": minutes}
