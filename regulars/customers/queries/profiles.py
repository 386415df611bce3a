"""One customer as staff see him."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from regulars.customers.models import (
    Contact,
    Customer,
    ExternalId,
    ImportantDate,
    Merge,
    Note,
    Tag,
)
from regulars.customers.queries.identity import alias_ids
from regulars.customers.rules import Birthday, ContactKind, Criterion, DateKind, Fear, MergeReason, Profile, YearlyDay
from regulars.customers.rules.names import display_name
from regulars.foundation import events
from regulars.foundation.events import RecordedEvent
from regulars.foundation.paging import Page


@dataclass(frozen=True)
class CustomerRow:
    """`name` is "" where nothing is known. merged_into_id: the living profile that this one is an alias of."""

    id: UUID
    created_at: datetime
    profile: Profile
    household_id: UUID | None
    merged_into_id: UUID | None
    erased_at: datetime | None

    @property
    def name(self) -> str:
        p = self.profile
        return display_name(first_name=p.first_name, last_name=p.last_name, patronymic=p.patronymic, company=p.company)


@dataclass(frozen=True)
class ContactRow:
    id: UUID
    kind: ContactKind
    value: str
    is_primary: bool
    is_placeholder: bool
    verified_at: datetime | None


@dataclass(frozen=True)
class NoteRow:
    id: UUID
    at: datetime
    actor: str
    text: str


@dataclass(frozen=True)
class MergeRow:
    """A merge into this customer. absorbed_name: what the other profile was called."""

    id: UUID
    absorbed_id: UUID
    absorbed_name: str
    reason: MergeReason
    at: datetime
    actor: str
    undone_at: datetime | None


@dataclass(frozen=True)
class Briefly:
    """A customer in one line: the preferred e-mail and phone are "" where there are none."""

    id: UUID
    name: str
    city: str
    email: str
    phone: str
    created_at: datetime


_COLUMNS = (
    "id", "created_at", "first_name", "last_name", "patronymic", "company", "language", "time_zone", "country", "city",
    "birth_day", "birth_month", "birth_year", "store_id", "seller_id", "criterion", "fear", "tastes", "priorities",
    "household_id", "merged_into_id", "erased_at",
)  # fmt: skip


def customer_of(customer_id: UUID) -> CustomerRow | None:
    """The customer with this id or what it was merged into; None if there never was one."""
    found = customers_by_id([customer_id]).get(customer_id)
    if found is not None and found.merged_into_id is not None:
        return customer_of(found.merged_into_id)
    return found


def customers_by_id(ids: Collection[UUID]) -> dict[UUID, CustomerRow]:
    """The profiles with these ids as they stand, aliases too, in one query."""
    rows = {}
    for row in Customer.objects.filter(id__in=set(ids)).values(*_COLUMNS):
        day, month, year = (row.pop(name) for name in ("birth_day", "birth_month", "birth_year"))
        apart = {name: row.pop(name) for name in ("id", "created_at", "household_id", "merged_into_id", "erased_at")}
        profile = Profile(
            **row
            | {
                "birthday": Birthday(day, month, year) if day and month else None,
                "criterion": Criterion(row["criterion"]) if row["criterion"] else None,
                "fear": Fear(row["fear"]) if row["fear"] else None,
                "tastes": tuple(row["tastes"]),
                "priorities": tuple(row["priorities"]),
            }
        )
        rows[apart["id"]] = CustomerRow(profile=profile, **apart)
    return rows


def names_of(ids: Collection[UUID]) -> dict[UUID, str]:
    """How to call these customers in a list, in one query; an alias goes by its living customer's name."""
    fields = ("first_name", "last_name", "patronymic", "company")
    paths = [*fields, *(f"merged_into__{name}" for name in fields)]
    rows = Customer.objects.filter(id__in=set(ids)).values_list("id", "merged_into_id", *paths)
    return {
        id_: display_name(**dict(zip(fields, names[4:] if living else names[:4], strict=True)))
        for id_, living, *names in rows
    }


