"""Audit entries in words."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.desk.words import ROLE_NAMES
from regulars.foundation.access import Role
from regulars.foundation.audit import AuditRow

VERB_NAMES: dict[str, Promise] = {
    "staff.added": _("Staff: added"),
    "staff.invited": _("Staff: link made"),
    "staff.joined": _("Staff: came in by a link"),
    "staff.renamed": _("Staff: renamed"),
    "staff.role_changed": _("Staff: role changed"),
    "staff.closed": _("Staff: account closed"),
    "staff.reopened": _("Staff: account opened again"),
}


def verb_name(verb: str) -> Promise | str:
    """The verb in the active language; one that is unknown here as it is written."""
    return VERB_NAMES.get(verb, verb)


def subject_name(row: AuditRow) -> str:
    """The thing's own name where the entry holds one, else the beginning of its id."""
    for values in (row.after, row.before):
        if name := values.get("name"):
            return str(name)
    return row.subject_id[:8]


FIELD_NAMES: dict[str, Promise] = {
    "name": _("Name"),
    "role": _("Role"),
    "store_id": _("Store"),
    "is_active": _("May sign in"),
}


def field_name(name: str) -> Promise | str:
    return FIELD_NAMES.get(name, name)


def shown_value(value: Any, field: str = "") -> str:
    """A value of an audit entry as text; roles by their names."""
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
    return str(value)
