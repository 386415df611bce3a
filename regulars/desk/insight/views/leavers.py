"""Quiet leavers: the list and its file."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from regulars.audience.actions import note_export
from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.insight.forms import LeaverFilter
from regulars.desk.insight.leaving import (
    NOBODY,
    SHOWN,
    SORTS,
    Asked,
    Leaver,
    all_leavers,
    around,
    leavers_count,
    leavers_page,
)
from regulars.desk.insight.words import of_hundred
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.money import Money
from regulars.ui import formats

_PAGE = 50


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _hundredths(value: float | None) -> int | None:
    return None if value is None else of_hundred(value)


def _amount(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Money(minor, currency).amount


# What the file holds, column by column: header, and the cell of a leaver in the shop's currency.
_FILE: Sequence[tuple[str | Promise, Callable[[Leaver, str], Cell]]] = (
    ("id", lambda one, _: str(one.id)),
    (_("Customer"), lambda one, _: one.name),
    (_("Telephone"), lambda one, _: one.phone),
    (_("Seller"), lambda one, _: one.seller),
    (_("Store"), lambda one, _: one.store),
    (_("Stage"), lambda one, _: one.stage),
    (_("Last purchase"), lambda one, _: one.found.last_order_at),
    (_("Bought last"), lambda one, _: ", ".join(one.last.goods) if one.last else ""),
    (_("Silent, days"), lambda one, _: one.found.silence_days),
    (_("Usual pause, days"), lambda one, _: _whole(one.found.gap_median_days)),
    (_("Limit, days"), lambda one, _: _whole(one.found.gap_limit_days)),
    (_("Come back, of 100"), lambda one, _: _hundredths(one.found.p_alive)),
    (_("The same when due, of 100"), lambda one, _: _hundredths(one.found.p_alive_due)),
    (_("Buy within 90 days, of 100"), lambda one, _: _hundredths(one.found.buys_90)),
    (_("Orders"), lambda one, _: one.found.orders),
    (_("Revenue, %(currency)s"), lambda one, currency: _amount(one.found.revenue_minor, currency)),
    (_("Next year, %(currency)s"), lambda one, currency: _amount(one.found.value_365_minor, currency)),
    (_("At stake, %(currency)s"), lambda one, currency: _amount(one.found.at_stake_minor, currency)),
)


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def leavers(request: StaffRequest) -> HttpResponse:
    """Customers who have been silent for longer than is usual with them."""
    asked, known = _asked(request), around()
    page = leavers_page(
        asked,
        known,
        cursor=request.GET.get("cursor"),
        limit=_PAGE,
        has_phones=request.staff.may(Permission.SEE_CONTACTS),
        now=clock.now(),
    )
    context = {
        "page": page,
        "asked": asked,
        "form": LeaverFilter(request.GET, sellers=known.sellers, stores=known.stores),
        "publication": findings.publication(),
        "rhythm": known.rhythm,
        "is_filtered": asked.is_narrowed,
        "may_export": request.staff.may(Permission.EXPORT_CUSTOMERS),
    }
    return render(request, "desk/insight/leavers.html", context)


@require_GET
@requires(Permission.SEE_CUSTOMERS)
def count_leavers(request: StaffRequest) -> HttpResponse:
    """How many the list holds in all: asked for after the page, because it looks at everybody."""
    found = leavers_count(_asked(request), now=clock.now())
    text = ngettext("%(count)s customer", "%(count)s customers", found) % {"count": formats.number(found)}
    return HttpResponse(text)


@require_GET
@requires(Permission.EXPORT_CUSTOMERS)
def export_leavers(request: StaffRequest) -> HttpResponseBase:
    asked, currency, now = _asked(request), request.shop.base_currency, clock.now()
    has_phones = request.staff.may(Permission.SEE_CONTACTS)
    note_export(columns=asked.columns(has_phones=has_phones), condition=asked.condition.data, by=request.by, now=now)
    headers = [str(header) % {"currency": currency} for header, _cell in _FILE]
    rows = (
        [cell(leaver, currency) for _header, cell in _FILE]
        for leaver in all_leavers(asked, has_phones=has_phones, now=now)
    )
    return csv_response("quiet-leavers", headers, rows)


def _asked(request: StaffRequest) -> Asked:
    """What the address says; what it says wrongly is left out."""
    said = request.GET
    shown, sort = said.get("show", ""), said.get("sort", "").removeprefix("-")
    return Asked(
        shown=shown if shown in SHOWN else SHOWN[0],
        sort=sort if sort in SORTS else "at_stake",
        search=said.get("q", "").replace("\x00", "")[:200],
        seller_id=_id_in(said.get("seller", "")),
        store_id=_id_in(said.get("store", "")),
    )


def _id_in(text: str) -> str:
    try:
        return text if text == NOBODY else str(UUID(text))
    except ValueError:
        return ""
