"""Audit entries in words."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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


def shown_value(value: Any) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {shown_value(inner)}" for name, inner in value.items())
    if isinstance(value, list):
        return ", ".join(shown_value(inner) for inner in value) or "–"
    return str(value)
