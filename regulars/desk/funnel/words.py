"""Steps, places and shares of the funnel in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from regulars.commerce.rules import EnquiryStep
from regulars.commerce.rules.visits import Device

STEPS: Mapping[str, Promise] = {
    "visit": gettext_lazy("Visited the site"),
    "registration": gettext_lazy("Registered"),
    "enquiry": gettext_lazy("Asked"),
    "order": gettext_lazy("First purchase"),
}
ENTRIES: Mapping[str, Promise] = {
    "visit": gettext_lazy("By a visit of the site"),
    "registration": gettext_lazy("By a registration"),
    "enquiry": gettext_lazy("By an enquiry"),
    "order": gettext_lazy("By the purchase itself"),
}
DEVICES: Mapping[str, Promise] = {
    Device.COMPUTER.value: gettext_lazy("Computer"),
    Device.PHONE.value: gettext_lazy("Phone"),
    Device.TABLET.value: gettext_lazy("Tablet"),
    Device.OTHER.value: gettext_lazy("Not known"),
}
PLACES: Mapping[str, Promise] = {
    "@product": gettext_lazy("A product"),
    "@register": gettext_lazy("Registration"),
    "@cart": gettext_lazy("Basket"),
    "@enquiry": gettext_lazy("Enquiry form"),
    "@order": gettext_lazy("Order"),
    "@other": gettext_lazy("Other pages"),
    "/": gettext_lazy("Front page"),
}
ENQUIRY_STEPS: Mapping[str, Promise] = {
    EnquiryStep.NEW.value: gettext_lazy("before anybody answered"),
    EnquiryStep.CONTACTED.value: gettext_lazy("after the first answer"),
    EnquiryStep.QUALIFIED.value: gettext_lazy("once the wish was clear"),
    EnquiryStep.OFFERED.value: gettext_lazy("after the offer"),
}


def place_name(node: str) -> str:
    """A page or section as its site calls it, or what was done there."""
    return str(PLACES.get(node, node))


def purchase_name(number: int) -> str:
    """Which purchase: "1st", and from the tenth on all together."""
    if number >= 10:
        return _("10th and later")
    return {1: _("1st"), 2: _("2nd"), 3: _("3rd")}.get(number) or _("%(number)dth") % {"number": number}


def out_of_hundred(share: float) -> int:
    return round(share * 100)


def days_in_words(days: int | None) -> str:
    """How soon: "on the same day", "within 5 days"; "" where nobody went on."""
    if days is None:
        return ""
    if days == 0:
        return _("on the same day")
    return ngettext("within %(days)d day", "within %(days)d days", days) % {"days": days}


@dataclass(frozen=True)
class ShareRow:
    """A share with its interval, as numbers out of a hundred; people: who had the chance."""

    value: float
    low: float
    high: float
    people: int

    @property
    def text(self) -> str:
        """ "about 21 of 100 (19–23)" """
        values = {
            "value": out_of_hundred(self.value),
            "low": out_of_hundred(self.low),
            "high": out_of_hundred(self.high),
        }
        if values["low"] == values["high"]:
            return _("%(value)d of 100") % values
        return _("%(value)d of 100 (%(low)d–%(high)d)") % values

    @classmethod
    def of(cls, share: Mapping[str, Any] | None) -> "ShareRow | None":
        return cls(**share) if share else None
