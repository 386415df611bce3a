"""The list of customers: search, conditions, order, columns, paging, a file."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from regulars.audience.queries import count
from regulars.desk.access import StaffRequest, requires
from regulars.desk.segments import listing
from regulars.desk.segments.reading import is_everybody, read, told
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.conditions.syntax import BadCondition, Condition
from regulars.ui import formats


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def customer_list(request: StaffRequest) -> HttpResponse:
    asked = listing.Asked.of(request)
    condition, problems = _condition(request)
    currency = request.shop.base_currency
    context = {
        "table": None if problems else listing.table(asked, condition=condition, currency=currency, now=clock.now()),
        "asked": asked,
        "problems": problems,
        "condition": request.GET.get("condition", ""),
        "is_filtered": bool(asked.search or condition or problems),
        "sentence": told(condition, currency=currency) if condition else "",
        "choices": listing.column_choices(request.staff),
        "may_edit": request.staff.may(Permission.EDIT_CUSTOMERS),
        "may_import": request.staff.may(Permission.RUN_IMPORTS),
        "may_export": request.staff.may(Permission.EXPORT_CUSTOMERS),
        "may_save": request.staff.may(Permission.EDIT_SEGMENTS),
    }
    return render(request, "desk/segments/customers.html", context)


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def customer_count(request: StaffRequest) -> HttpResponse:
    """How many the list holds in all: asked for after the page, because it looks at everybody."""
    condition, problems = _condition(request)
    if problems:
        return HttpResponse("")
    found = count(condition, search=listing.Asked.of(request).search, now=clock.now())
    text = ngettext("%(count)s customer", "%(count)s customers", found) % {"count": formats.number(found)}
    return HttpResponse(text)


@require_GET
@requires(Permission.EXPORT_CUSTOMERS)
def customer_export(request: StaffRequest) -> HttpResponseBase:
    condition, problems = _condition(request)
    if problems:
        return customer_list(request)
    return listing.export(request, "customers", listing.Asked.of(request), condition=condition)


def _condition(request: StaffRequest) -> tuple[Condition | None, list[str]]:
    """The condition of the address (None: everybody), or what is wrong with it."""
    try:
        condition = read(request.GET.get("condition", ""), request.staff)
    except BadCondition as error:
        return None, [f"{one.problem} {one.remedy}" for one in error.problems]
    return (None if is_everybody(condition) else condition), []
