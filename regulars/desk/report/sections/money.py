"""Who brings the money, and what it costs to get and keep them."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.desk.report.document import Section, Table
from regulars.desk.report.known import Known
from regulars.desk.retention.charts import pareto_chart
from regulars.insight.queries import economics as queries
from regulars.insight.queries.economics import Economics, LessChurn
from regulars.ui import formats
from regulars.ui.pictures import picture_of


def pareto(known: Known) -> Section:
    """How few customers bring how much."""
    bare = Section(title=_("Who brings the money"), page=_("Who brings the money"), path=reverse("retention:revenue"))
    found = known.found.get("concentration") or {}
    if not found.get("buyers"):
        return replace(bare, unknown=_("Who brings the money: once known customers have bought."))
    sentence = _(
        "%(few)s of %(buyers)s buyers bring four fifths of the money; the best tenth brings %(tenth)s, the largest one "
        "%(largest)s."
    ) % {
        "few": formats.number(found["for_80_percent"], 0),
        "buyers": formats.number(found["buyers"], 0),
        "tenth": formats.percent(found["top_tenth"], 0),
        "largest": formats.percent(found.get("largest", 0.0), 0),
    }
    curve = ((known.found.get("revenue") or [{}])[0].get("ever") or {}).get("curve") or []
    chart = pareto_chart(curve)
    return replace(bare, sentences=[sentence], picture=picture_of(chart, height=180) if chart else "")


def economics(known: Known) -> Section:
    """What a customer costs and brings; what less drop-out would bring."""
    bare = Section(title=_("What customers cost and bring"), page=_("Economics"), path=reverse("economics:show"))
    found = queries.economics()
    if found is None:
        return replace(bare, unknown=_("What customers cost and bring: after the first whole month of sales."))
    rows = _rows(found, known)
    sentences = [_less_churn(found.less_churn, known)] if found.less_churn else []
    unknown = "" if found.has_spending else _(
        "What a new customer costs: once spending is entered or imported (Economics → Spending)."
    )  # fmt: skip
    if not found.margin.share:
        unknown = f"{unknown} {_('What is earned: once costs of goods or a margin are entered.')}".strip()
    table = Table((_("Figure"), _("Value")), rows) if rows else None
    return replace(bare, sentences=sentences, table=table, unknown=unknown)


def _rows(found: Economics, known: Known) -> list[tuple[str, str]]:
    rows = []
    if found.won.cac_minor is not None:
        rows.append((_("Cost of a new customer"), known.money(found.won.cac_minor)))
    if found.keeping_minor is not None:
        rows.append((_("Cost of keeping one for a year"), known.money(found.keeping_minor)))
    if found.payback is not None:
        months = ngettext("%(count)d month", "%(count)d months", found.payback) % {"count": found.payback}
        rows.append((_("A new customer pays for himself after"), months))
    if found.value_of_new is not None:
        low, high = known.money(found.value_of_new.low), known.money(found.value_of_new.high)
        rows.append((_("A new customer earns in all, most likely"), f"{low} – {high}"))
    if found.clv_to_cac is not None:
        rows.append((_("Earned for each unit of money spent on winning"), formats.number(found.clv_to_cac, 1)))
    return rows


def _less_churn(less: LessChurn, known: Known) -> str:
    if not less.has_drop_out:
        return _("No drop-out is seen in this shop yet, so nothing can be said of what less of it would bring.")
    return _(
        "If everybody were 5%% less likely to drop out, the present customers would bring %(year)s more profit in the "
        "coming year, most likely %(low)s to %(high)s."
    ) % {
        "year": known.money(less.year.value),
        "low": known.money(less.year.low),
        "high": known.money(less.year.high),
    }
