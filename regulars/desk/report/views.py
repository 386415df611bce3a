"""The report's page: what to do first, and the report as a file."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_GET

from regulars.audience.actions import note_export
from regulars.desk.access import StaffRequest, requires
from regulars.desk.report.contents import report
from regulars.desk.report.document import Report
from regulars.desk.report.rendering import as_html, as_pdf
from regulars.foundation import clock
from regulars.foundation.access import Permission

_TYPES = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}
_LANGUAGES = ("en", "ru")
_NAMED = ("customers.name", "customers.seller", "audience.at_stake")


@require_GET
@requires(Permission.SEE_INSIGHT)
def show(request: StaffRequest) -> HttpResponse:
    """The things to do first, and the buttons that print the whole."""
    return render(request, "desk/report/page.html", {"report": _made(request)})


@require_GET
@requires(Permission.SEE_INSIGHT)
def download(request: StaffRequest) -> HttpResponse:
    """?as=pdf or html, ?language=en or ru: the file, made at once (a second at most)."""
    form, language = request.GET.get("as", "pdf"), request.GET.get("language", "")
    if form not in _TYPES or language not in ("", *_LANGUAGES):
        raise Http404
    with translation.override(language or translation.get_language()):
        made = _made(request)
        content = as_pdf(made) if form == "pdf" else as_html(made).encode()
    if _may_name(request):
        note_export(columns=_NAMED, condition=None, by=request.by, now=clock.now())
    response = HttpResponse(content, content_type=_TYPES[form])
    name = f"report-{clock.now():%Y-%m-%d}-{made.language}.{form}"
    # Never shown within the desk: the file has a style sheet inside, which the desk's policy forbids.
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _made(request: StaffRequest) -> Report:
    address = request.build_absolute_uri("/").rstrip("/")
    return report(has_names=_may_name(request), now=clock.now(), address=address)


def _may_name(request: StaffRequest) -> bool:
    return request.staff.may(Permission.SEE_CUSTOMERS)
