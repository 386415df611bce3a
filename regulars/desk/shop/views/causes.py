"""The cause tree."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.shop.forms import CauseForm
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import actions, queries
from regulars.shop.rules.causes import MAX_DEPTH


@requires(Permission.MANAGE_SHOP)
def show(request: StaffRequest) -> HttpResponse:
    language = get_language() or "en"
    rows = [(cause, cause.name(language), cause.depth + 1 < MAX_DEPTH) for cause in queries.causes()]
    return render(request, "desk/shop/causes.html", {"rows": rows})


@requires(Permission.MANAGE_SHOP)
def add(request: StaffRequest) -> HttpResponse:
    asked = request.GET.get("parent", "")
    parent = next((cause for cause in queries.causes() if str(cause.id) == asked), None)
    if asked and parent is None:
        raise Http404
    form = CauseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            parent_id = parent.id if parent else None
            actions.add_cause(parent_id=parent_id, **form.cleaned_data, by=request.by, now=clock.now())
        except actions.CannotChangeCause as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The cause is added."))
            return redirect("shop:causes")
    context = {"form": form, "parent": parent.name(get_language() or "en") if parent else ""}
    return render(request, "desk/shop/cause.html", context, status=422 if form.errors else 200)


@requires(Permission.MANAGE_SHOP)
def rename(request: StaffRequest, cause_id: UUID) -> HttpResponse:
    cause = queries.causes_by_id([cause_id]).get(cause_id)
    if cause is None:
        raise Http404
    form = CauseForm(request.POST or None, initial={"name_en": cause.name_en, "name_ru": cause.name_ru})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_cause(cause_id=cause_id, **form.cleaned_data, by=request.by, now=clock.now())
        except actions.CannotChangeCause as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("shop:causes")
    return render(request, "desk/shop/cause.html", {"form": form, "cause": cause}, status=422 if form.errors else 200)


@require_POST
@requires(Permission.MANAGE_SHOP)
def close(request: StaffRequest, cause_id: UUID) -> HttpResponse:
    return _answer(request, actions.close_cause, cause_id, _("The cause is closed; what names it keeps it."))


@require_POST
@requires(Permission.MANAGE_SHOP)
def reopen(request: StaffRequest, cause_id: UUID) -> HttpResponse:
    return _answer(request, actions.reopen_cause, cause_id, _("The cause is in use again."))


def _answer(request: StaffRequest, action: Callable[..., None], cause_id: UUID, done: str) -> HttpResponse:
    try:
        action(cause_id=cause_id, by=request.by, now=clock.now())
    except actions.CannotChangeCause as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("shop:causes")
