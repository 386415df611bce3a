"""What stands around every page: language, theme, time zone, menu; and the switches for them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from regulars.desk.access import SignedIn, public, role_of
from regulars.desk.navigation import Link, LinkGroup, menu_for
from regulars.desk.words import ROLE_NAMES
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.actors import Actor
from regulars.shop import actions, queries

THEMES = ("auto", "light", "dark")


class ShellMiddleware:
    """The shop's time zone, and the language that the person chose, for the length of a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Lazy: one may also become known in the course of a request, by signing in.
        request.shop = SimpleLazyObject(queries.shop)  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        language = request.user.language or translation.get_language()
        with timezone.override(request.shop.zone), translation.override(language):  # type: ignore[attr-defined]
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language or "en")
            return response


@dataclass(frozen=True)
class Shell:
    """What `ui/page.html` shows around a page."""

    staff: SignedIn
    path: str
    shop_name: str

    @cached_property
    def groups(self) -> list[LinkGroup]:
        return menu_for(self.staff, self.path)

    @property
    def main_entries(self) -> list[Link]:
        return [entry for group in self.groups for entry in group.entries if entry.is_main][:4]

    @property
    def role(self) -> str:
        role = role_of(self.staff)
        return str(ROLE_NAMES[role]) if role else ""

    @property
    def search_url(self) -> str:
        """The list of customers takes whatever is typed into the bar on top."""
        if not self.staff.may(Permission.SEE_CUSTOMERS):
            return ""
        try:
            return reverse("customers:list")
        except NoReverseMatch:
            return ""


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `theme` for every page, `shell` for those who have signed in."""
    user = request.user
    if not user.is_authenticated:
        return {"theme": request.COOKIES.get("theme", "auto")}
    shop: queries.ShopSettings = request.shop  # type: ignore[attr-defined]
    return {"theme": user.theme or "auto", "shell": Shell(user, request.path, shop.name)}


@require_POST
@public
def set_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    response = _back(request)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86_400, samesite="Lax")
        if request.user.is_authenticated:
            staff_id = request.user.id
            actions.change_profile(staff_id=staff_id, language=language, by=Actor.staff(staff_id), now=clock.now())
    return response


@require_POST
@public
def set_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    response = _back(request)
    if theme in THEMES:
        response.set_cookie("theme", theme, max_age=365 * 86_400, samesite="Lax")
        if request.user.is_authenticated:
            staff_id = request.user.id
            actions.change_profile(staff_id=staff_id, theme=theme, by=Actor.staff(staff_id), now=clock.now())
    return response


def _back(request: HttpRequest) -> HttpResponse:
    there = request.POST.get("next", "/")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if is_ours else "/")
