"""Spending from a file: read, looked at, taken in, undone."""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.commerce.ports import SourceFault
from regulars.commerce.queries.import_words import fault_text
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.economics import spending_file
from regulars.desk.economics.forms import SpendingFileForm
from regulars.desk.economics.spending_file import NotSpending, ReadSpending
from regulars.desk.economics.views.spending import page_of
from regulars.desk.economics.words import PURPOSES
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import actions
from regulars.shop.attributes import CHANNELS
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.shop.rules.spending import SpendingDraft

SHOWN = 20
_SALT = "spending-file"
_MAX_AGE_SECONDS = 3600


@require_POST
@requires(Permission.EDIT_SPENDING)
def preview(request: StaffRequest) -> HttpResponse:
    """What the file says; nothing is kept but in the page itself, signed."""
    form = SpendingFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return page_of(request, file_form=form)
    file = form.cleaned_data["file"]
    try:
        read = _read(file, SpendingPurpose(form.cleaned_data["purpose"]))
    except NotSpending as error:
        form.add_error("file", str(error))
        return page_of(request, file_form=form)
    except SourceFault as fault:
        form.add_error("file", " ".join(map(str, fault_text(fault.fault) or ())))
        return page_of(request, file_form=form)
    shown = [
        (draft, str(PURPOSES[draft.purpose]), str(CHANNELS[draft.channel]) if draft.channel else "")
        for draft in read.drafts[:SHOWN]
    ]
    name = Path(file.name.replace("\\", "/")).name[:200]
    context = {
        "name": name,
        "shown": shown,
        "more": len(read.drafts) - len(shown),
        "problems": read.problems[:SHOWN],
        "more_problems": len(read.problems) - SHOWN,
        "read": read,
        "signed": signing.dumps(_packed(name, read), salt=_SALT, compress=True) if read.drafts else "",
    }
    return render(request, "desk/economics/file_preview.html", context)


@require_POST
@requires(Permission.EDIT_SPENDING)
def take(request: StaffRequest) -> HttpResponse:
    """Take in what the preview showed."""
    try:
        name, rows = signing.loads(request.POST.get("signed", ""), salt=_SALT, max_age=_MAX_AGE_SECONDS)
        drafts = [_unpacked(row) for row in rows]
        taken = actions.take_in_spending(drafts=drafts, file_name=name, by=request.by, now=clock.now())
    except signing.BadSignature:
        messages.error(request, _("This preview is out of date: choose the file again."))
    except actions.CannotSetSpending as error:
        messages.error(request, str(error))
    else:
        said = {"added": taken.added, "changed": taken.changed, "same": taken.same}
        messages.success(request, _("Taken in: %(added)d new, %(changed)d changed, %(same)d known already.") % said)
    return redirect("economics:spending")


@require_POST
@requires(Permission.EDIT_SPENDING)
def undo(request: StaffRequest, upload_id: UUID) -> HttpResponse:
    try:
        actions.undo_spending_upload(upload_id=upload_id, by=request.by, now=clock.now())
    except actions.CannotSetSpending as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The file is undone: the spending is as it was before."))
    return redirect("economics:spending")


@require_GET
@requires(Permission.SEE_INSIGHT)
def example(request: StaffRequest) -> HttpResponseBase:
    """A file to fill in."""
    currency = request.shop.base_currency
    headings = [_("month"), _("purpose"), _("channel"), _("amount"), _("currency"), _("note")]
    online, store = str(CHANNELS[Channel.ONLINE]), str(CHANNELS[Channel.STORE])
    winning, keeping = str(PURPOSES[SpendingPurpose.ACQUISITION]), str(PURPOSES[SpendingPurpose.RETENTION])
    rows: list[list[Cell]] = [
        ["2026-03", winning, online, 45000, currency, _("search advertising")],
        ["2026-03", winning, store, 12000, currency, _("leaflets")],
        ["2026-03", keeping, "", 9000, currency, _("presents for regulars")],
    ]
    return csv_response("spending-example", headings, iter(rows))


def _read(file: Any, purpose: SpendingPurpose) -> ReadSpending:
    with TemporaryDirectory(prefix="regulars-spending-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(file.read())
        return spending_file.read(path, purpose=purpose)


def _packed(name: str, read: ReadSpending) -> tuple[str, list[list[Any]]]:
    return name, [
        [
            draft.month_date.isoformat(),
            draft.purpose.value,
            draft.channel.value if draft.channel else "",
            draft.currency,
            draft.amount_minor,
            draft.note,
        ]
        for draft in read.drafts
    ]


def _unpacked(row: list[Any]) -> SpendingDraft:
    month, purpose, channel, currency, amount_minor, note = row
    return SpendingDraft(
        date.fromisoformat(month),
        SpendingPurpose(purpose),
        Channel(channel) if channel else None,
        currency,
        amount_minor,
        note,
    )
