"""Found customers as a list shows them: with name, seller and the reason in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.audience.attributes import STAGES
from regulars.audience.queries.findings import Finding
from regulars.customers.queries import profiles
from regulars.desk.insight.words import STAGE_TONES, rhythm_of
from regulars.shop import queries as shop


@dataclass(frozen=True)
class Person:
    """`seller`: who looks after the customer, "" if nobody; `rhythm`: the two numbers of the reason, in words."""

    id: UUID
    name: str
    seller: str
    rhythm: str
    stage: str
    tone: str
    found: Finding


def people_from(found: Iterable[Finding]) -> list[Person]:
    """The customers of one page, in its order; two queries however many there are."""
    rows = list(found)
    known = profiles.customers_by_id([row.customer_id for row in rows])
    sellers = {customer.profile.seller_id for customer in known.values()} - {None}
    staff = shop.staff_by_id([id_ for id_ in sellers if id_])
    people = []
    for row in rows:
        customer = known.get(row.customer_id)
        seller = staff.get(customer.profile.seller_id) if customer and customer.profile.seller_id else None
        people.append(
            Person(
                row.customer_id,
                (customer.name if customer else "") or _("No name"),
                seller.name if seller else "",
                rhythm_of(row),
                str(STAGES[row.stage]),
                STAGE_TONES.get(row.stage, ""),
                row,
            )
        )
    return people
