"""Stages, moves, repeat share, cohorts, quiet leavers."""

from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.audience.attributes import STAGES
from regulars.audience.queries.findings import Silence
from regulars.audience.rules import Stage
from regulars.desk.insight import charts
from regulars.desk.insight.leaving import Asked, Leaver, around, leavers_page
from regulars.desk.insight.words import definition_of
from regulars.desk.report.document import Section, Table
from regulars.desk.report.known import Known
from regulars.insight.queries.stage_rules import stage_rules
from regulars.shop import queries as shop
from regulars.shop.rules import Indicator
from regulars.ui import formats
from regulars.ui.charts import Series, Unit, bars
from regulars.ui.pictures import picture_of

LEAVERS_SHOWN = 10
COHORTS_SHOWN = 13


def stages(known: Known) -> Section:
    """How many customers stand where, by which rule, and how that moved."""
    counts, total = known.found.get("stages") or {}, sum((known.found.get("stages") or {}).values())
    rules, new_days = stage_rules(), (known.found.get("rhythm") or {}).get("new_days", 0)
    rows = [
        (
            str(STAGES[stage]),
            formats.number(counts.get(stage.value, 0), 0),
            formats.percent(counts.get(stage.value, 0) / total, 0) if total else "–",
            definition_of(stage, rules.thresholds, new_days),
        )
        for stage in Stage
    ]
    chart = charts.stages_chart(known.found.get("stages_by_month"))
    rhythm = known.found.get("rhythm") or {}
    sentences = []
    if rhythm.get("is_known"):
        days = round(rhythm["median_days"])
        sentences.append(
            ngettext(
                "The usual pause between two purchases is %(days)d day.",
                "The usual pause between two purchases is %(days)d days.",
                days,
            )
            % {"days": days}
        )
    unknown = "" if rhythm.get("is_known") else _(
        "Who is leaving cannot be known yet: at least five customers must have come again, ten times in all."
    )  # fmt: skip
    return Section(
        title=_("Where customers stand"),
        sentences=sentences,
        picture=picture_of(chart) if chart else "",
        table=Table((_("Stage"), _("Customers"), "%", _("Who belongs there")), rows, words=(3,)) if total else None,
        unknown=unknown,
        page=_("Stages"),
        path=reverse("insight:stages"),
    )


def moves(known: Known) -> Section:
    """Customers won, woken and lost by month."""
    months = known.found.get("months") or ()
    whole = [month for month in months if month["is_whole"]][-charts.MONTHS_SHOWN :]
    bare = Section(title=_("Won, woken and lost"), page=_("Who comes back"), path=reverse("retention:weeks"))
    if len(whole) < 2:
        return replace(bare, unknown=_("Won, woken and lost: after two whole months of sales."))
    chart = bars(
        _("Customers won, woken and lost by month"),
        [charts.month_in_short(month["month"]) for month in whole],
        [
            Series(_("New"), [month["new"] for month in whole]),
            Series(_("Woken"), [month["woken"] for month in whole], tone="warn"),
            Series(_("Lost"), [-month["lost"] for month in whole], tone="bad"),
        ],
        unit=Unit(digits=0),
        head=_("Month"),
        is_stacked=True,
    )
    sentence = _(
        "In the last %(months)d whole months %(new)s customers came for the first time, %(woken)s came back after a "
        "long silence, and %(lost)s were lost."
    ) % {
        "months": len(known.year),
        "new": formats.number(known.in_year("new"), 0),
        "woken": formats.number(known.in_year("woken"), 0),
        "lost": formats.number(known.in_year("lost"), 0),
    }
    return replace(bare, sentences=[sentence], picture=picture_of(chart))


def repeat_share(known: Known) -> Section:
    """Of a month's buyers, how many had bought before."""
    bare = Section(title=_("Share of repeat buyers"), page=_("Who comes back"), path=reverse("retention:cohorts"))
    chart = charts.repeat_chart(known.found.get("months"), shop.goals(indicator=Indicator.REPEAT_SHARE, is_open=True))
    if chart is None:
        return replace(bare, unknown=_("The share of repeat buyers: after two whole months of sales."))
    last = known.year[-1]
    sentence = _("Of 100 buyers of the last whole month about %(count)d had bought before.") % {
        "count": round(100 * last["repeat_buyers"] / last["buyers"]) if last["buyers"] else 0
    }
    return replace(bare, sentences=[sentence], picture=picture_of(chart, height=190))


def cohorts(known: Known) -> Section:
    """Of those who first bought in a month, how many bought in later ones."""
    bare = Section(title=_("Who comes back"), page=_("Who comes back"), path=reverse("retention:cohorts"))
    chart = charts.cohorts_chart(known.found.get("cohorts"), known.found.get("months"), count=COHORTS_SHOWN)
    if chart is None:
        return replace(bare, unknown=_("Who comes back: after the first whole month."))
    sentence = _(
        "Each line is the customers of one month; the figures say what share of them bought in the first, second, "
        "third month after it."
    )
    return replace(bare, sentences=[sentence], picture=picture_of(chart))


def leavers(known: Known) -> Section:
    """The quiet leavers with most at stake; without telephone numbers, for paper lies about."""
    bare = Section(title=_("Quiet leavers"), page=_("Quiet leavers"), path=reverse("insight:leavers"))
    at_stake = known.at_stake
    if not (known.found.get("rhythm") or {}).get("is_known"):
        return replace(bare, unknown=_("Quiet leavers: once the shop’s rhythm is known."))
    if not at_stake.customers:
        return replace(bare, sentences=[_("Nobody is leaving: every customer is within the usual pauses.")])
    sentence = ngettext(
        "%(count)s customer stays away longer than usual and has not complained; with them %(money)s of a year is at "
        "stake.",
        "%(count)s customers stay away longer than usual and have not complained; with them %(money)s of a year is at "
        "stake.",
        at_stake.customers,
    ) % {"count": formats.number(at_stake.customers, 0), "money": known.money(at_stake.at_stake_minor)}
    if not known.has_names:
        return replace(bare, sentences=[sentence, _("Names are left out: you may not see customers.")])
    asked = Asked(Silence.QUIET.value, "at_stake", "", "", "")
    shown = leavers_page(asked, around(), cursor=None, limit=LEAVERS_SHOWN, has_phones=False, now=known.now)
    table = Table(
        (_("Customer"), _("Why"), _("Seller"), _("At stake in a year")),
        [(one.name, _why(one), one.seller or "–", known.money(one.found.at_stake_minor)) for one in shown.rows],
        words=(1, 2),
    )
    return replace(bare, sentences=[sentence, _("The first ten, by money:")], table=table)


def _why(one: Leaver) -> str:
    return ", ".join(part for part in (one.rhythm, one.chance) if part)
