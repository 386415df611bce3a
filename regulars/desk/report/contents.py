"""The report put together in the active language: state of the shop, three things to do first, sections."""

from datetime import datetime

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from regulars.audience.rules import Stage
from regulars.desk.report.document import Figure, Report, Section
from regulars.desk.report.known import Known, known
from regulars.desk.report.sections import sections_of
from regulars.desk.report.things import things_of
from regulars.ui import formats


def report(*, has_names: bool, now: datetime, address: str = "") -> Report:
    """has_names: whether customers may be named. address: of the desk, for links; "": pages are only named."""
    seen = known(has_names=has_names, now=now)
    things = things_of(seen)
    return Report(
        language=(get_language() or "en")[:2],
        title=_("Report for the owner"),
        shop=seen.shop.name,
        subtitle=_("Figures of %(day)s") % {"day": formats.day(seen.as_of_date)},
        opening=_opening(seen),
        figures=_figures(seen),
        things_title=_things_title(len(things)),
        things=things,
        things_note=_things_note(len(things)),
        sections=_with_unknown(sections_of(seen)),
        colophon=_("Made by Regulars on %(moment)s. It holds names of customers: do not leave it lying about.")
        % {"moment": formats.moment(now, seen.shop.zone)},
        address=address.rstrip("/"),
    )


def _with_unknown(sections: list[Section]) -> list[Section]:
    """What cannot be known yet stands with each subject, and once more together before the last."""
    unknown = [section.unknown for section in sections if section.unknown]
    if not unknown:
        return sections
    together = Section(title=_("What cannot be known yet"), sentences=unknown)
    return [*sections[:-1], together, sections[-1]]


def _opening(seen: Known) -> list[str]:
    """The state of the shop in one paragraph."""
    if seen.publication is None:
        return [_("Nothing has been analysed yet. Bring in your orders and run an analysis; then this report fills.")]
    facts = seen.facts
    if not facts.get("orders"):
        return [_("There are no orders yet. Bring them in, and this report fills.")]
    sentences = [
        _("%(shop)s knows %(customers)s customers; %(buyers)s of them have bought, %(repeat)s on more than one day.")
        % {
            "shop": seen.shop.name,
            "customers": formats.number(facts["customers"], 0),
            "buyers": formats.number(facts["buyers"], 0),
            "repeat": formats.number(facts["repeat_buyers"], 0),
        }
    ]
    if seen.year:
        sentences.append(
            ngettext(
                "The last whole month brought %(money)s with %(orders)s orders and %(new)s new customers.",
                "The last %(months)d whole months brought %(money)s with %(orders)s orders and %(new)s new customers.",
                len(seen.year),
            )
            % {
                "months": len(seen.year),
                "money": seen.money(seen.in_year("revenue_minor")),
                "orders": formats.number(seen.in_year("orders"), 0),
                "new": formats.number(seen.in_year("new_buyers"), 0),
            }
        )
    if seen.at_stake.customers:
        sentences.append(
            _("%(leaving)s are leaving in silence, and with them %(money)s of the coming year.")
            % {
                "leaving": formats.number(seen.at_stake.customers, 0),
                "money": seen.money(seen.at_stake.at_stake_minor),
            }
        )
    if lost := seen.stage(Stage.LOST):
        sentences.append(_("%(lost)s are lost.") % {"lost": formats.number(lost, 0)})
    return sentences


def _figures(seen: Known) -> list[Figure]:
    if not seen.facts.get("orders"):
        return []
    months = ngettext("last whole month", "last %(count)d whole months", len(seen.year)) % {"count": len(seen.year)}
    figures = []
    if seen.year:
        buyers = sum(month["buyers"] for month in seen.year)
        share = sum(month["repeat_buyers"] for month in seen.year) / buyers if buyers else 0.0
        figures += [
            Figure(_("Revenue"), seen.money(seen.in_year("revenue_minor")), months),
            Figure(_("Orders"), formats.number(seen.in_year("orders"), 0), months),
            Figure(_("Average order"), seen.money(seen.average_minor), months),
            Figure(_("Share of repeat buyers"), formats.percent(share, 0), _("mean of the months")),
        ]
    figures += [
        Figure(_("Buyers"), formats.number(seen.buyers, 0), _("since the first order")),
        Figure(_("At stake in a year"), seen.money(seen.at_stake.at_stake_minor), _("with quiet leavers")),
    ]
    return figures


def _things_title(count: int) -> str:
    if count == 0:
        return _("What to do first")
    return ngettext("The one thing to do first", "The %(count)s things to do first", count) % {
        "count": {2: _("two"), 3: _("three")}.get(count, str(count))
    }


def _things_note(count: int) -> str:
    """What to think of a list that is short."""
    if count == 3:
        return _("Chosen by the money of a year that hangs on them.")
    if count:
        return _("No more can be said with a good conscience yet: the rules want more customers and more months.")
    return _(
        "Nothing can be said with a good conscience yet: that takes at least thirty customers who have bought, or "
        "somebody who stays away longer than usual."
    )
