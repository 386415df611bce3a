"""What to offer one customer, with each reason in words that a seller can say aloud."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.insight.queries.recommendations import Offer, Reason, ReasonKind, Unknown, offers_for


@dataclass(frozen=True)
class OfferView:
    offer: Offer
    reason: str


@dataclass(frozen=True)
class OffersView:
    """unknown: why there is not more, "" where nothing is missing."""

    again: Sequence[OfferView]
    new: Sequence[OfferView]
    unknown: str


def offers_view(customer_id: UUID, *, now: datetime) -> OffersView:
    found = offers_for(customer_id, now=now)
    return OffersView(
        [OfferView(offer, reason_of(offer.reason)) for offer in found.again],
        [OfferView(offer, reason_of(offer.reason)) for offer in found.new],
        _unknown(found.unknown),
    )


def reason_of(reason: Reason) -> str:
    """«you bought Oolong; 34 of 120 buyers of it take this»; "" where nothing can be said."""
    names = {"source": reason.source_name, "via": reason.via_name}
    match reason.kind:
        case ReasonKind.HABIT:
            return _habit(reason)
        case ReasonKind.TAKEN_WITH if reason.via_name:
            return _("bought “%(source)s”; buyers of it take “%(via)s”, and with that goes this") % names
        case ReasonKind.TAKEN_WITH if reason.having:
            return _("bought “%(source)s”; %(together)d of %(having)d buyers of it take this too") % {
                **names, "together": reason.together, "having": reason.having,
            }  # fmt: skip
        case ReasonKind.TAKEN_WITH:
            return _("bought “%(source)s”; buyers of it often take this too") % names
        case ReasonKind.CURATED:
            return reason.words or _("bought “%(source)s”; your staff know that this goes with it") % names
        case ReasonKind.POPULAR:
            return _("much bought in the shop now")


def _habit(reason: Reason) -> str:
    times = ngettext("bought %(n)d time", "bought %(n)d times", reason.times) % {"n": reason.times}
    if reason.interval_days is None or reason.silence_days is None:
        return times
    usual = ngettext("usually every day", "usually every %(days)d days", reason.interval_days) % {
        "days": reason.interval_days
    }
    last = ngettext("last %(days)d day ago", "last %(days)d days ago", reason.silence_days) % {
        "days": reason.silence_days
    }
    return _("%(usual)s, %(last)s, %(times)s") % {"usual": usual, "last": last, "times": times}


def _unknown(why: Unknown | None) -> str:
    match why:
        case Unknown.NOT_ANALYSED:
            return _("After the first analysis one sees here what to offer.")
        case Unknown.NO_PURCHASES:
            return _("This customer has not bought yet: here is what the shop sells most at present.")
        case Unknown.TOO_FEW:
            return _("Too few customers have bought several things: what goes with what cannot be known yet.")
    return ""
