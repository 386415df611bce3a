"""The public door for visits: known site, known origin, consent, small and rare enough; nothing else is looked at."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from regulars.commerce.actions.visits import record_site_events
from regulars.commerce.queries.sites import SiteRow, products_of_skus, site_by_key
from regulars.foundation import clock
from regulars.portal.tracking import throttle
from regulars.portal.tracking.reading import MAX_BYTES, BadBatch, batch_of

RETRY_AFTER_SECONDS = 60


# Nobody is signed in here and no cookie is read, so there is nothing that a forged request could borrow.
@csrf_exempt
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take a batch of events. 204: taken (or told before), or the browser asks not to be followed."""
    if request.headers.get("DNT") == "1" or request.headers.get("Sec-GPC") == "1":
        return HttpResponse(status=204)
    now = clock.now()
    if not throttle.by_address.allows(_address(request), now=now):
        return _refused("too_often", 429)
    if not request.headers.get("Content-Length", "").isdigit():
        return _refused("length", 411)
    if int(request.headers["Content-Length"]) > MAX_BYTES:
        return _refused("size", 413)
    try:
        batch = batch_of(request.body)
    except BadBatch as bad:
        return _refused(bad.code, 422)
    site = site_by_key(batch.key)
    if site is None or request.headers.get("Origin", "").casefold() not in site.origins:
        # The same answer for a wrong key and a wrong origin: neither can be guessed by it.
        return _refused("site", 403)
    if not throttle.by_site.allows(batch.key, now=now):
        return _answer(_refused("too_often", 429), site, request)
    products = products_of_skus({told.sku for told in batch.events if told.sku}, source=site.orders_source)
    record_site_events(drafts=batch.drafts(products, now=now), source=site.source, now=now)
    return _answer(HttpResponse(status=204), site, request)


@require_GET
@cache_control(public=True, max_age=3600)
def script(request: HttpRequest) -> HttpResponse:
    """The script that sites include; it stores and sends nothing until the visitor agrees."""
    response = HttpResponse(_script(), content_type="text/javascript; charset=utf-8")
    # Other origins must be able to load it, and it holds nothing secret.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@cache
def _script() -> str:
    return (Path(__file__).parent / "visits.js").read_text(encoding="utf-8")


def _answer(response: HttpResponse, site: SiteRow, request: HttpRequest) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = request.headers["Origin"]
    response["Vary"] = "Origin"
    return response


def _refused(code: str, status: int) -> HttpResponse:
    response = JsonResponse({"code": code}, status=status)
    if status == 429:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _address(request: HttpRequest) -> str:
    """Where the request comes from; behind our own proxy, what that says last. Only compared, never kept."""
    if settings.SECURE_PROXY_SSL_HEADER:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))
