"""Enquiries: a list and a board, a page for each, and what is done with them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.commerce.actions import enquiries as actions
from regulars.commerce.attributes import ENQUIRY_STEPS
from regulars.commerce.queries.enquiries import (
    EnquiryFilters,
    EnquiryState,
    enquiries_page,
    enquiry_counts,
    enquiry_of,
)
from regulars.commerce.queries.orders import order_of, orders_of_customer
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome, EnquiryStep
from regulars.customers import queries as customers
from regulars.desk.access import StaffRequest, requires
from regulars.desk.commerce.forms import (
    Choice,
    CloseForm,
    EnquiryFilter,
    EnquiryForm,
    cause_choices,
    id_in,
    named,
)
from regulars.desk.commerce.items import enquiry_items, steps_of
from regulars.desk.commerce.words import ENQUIRY_REFUSALS, STATE_NAMES
from regulars.desk.csv_export import Cell, csv_response
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop.queries.causes import causes, causes_by_id
from regulars.shop.queries.staff import staff
from regulars.shop.queries.stores import stores, stores_by_id
from regulars.shop.rules import Channel
from regulars.ui.formats import day, money

_OPEN_STEPS = [step for step in EnquiryStep if step != EnquiryStep.CLOSED]
_BOARD_LIMIT = 200


@require_GET
@requires(Permission.SEE_ENQUIRIES)
def enquiry_list(request: StaffRequest) -> HttpResponse:
    now, form = clock.now(), _filter_form(request)
    filters = _filters(request, form)
    counts = enquiry_counts(now=now)
    is_board = request.GET.get("view") == "board" and filters.state in (EnquiryState.OPEN, EnquiryState.STUCK)
    limit = _BOARD_LIMIT if is_board else 40
    page = enquiries_page(filters=filters, now=now, cursor=request.GET.get("cursor"), limit=limit)
    items = enquiry_items(page.rows, staff=request.staff, now=now)
    context = {
        "form": form,
        "page": page,
        "items": items,
        "columns": [(ENQUIRY_STEPS[step], [item for item in items if item.row.step == step]) for step in _OPEN_STEPS],
        "is_board": is_board,
        "state": filters.state,
        "tabs": [(state, STATE_NAMES[state], counts.get(state)) for state in EnquiryState],
        "is_filtered": bool(filters.owner_id or filters.store_id or filters.has_owner is not None),
        "may_edit": request.staff.may(Permission.EDIT_ENQUIRIES),
        "now": now,
    }
    return render(request, "desk/commerce/enquiries.html", context)


@require_GET
@requires(Permission.SEE_ENQUIRIES)
def enquiry_export(request: StaffRequest) -> HttpResponseBase:
    headers = [
        _("Opened"),
        _("How they asked"),
        _("Who"),
        _("What they want"),
        _("Step"),
        _("Outcome"),
        pgettext("enquiry", "Owner"),
        _("Due"),
        _("Cause of the loss"),
        _("In words"),
    ]
    return csv_response("enquiries", headers, _export_rows(request, _filters(request, _filter_form(request))))


@require_GET
@requires(Permission.SEE_ENQUIRIES)
def enquiry_page(request: StaffRequest, enquiry_id: UUID) -> HttpResponse:
    now = clock.now()
    row = enquiry_of(enquiry_id)
    if row is None:
        raise Http404
    may_edit = request.staff.may(Permission.EDIT_ENQUIRIES) and row.outcome == EnquiryOutcome.OPEN
    cause = causes_by_id([row.loss_cause_id]).get(row.loss_cause_id) if row.loss_cause_id else None
    text = request.GET.get("people", "")[:120]
    context = {
        "item": enquiry_items([row], staff=request.staff, now=now)[0],
        "row": row,
        "store": stores_by_id([row.store_id]).get(row.store_id) if row.store_id else None,
        "cause": cause.name(request.LANGUAGE_CODE) if cause else "",
        "order": order_of(row.order_id) if row.order_id else None,
        "steps": steps_of(row.step) if may_edit else [],
        "owners": staff(is_active=True) if may_edit else [],
        "close_form": CloseForm(options=_close_options(row.customer_id)),
        "people_text": text,
        "people": customers.find_people(text, limit=8) if may_edit else [],
        "may_edit": may_edit,
        "may_order": may_edit and request.staff.may(Permission.EDIT_ORDERS),
        "may_see_contacts": request.staff.may(Permission.SEE_CONTACTS),
    }
    return render(request, "desk/commerce/enquiry.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_ENQUIRIES)
def new_enquiry(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    options = {
        "store": named(stores(is_open=True), blank=_("None")),
        "owner": named(staff(is_active=True), blank=_("Nobody yet")),
    }
    customer_id = _id(request.POST.get("customer") or request.GET.get("customer"))
    opened_at = timezone.localtime(now).replace(second=0, microsecond=0)
    form = EnquiryForm(
        request.POST or None, options=options, initial={"opened_at": opened_at, "owner": str(request.staff.id)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            enquiry_id = _open(request, form.cleaned_data, customer_id)
        except actions.CannotOpen as refused:
            form.add_error(None, str(ENQUIRY_REFUSALS[refused.reason]))
        except LookupError:
            form.add_error(None, _("The customer is no longer there. Choose again."))
        else:
            messages.success(request, _("The enquiry is taken down."))
            return redirect("commerce:enquiry", enquiry_id)
    known = customers.briefly([customer_id]) if customer_id else []
    context = {"form": form, "customer": known[0] if known else None}
    return render(request, "desk/commerce/enquiry_form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.EDIT_ENQUIRIES)
def move(request: StaffRequest, enquiry_id: UUID) -> HttpResponse:
    try:
        step = EnquiryStep(request.POST.get("step", ""))
        actions.move_enquiry(enquiry_id=enquiry_id, step=step, by=request.by, now=clock.now())
    except actions.CannotMoveEnquiry as refused:
        messages.error(request, str(ENQUIRY_REFUSALS[refused.reason]))
    except (LookupError, ValueError) as error:
        raise Http404 from error
    else:
        messages.success(request, _("Step: %(step)s.") % {"step": ENQUIRY_STEPS[step]})
    return _back(request, enquiry_id)


@require_POST
@requires(Permission.EDIT_ENQUIRIES)
def assign(request: StaffRequest, enquiry_id: UUID) -> HttpResponse:
    owner_id = _id(request.POST.get("owner"))
    if owner_id is not None and owner_id not in {person.id for person in staff(is_active=True)}:
        raise Http404
    try:
        actions.assign_enquiry(enquiry_id=enquiry_id, owner_id=owner_id, by=request.by, now=clock.now())
    except actions.CannotMoveEnquiry as refused:
        messages.error(request, str(ENQUIRY_REFUSALS[refused.reason]))
    except LookupError as error:
        raise Http404 from error
    return _back(request, enquiry_id)


@require_POST
@requires(Permission.EDIT_ENQUIRIES)
def name_customer(request: StaffRequest, enquiry_id: UUID) -> HttpResponse:
    customer_id = _id(request.POST.get("customer"))
    if customer_id is None:
        raise Http404
    try:
        actions.name_customer(enquiry_id=enquiry_id, customer_id=customer_id, by=request.by, now=clock.now())
    except LookupError as error:
        raise Http404 from error
    messages.success(request, _("The enquiry is this customer’s now."))
    return redirect("commerce:enquiry", enquiry_id)


@require_POST
@requires(Permission.EDIT_ENQUIRIES)
def close(request: StaffRequest, enquiry_id: UUID) -> HttpResponse:
    row = enquiry_of(enquiry_id)
    form = CloseForm(request.POST, options=_close_options(row.customer_id if row else None))
    if row is None or not form.is_valid() or form.cleaned_data["outcome"] == EnquiryOutcome.OPEN:
        raise Http404
    said = form.cleaned_data
    try:
        actions.close_enquiry(
            enquiry_id=enquiry_id,
            outcome=EnquiryOutcome(said["outcome"]),
            order_id=id_in(said["order"]),
            loss_cause_id=id_in(said["cause"]),
            loss_note=said["note"],
            by=request.by,
            now=clock.now(),
        )
    except actions.CannotClose as refused:
        messages.error(request, str(ENQUIRY_REFUSALS[refused.reason]))
    else:
        messages.success(request, _("The enquiry is closed."))
    return redirect("commerce:enquiry", enquiry_id)


def _open(request: StaffRequest, said: dict[str, Any], customer_id: UUID | None) -> UUID:
    return actions.open_enquiry(
        kind=EnquiryKind(said["kind"]),
        customer_id=customer_id,
        contact_name=said["contact_name"],
        contact_value=said["contact_value"],
        subject=said["subject"],
        opened_at=said["opened_at"],
        channel=Channel(said["channel"]),
        store_id=id_in(said["store"]),
        owner_id=id_in(said["owner"]),
        by=request.by,
        now=clock.now(),
    )


def _close_options(customer_id: UUID | None) -> dict[str, list[Choice]]:
    """Causes, and the customer's latest orders: which of them came of the enquiry."""
    recent = orders_of_customer(customer_id, limit=10).rows if customer_id else []
    orders: list[Choice] = [
        (str(row.id), f"{row.number}, {day(row.placed_at)}, {money(row.total_minor, row.currency)}") for row in recent
    ]
    return {
        "order": [("", _("None of these")), *orders],
        "cause": cause_choices(causes(is_open=True), blank=_("Not chosen")),
    }


