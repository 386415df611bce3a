"""How reasons, standings and refusals are said to people."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.audience.queries.findings import Finding
from regulars.audience.rules import Stage
from regulars.customers.actions import ConsentFault, ContactFault, MergeFault, ProfileFault
from regulars.customers.rules import Birthday, MergeReason
from regulars.customers.rules.consent import Standing
from regulars.customers.rules.merging import Why
from regulars.desk.insight.words import of_hundred
from regulars.ui import formats
from regulars.ui.formats import active_locale

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REASONS: Mapping[MergeReason, "_StrPromise"] = {
    MergeReason.SAME_EMAIL: gettext_lazy("the same e-mail"),
    MergeReason.SAME_PHONE: gettext_lazy("the same telephone number"),
    MergeReason.SAME_NAME_AND_BIRTHDAY: gettext_lazy("the same name and birthday"),
    MergeReason.SAME_NAME_AND_PHONE_TAIL: gettext_lazy("the same name, and a number that ends alike"),
    MergeReason.BY_HAND: gettext_lazy("decided by a person"),
}
STANDINGS: Mapping[Standing, "_StrPromise"] = {
    Standing.NEVER_ASKED: gettext_lazy("not asked"),
    Standing.GIVEN: gettext_lazy("allowed"),
    Standing.SOFT_OPT_IN: gettext_lazy("allowed as a buyer"),
    Standing.WITHDRAWN: gettext_lazy("withdrawn"),
}
STANDING_TONES: Mapping[Standing, str] = {
    Standing.NEVER_ASKED: "plain",
    Standing.GIVEN: "good",
    Standing.SOFT_OPT_IN: "info",
    Standing.WITHDRAWN: "bad",
}
WHYS: Mapping[Why, "_StrPromise"] = {
    Why.SAME: gettext_lazy("the same in both"),
    Why.ONLY_ONE: gettext_lazy("only one profile knows it"),
    Why.SURVIVOR: gettext_lazy("the profile that stays goes first"),
}
FIELDS: Mapping[str, "_StrPromise"] = {
    "first_name": gettext_lazy("First name"),
    "last_name": gettext_lazy("Last name"),
    "patronymic": gettext_lazy("Patronymic"),
    "company": gettext_lazy("Company"),
    "birth_day": gettext_lazy("Birthday"),
    "language": gettext_lazy("Language"),
    "time_zone": gettext_lazy("Time zone"),
    "country": gettext_lazy("Country"),
    "city": gettext_lazy("City"),
    "store_id": gettext_lazy("Store of choice"),
    "seller_id": gettext_lazy("Seller of choice"),
    "household_id": gettext_lazy("Household"),
    "criterion": gettext_lazy("What decides a purchase"),
    "fear": gettext_lazy("Fear when buying"),
    "tastes": gettext_lazy("Tastes"),
    "priorities": gettext_lazy("What matters in life"),
}
CONTACT_FAULTS: Mapping[ContactFault, "_StrPromise"] = {
    ContactFault.UNREADABLE: gettext_lazy(
        "This cannot be such a contact. Check the digits or letters; a foreign number begins with + and its country."
    ),
    ContactFault.ALREADY_THERE: gettext_lazy("The customer has this contact already."),
}
PROFILE_FAULTS: Mapping[ProfileFault, "_StrPromise"] = {
    ProfileFault.UNKNOWN_TIME_ZONE: gettext_lazy("There is no such time zone; choose one from the list."),
    ProfileFault.BORN_IN_THE_FUTURE: gettext_lazy("This year is still to come; check it."),
}
CONSENT_FAULTS: Mapping[ConsentFault, "_StrPromise"] = {
    ConsentFault.NO_SUCH_TEXT: gettext_lazy("This text is no longer there; choose another."),
    ConsentFault.OTHER_PURPOSE: gettext_lazy("This text is about another purpose; choose the one that was agreed to."),
    ConsentFault.NOT_YET: gettext_lazy("A consent cannot be given in the future; check the day."),
}
MERGE_FAULTS: Mapping[MergeFault, "_StrPromise"] = {
    MergeFault.ITSELF: gettext_lazy("This is the same profile; choose another."),
    MergeFault.NOT_LIVING: gettext_lazy(
        "One of the two was merged or erased in the meantime; look at the profile again."
    ),
    MergeFault.ALREADY_UNDONE: gettext_lazy("This merge has been undone already."),
    MergeFault.MERGED_FURTHER: gettext_lazy("The profile was merged further or erased; undo the later merge first."),
    MergeFault.VALUE_MOVED: gettext_lazy("It can no longer be undone, as something was spent or changed since."),
}


def birthday(value: Birthday) -> str:
    """«5 марта 1990 г.», or without the year where nobody knows it."""
    if value.year:
        return str(format_date(date(value.year, value.month, value.day), "long", locale=active_locale()))
    return str(format_date(date(2000, value.month, value.day), "d MMMM", locale=active_locale()))


def rhythm(finding: Finding | None) -> str:
    """After how many days the customer usually comes again."""
    if finding is None or finding.gap_median_days is None:
        return _("not known yet")
    days = round(finding.gap_median_days)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def buys_90(finding: Finding | None) -> str:
    """«21 of 100»: of such customers, so many buy within 90 days."""
    if finding is None or finding.buys_90 is None:
        return ""
    return _("%(count)d of 100") % {"count": of_hundred(finding.buys_90)}


def expected_purchases(finding: Finding | None) -> str:
    """«purchases: 0.4 in 90 days, 1.6 in a year»."""
    if finding is None or finding.expected_90 is None or finding.expected_365 is None:
        return ""
    return _("purchases: %(quarter)s in 90 days, %(year)s in a year") % {
        "quarter": formats.number(finding.expected_90, 1),
        "year": formats.number(finding.expected_365, 1),
    }


def next_window(finding: Finding | None) -> str:
    """«5 Dec – 20 Jan 2027»."""
    if finding is None or finding.next_from_date is None or finding.next_to_date is None:
        return ""
    return formats.days(finding.next_from_date, finding.next_to_date)


def stage_reason(finding: Finding) -> str:
    """Why a customer is at his stage, in a sentence that a seller can repeat."""
    days = finding.purchase_days
    bought = ngettext("%(n)d day with a purchase", "%(n)d days with a purchase", days) % {"n": days}
    silence = finding.silence_days or 0
    silent = ngettext("silent for %(n)d day", "silent for %(n)d days", silence) % {"n": silence}
    if finding.stage is Stage.POTENTIAL:
        return _("Known to us, but has not bought yet.")
    if finding.stage in (Stage.LEAVING, Stage.LOST) and finding.gap_limit_days:
        limit = round(finding.gap_limit_days)
        usual = ngettext("%(n)d day", "%(n)d days", limit) % {"n": limit}
        if finding.stage is Stage.LOST:
            return _("%(bought)s, now %(silent)s: far longer than the %(usual)s that still fit the rhythm.") % {
                "bought": bought, "silent": silent, "usual": usual,
            }  # fmt: skip
        return _("%(bought)s, now %(silent)s; a pause of more than %(usual)s does not fit the rhythm.") % {
            "bought": bought, "silent": silent, "usual": usual,
        }  # fmt: skip
    texts = {
        Stage.NEW: _("First purchase lately; whether a habit comes of it shows with the next one."),
        Stage.OCCASIONAL: _("%(bought)s, %(silent)s; no rhythm yet.") % {"bought": bought, "silent": silent},
        Stage.REPEAT: _("%(bought)s: has come back, but not often enough for a regular.") % {"bought": bought},
        Stage.REGULAR: _("%(bought)s, %(silent)s: buys in a rhythm of their own.")
        % {"bought": bought, "silent": silent},
        Stage.LOYAL: _("%(bought)s over a long time, and still in rhythm.") % {"bought": bought},
    }
    return texts.get(finding.stage, bought)


STAGE_TONES: Mapping[Stage, str] = {
    Stage.POTENTIAL: "plain",
    Stage.NEW: "info",
    Stage.OCCASIONAL: "plain",
    Stage.REPEAT: "info",
    Stage.REGULAR: "good",
    Stage.LOYAL: "good",
    Stage.LEAVING: "warn",
    Stage.LOST: "bad",
}
