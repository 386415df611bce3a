"""Who may open a page. Every view of the desk carries exactly one of these decorators; a test holds them to it."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.middleware import HtmxDetails

from regulars.foundation.access import Permission, Role
from regulars.foundation.actors import Actor
from regulars.shop.queries import ShopSettings

P = ParamSpec("P")


class SignedIn(Protocol):
    """The member of staff who is signed in, as views may see him."""

    id: UUID
    name: str
    email: str
    role: str
    language: str
    theme: str
    date_joined: datetime

    def may(self, permission: Permission) -> bool: ...


class StaffRequest(HttpRequest):
    """A request of somebody who has signed in; `by` is what actions take, `shop` the organisation's settings."""

    staff: SignedIn
    by: Actor
    shop: ShopSettings
    htmx: HtmxDetails


class NotPermitted(PermissionDenied):
    """The person's role does not include this; the page says who can change that."""

    def __init__(self, permission: Permission) -> None:
        super().__init__(permission)
        self.permission = permission


View = Callable[Concatenate[StaffRequest, P], HttpResponseBase]
Wrapped = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def requires(permission: Permission) -> Callable[[View[P]], Wrapped[P]]:
    """Only those whose role includes `permission`; others get a page that says so, strangers are asked to sign in."""
    return lambda view: _guarded(view, permission)


def signed_in(view: View[P]) -> Wrapped[P]:
    """Anybody of the staff."""
    return _guarded(view, None)


def public(view: Callable[Concatenate[HttpRequest, P], HttpResponseBase]) -> Wrapped[P]:
    """Anybody at all: says that this is meant."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def _guarded(view: View[P], permission: Permission | None) -> Wrapped[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        asked = cast(StaffRequest, request)
        asked.staff = cast(SignedIn, request.user)
        asked.by = Actor.staff(asked.staff.id)
        if permission is not None and not asked.staff.may(permission):
            raise NotPermitted(permission)
        return view(asked, *args, **kwargs)

    guarded.access = permission or "signed_in"  # type: ignore[attr-defined]
    return cast(Wrapped[P], guarded)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", None):
        # A piece of a page cannot show the form: the whole page goes there and comes back.
        there = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        response = HttpResponse(status=204)
        response["HX-Redirect"] = redirect_to_login(there, resolve_url(settings.LOGIN_URL)).url
        return response
    return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))


def role_of(user: Any) -> Role | None:
    """The role of a signed-in person; None for a stranger."""
    return Role(user.role) if getattr(user, "is_authenticated", False) else None
