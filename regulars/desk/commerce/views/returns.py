"""Taking goods back, and returns that point at nothing yet."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.commerce.actions.returns import CannotMatch, CannotReturn, LineReturn, match_return, return_lines
from regulars.commerce.queries.orders import OrderView, order_of
from regulars.commerce.queries.returns import match_candidates, return_of, unmatched_returns
from regulars.commerce.rules.returns import TooMuchReturned
from regulars.desk.access import SignedIn, StaffRequest, requires
from regulars.desk.commerce.fields import QuantityField
from regulars.desk.commerce.forms import ReturnForm, cause_choices, id_in
from regulars.desk.commerce.items import customer_names, order_items
from regulars.desk.commerce.words import RETURN_REFUSALS
from regulars.desk.csv_export import Cell, csv_response
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.money import Money
from regulars.shop.queries.causes import causes, causes_by_id
from regulars.ui.formats import quantity


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_ORDERS)
def take_back(request: StaffRequest, order_id: UUID) -> HttpResponse:
    order = order_of(order_id)
    if order is None:
        raise Http404
    form = _return_form(request, order)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        lines = [LineReturn(line.id, said[f"line_{line.id}"]) for line in order.lines if said.get(f"line_{line.id}")]
        try:
            now = clock.now()
            return_lines(
                order_id=order_id,
                lines=lines,
                returned_at=_this_minute(said["returned_at"], now),
                cause_id=id_in(said["cause"]),
                reason=said["reason"],
                by=request.by,
                now=now,
            )
        except CannotReturn as refused:
            form.add_error(None, str(RETURN_REFUSALS[refused.reason]))
        except TooMuchReturned as refused:
            left = quantity(refused.left_milli)
            form.add_error(None, _("More than was bought: only %(left)s can still come back.") % {"left": left})
        else:
            messages.success(request, _("The goods are taken back."))
            return redirect("commerce:order", order_id)
    names = customer_names([order.row.customer_id], request.staff)
    context = {
        "order": order,
        "row": order.row,
        "customer": next(iter(names.values()), ""),
        "form": form,
        "lines": [(line, form[f"line_{line.id}"] if line.left_milli else None) for line in order.lines],
    }
    return render(request, "desk/commerce/return_form.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.SEE_ORDERS)
def unmatched_list(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:120]
    page = unmatched_returns(text=text, cursor=request.GET.get("cursor"), limit=40)
    names = customer_names((row.customer_id for row in page.rows), request.staff)
    context = {
        "page": page,
        "text": text,
        "returns": [(row, names.get(row.customer_id, "") if row.customer_id else "") for row in page.rows],
        "may_edit": request.staff.may(Permission.EDIT_ORDERS),
    }
    return render(request, "desk/commerce/returns.html", context)


@require_GET
@requires(Permission.SEE_ORDERS)
def unmatched_export(request: StaffRequest) -> HttpResponseBase:
    headers = [
        _("Number"),
        _("Source"),
        _("Returned"),
        _("Customer"),
        _("SKU"),
        _("Product"),
        _("Quantity"),
        _("Amount"),
        _("Currency"),
    ]
    return csv_response("unmatched-returns", headers, _export_rows(request.GET.get("q", "")[:120], request.staff))


@require_GET
@requires(Permission.SEE_ORDERS)
def return_page(request: StaffRequest, return_id: UUID) -> HttpResponse:
    row = return_of(return_id)
    if row is None:
        raise Http404
    names = customer_names([row.customer_id], request.staff)
    cause = causes_by_id([row.cause_id]).get(row.cause_id) if row.cause_id else None
    may_edit = request.staff.may(Permission.EDIT_ORDERS)
    context = {
        "row": row,
        "customer": next(iter(names.values()), ""),
        "cause": cause.name(request.LANGUAGE_CODE) if cause else "",
        "matched": [line for line in row.lines if line.order_line_id],
        "unmatched": [(line, _candidates(line.id, request.staff)) for line in row.lines if not line.order_line_id],
        "may_edit": may_edit,
    }
    return render(request, "desk/commerce/return.html", context)


@require_POST
@requires(Permission.EDIT_ORDERS)
def match(request: StaffRequest, return_id: UUID) -> HttpResponse:
    try:
        line_id, order_line_id = UUID(request.POST.get("line", "")), UUID(request.POST.get("order_line", ""))
        matched = match_return(return_line_id=line_id, order_line_id=order_line_id, by=request.by, now=clock.now())
    except CannotMatch as refused:
        messages.error(request, str(RETURN_REFUSALS[refused.reason]))
    except TooMuchReturned:
        messages.error(request, _("All of that line has come back already. Choose another one."))
    except (LookupError, ValueError):
        messages.error(request, _("Choose the order’s line that came back."))
    else:
        messages.success(request, _("Matched: %(quantity)s.") % {"quantity": quantity(matched)})
    return redirect("commerce:return", return_id)


def _return_form(request: StaffRequest, order: OrderView) -> ReturnForm:
    options = {"cause": cause_choices(causes(is_open=True), blank=_("Not said"))}
    data = request.POST if request.method == "POST" else None
    local_now = timezone.localtime(clock.now()).replace(second=0, microsecond=0)
    form = ReturnForm(data, options=options, initial={"returned_at": local_now})
    for line in order.lines:
        if line.left_milli:
            form.fields[f"line_{line.id}"] = QuantityField(label=line.product_name, required=False)
    return form


def _this_minute(typed_at: datetime, now: datetime) -> datetime:
    """`now` itself where the form shows its minute: the goods may have been bought within it."""
    return now if now.replace(second=0, microsecond=0) == typed_at else typed_at


def _candidates(return_line_id: UUID, staff: SignedIn) -> list[tuple[object, object]]:
    found = match_candidates(return_line_id)
    items = order_items((one.order for one in found), staff=staff)
    return list(zip(found, items, strict=True))


def _export_rows(text: str, staff: SignedIn) -> Iterator[list[Cell]]:
    cursor = None
    while True:
        page = unmatched_returns(text=text, cursor=cursor, limit=500)
        names = customer_names((row.customer_id for row in page.rows), staff)
        for row in page.rows:
            for line in row.lines:
                if line.order_line_id is None:
                    yield [
                        row.number,
                        row.source,
                        row.returned_at,
                        names.get(row.customer_id, "") if row.customer_id else "",
                        line.sku,
                        line.product_name,
                        line.quantity_milli / 1000,
                        Money(line.total_minor, row.currency).amount,
                        row.currency,
                    ]
        cursor = page.next_cursor
        if cursor is None:
            return
