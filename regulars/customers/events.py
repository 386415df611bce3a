"""What is announced about customers. Ids and kinds only: names and contacts stay in their tables."""

from dataclasses import dataclass
from uuid import UUID

from regulars.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class CustomerRegistered(Event):
    kind = "customers.customer_registered"

    source: str

    def key(self) -> str:
        return str(self.customer_id)


@dataclass(frozen=True, kw_only=True)
class ProfileChanged(Event):
    """fields: names of what changed, e.g. "city"; not the values."""

    kind = "customers.profile_changed"

    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ContactAdded(Event):
    kind = "customers.contact_added"

    contact_id: UUID
    contact_kind: str


@dataclass(frozen=True, kw_only=True)
class ContactRemoved(Event):
    kind = "customers.contact_removed"

    contact_kind: str


@dataclass(frozen=True, kw_only=True)
class ContactVerified(Event):
    kind = "customers.contact_verified"

    contact_id: UUID
    contact_kind: str


@dataclass(frozen=True, kw_only=True)
class TagsChanged(Event):
    kind = "customers.tags_changed"

    added: int
    removed: int


@dataclass(frozen=True, kw_only=True)
class NoteWritten(Event):
    kind = "customers.note_written"

    note_id: UUID


@dataclass(frozen=True, kw_only=True)
class ImportantDatesChanged(Event):
    kind = "customers.important_dates_changed"


@dataclass(frozen=True, kw_only=True)
class HouseholdJoined(Event):
    kind = "customers.household_joined"

    household_id: UUID


@dataclass(frozen=True, kw_only=True)
class HouseholdLeft(Event):
    kind = "customers.household_left"

    household_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConsentGiven(Event):
    kind = "customers.consent_given"

    record_id: UUID
    purpose: str
    channel: str
    basis: str

    def key(self) -> str:
        return str(self.record_id)


@dataclass(frozen=True, kw_only=True)
class ConsentWithdrawn(Event):
    kind = "customers.consent_withdrawn"

    record_id: UUID
    purpose: str
    channel: str

    def key(self) -> str:
        return str(self.record_id)


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Event):
    """customer_id is the survivor."""

    kind = "customers.customers_merged"

    merge_id: UUID
    absorbed_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class MergeUndone(Event):
    """customer_id is the survivor; the other lives again."""

    kind = "customers.merge_undone"

    merge_id: UUID
    absorbed_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Event):
    kind = "customers.customer_erased"
