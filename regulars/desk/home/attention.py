"""What waits for somebody today: stuck enquiries, days that nobody has signed, goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from regulars.commerce.queries.enquiries import EnquiryFilters, EnquiryState, enquiries_page
from regulars.desk.access import StaffRequest
from regulars.desk.commerce.items import EnquiryItem, enquiry_items
from regulars.foundation.access import Permission
from regulars.shop import queries as shop
from regulars.shop.queries import SignOffRow, StoreRow
from regulars.shop.rules.evenings import LATEST

STUCK_SHOWN = 8
FORGOTTEN_DAYS = 2


def stuck_enquiries(request: StaffRequest, *, now: datetime) -> list[EnquiryItem]:
    """Those that have rested at their step for too long: everybody's, or one's own and nobody's."""
    if request.staff.may(Permission.SEE_INSIGHT):
        wanted = [EnquiryFilters(state=EnquiryState.STUCK)]
    else:
        wanted = [
            EnquiryFilters(state=EnquiryState.STUCK, owner_id=request.staff.id),
            EnquiryFilters(state=EnquiryState.STUCK, has_owner=False),
        ]
    found = [row for filters in wanted for row in enquiries_page(filters=filters, now=now, limit=STUCK_SHOWN).rows]
    rows = sorted(found, key=lambda row: (row.due_at or now, row.id))[:STUCK_SHOWN]
    return enquiry_items(rows, staff=request.staff, now=now)


@dataclass(frozen=True)
class Evening:
    """A store's day; sign_off: None while nobody has signed it. is_late: the day is over."""

    store: StoreRow
    on_date: date
    sign_off: SignOffRow | None
    is_late: bool


def evenings(stores: Sequence[StoreRow], *, today: date) -> list[Evening]:
    """Each store's today; and where evenings are signed at all, the days of late that were forgotten."""
    days = [today - timedelta(days=back) for back in range(LATEST.days + 1)]
    signed = shop.sign_offs_of(days)
    signing = {store_id for store_id, _day in signed}
    found = [Evening(store, today, signed.get((store.id, today)), is_late=False) for store in stores]
    for day in days[1 : FORGOTTEN_DAYS + 1]:
        forgotten = [store for store in stores if store.id in signing and (store.id, day) not in signed]
        found += [Evening(store, day, None, is_late=True) for store in forgotten]
    return found


def own_stores(staff_id: UUID, *, sees_all: bool) -> list[StoreRow]:
    """The open stores whose days one may close: all, or one's own; who belongs to none sees all."""
    stores = shop.stores(is_open=True)
    if sees_all:
        return stores
    person = shop.staff_by_id([staff_id]).get(staff_id)
    own = [store for store in stores if person and store.id == person.store_id]
    return own or stores