def contacts(customer_id: UUID) -> list[ContactRow]:
    """A living customer's contacts: the preferred of each kind first."""
    rows = Contact.objects.filter(customer=customer_id).order_by("kind", "-is_primary", "created_at", "id")
    return [ContactRow(c.id, ContactKind(c.kind), c.value, c.is_primary, c.is_placeholder, c.verified_at) for c in rows]


def tags(customer_id: UUID) -> list[str]:
    return list(Tag.objects.filter(customer=customer_id).order_by("folded").values_list("name", flat=True))


def notes(customer_id: UUID) -> list[NoteRow]:
    """What staff wrote, newest first."""
    rows = Note.objects.filter(customer=customer_id).order_by("-at", "-id")
    return [NoteRow(*row) for row in rows.values_list("id", "at", "actor", "text")]


def notes_by_id(ids: Collection[UUID]) -> dict[UUID, NoteRow]:
    rows = Note.objects.filter(id__in=set(ids)).values_list("id", "at", "actor", "text")
    return {row[0]: NoteRow(*row) for row in rows}


def important_dates(customer_id: UUID) -> list[YearlyDay]:
    """In the order of the year."""
    rows = ImportantDate.objects.filter(customer=customer_id).order_by("month", "day", "id")
    return [YearlyDay(DateKind(d.kind), d.day, d.month, d.year, d.note) for d in rows]


def external_ids(customer_id: UUID) -> list[tuple[str, str]]:
    """(source, external id), by source."""
    rows = ExternalId.objects.filter(customer=customer_id).order_by("source", "external_id")
    return list(rows.values_list("source", "external_id"))


def household_of(customer: CustomerRow) -> list[Briefly]:
    """The others who live with the customer."""
    if customer.household_id is None:
        return []
    rows = Customer.objects.filter(household=customer.household_id, merged_into__isnull=True).exclude(id=customer.id)
    return briefly(list(rows.order_by("sort_name", "id").values_list("id", flat=True)))


def merges_into(customer_id: UUID) -> list[MergeRow]:
    """What was merged into a living customer and not parted again, newest first."""
    columns = ("id", "absorbed_id", "reason", "at", "actor", "undone_at")
    names = ("first_name", "last_name", "patronymic", "company")
    rows = Merge.objects.filter(survivor=customer_id, undone_at__isnull=True).order_by("-at", "-id")
    found = []
    for id_, absorbed_id, reason, at, actor, undone_at, *name in rows.values_list(
        *columns, *(f"absorbed__{n}" for n in names)
    ):
        called = display_name(**dict(zip(names, name, strict=True)))
        found.append(MergeRow(id_, absorbed_id, called, MergeReason(reason), at, actor, undone_at))
    return found


def briefly(ids: Sequence[UUID]) -> list[Briefly]:
    """These customers in one line each, in the order of `ids`, in two queries."""
    preferred: dict[UUID, dict[str, str]] = defaultdict(dict)
    rows = Contact.objects.filter(customer__in=ids, is_primary=True).values_list("customer_id", "kind", "value")
    for customer_id, kind, value in rows:
        preferred[customer_id][kind] = value
    profiles = customers_by_id(ids)
    return [
        Briefly(
            id_,
            profiles[id_].name,
            profiles[id_].profile.city,
            preferred[id_].get(ContactKind.EMAIL.value, ""),
            preferred[id_].get(ContactKind.PHONE.value, ""),
            profiles[id_].created_at,
        )
        for id_ in ids
        if id_ in profiles
    ]


def timeline_of(
    customer_id: UUID, *, kinds: Sequence[str] = (), cursor: str | None = None, limit: int = 20
) -> Page[RecordedEvent]:
    """What happened with a customer under all his ids, newest first."""
    return events.timeline(customer_ids=alias_ids(customer_id), kinds=kinds, cursor=cursor, limit=limit)
