"""What winning and keeping customers costs and brings, and the owner's "what if"."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.economics import charts
from regulars.desk.economics.forms import AssumptionsForm, LeversForm, SpendingForm
from regulars.desk.economics.words import BETTER, LEVERS
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.insight.queries import economics as queries
from regulars.insight.rules.economics.levers import Business, Lever
from regulars.shop import actions
from regulars.shop import queries as shop
from regulars.shop.attributes import CHANNELS
from regulars.ui import formats


@require_GET
@requires(Permission.SEE_INSIGHT)
def show(request: StaffRequest) -> HttpResponse:
    return _page(request, AssumptionsForm.showing(shop.assumptions()))


@require_GET
@requires(Permission.SEE_INSIGHT)
def what_if(request: StaffRequest) -> HttpResponse:
    """The figures beside the sliders, each time one is moved."""
    found = queries.economics()
    context = _levers(request, found.business) if found and found.business else {}
    return render(request, "desk/economics/parts/what_if.html", context)


@require_POST
@requires(Permission.EDIT_SPENDING)
def assumptions(request: StaffRequest) -> HttpResponse:
    form = AssumptionsForm(request.POST)
    if form.is_valid():
        try:
            actions.set_assumptions(
                margin_share=form.cleaned_data["margin"],
                discount_share=form.cleaned_data["discount"],
                by=request.by,
                now=clock.now(),
            )
        except actions.CannotSetAssumptions as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. All figures on this page go by it."))
            return redirect("economics:show")
    return _page(request, form)


def _page(request: StaffRequest, form: AssumptionsForm) -> HttpResponse:
    found, currency = queries.economics(), request.shop.base_currency
    may_edit = request.staff.may(Permission.EDIT_SPENDING)
    context: dict[str, object] = {"found": found, "may_edit": may_edit, "assumptions_form": form}
    has_spending = found.has_spending if found else shop.has_spending()
    if may_edit and not has_spending:
        today = clock.now().astimezone(request.shop.zone).date()
        initial = {"month_date": today.replace(day=1), "currency": currency}
        context["spending_form"] = SpendingForm(currencies=shop.currencies(), initial=initial)
    if found:
        context |= {
            "channels": [(CHANNELS[row.channel] if row.channel else "", row) for row in found.channels],
            "cac_chart": charts.cac_chart(found, currency),
            "spending_chart": charts.spending_chart(found, currency),
            "payback_chart": charts.payback_chart(found, currency),
            "without_rate": ", ".join(sorted(found.without_rate)),
        }
    if found and found.business:
        context |= {"levers_form": LeversForm(request.GET), **_levers(request, found.business)}
    return render(request, "desk/economics/show.html", context, status=422 if form.errors else 200)


@dataclass(frozen=True)
class LeverRow:
    """A lever as it is set, and what one per cent more of it brings."""

    name: str
    set_to: str
    better: str
    year_minor: int
    lifetime_minor: int


def _levers(request: StaffRequest, business: Business) -> dict[str, object]:
    moves = LeversForm(request.GET).moves()
    tried = queries.what_if(business, moves)
    rows = [
        LeverRow(
            str(LEVERS[lever]),
            _moved(lever, moves.get(lever, 0.0)),
            str(BETTER[lever]),
            round(profit.year_minor),
            round(profit.lifetime_minor),
        )
        for lever, profit in tried.by_lever.items()
        if lever is not Lever.CAC or business.cac_minor
    ]
    gains = {
        "year_gain": round(tried.after.year_minor - tried.before.year_minor),
        "lifetime_gain": round(tried.after.lifetime_minor - tried.before.lifetime_minor),
    }
    return {
        "rows": sorted(rows, key=lambda row: -row.year_minor),
        "before_year": round(tried.before.year_minor),
        "after_year": round(tried.after.year_minor),
        "before_lifetime": round(tried.before.lifetime_minor),
        "after_lifetime": round(tried.after.lifetime_minor),
        "clv_minor": round(tried.clv_minor),
        "cac_minor": round(tried.cac_minor) if business.cac_minor else None,
        "clv_to_cac": tried.clv_to_cac,
        "is_moved": any(moves.values()),
        **gains,
    }


def _moved(lever: Lever, by: float) -> str:
    if lever is Lever.MARGIN:
        points = formats.number(by * 100, 0)
        return _("%(points)s points") % {"points": f"+{points}" if by > 0 else points}
    return formats.change(by, 0)
