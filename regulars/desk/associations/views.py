"""The board of associations: what is tried, what was proposed by people and by data, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from regulars.audience.queries import findings
from regulars.commerce.queries import catalogue, offering
from regulars.desk.access import StaffRequest, requires
from regulars.desk.associations.forms import AssociationForm, goods_like
from regulars.desk.associations.words import FAULTS, Verdict, verdict_of
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.insight.actions import associations as actions
from regulars.insight.actions.associations import CannotChangeAssociation, End
from regulars.insight.queries import associations as queries
from regulars.insight.queries.associations import Association, Proposal, Trial
from regulars.insight.rules.recommending.trying import AssociationState

_MOVES = {
    "try": (actions.try_association, gettext_lazy("It is offered and counted from now on.")),
    "keep": (actions.keep_association, gettext_lazy("It stays.")),
    "drop": (actions.drop_association, gettext_lazy("It is offered no longer; it stays on record.")),
}


@dataclass(frozen=True)
class Shown:
    """An association with what it brought, as far as it was tried."""

    one: Association
    trial: Trial | None
    verdict: Verdict


@dataclass(frozen=True)
class ShownProposal:
    one: Proposal
    source: str
    via: str
    target: str


@require_GET
@requires(Permission.SEE_PRODUCTS)
def board(request: StaffRequest) -> HttpResponse:
    """Everything that leads from one thing to another."""
    may_see_figures = request.staff.may(Permission.SEE_INSIGHT)
    trials = queries.trials() if may_see_figures else {}
    shown = [Shown(one, trials.get(one.id), verdict_of(trials.get(one.id))) for one in queries.associations()]
    context = {
        **{state.value: [one for one in shown if one.one.state is state] for state in AssociationState},
        "is_empty": not shown,
        "proposals": _named(queries.proposals()) if may_see_figures else [],
        "publication": findings.publication(),
        "may_see_figures": may_see_figures,
        "may_decide": request.staff.may(Permission.EDIT_PRODUCTS),
    }
    return render(request, "desk/associations/board.html", context)


@requires(Permission.SEE_PRODUCTS)
def add(request: StaffRequest) -> HttpResponse:
    form = AssociationForm(request.POST or None, categories=catalogue.categories())
    if request.method == "POST" and form.is_valid():
        try:
            actions.propose_association(
                source=form.ends["source"],
                target=form.ends["target"],
                need=form.cleaned_data["need"],
                reason=form.cleaned_data["reason"],
                by=request.by,
                now=clock.now(),
            )
        except CannotChangeAssociation as error:
            form.add_error(None, str(FAULTS[error.fault]))
        else:
            messages.success(request, _("The association is on the board."))
            return redirect("associations:board")
    return render(request, "desk/associations/form.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@requires(Permission.SEE_PRODUCTS)
def find_goods(request: StaffRequest) -> HttpResponse:
    """What a typed text could mean, to choose from."""
    end = "target" if request.GET.get("end") == "target" else "source"
    context = {"end": end, "found": goods_like(request.GET.get(end, ""))}
    return render(request, "desk/associations/parts/found.html", context)


@require_POST
@requires(Permission.EDIT_PRODUCTS)
def take_over(request: StaffRequest) -> HttpResponse:
    """Try what data proposes: one click."""
    try:
        source, via, target = (UUID(request.POST.get(name, "")) for name in ("source", "via", "target"))
    except ValueError as error:
        raise Http404 from error
    if len(offering.goods_by_id([source, via, target])) < 3:
        raise Http404
    now = clock.now()
    try:
        made = actions.propose_association(
            source=End(product_id=source),
            target=End(product_id=target),
            via_product_id=via,
            need="",
            reason="",
            by=request.by,
            now=now,
        )
        actions.try_association(association_id=made, by=request.by, now=now)
    except CannotChangeAssociation as error:
        messages.error(request, str(FAULTS[error.fault]))
    else:
        messages.success(request, _MOVES["try"][1])
    return redirect("associations:board")


@require_POST
@requires(Permission.EDIT_PRODUCTS)
def move(request: StaffRequest, association_id: UUID, move: str) -> HttpResponse:
    if move not in _MOVES or queries.association_of(association_id) is None:
        raise Http404
    act, said = _MOVES[move]
    try:
        act(association_id=association_id, by=request.by, now=clock.now())
    except CannotChangeAssociation as error:
        messages.error(request, str(FAULTS[error.fault]))
    else:
        messages.success(request, said)
    return redirect("associations:board")


def _named(proposals: Sequence[Proposal]) -> list[ShownProposal]:
    goods = offering.goods_by_id({id_ for one in proposals for id_ in (one.source_id, one.via_id, one.target_id)})
    return [
        ShownProposal(one, *(goods[id_].name for id_ in (one.source_id, one.via_id, one.target_id)))
        for one in proposals
        if {one.source_id, one.via_id, one.target_id} <= {id_ for id_ in goods if goods[id_].is_sold}
    ]
