"""Quiet leavers: the list and its file."""

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.audience.queries.findings import FindingSort
from regulars.audience.rules import Stage
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.insight.people import people_from
from regulars.foundation.access import Permission
from regulars.foundation.money import Money

_PAGE = 50
_EXPORT_PIECE = 500
_SHOWN = {"leaving": (Stage.LEAVING,), "lost": (Stage.LOST,), "both": (Stage.LEAVING, Stage.LOST)}


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def leavers(request: StaffRequest) -> HttpResponse:
    """Customers who have been silent for longer than is usual with them."""
    shown, sort = _asked(request)
    page = findings.customers_in(_SHOWN[shown], sort=sort, cursor=request.GET.get("cursor"), limit=_PAGE)
    context = {
        "page": page,
        "people": people_from(page.rows),
        "shown": shown,
        "sort": sort.value,
        "publication": findings.publication(),
        "rhythm": findings.shop_finding("rhythm"),
        "may_export": request.staff.may(Permission.EXPORT_CUSTOMERS),
    }
    return render(request, "desk/insight/leavers.html", context)


@require_GET
@requires(Permission.EXPORT_CUSTOMERS)
def export_leavers(request: StaffRequest) -> StreamingHttpResponse:
    shown, sort = _asked(request)
    currency = request.shop.base_currency

    def rows() -> Iterator[list[Cell]]:
        cursor: str | None = None
        while True:
            page = findings.customers_in(_SHOWN[shown], sort=sort, cursor=cursor, limit=_EXPORT_PIECE)
            for person in people_from(page.rows):
                found = person.found
                pause, limit = found.gap_median_days, found.gap_limit_days
                yield [
                    str(person.id),
                    person.name,
                    person.seller,
                    person.stage,
                    found.last_order_at,
                    found.silence_days,
                    None if pause is None else round(pause),
                    None if limit is None else round(limit),
                    found.orders,
                    Money(found.revenue_minor, currency).amount,
                    Money(found.at_stake_minor, currency).amount,
                ]
            cursor = page.next_cursor
            if cursor is None:
                return

    headers = [
        "id",
        _("Customer"),
        _("Seller"),
        _("Stage"),
        _("Last purchase"),
        _("Silent, days"),
        _("Usual pause, days"),
        _("Limit, days"),
        _("Orders"),
        _("Revenue, %(currency)s") % {"currency": currency},
        _("At stake, %(currency)s") % {"currency": currency},
    ]
    return csv_response("quiet-leavers", headers, rows())


def _asked(request: StaffRequest) -> tuple[str, FindingSort]:
    shown, sort = request.GET.get("show", "leaving"), request.GET.get("sort", "").removeprefix("-")
    return shown if shown in _SHOWN else "leaving", FindingSort(sort) if sort in set(
        FindingSort
    ) else FindingSort.AT_STAKE
