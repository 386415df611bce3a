"""Audit entries in words."""

import re
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.desk.words import ROLE_NAMES
from regulars.foundation.access import Role
from regulars.foundation.audit import AuditRow

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

# A verb of the audit trail is "noun.what_was_done".
NOUNS: dict[str, Promise] = {
    "association": _("Association"),
    "calendar": _("Calendar"),
    "category": _("Category"),
    "cause": _("Cause"),
    "consent_text": _("Text of consent"),
    "contact": _("Contact"),
    "customer": _("Customer"),
    "customers": _("Customers"),
    "day": _("Day of a store"),
    "economics": _("Economics"),
    "enquiry": _("Enquiry"),
    "goal": _("Goal"),
    "household": _("Household"),
    "import": _("Import"),
    "insight": _("Figures"),
    "job": _("Job"),
    "order": _("Order"),
    "plan": _("Sales plan"),
    "product": _("Product"),
    "rate": _("Exchange rate"),
    "return": _("Return"),
    "segment": _("Segment"),
    "sending": _("Messages to people outside"),
    "shift": _("Shift"),
    "shop": _("Shop"),
    "site": _("Counted site"),
    "spending": _("Spending"),
    "staff": _("Staff"),
    "store": _("Store"),
    "variant": _("Variant of a product"),
}
DONE: dict[str, Promise] = {
    "added": pgettext_lazy("done", "added"),
    "assigned": pgettext_lazy("done", "somebody put in charge"),
    "cancelled": pgettext_lazy("done", "cancelled"),
    "changed": pgettext_lazy("done", "changed"),
    "closed": pgettext_lazy("done", "closed"),
    "corrected": pgettext_lazy("done", "corrected"),
    "cost_set": pgettext_lazy("done", "cost set"),
    "created": pgettext_lazy("done", "made"),
    "customer_named": pgettext_lazy("done", "customer named"),
    "dates_changed": pgettext_lazy("done", "important dates changed"),
    "dropped": pgettext_lazy("done", "dropped"),
    "erased": pgettext_lazy("done", "data erased"),
    "exception_removed": pgettext_lazy("done", "special day removed"),
    "exception_set": pgettext_lazy("done", "special day set"),
    "exported": pgettext_lazy("done", "data downloaded"),
    "finished": pgettext_lazy("done", "finished"),
    "invited": pgettext_lazy("done", "one-time link made"),
    "joined": pgettext_lazy("done", "joined"),
    "kept": pgettext_lazy("done", "kept"),
    "left": pgettext_lazy("done", "left"),
    "matched": pgettext_lazy("done", "matched to an order"),
    "merge_undone": pgettext_lazy("done", "joining undone"),
    "merged": pgettext_lazy("done", "profiles joined"),
    "moved": pgettext_lazy("done", "moved a step"),
    "not_the_same": pgettext_lazy("done", "said to be different people"),
    "opened": pgettext_lazy("done", "opened"),
    "placed": pgettext_lazy("done", "placed"),
    "preferred": pgettext_lazy("done", "made the main one"),
    "priced": pgettext_lazy("done", "price set"),
    "profile_changed": pgettext_lazy("done", "profile changed"),
    "profile_saved": pgettext_lazy("done", "profile of files saved"),
    "proposed": pgettext_lazy("done", "proposed"),
    "published": pgettext_lazy("done", "published"),
    "registered": pgettext_lazy("done", "added"),
    "removed": pgettext_lazy("done", "removed"),
    "renamed": pgettext_lazy("done", "renamed"),
    "reopened": pgettext_lazy("done", "opened again"),
    "restored": pgettext_lazy("done", "put back"),
    "resumed": pgettext_lazy("done", "going on again"),
    "role_changed": pgettext_lazy("done", "role changed"),
    "sent_again": pgettext_lazy("done", "tried again"),
    "set": pgettext_lazy("done", "set"),
    "set_up": pgettext_lazy("done", "set up"),
    "signed_off": pgettext_lazy("done", "signed off"),
    "stage_rules_changed": pgettext_lazy("done", "rules of stages changed"),
    "started": pgettext_lazy("done", "started"),
    "status_changed": pgettext_lazy("done", "status changed"),
    "stopped": pgettext_lazy("done", "stopped"),
    "tags_changed": pgettext_lazy("done", "tags changed"),
    "taken": pgettext_lazy("done", "taken"),
    "tried": pgettext_lazy("done", "put to the test"),
    "upload_undone": pgettext_lazy("done", "file undone"),
    "uploaded": pgettext_lazy("done", "file taken in"),
    "verified": pgettext_lazy("done", "verified"),
    "week_set": pgettext_lazy("done", "week set"),
}


def is_known(verb: str) -> bool:
    noun, _dot, done = verb.partition(".")
    return noun in NOUNS and done in DONE


def verb_name(verb: str) -> str:
    """The verb in the active language; one that is unknown here as it is written."""
    noun, _dot, done = verb.partition(".")
    return f"{NOUNS[noun]}: {DONE[done]}" if is_known(verb) else verb


def subject_name(row: AuditRow) -> str:
    """The thing's own name where the entry holds one, else the beginning of its id."""
    for values in (row.after, row.before):
        if name := values.get("name"):
            return str(name)
    return row.subject_id[:8]


FIELD_NAMES: dict[str, Promise] = {
    "origins": _("Addresses of the site"),
    "orders_source": _("Source of its orders"),
    "keep_days": _("Keep visits for so many days"),
    "name": _("Name"),
    "role": _("Role"),
    "store_id": _("Store"),
    "is_active": _("May sign in"),
    "seller_id": _("Seller"),
    "owner_id": _("Answers for it"),
    "order_id": _("Order"),
    "household": _("Household"),
    "criterion": _("Main criterion"),
    "tastes": _("Tastes"),
    "status": _("Status"),
    "total_minor": _("Total, in kopecks or cents"),
    "price_minor": _("Price, in kopecks or cents"),
    "amount_minor": _("Amount, in kopecks or cents"),
    "month_date": _("Month"),
    "expected_minor": _("By the orders, in kopecks or cents"),
    "counted_minor": _("Counted, in kopecks or cents"),
    "currency": _("Currency"),
    "rate": _("Exchange rate"),
    "base_currency": _("Base currency"),
    "time_zone": _("Time zone"),
    "language": _("Language"),
    "email": _("E-mail"),
    "phone": _("Phone"),
}

# Kinds of things that have a page of their own.
_PAGES = {
    "customer": "customers:customer",
    "order": "commerce:order",
    "enquiry": "commerce:enquiry",
    "segment": "segments:segment",
    "import_run": "imports:run",
    "store": "shop:store",
    "goal": "shop:goal",
    "calendar": "shop:calendar",
}


def field_name(name: str) -> Promise | str:
    return FIELD_NAMES.get(name, name)


def subject_url(row: AuditRow) -> str:
    """The page of the thing that was changed; "" where it has none."""
    page = _PAGES.get(row.subject_kind)
    return reverse(page, args=[row.subject_id]) if page else ""


def shown_value(value: Any, field: str = "", names: Mapping[str, str] | None = None) -> str:
    """A value of an audit entry as text: roles and `names` (id → name) by their names, other ids by their beginning."""
    if value is None or value == "":
        return "–"
    if field == "role" and value in tuple(Role):
        return str(ROLE_NAMES[Role(value)])
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown_value(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(shown_value(inner) for inner in value) or "–"
    text = str(value)
    return (names or {}).get(text, text[:8] if _ID.fullmatch(text) else text)
