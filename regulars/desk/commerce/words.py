"""Names of what commerce deals in, as people read them, and what refusals mean to them."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.commerce import attributes
from regulars.commerce.actions.enquiries import EnquiryRefusal
from regulars.commerce.actions.orders import OrderRefusal
from regulars.commerce.actions.returns import ReturnRefusal
from regulars.commerce.queries.enquiries import EnquiryState
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome, OrderStatus

STATUS_TONES: dict[OrderStatus, str] = {
    OrderStatus.PLACED: "info",
    OrderStatus.PAID: "good",
    OrderStatus.SHIPPED: "warn",
    OrderStatus.COMPLETED: "good",
    OrderStatus.CANCELLED: "bad",
}
# What the button says that takes an order there.
MOVE_NAMES: dict[OrderStatus, Promise] = {
    OrderStatus.PLACED: _("Place the order"),
    OrderStatus.PAID: _("Mark as paid"),
    OrderStatus.SHIPPED: _("Mark as shipped"),
    OrderStatus.COMPLETED: _("Complete"),
}


@dataclass(frozen=True)
class Sign:
    """A word with the picture beside it."""

    name: Promise | str
    icon: str


ENQUIRY_KINDS: dict[EnquiryKind, Sign] = {
    EnquiryKind.CALL: Sign(attributes.ENQUIRY_KINDS[EnquiryKind.CALL], icon="phone"),
    EnquiryKind.FORM: Sign(attributes.ENQUIRY_KINDS[EnquiryKind.FORM], icon="forms"),
    EnquiryKind.VISIT: Sign(attributes.ENQUIRY_KINDS[EnquiryKind.VISIT], icon="building-store"),
    EnquiryKind.MEASURING: Sign(attributes.ENQUIRY_KINDS[EnquiryKind.MEASURING], icon="ruler-measure"),
    EnquiryKind.MESSAGE: Sign(attributes.ENQUIRY_KINDS[EnquiryKind.MESSAGE], icon="message"),
}
OUTCOME_TONES: dict[EnquiryOutcome, str] = {
    EnquiryOutcome.OPEN: "info",
    EnquiryOutcome.WON: "good",
    EnquiryOutcome.LOST: "bad",
}
STATE_NAMES: dict[EnquiryState, Promise] = {
    EnquiryState.OPEN: pgettext_lazy("enquiries", "Open"),
    EnquiryState.STUCK: pgettext_lazy("enquiries", "Stuck"),
    EnquiryState.WON: pgettext_lazy("enquiries", "Won"),
    EnquiryState.LOST: pgettext_lazy("enquiries", "Lost"),
    EnquiryState.ALL: pgettext_lazy("enquiries", "All"),
}

ORDER_REFUSALS: dict[OrderRefusal, Promise] = {
    OrderRefusal.FUTURE: _("The order would be dated after this moment. Correct its date."),
    OrderRefusal.OTHER_CONTENT: _("There is another order of this number. Give this one a number of its own."),
    OrderRefusal.CANCELLED: _("The order is cancelled and can no longer be changed."),
    OrderRefusal.OTHER_NUMBER: _("This is the content of another order. Load the page again."),
    OrderRefusal.LINE_RETURNED: _("Goods of a line came back, so it cannot hold less. Undo the change to it."),
    OrderRefusal.CURRENCY_RETURNED: _("Goods came back in the old currency, so the currency stays."),
    OrderRefusal.STATUS: _("An order cannot begin as cancelled."),
}
AMOUNT_REFUSALS: dict[str, Promise] = {
    "no_lines": _("Add at least one product."),
    "discount": _("The discount is greater than the price. Make it smaller."),
    "delivery": _("Delivery cannot cost less than nothing."),
    "tax": _("A tax cannot be less than nothing."),
    "quantity": _("Each line needs a quantity above zero."),
    "price": _("A price cannot be below zero."),
}
RETURN_REFUSALS: dict[ReturnRefusal, Promise] = {
    ReturnRefusal.NOTHING: _("Say how much of which line comes back."),
    ReturnRefusal.NOT_SOLD: _("The order is a draft or cancelled: nothing of it can come back."),
    ReturnRefusal.BEFORE_ORDER: _("The goods would come back before they were bought. Correct the date."),
    ReturnRefusal.FUTURE: _("The return would be dated after this moment. Correct its date."),
    ReturnRefusal.OTHER_ORDER: _("A line belongs to another order. Load the page again."),
    ReturnRefusal.MATCHED_ALREADY: _("Somebody has matched this return already. Load the page again."),
    ReturnRefusal.OTHER_CUSTOMER: _("The order is another customer’s."),
    ReturnRefusal.OTHER_GOODS: _("The order’s line holds other goods."),
    ReturnRefusal.OTHER_CURRENCY: _("The order is in another currency."),
}
ENQUIRY_REFUSALS: dict[EnquiryRefusal, Promise] = {
    EnquiryRefusal.NOBODY: _("Say who asked: a name, a phone or an e-mail."),
    EnquiryRefusal.FUTURE: _("The enquiry would be dated after this moment. Correct its date."),
    EnquiryRefusal.CLOSED: _("Somebody has closed this enquiry already."),
    EnquiryRefusal.STEP: _("The enquiry does not go from its step to that one. Load the page again."),
    EnquiryRefusal.NO_REASON: _("Say why it was lost: choose a cause or write a note."),
    EnquiryRefusal.NO_ORDER: _("There is no such order any more."),
    EnquiryRefusal.OTHER_CUSTOMER: _("The order is another customer’s than the enquiry."),
}
