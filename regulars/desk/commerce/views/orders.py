"""The list of orders, an order's page, and moving it on."""

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from regulars.commerce.actions.orders import CannotMove, cancel_order, change_status
from regulars.commerce.attributes import ORDER_STATUSES
from regulars.commerce.queries.orders import OrderFilters, OrderRow, OrderSort, history_of_order, order_of, orders_page
from regulars.commerce.queries.returns import returns_of_order
from regulars.commerce.rules import OrderStatus, may_move
from regulars.desk.access import StaffRequest, requires
from regulars.desk.commerce import words
from regulars.desk.commerce.forms import ORDER_SORTS, CancelForm, OrderFilter, cause_choices, id_in, named
from regulars.desk.commerce.items import customer_names, history_items, moves_of, order_items
from regulars.desk.csv_export import Cell, csv_response
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.money import Money
from regulars.shop.attributes import CHANNELS
from regulars.shop.queries.causes import causes, causes_by_id
from regulars.shop.queries.staff import staff, staff_by_id
from regulars.shop.queries.stores import stores, stores_by_id
from regulars.shop.rules import Channel


@require_GET
@requires(Permission.SEE_ORDERS)
def order_list(request: StaffRequest) -> HttpResponse:
    form = _filter_form(request)
    filters, sort_key = _filters(form), _sort_key(request)
    page = orders_page(filters=filters, sort=ORDER_SORTS[sort_key], cursor=request.GET.get("cursor"), limit=40)
    person = customer_names(filters.customer_ids or (), request.staff)
    context = {
        "form": form,
        "page": page,
        "orders": order_items(page.rows, staff=request.staff),
        "sort": sort_key,
        "is_filtered": filters != OrderFilters(),
        "customer_name": next(iter(person.values()), ""),
        "may_edit": request.staff.may(Permission.EDIT_ORDERS),
        "may_import": request.staff.may(Permission.RUN_IMPORTS),
    }
    return render(request, "desk/commerce/orders.html", context)


@require_GET
@requires(Permission.SEE_ORDERS)
def order_export(request: StaffRequest) -> HttpResponseBase:
    filters, sort = _filters(_filter_form(request)), ORDER_SORTS[_sort_key(request)]
    headers = [
        _("Number"),
        _("Source"),
        pgettext("order", "Placed"),
        _("Status"),
        _("Customer"),
        _("Channel"),
        _("Currency"),
        _("Total"),
        _("Returned"),
        _("Total in the base currency"),
    ]
    return csv_response("orders", headers, _export_rows(request, filters, sort))


@require_GET
@requires(Permission.SEE_ORDERS)
def order_page(request: StaffRequest, order_id: UUID) -> HttpResponse:
    order = order_of(order_id)
    if order is None:
        raise Http404
    row = order.row
    names = customer_names([row.customer_id], request.staff)
    store = stores_by_id([row.store_id]).get(row.store_id) if row.store_id else None
    seller = staff_by_id([row.seller_id]).get(row.seller_id) if row.seller_id else None
    returns = returns_of_order(order_id)
    reasons = causes_by_id(one.cause_id for one in returns if one.cause_id)
    may_edit = request.staff.may(Permission.EDIT_ORDERS)
    context = {
        "order": order,
        "row": row,
        "customer": next(iter(names.values()), ""),
        "store": store,
        "seller": seller,
        "status": ORDER_STATUSES[row.status],
        "tone": words.STATUS_TONES.get(row.status, ""),
        "channel": CHANNELS[row.channel],
        "is_in_base": row.currency == request.shop.base_currency,
        "base_currency": request.shop.base_currency,
        "returns": [
            (one, reasons[one.cause_id].name(request.LANGUAGE_CODE) if one.cause_id in reasons else "")
            for one in returns
        ],
        "history": history_items(history_of_order(order_id)),
        "moves": moves_of(row.status) if may_edit else [],
        "may_cancel": may_edit and may_move(row.status, OrderStatus.CANCELLED) and not returns,
        "may_return": may_edit
        and order.has_goods_left
        and row.status not in (OrderStatus.DRAFT, OrderStatus.CANCELLED),
        "may_change": may_edit and row.status != OrderStatus.CANCELLED,
        "cancel_form": CancelForm(options={"cause": cause_choices(causes(is_open=True), blank=_("Not said"))}),
    }
    return render(request, "desk/commerce/order.html", context)


@require_POST
@requires(Permission.EDIT_ORDERS)
def move_order(request: StaffRequest, order_id: UUID) -> HttpResponse:
    try:
        status = OrderStatus(request.POST.get("status", ""))
        change_status(order_id=order_id, status=status, by=request.by, now=clock.now())
    except (CannotMove, ValueError):
        messages.error(request, _("The order has moved on meanwhile. Look at its status before you repeat."))
    except LookupError as error:
        raise Http404 from error
    else:
        messages.success(request, _("Status: %(status)s.") % {"status": ORDER_STATUSES[status]})
    return redirect("commerce:order", order_id)


@require_POST
@requires(Permission.EDIT_ORDERS)
def cancel(request: StaffRequest, order_id: UUID) -> HttpResponse:
    form = CancelForm(request.POST, options={"cause": cause_choices(causes(is_open=True), blank=_("Not said"))})
    cause_id = id_in(form.cleaned_data["cause"]) if form.is_valid() else None
    try:
        cancel_order(order_id=order_id, cause_id=cause_id, by=request.by, now=clock.now())
    except CannotMove:
        messages.error(request, _("This order can no longer be cancelled. Take the goods back instead."))
    except LookupError as error:
        raise Http404 from error
    else:
        messages.success(request, _("The order is cancelled."))
    return redirect("commerce:order", order_id)


def _filter_form(request: HttpRequest) -> OrderFilter:
    options = {"store": named(stores(), blank=_("Any")), "seller": named(staff(), blank=_("Any"))}
    return OrderFilter(request.GET, options=options)


def _sort_key(request: HttpRequest) -> str:
    key = request.GET.get("sort", "")
    return key if key in ORDER_SORTS else "-placed"


def _filters(form: OrderFilter) -> OrderFilters:
    """What the form asks for; a field that cannot be read narrows nothing."""
    form.is_valid()
    asked = form.cleaned_data
    return OrderFilters(
        from_date=asked.get("from_date"),
        to_date=asked.get("to_date"),
        status=OrderStatus(asked["status"]) if asked.get("status") else None,
        channel=Channel(asked["channel"]) if asked.get("channel") else None,
        store_id=id_in(asked.get("store")),
        seller_id=id_in(asked.get("seller")),
        customer_ids=(asked["customer"],) if asked.get("customer") else None,
        text=asked.get("q", ""),
    )


def _export_rows(request: StaffRequest, filters: OrderFilters, sort: OrderSort) -> Iterator[list[Cell]]:
    cursor, base_currency = None, request.shop.base_currency
    while True:
        page = orders_page(filters=filters, sort=sort, cursor=cursor, limit=500)
        for item in order_items(page.rows, staff=request.staff):
            yield _export_row(item.row, str(item.status), item.customer, str(item.channel), base_currency)
        cursor = page.next_cursor
        if cursor is None:
            return


def _export_row(row: OrderRow, status: str, customer: str, channel: str, base_currency: str) -> list[Cell]:
    return [
        row.number,
        row.source,
        row.placed_at,
        status,
        customer,
        channel,
        row.currency,
        Money(row.total_minor, row.currency).amount,
        Money(row.returned_minor, row.currency).amount,
        Money(row.base_total_minor, base_currency).amount,
    ]
