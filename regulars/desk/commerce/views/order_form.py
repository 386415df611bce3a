"""Taking an order by hand, and correcting one: a form that adds up as one types and works without scripts."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from regulars.commerce.actions.enquiries import CannotClose, close_enquiry
from regulars.commerce.actions.orders import CannotChange, CannotPlace, change_order, place_order
from regulars.commerce.queries.catalogue import VariantRow, variants_by_id, variants_like
from regulars.commerce.queries.enquiries import enquiry_of
from regulars.commerce.queries.orders import order_of
from regulars.commerce.rules import EnquiryOutcome, OrderStatus
from regulars.commerce.rules.orders import BadAmounts
from regulars.customers import queries as customers
from regulars.desk.access import StaffRequest, requires
from regulars.desk.commerce.drafting import Sheet, Typed, draft_of, sheet_of, typed_from, typed_in
from regulars.desk.commerce.forms import MOMENT_FORMAT, Choice, named
from regulars.desk.commerce.words import AMOUNT_REFUSALS, ENQUIRY_REFUSALS, ORDER_REFUSALS
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop.queries.rates import currencies
from regulars.shop.queries.staff import staff, staff_by_id
from regulars.shop.queries.stores import stores
from regulars.shop.rules import Channel
from regulars.shop.rules.rates import RateMissing
from regulars.ui.formats import day

SOURCE = "desk"
# Without letters and figures that are taken for each other when read aloud.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_ORDERS)
def new_order(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    options = _options()
    if request.method == "GET":
        return _page(request, sheet_of(_blank(request, now), options=options, is_checked=False))
    typed = _pressed(request, typed_in(request.POST))
    if not typed.number:
        typed = replace(typed, number=_new_number(now))
    is_saving = request.POST.get("do") == "save"
    sheet = sheet_of(typed, options=options, is_checked=is_saving)
    if not is_saving or not sheet.is_valid():
        return _page(request, sheet, is_checked=is_saving)
    try:
        placed = place_order(draft=draft_of(sheet, source=SOURCE), by=request.by, now=now)
    except (CannotPlace, BadAmounts, RateMissing, LookupError) as refused:
        sheet.form.add_error(None, _refusal(refused))
        return _page(request, sheet, is_checked=True)
    if typed.enquiry_id:
        _win(request, typed.enquiry_id, placed.order_id, now)
    messages.success(request, _("The order is placed."))
    return redirect("commerce:order", placed.order_id)


@require_http_methods(["GET", "POST"])
@requires(Permission.EDIT_ORDERS)
def edit_order(request: StaffRequest, order_id: UUID) -> HttpResponse:
    order = order_of(order_id)
    if order is None or order.row.status == OrderStatus.CANCELLED:
        raise Http404
    options = _options(order.row.currency)
    if request.method == "GET":
        sheet = sheet_of(typed_from(order, local=timezone.localtime), options=options, is_checked=False)
        return _page(request, sheet, order_id=order_id)
    typed = _pressed(request, typed_in(request.POST))
    is_saving = request.POST.get("do") == "save"
    sheet = sheet_of(typed, options=options, is_checked=is_saving)
    if not is_saving or not sheet.is_valid():
        return _page(request, sheet, order_id=order_id, is_checked=is_saving)
    draft = draft_of(sheet, source=order.row.source, placed_at=order.row.placed_at)
    try:
        change_order(order_id=order_id, draft=draft, by=request.by, now=clock.now())
    except (CannotChange, BadAmounts, RateMissing, LookupError) as refused:
        sheet.form.add_error(None, _refusal(refused))
        return _page(request, sheet, order_id=order_id, is_checked=True)
    messages.success(request, _("The order is corrected."))
    return redirect("commerce:order", order_id)


@require_GET
@requires(Permission.EDIT_ORDERS)
def find_goods(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("goods", "")[:120]
    return render(request, "desk/commerce/parts/found_goods.html", {"goods": variants_like(text), "goods_text": text})


@require_GET
@requires(Permission.EDIT_ORDERS)
def find_people(request: StaffRequest) -> HttpResponse:
    text = request.GET.get("people", "")[:120]
    context = {"people": customers.find_people(text, limit=8), "people_text": text, **_rights(request)}
    return render(request, "desk/commerce/parts/found_people.html", context)


def _blank(request: StaffRequest, now: datetime) -> Typed:
    """An empty order of this seller's, perhaps for a customer or an enquiry that the address names."""
    enquiry_id = _id(request.GET.get("enquiry"))
    enquiry = enquiry_of(enquiry_id) if enquiry_id else None
    me = staff_by_id([request.staff.id])[request.staff.id]
    store_id = (enquiry.store_id if enquiry else None) or me.store_id
    head = {
        "placed_at": timezone.localtime(now).strftime(MOMENT_FORMAT),
        "channel": (enquiry.channel if enquiry else Channel.STORE).value,
        "store": str(store_id or ""),
        "seller": str(me.id),
        "currency": request.shop.base_currency,
    }
    customer_id = enquiry.customer_id if enquiry else _id(request.GET.get("customer"))
    return Typed(_new_number(now), customer_id, enquiry.id if enquiry else None, head)


