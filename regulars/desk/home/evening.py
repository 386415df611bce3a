"""The evening: a store's day is looked through, counted and signed; the history of it."""

from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.commerce.queries.sales import SalesRow, sales_by_day
from regulars.desk.access import StaffRequest, requires
from regulars.desk.home.attention import evenings, own_stores
from regulars.desk.home.forms import SignOffForm
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.paging import Page
from regulars.shop import actions, queries
from regulars.shop.queries import SignOffRow
from regulars.shop.rules.evenings import may_undo


@require_GET
@requires(Permission.CLOSE_DAY)
def history(request: StaffRequest) -> HttpResponse:
    """Days that wait to be signed, and those that were."""
    now = clock.now()
    stores = own_stores(request.staff.id, sees_all=_sees_all(request))
    only = stores[0].id if len(stores) == 1 and not _sees_all(request) else None
    page = queries.sign_offs_page(store_id=only, cursor=request.GET.get("cursor"))
    context = {
        "page": Page([(row, _may_undo(request, row)) for row in page.rows], page.next_cursor),
        "evenings": evenings(stores, today=now.astimezone(request.shop.zone).date()),
    }
    return render(request, "desk/home/evenings.html", context)


@requires(Permission.CLOSE_DAY)
def sign(request: StaffRequest, store_id: UUID, on_date: str) -> HttpResponse:
    """One store's day: what the orders say, what was counted."""
    day = _day(on_date)
    stores = own_stores(request.staff.id, sees_all=_sees_all(request))
    store = next((store for store in stores if store.id == store_id), None)
    if store is None:
        raise Http404
    rows, currency = sales_by_day(day, day, store_id=store_id), request.shop.base_currency
    expected_minor, orders = sum(row.base_minor for row in rows), sum(row.orders for row in rows)
    form = SignOffForm(request.POST or None, expected_minor=expected_minor, currency=currency)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.sign_off_day(
                store_id=store_id,
                on_date=day,
                orders=orders,
                expected_minor=expected_minor,
                counted_minor=said["counted"],
                has_checked_orders=said["has_checked_orders"],
                has_checked_cash=said["has_checked_cash"],
                note=said["note"],
                signed_by_id=request.staff.id,
                by=request.by,
                now=clock.now(),
            )
        except actions.CannotSignOff as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The day is signed. Good night!"))
            return redirect("home:evenings")
    context = {
        "form": form,
        "store": store,
        "day": day,
        "signed": queries.sign_offs_of([day]).get((store_id, day)),
        "orders": orders,
        "expected_minor": expected_minor,
        "sellers": _by_seller(rows),
    }
    return render(request, "desk/home/evening.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.CLOSE_DAY)
def undo(request: StaffRequest, sign_off_id: UUID) -> HttpResponse:
    row = queries.sign_off_of(sign_off_id)
    if row is None:
        raise Http404
    if row.signed_by_id != request.staff.id and not _sees_all(request):
        messages.error(request, _("Whoever signed the day, or a team lead, can undo it."))
        return redirect("home:evenings")
    try:
        actions.undo_sign_off(sign_off_id=sign_off_id, by=request.by, now=clock.now())
    except actions.CannotSignOff as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The day is open again."))
    return redirect("home:evenings")


def _sees_all(request: StaffRequest) -> bool:
    return request.staff.may(Permission.SEE_INSIGHT)


def _may_undo(request: StaffRequest, row: SignOffRow) -> bool:
    is_own = row.signed_by_id == request.staff.id or _sees_all(request)
    is_evening = may_undo(row.signed_at, now=clock.now(), zone=ZoneInfo(row.time_zone))
    return row.undone_at is None and is_own and is_evening


def _by_seller(rows: list[SalesRow]) -> list[tuple[str, int, int]]:
    """Name, orders and money of each who sold on the day, the most first."""
    people = queries.staff_by_id([row.seller_id for row in rows if row.seller_id])
    sums: dict[str, tuple[int, int]] = {}
    for row in rows:
        person = people.get(row.seller_id) if row.seller_id else None
        name = person.name if person else _("Nobody named")
        orders, minor = sums.get(name, (0, 0))
        sums[name] = orders + row.orders, minor + row.base_minor
    return sorted(((name, *amounts) for name, amounts in sums.items()), key=lambda entry: -entry[2])


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
