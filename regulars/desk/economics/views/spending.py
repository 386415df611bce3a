"""Spending: the list, one by one, away and back, as a file."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.economics.forms import SpendingFileForm, SpendingForm
from regulars.desk.economics.words import PURPOSES
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.money import Money
from regulars.foundation.paging import Page
from regulars.shop import actions, queries
from regulars.shop.attributes import CHANNELS
from regulars.shop.rules import SpendingPurpose

REMOVED_SHOWN = 10
_EXPORT_PIECE = 500
Shown = tuple[queries.SpendingRow, str, str]


@requires(Permission.SEE_INSIGHT)
def show(request: StaffRequest) -> HttpResponse:
    """The list with the form that adds to it."""
    may_edit = request.staff.may(Permission.EDIT_SPENDING)
    form = _form(request)
    if request.method == "POST" and may_edit and form.is_valid():
        try:
            actions.add_spending(draft=form.draft(), by=request.by, now=clock.now())
        except actions.CannotSetSpending as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The spending is entered; the figures count it at once."))
            return redirect("economics:spending")
    return page_of(request, form=form)


@requires(Permission.EDIT_SPENDING)
def edit(request: StaffRequest, spending_id: UUID) -> HttpResponse:
    row = queries.spending_of(spending_id)
    if row is None or row.removed_at:
        raise Http404
    form = SpendingForm.showing(row, currencies=queries.currencies(), data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_spending(spending_id=spending_id, draft=form.draft(), by=request.by, now=clock.now())
        except actions.CannotSetSpending as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("economics:spending")
    context = {"form": form, "row": row}
    return render(request, "desk/economics/spending_edit.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.EDIT_SPENDING)
def remove(request: StaffRequest, spending_id: UUID) -> HttpResponse:
    try:
        actions.remove_spending(spending_id=spending_id, by=request.by, now=clock.now())
    except actions.CannotSetSpending as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Taken away. It can be put back at the foot of the list."))
    return redirect("economics:spending")


@require_POST
@requires(Permission.EDIT_SPENDING)
def restore(request: StaffRequest, spending_id: UUID) -> HttpResponse:
    try:
        actions.restore_spending(spending_id=spending_id, by=request.by, now=clock.now())
    except actions.CannotSetSpending as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Put back."))
    return redirect("economics:spending")


@require_GET
@requires(Permission.SEE_INSIGHT)
def export(request: StaffRequest) -> HttpResponseBase:
    """In the form in which a file is taken in again."""

    def rows() -> Iterator[list[Cell]]:
        cursor: str | None = None
        while True:
            page = queries.spending_page(cursor=cursor, limit=_EXPORT_PIECE)
            for row in page.rows:
                yield [
                    f"{row.month_date:%Y-%m}",
                    row.purpose.value,
                    row.channel.value if row.channel else "",
                    Money(row.amount_minor, row.currency).amount,
                    row.currency,
                    row.note,
                ]
            cursor = page.next_cursor
            if cursor is None:
                return

    return csv_response("spending", ["month", "purpose", "channel", "amount", "currency", "note"], rows())


def page_of(
    request: StaffRequest, *, form: SpendingForm | None = None, file_form: SpendingFileForm | None = None
) -> HttpResponse:
    purpose = request.GET.get("purpose", "")
    asked = SpendingPurpose(purpose) if purpose in set(SpendingPurpose) else None
    page = queries.spending_page(purpose=asked, cursor=request.GET.get("cursor"))
    removed = queries.spending_page(is_removed=True, limit=REMOVED_SHOWN)
    forms = (form, file_form)
    context = {
        "page": Page(_shown(page), page.next_cursor),
        "removed": _shown(removed),
        "uploads": queries.spending_uploads(),
        "form": form or _form(request),
        "file_form": file_form or SpendingFileForm(),
        "purposes": list(PURPOSES.items()),
        "purpose": asked.value if asked else "",
        "may_edit": request.staff.may(Permission.EDIT_SPENDING),
    }
    has_errors = any(given is not None and given.errors for given in forms)
    return render(request, "desk/economics/spending.html", context, status=422 if has_errors else 200)


def _form(request: StaffRequest) -> SpendingForm:
    today = clock.now().astimezone(request.shop.zone).date()
    is_for_one = request.method == "POST" and "amount" in request.POST
    return SpendingForm(
        request.POST if is_for_one else None,
        currencies=queries.currencies(),
        initial={"month_date": today.replace(day=1), "currency": request.shop.base_currency},
    )


def _shown(page: Page[queries.SpendingRow]) -> list[Shown]:
    return [(row, str(PURPOSES[row.purpose]), str(CHANNELS[row.channel]) if row.channel else "") for row in page.rows]
