"""Stores: where the shop sells."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.shop.forms import StoreForm, zone_names
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import actions, queries


@requires(Permission.MANAGE_SHOP)
def show(request: StaffRequest) -> HttpResponse:
    calendars = {calendar.id: calendar.name for calendar in queries.calendars()}
    return render(request, "desk/shop/stores.html", {"stores": queries.stores(), "calendars": calendars})


@requires(Permission.MANAGE_SHOP)
def add(request: StaffRequest) -> HttpResponse:
    form = StoreForm(request.POST or None, calendars=queries.calendars(), initial={"time_zone": request.shop.time_zone})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_store(**_values(form), by=request.by, now=clock.now())
        except actions.CannotChangeStore as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The store is open."))
            return redirect("shop:stores")
    context = {"form": form, "zones": zone_names()}
    return render(request, "desk/shop/store.html", context, status=422 if form.errors else 200)


@requires(Permission.MANAGE_SHOP)
def edit(request: StaffRequest, store_id: UUID) -> HttpResponse:
    store = queries.stores_by_id([store_id]).get(store_id)
    if store is None:
        raise Http404
    initial = {name: getattr(store, name) for name in StoreForm.base_fields}
    form = StoreForm(request.POST or None, calendars=queries.calendars(), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_store(store_id=store_id, **_values(form), by=request.by, now=clock.now())
        except actions.CannotChangeStore as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("shop:stores")
    context = {"form": form, "store": store, "zones": zone_names()}
    return render(request, "desk/shop/store.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.MANAGE_SHOP)
def close(request: StaffRequest, store_id: UUID) -> HttpResponse:
    return _answer(request, actions.close_store, store_id, _("The store is closed; its history stays."))


@require_POST
@requires(Permission.MANAGE_SHOP)
def reopen(request: StaffRequest, store_id: UUID) -> HttpResponse:
    return _answer(request, actions.reopen_store, store_id, _("The store is open again."))


def _answer(request: StaffRequest, action: Any, store_id: UUID, done: str) -> HttpResponse:
    try:
        action(store_id=store_id, by=request.by, now=clock.now())
    except actions.CannotChangeStore as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("shop:stores")


def _values(form: StoreForm) -> dict[str, Any]:
    calendar_id = form.cleaned_data["calendar_id"]
    return {**form.cleaned_data, "calendar_id": UUID(calendar_id) if calendar_id else None}
