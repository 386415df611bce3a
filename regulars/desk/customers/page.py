"""Everything that the page of one customer shows, gathered before the template sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.audience.attributes import STAGES
from regulars.audience.queries import moment
from regulars.audience.queries.findings import Finding, finding_of
from regulars.commerce.queries.enquiries import EnquiryRow, enquiries_of_customer
from regulars.commerce.queries.orders import OrderRow, orders_of_customer
from regulars.commerce.queries.returns import ReturnRow, returns_of_customer
from regulars.customers import queries as customers
from regulars.customers.rules import Birthday, ConsentChannel, Purpose, YearlyDay
from regulars.customers.rules.consent import Standing
from regulars.desk.access import StaffRequest
from regulars.desk.customers.offers import OffersView, offers_view
from regulars.desk.customers.outlook import OutlookView, outlook_view
from regulars.desk.customers.timeline import FILTERS, Entry, actor_names, entries
from regulars.desk.customers.words import (
    STAGE_TONES,
    birthday,
    buys_90,
    expected_purchases,
    next_window,
    rhythm,
)
from regulars.foundation.access import Permission
from regulars.foundation.paging import Page
from regulars.shop import queries as shop

ORDERS_SHOWN = 8


@dataclass(frozen=True)
class StageView:
    name: str
    tone: str


@dataclass(frozen=True)
class FiguresView:
    """Each is "" where it is not known. buys_90: «21 of 100»; expected: purchases; next: a window of days."""

    rhythm: str
    rfm: str
    buys_90: str
    expected: str
    next: str


@dataclass(frozen=True)
class NoteView:
    note: customers.NoteRow
    actor: str


@dataclass(frozen=True)
class StandingView:
    purpose: Purpose
    channel: ConsentChannel
    standing: Standing


@dataclass(frozen=True)
class DateView:
    row: YearlyDay
    on: str


@dataclass(frozen=True)
class MergeView:
    merge: customers.MergeRow
    actor: str


@dataclass(frozen=True)
class CustomerPage:
    """contacts is None for those who may not see them, orders and enquiries likewise."""

    customer: customers.CustomerRow
    contacts: list[customers.ContactRow] | None
    tags: list[str]
    notes: list[NoteView]
    birthday: str
    dates: list[DateView]
    consents: list[customers.ConsentRow]
    standings: list[StandingView]
    household: list[customers.Briefly]
    external_ids: list[tuple[str, str]]
    merges: list[MergeView]
    doubles: list[customers.Suggestion]
    store: str
    seller: str
    stage: StageView | None
    finding: Finding | None
    figures: FiguresView
    outlook: OutlookView | None
    offers: OffersView
    orders: Page[OrderRow] | None
    returns: Sequence[ReturnRow]
    enquiries: Sequence[EnquiryRow] | None
    timeline: Page[Entry]


def customer_page(customer: customers.CustomerRow, request: StaffRequest, *, now: datetime) -> CustomerPage:
    """`customer` lives. What the member of staff may not see is not read."""
    id_, may = customer.id, request.staff.may
    profile = customer.profile
    notes, merges = customers.notes(id_), customers.merges_into(id_)
    people = actor_names([*(note.actor for note in notes), *(merge.actor for merge in merges)])
    records = customers.consents(id_)
    finding = finding_of(id_)
    sees_orders = may(Permission.SEE_ORDERS)
    stores = shop.stores_by_id([profile.store_id] if profile.store_id else [])
    sellers = shop.staff_by_id([profile.seller_id] if profile.seller_id else [])
    return CustomerPage(
        customer=customer,
        contacts=customers.contacts(id_) if may(Permission.SEE_CONTACTS) else None,
        tags=customers.tags(id_),
        notes=[NoteView(note, people.get(note.actor, "")) for note in notes],
        birthday=birthday(profile.birthday) if profile.birthday else "",
        dates=[DateView(d, birthday(Birthday(d.day, d.month, d.year))) for d in customers.important_dates(id_)],
        consents=records,
        standings=_standings(records),
        household=customers.household_of(customer),
        external_ids=customers.external_ids(id_),
        merges=[MergeView(merge, people.get(merge.actor, "")) for merge in merges],
        doubles=customers.likely_same(id_) if may(Permission.MERGE_CUSTOMERS) else [],
        store=stores[profile.store_id].name if profile.store_id in stores else "",
        seller=sellers[profile.seller_id].name if profile.seller_id in sellers else "",
        stage=_stage(finding),
        finding=finding,
        figures=FiguresView(
            rhythm(finding), _rfm(finding), buys_90(finding), expected_purchases(finding), next_window(finding)
        ),
        outlook=outlook_view(id_, finding),
        offers=offers_view(id_, now=moment(now).at),
        orders=orders_of_customer(id_, limit=ORDERS_SHOWN) if sees_orders else None,
        returns=returns_of_customer(id_, limit=ORDERS_SHOWN).rows if sees_orders else (),
        enquiries=enquiries_of_customer(id_, now=now) if may(Permission.SEE_ENQUIRIES) else None,
        timeline=timeline(id_, kind=request.GET.get("kind", ""), cursor=request.GET.get("cursor")),
    )


def timeline(customer_id: UUID, *, kind: str, cursor: str | None) -> Page[Entry]:
    return entries(customers.timeline_of(customer_id, kinds=FILTERS.get(kind, ()), cursor=cursor))


def _standings(records: Sequence[customers.ConsentRow]) -> list[StandingView]:
    """Where the customer stands, without the channels for which the word on any channel says the same."""
    lines = []
    for purpose, channels in customers.standings(records).items():
        general = channels[ConsentChannel.ANY]
        for channel, standing in channels.items():
            is_told = standing is not Standing.NEVER_ASKED
            if is_told and (channel is ConsentChannel.ANY or standing is not general):
                lines.append(StandingView(purpose, channel, standing))
    return lines


def _stage(finding: Finding | None) -> StageView | None:
    if finding is None:
        return None
    return StageView(str(STAGES[finding.stage]), STAGE_TONES[finding.stage])


def _rfm(finding: Finding | None) -> str:
    if finding is None or finding.recency_score is None:
        return ""
    return f"{finding.recency_score} · {finding.frequency_score} · {finding.monetary_score}"
