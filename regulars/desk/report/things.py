"""The three things to do first, in words: each with the numbers of its reason and what hangs on it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.audience.queries import highlights
from regulars.commerce.queries.catalogue import product_names
from regulars.desk.report.document import Thing
from regulars.desk.report.known import YEAR_MONTHS, Known
from regulars.insight.rules import report as rules
from regulars.insight.rules.first_purchases import Prior
from regulars.ui import formats


def things_of(known: Known) -> list[Thing]:
    """At most three; none for a shop of which too little is known."""
    return [_WORDS[type(one)](one, known) for one in rules.first_things(suggestions(known))]


def suggestions(known: Known) -> list[rules.Suggestion | None]:
    """What each rule makes of the findings."""
    facts, largest, sold = known.facts, highlights.largest_customer(), highlights.turnover()
    return [
        rules.call_leavers(
            customers=known.at_stake.customers, buyers=known.buyers, stake_minor=known.at_stake.at_stake_minor
        ),
        rules.help_over_step(
            known.bottleneck("back"),
            newcomers_a_year=known.newcomers_a_year,
            again=known.again,
            buyers=known.buyers,
            average_minor=known.average_minor,
        ),
        rules.put_forward(
            _beginnings(known),
            prior=prior_of_first_products(known),
            newcomers_a_year=known.newcomers_a_year,
            again=known.again,
            average_minor=known.average_minor,
        ),
        rules.mend_step(known.bottleneck("front")),
        rules.look_into_returns(
            products=_returned(),
            sold_minor=sold.revenue_minor + sold.returned_minor,
            returned_minor=sold.returned_minor,
            years=len(known.found.get("months") or ()) / YEAR_MONTHS,
        ),
        rules.depend_less(
            top_minor=largest.revenue_minor,
            top_year_minor=largest.revenue_year_minor,
            revenue_minor=facts.get("revenue_minor", 0),
            buyers=known.buyers,
        )
        if largest
        else None,
        rules.know_buyers(guest_orders=facts.get("guest_orders", 0), orders=facts.get("orders", 0)),
    ]


def prior_of_first_products(known: Known) -> Prior | None:
    """What is usual among first products."""
    priors = known.firsts["priors"]["product"]
    found = priors[known.horizon] if len(priors) > known.horizon else None
    return Prior(**found) if found else None


def _beginnings(known: Known) -> list[rules.Beginning]:
    rows, place = known.firsts["kinds"]["product"], known.horizon
    names = product_names([UUID(row["key"]) for row in rows])
    return [
        rules.Beginning(names[UUID(row["key"])], row["had"][place], row["back"][place])
        for row in rows
        if UUID(row["key"]) in names
    ]


def _returned() -> list[rules.Returned]:
    found = highlights.most_returned()
    names = product_names([product.product_id for product in found])
    return [
        rules.Returned(
            names.get(product.product_id, ""),
            product.orders,
            product.revenue_minor + product.returned_minor,
            product.returned_minor,
        )
        for product in found
        if product.product_id in names
    ]


def _call(one: rules.CallLeavers, known: Known) -> Thing:
    count = formats.number(one.customers, 0)
    return Thing(
        title=ngettext("Call %(count)s quiet leaver", "Call %(count)s quiet leavers", one.customers) % {"count": count},
        reason=_(
            "They stay away longer than they ever do, and have said nothing. That is %(share)s of all who have bought. "
            "Begin with the first ten of the list below."
        )
        % {"share": formats.percent(one.of_buyers, 0)},
        stake=_("%(money)s of the coming year is at stake with them") % {"money": known.money(one.stake_minor)},
        page=_("Quiet leavers"),
        path=reverse("insight:leavers"),
    )


def _help(one: rules.HelpOverStep, known: Known) -> Thing:
    steps = {1: _("the second purchase"), 2: _("the third purchase"), 3: _("the fourth purchase")}
    return Thing(
        title=_("Lead more customers to %(step)s") % {"step": steps.get(one.step, _("the next purchase"))},
        reason=f"{_passed(one)} " + _("Thank them, ask how it was, and give a reason to come within the usual pause."),
        stake=_gain(one.stake_minor, known),
        page=_("Who comes back"),
        path=reverse("retention:cohorts"),
    )


def _passed(one: rules.HelpOverStep | rules.MendStep) -> str:
    numbers = {
        "reached": formats.number(one.reached, 0),
        "passed": round(100 * one.passed),
        "aim": round(100 * one.aim),
        "days": one.within_days,
    }
    if one.within_days is None:
        text = _(
            "Most are lost at this step: of %(reached)s customers a year who come so far, %(passed)d of 100 go on; "
            "the aim is %(aim)d."
        )
    else:
        text = _(
            "Of %(reached)s people a year who come so far, %(passed)d of 100 go on within %(days)d days; in the better "
            "half of the months %(aim)d did."
        )
    return text % numbers


def _gain(stake_minor: int, known: Known) -> str:
    return _("It would bring about %(money)s a year") % {"money": known.money(stake_minor)}


def _put_forward(one: rules.PutForward, known: Known) -> Thing:
    return Thing(
        title=_("Put “%(product)s” forward for newcomers") % {"product": one.product},
        reason=_(
            "Of %(buyers)s customers who began with it, %(again)d of 100 came again; of all newcomers %(usually)d. A "
            "link is no proof: offer it first for a month and compare."
        )
        % {
            "buyers": formats.number(one.buyers, 0),
            "again": round(100 * one.again),
            "usually": round(100 * one.usually),
        },
        stake=_("If one newcomer in ten began with it, about %(money)s a year")
        % {"money": known.money(one.stake_minor)},
        page=_("First purchases"),
        path=reverse("retention:cohorts"),
    )


def _look(one: rules.LookIntoReturns, known: Known) -> Thing:
    return Thing(
        title=_("Find out why “%(product)s” comes back") % {"product": one.product},
        reason=_("%(returned)s of its money went back to customers; of all goods %(usually)s.")
        % {"returned": formats.percent(one.returned, 0), "usually": formats.percent(one.usually, 1)},
        stake=_("%(money)s a year came back beyond what is usual") % {"money": known.money(one.stake_minor)},
        page=_("Products"),
        path=reverse("commerce:products"),
    )


def _depend(one: rules.DependLess, known: Known) -> Thing:
    return Thing(
        title=_("Do not depend on one customer"),
        reason=_(
            "One customer brings %(share)s of all the money. Agree with him on the coming year, and win others like "
            "him, before anything happens."
        )
        % {"share": formats.percent(one.share, 0)},
        stake=_("%(money)s of the last year came from him alone") % {"money": known.money(one.stake_minor)},
        page=_("Customers"),
        path=reverse("customers:list"),
    )


def _mend(one: rules.MendStep, known: Known) -> Thing:
    names = {"visit": _("from the visit on"), "registration": _("from the registration on"),
             "enquiry": _("from the enquiry on")}  # fmt: skip
    return Thing(
        title=_("Lead more people %(step)s") % {"step": names.get(one.step, one.step)},
        reason=_passed(one),
        stake=_gain(one.stake_minor, known),
        page=_("Today"),
        path=reverse("home:today"),
    )


def _know(one: rules.KnowBuyers, known: Known) -> Thing:
    return Thing(
        title=_("Ask buyers who they are"),
        reason=_(
            "%(share)s of the orders are of guests. Nobody can thank them, remind them or notice that they stay away: "
            "ask for a telephone number or an address when they pay."
        )
        % {"share": formats.percent(one.share, 0)},
        stake="",
        page=_("Orders"),
        path=reverse("commerce:orders"),
    )


_WORDS: Mapping[type, Callable[[Any, Known], Thing]] = {
    rules.CallLeavers: _call,
    rules.HelpOverStep: _help,
    rules.PutForward: _put_forward,
    rules.LookIntoReturns: _look,
    rules.DependLess: _depend,
    rules.MendStep: _mend,
    rules.KnowBuyers: _know,
}
