"""What the form of conditions asks for while one types."""

from django.http import HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.audience.queries import count
from regulars.desk.access import StaffRequest, requires
from regulars.desk.segments.reading import read, told
from regulars.desk.segments.vocabulary import vocabulary
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.conditions.syntax import BadCondition
from regulars.ui import formats


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def words(request: StaffRequest) -> HttpResponse:
    """The vocabulary, kept by the browser for a minute: cities and stores change seldom."""
    response = JsonResponse(vocabulary(request.staff, currency=request.shop.base_currency))
    response["Cache-Control"] = "private, max-age=60"
    patch_vary_headers(response, ("Cookie", "Accept-Language"))
    return response


@require_POST
@requires(Permission.SEE_CUSTOMERS)
def preview(request: StaffRequest) -> HttpResponse:
    """How many a condition holds for and how it reads, or what is wrong with it and where."""
    try:
        condition = read(request.POST.get("condition", ""), request.staff)
    except BadCondition as error:
        problems = [{"path": one.path, "text": f"{one.problem} {one.remedy}"} for one in error.problems]
        return JsonResponse({"problems": problems})
    found = count(condition, now=clock.now())
    return JsonResponse(
        {
            "problems": [],
            "count": found,
            "countText": ngettext("%(count)s customer", "%(count)s customers", found)
            % {"count": formats.number(found)},
            "sentence": told(condition, currency=request.shop.base_currency),
        }
    )
