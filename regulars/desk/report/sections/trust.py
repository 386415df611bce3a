"""How far the figures can be trusted."""

from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.desk.report.document import Section
from regulars.desk.report.known import Known
from regulars.ui import formats


def trust(known: Known) -> Section:
    """The date of the data, what was left out."""
    facts = known.facts
    sentences = [
        _("The figures speak of %(day)s and were computed on %(made)s.")
        % {
            "day": formats.day(known.as_of_date),
            "made": formats.moment(known.publication.published_at, known.shop.zone) if known.publication else "–",
        }
    ]
    if facts.get("orders"):
        sentences.append(
            _("They rest on %(orders)s orders; %(guests)s of them are of guests and belong to nobody.")
            % {"orders": formats.number(facts["orders"], 0), "guests": formats.number(facts["guest_orders"], 0)}
        )
    return Section(
        title=_("How far to trust these figures"),
        sentences=sentences,
        page=_("Trust"),
        path=reverse("insight:trust"),
    )
