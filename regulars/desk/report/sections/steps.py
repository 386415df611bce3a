"""How customers begin, and how they go on from purchase to purchase."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.commerce.queries.catalogue import product_names
from regulars.desk.report.document import Section, Table
from regulars.desk.report.known import Known
from regulars.desk.report.things import prior_of_first_products
from regulars.insight.rules.first_purchases import Prior, shrunk
from regulars.ui import formats
from regulars.ui.charts import PERCENT, Series, bars
from regulars.ui.pictures import picture_of

PRODUCTS_SHOWN = 5
STEPS_SHOWN = 5
YEAR = "365"


def first_products(known: Known) -> Section:
    """Of those who began with a product, how many came again; drawn towards what is usual, so that few do not win."""
    bare = Section(
        title=_("Which first purchase makes regulars"), page=_("First purchase"), path=reverse("retention:firsts")
    )
    prior, place = prior_of_first_products(known), known.horizon
    rows = [row for row in known.firsts["kinds"]["product"] if row["had"][place]]
    if prior is None or not rows:
        return replace(bare, unknown=_("Which first purchase makes regulars: three months after several have bought."))
    days = known.firsts["horizons"][place]
    table = _products(rows, prior, place)
    sentences = [
        _("Of 100 newcomers %(usually)d come again within %(days)d days, whatever they begin with.")
        % {"usually": round(100 * prior.mean), "days": days},
        _("Those who began with these products came most often. A link is no proof: try it."),
    ]
    return replace(bare, sentences=sentences, table=table)


def _products(rows: Sequence[Mapping[str, Any]], prior: Prior, place: int) -> Table:
    back, had = (np.array([row[name][place] for row in rows], dtype=np.int64) for name in ("back", "had"))
    shares = shrunk(back, had, prior)
    best = sorted(range(len(rows)), key=lambda index: -shares[index].low)[:PRODUCTS_SHOWN]
    names = product_names([UUID(rows[index]["key"]) for index in best])
    return Table(
        (_("First product"), _("Customers"), _("Came again, of 100"), _("Most likely")),
        [
            (
                names.get(UUID(rows[index]["key"]), "–"),
                formats.number(int(had[index]), 0),
                str(round(100 * shares[index].share)),
                f"{round(100 * shares[index].low)} – {round(100 * shares[index].high)}",
            )
            for index in best
        ],
    )


def funnel(known: Known) -> Section:
    """From purchase to purchase, and the way to the first one where it is known."""
    bare = Section(title=_("From step to step"), page=_("Who comes back"), path=reverse("retention:cohorts"))
    found = known.found.get("funnel") or {}
    steps = [step for step in (found.get("back") or {}).get("steps", []) if step["within"].get(YEAR)][:STEPS_SHOWN]
    front = _front(found.get("front") or {})
    if not steps:
        return replace(bare, sentences=front, unknown=_("From purchase to purchase: a year after the first customers."))
    chart = bars(
        _("Go on within a year"),
        [_step_name(step["number"]) for step in steps],
        [Series(_("Go on within a year"), [step["within"][YEAR]["value"] for step in steps])],
        unit=PERCENT,
        is_horizontal=True,
    )
    rows = [
        (
            _step_name(step["number"]),
            formats.number(step["people"], 0),
            f"{round(100 * step['within'][YEAR]['low'])} – {round(100 * step['within'][YEAR]['high'])}",
            "–" if step["half_by_days"] is None else formats.number(step["half_by_days"], 0),
        )
        for step in steps
    ]
    headers = (_("Step"), _("People"), _("Go on within a year, of 100"), _("Half have gone on after, days"))
    return replace(bare, sentences=front, picture=picture_of(chart), table=Table(headers, rows))


def _step_name(number: int) -> str:
    return _("%(number)d → %(next)d purchase") % {"number": number, "next": number + 1}


def _front(front: Mapping[str, Any]) -> list[str]:
    """One sentence on the way to the first purchase."""
    whole, steps = front.get("whole"), front.get("steps") or []
    if not whole or not steps:
        return [_("The way to the first purchase is not known: no visits, registrations or enquiries came in.")]
    share = whole["within"].get("30")
    if share is None:
        return []
    return [
        _("Of %(people)s people who came to the first step, %(bought)d of 100 bought within 30 days.")
        % {"people": formats.number(whole["people"], 0), "bought": round(100 * share["value"])}
    ]
