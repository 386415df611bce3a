"""Pages for what goes wrong: what happened and what to do, in the person's language."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from regulars.desk.access import NotPermitted
from regulars.desk.words import PERMISSION_NAMES
from regulars.foundation.access import Role
from regulars.foundation.paging import BadCursor
from regulars.shop import queries

log = logging.getLogger(__name__)

_BUSY = ("database is locked", "deadlock detected", "canceling statement due to lock timeout", "lock timeout")
RETRY_AFTER_SECONDS = 3


class ChangedMeanwhile(Exception):
    """Somebody else changed the thing after this person had opened the page."""


@dataclass(frozen=True)
class Fault:
    """What an error page says."""

    status: int
    title: str
    text: str
    details: tuple[str, ...] = ()
    can_try_again: bool = False


class ErrorMiddleware:
    """Turns errors that any view may meet into pages that say what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, BadCursor):
            return bad_request(request, error)
        if isinstance(error, ChangedMeanwhile):
            return changed_meanwhile(request)
        if isinstance(error, OperationalError) and any(words in str(error) for words in _BUSY):
            log.warning("database busy", extra={"view": request.resolver_match and request.resolver_match.view_name})
            return busy(request)
        return None


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("The address holds something that we did not give out. Go back and start the list again.")
    return _page(request, Fault(400, _("This address does not work"), text))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not isinstance(exception, NotPermitted):
        return _page(request, Fault(403, _("Not permitted"), _("Your account may not do this.")))
    owners = [person.name for person in queries.staff(is_active=True, role=Role.OWNER)]
    return _page(
        request,
        Fault(
            403,
            _("This is not among your tasks"),
            _("Your role does not include it. An owner can change that:"),
            (
                _("Needed: %(permission)s") % {"permission": PERMISSION_NAMES[exception.permission]},
                _("Owners: %(names)s") % {"names": ", ".join(owners) or "–"},
            ),
        ),
    )


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: mostly a page that stood open while its owner signed in again."""
    text = _("The page stood open for long or was opened twice. Go back, load it again and repeat.")
    return _page(request, Fault(403, _("This form is out of date"), text, can_try_again=True))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("The link may be old, or the thing was joined with another one. The search on top finds it.")
    return _page(request, Fault(404, _("There is nothing here"), text))


def changed_meanwhile(request: HttpRequest) -> HttpResponse:
    text = _("Somebody else changed it after you had opened the page. Load it again and look before you repeat.")
    return _page(request, Fault(409, _("It has changed meanwhile"), text, can_try_again=True))


def busy(request: HttpRequest) -> HttpResponse:
    text = _("A lot is being written just now. Nothing was lost; try again in some seconds.")
    response = _page(request, Fault(503, _("One moment, please"), text, can_try_again=True))
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


@requires_csrf_token
def broken(request: HttpRequest) -> HttpResponse:
    """The last resort: looks nothing up and uses no context processors, for they may be what broke."""
    text = _("The fault is ours and has been written down. What you had entered was not saved.")
    fault = Fault(500, _("Something went wrong"), text, can_try_again=True)
    try:
        return HttpResponse(render_to_string("ui/error.html", {"fault": fault}), status=500)
    except Exception:
        log.exception("the error page is broken as well")
        return HttpResponse(f"{fault.title}. {fault.text}", status=500, content_type="text/plain; charset=utf-8")


def _page(request: HttpRequest, fault: Fault) -> HttpResponse:
    template = "ui/error_piece.html" if getattr(request, "htmx", None) else "ui/error.html"
    return HttpResponse(render_to_string(template, {"fault": fault}), status=fault.status)