def _new_number(now: datetime) -> str:
    """Made when the form is opened, so that sending it twice places one order."""
    return f"{timezone.localtime(now):%y%m%d}-{''.join(secrets.choice(_ALPHABET) for _place in range(5))}"


def _pressed(request: StaffRequest, typed: Typed) -> Typed:
    """What was typed after the button that was pressed: add:VARIANT, remove:PLACE, customer:ID, customer:."""
    verb, _colon, what = request.POST.get("do", "").partition(":")
    id_ = _id(what)
    if verb == "add" and id_:
        variant = variants_by_id([id_]).get(id_)
        return typed.with_variant(variant) if variant else typed
    if verb == "remove" and what.isdigit():
        return typed.without_line(int(what))
    if verb == "customer":
        return replace(typed, customer_id=id_)
    return typed


def _page(
    request: StaffRequest, sheet: Sheet, *, order_id: UUID | None = None, is_checked: bool = False
) -> HttpResponse:
    typed = sheet.typed
    person = customers.briefly([typed.customer_id]) if typed.customer_id else []
    goods_text = request.POST.get("goods", "") if request.POST.get("do") == "find" else ""
    people_text = request.POST.get("people", "") if request.POST.get("do") == "find" else ""
    goods: Sequence[VariantRow] = variants_like(goods_text)
    currency = typed.head.get("currency") or request.shop.base_currency
    context: dict[str, Any] = {
        "sheet": sheet,
        "typed": typed,
        "form": sheet.form,
        "lines": sheet.lines,
        "amounts": sheet.amounts,
        "currency": currency if currency in currencies() else request.shop.base_currency,
        "customer": person[0] if person else None,
        "customer_name": person[0].name or _("Without a name") if person else "",
        "goods": goods,
        "goods_text": goods_text,
        "people": customers.find_people(people_text, limit=8),
        "people_text": people_text,
        "order_id": order_id,
        **_rights(request),
    }
    status = 422 if is_checked else 200
    return render(request, "desk/commerce/order_form.html", context, status=status)


def _rights(request: StaffRequest) -> dict[str, bool]:
    return {"may_see_contacts": request.staff.may(Permission.SEE_CONTACTS)}


def _options(*more_currencies: str) -> dict[str, list[Choice]]:
    money = dict.fromkeys([*currencies(), *more_currencies])
    return {
        "store": named(stores(is_open=True), blank=_("None")),
        "seller": named(staff(is_active=True), blank=_("Nobody")),
        "currency": [(currency, currency) for currency in money],
    }


def _refusal(refused: Exception) -> str:
    if isinstance(refused, CannotPlace | CannotChange):
        return str(ORDER_REFUSALS[refused.reason])
    if isinstance(refused, BadAmounts):
        return str(AMOUNT_REFUSALS[refused.reason])
    if isinstance(refused, RateMissing):
        said = _("No rate of %(currency)s is known for %(date)s. Enter one in the settings of the shop, then repeat.")
        return said % {"currency": refused.currency, "date": day(refused.on_date)}
    return _("The customer is no longer there. Choose again.")


def _win(request: StaffRequest, enquiry_id: UUID, order_id: UUID, now: datetime) -> None:
    won = EnquiryOutcome.WON
    try:
        close_enquiry(enquiry_id=enquiry_id, outcome=won, order_id=order_id, by=request.by, now=now)
    except CannotClose as refused:
        messages.warning(request, str(ENQUIRY_REFUSALS[refused.reason]))
    except LookupError:
        messages.warning(request, _("The enquiry is no longer there."))


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