def _filter_form(request: HttpRequest) -> EnquiryFilter:
    owners: list[Choice] = [("", _("Anybody")), ("nobody", _("Nobody yet"))]
    owners += [(str(person.id), person.name) for person in staff()]
    return EnquiryFilter(request.GET, options={"owner": owners, "store": named(stores(), blank=_("Any"))})


def _filters(request: HttpRequest, form: EnquiryFilter) -> EnquiryFilters:
    form.is_valid()
    owner, state = form.cleaned_data.get("owner", ""), request.GET.get("state", "")
    return EnquiryFilters(
        state=EnquiryState(state) if state in set(EnquiryState) else EnquiryState.OPEN,
        owner_id=_id(owner),
        has_owner=False if owner == "nobody" else None,
        store_id=id_in(form.cleaned_data.get("store")),
    )


def _back(request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
    """To the board, where the button stood there, else to the enquiry."""
    if request.POST.get("from") == "board":
        return redirect("/enquiries/?view=board")
    return redirect("commerce:enquiry", enquiry_id)


def _export_rows(request: StaffRequest, filters: EnquiryFilters) -> Iterator[list[Cell]]:
    now, cursor = clock.now(), None
    reasons = {cause.id: cause.name(request.LANGUAGE_CODE) for cause in causes()}
    while True:
        page = enquiries_page(filters=filters, now=now, cursor=cursor, limit=500)
        for item in enquiry_items(page.rows, staff=request.staff, now=now):
            row = item.row
            yield [
                row.opened_at,
                str(item.kind),
                item.who,
                row.subject,
                str(item.step),
                str(item.outcome),
                item.owner,
                row.due_at,
                reasons.get(row.loss_cause_id, "") if row.loss_cause_id else "",
                row.loss_note,
            ]
        cursor = page.next_cursor
        if cursor is None:
            return


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
