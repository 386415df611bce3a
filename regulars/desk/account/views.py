"""One's own account: name, language, theme, ways to sign in; and the one-time link that lets a person in first."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import get_user_model, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.desk.access import StaffRequest, public, signed_in
from regulars.desk.account.forms import InvitationForm, ProfileForm
from regulars.foundation import clock
from regulars.shop import actions


@signed_in
def profile(request: StaffRequest) -> HttpResponse:
    own = {"name": request.staff.name, "language": request.staff.language, "theme": request.staff.theme or "auto"}
    form = ProfileForm(request.POST or None, initial=own)
    if request.method == "POST" and form.is_valid():
        actions.change_profile(staff_id=request.staff.id, **form.cleaned_data, by=request.by, now=clock.now())
        messages.success(request, _("Saved."))
        return redirect("account:profile")
    return render(request, "desk/account/profile.html", {"form": form}, status=422 if form.errors else 200)


@signed_in
def security(request: StaffRequest) -> HttpResponse:
    own = Authenticator.objects.filter(user_id=request.staff.id)
    kinds = list(own.values_list("type", flat=True))
    codes = own.filter(type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "has_totp": Authenticator.Type.TOTP in kinds,
        "passkey_count": kinds.count(Authenticator.Type.WEBAUTHN),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "session_count": UserSession.objects.filter(user_id=request.staff.id).count(),
    }
    return render(request, "desk/account/security.html", context)


@public
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a one-time link: name, address, password, and one is in."""
    person = actions.invited_person(token, now=clock.now())
    if person is None:
        return render(request, "desk/account/invitation_spent.html", status=410)
    form = InvitationForm(request.POST or None, initial={"name": person.name, "email": person.email})
    if request.method == "POST" and form.is_valid():
        try:
            staff_id = actions.accept_invitation(token=token, **form.cleaned_data, now=clock.now())
        except actions.CannotAcceptInvitation as error:
            for fault in error.args:
                form.add_error(None, str(fault))
        else:
            return _let_in(request, staff_id)
    # Not 422 on errors: Django logs the path of a refused request, and here the path is a secret.
    return render(request, "desk/account/invitation.html", {"form": form, "person": person})


def _let_in(request: HttpRequest, staff_id: UUID) -> HttpResponse:
    user = get_user_model().objects.get(pk=staff_id)
    login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
    messages.success(request, _("Welcome! A passkey or an authenticator app makes your account safer."))
    return redirect("account:security")


@public
def by_invitation_only(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/account/by_invitation_only.html")


@public
def forgotten_password(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/account/forgotten_password.html")
