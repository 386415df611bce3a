"""Who works here and who may do what."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.errors import ChangedMeanwhile
from regulars.desk.team.forms import InviteForm, RoleForm
from regulars.desk.words import PERMISSION_NAMES, ROLE_NAMES, ROLE_NOTES
from regulars.foundation import clock
from regulars.foundation.access import Permission, Role, may
from regulars.shop import actions, queries


@require_GET
@requires(Permission.MANAGE_STAFF)
def team(request: StaffRequest) -> HttpResponse:
    people = queries.staff()
    context = {
        "active": [_shown(person) for person in people if person.is_active],
        "closed": [_shown(person) for person in people if not person.is_active],
        "stores": queries.stores_by_id({person.store_id for person in people if person.store_id}),
    }
    return render(request, "desk/team/list.html", context)


def _shown(person: queries.StaffRow) -> dict[str, object]:
    form = RoleForm(initial={"role": person.role.value, "was": person.role.value}, auto_id=f"id_%s_{person.id}")
    return {"person": person, "role": ROLE_NAMES[person.role], "form": form}


@require_GET
@requires(Permission.MANAGE_STAFF)
def roles(request: StaffRequest) -> HttpResponse:
    matrix = [
        (PERMISSION_NAMES[permission], [(ROLE_NAMES[role], may(role, permission)) for role in Role])
        for permission in Permission
    ]
    context = {"roles": [(ROLE_NAMES[role], ROLE_NOTES[role]) for role in Role], "matrix": matrix}
    return render(request, "desk/team/roles.html", context)


@requires(Permission.MANAGE_STAFF)
def invite(request: StaffRequest) -> HttpResponse:
    form = InviteForm(request.POST or None, stores=queries.stores())
    if request.method == "POST" and form.is_valid():
        try:
            staff_id = actions.add_staff(**form.cleaned_data, by=request.by, now=clock.now())
        except actions.CannotAddStaff as error:
            form.add_error(None, str(error))
        else:
            return _with_link(request, staff_id)
    return render(request, "desk/team/invite.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@requires(Permission.MANAGE_STAFF)
def new_link(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    return _with_link(request, staff_id)


@sensitive_variables("token", "link")
def _with_link(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    """The page that shows the link, once: only its hash is kept."""
    person = _person(staff_id)
    try:
        token = actions.invite(staff_id=staff_id, by=request.by, now=clock.now())
    except actions.CannotInvite as error:
        messages.error(request, str(error))
        return redirect("team:list")
    link = request.build_absolute_uri(reverse("account:invitation", args=[token]))
    response = render(request, "desk/team/link.html", {"person": person, "link": link})
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(Permission.MANAGE_STAFF)
def change_role(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    person, form = _person(staff_id), RoleForm(request.POST)
    if not form.is_valid():
        raise ChangedMeanwhile
    if form.cleaned_data["was"] != person.role:
        raise ChangedMeanwhile
    return _do(
        request,
        lambda: actions.change_role(
            staff_id=staff_id, role=form.cleaned_data["role"], by=request.by, now=clock.now()
        ),
        _("%(name)s now has the role “%(role)s”.")
        % {"name": person.name, "role": ROLE_NAMES[form.cleaned_data["role"]]},
    )  # fmt: skip


@require_POST
@requires(Permission.MANAGE_STAFF)
def close(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    person = _person(staff_id)
    return _do(
        request,
        lambda: actions.close_account(staff_id=staff_id, by=request.by, now=clock.now()),
        _("%(name)s can no longer sign in.") % {"name": person.name},
    )


@require_POST
@requires(Permission.MANAGE_STAFF)
def reopen(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    person = _person(staff_id)
    return _do(
        request,
        lambda: actions.reopen_account(staff_id=staff_id, by=request.by, now=clock.now()),
        _("%(name)s can sign in again.") % {"name": person.name},
    )


def _do(request: StaffRequest, action: Callable[[], None], said: str) -> HttpResponse:
    try:
        action()
    except actions.CannotChangeStaff as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("team:list")


def _person(staff_id: UUID) -> queries.StaffRow:
    person = queries.staff_by_id([staff_id]).get(staff_id)
    if person is None:
        raise Http404
    return person
