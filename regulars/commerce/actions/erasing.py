"""Where commerce holds something of a person outside columns that name a customer."""

from datetime import datetime

from regulars.commerce.actions.imports.runs import forget_files
from regulars.commerce.models import Enquiry
from regulars.commerce.queries.imports import running_import, runs_with_files
from regulars.customers.ports import Identity
from regulars.customers.rules.contacts import normal_email
from regulars.foundation import audit


class ImportFiles:
    """Uploads, staging and rejects. What is in a file cannot be cut out safely, so the copies go; the counts stay."""

    name = "import files"

    def erase(self, identity: Identity, *, now: datetime) -> None:
        running = running_import()
        for run_id in runs_with_files():
            if running is None or run_id != running.id:
                forget_files(run_id=run_id)


class StrayEnquiries:
    """Enquiries of nobody known, with the person's own telephone number or e-mail."""

    name = "stray enquiries"

    def erase(self, identity: Identity, *, now: datetime) -> None:
        emails, numbers = set(identity.emails), {_tail(phone) for phone in identity.phones} - {None}
        stray = Enquiry.objects.filter(customer__isnull=True).exclude(contact_value="")
        found = [
            id_
            for id_, contact in stray.values_list("id", "contact_value").iterator()
            if normal_email(contact) in emails or _tail(contact) in numbers
        ]
        audit.forget(found)
        personal = Enquiry.personal_data
        Enquiry.objects.filter(id__in=found).update(**personal.erase)


def _tail(number: str) -> str | None:
    """The last ten digits, the same with +7, with 8 and with neither; None for what is too short for a number."""
    digits = "".join(character for character in number if character.isdigit())
    return digits[-10:] if len(digits) >= 7 else None
