"""What others fulfil so that merging and erasing reach their part of a customer, too; wiring registers them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from regulars.foundation.actors import Actor


class MergeRule(Protocol):
    """A capability's part in merging two customers. Both calls run within the merge's transaction, profiles locked."""

    @property
    def capability(self) -> str:
        """The key under which what moved is kept, e.g. "commerce"."""

    def merge(self, *, survivor_id: UUID, absorbed_id: UUID, by: Actor, now: datetime) -> Mapping[str, Any]:
        """Move what is the absorbed one's; return what `undo` needs, as JSON (ids as str, no personal data)."""

    def obstacle(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any]) -> str | None:
        """Why it can no longer be undone (value has moved since), as a sentence for staff; None: it can."""

    def undo(self, *, survivor_id: UUID, absorbed_id: UUID, moved: Mapping[str, Any], by: Actor, now: datetime) -> None:
        """Give back what `moved` names."""


@dataclass(frozen=True)
class Identity:
    """By what a person who is to be forgotten may be found in files and free text. Kept in memory only."""

    customer_ids: Sequence[UUID]
    names: Sequence[str]
    emails: Sequence[str]
    phones: Sequence[str]
    external_ids: Sequence[tuple[str, str]]


class ErasureStore(Protocol):
    """A place that holds personal data outside declared columns: uploads, rejects, Parquet, enquiries of nobody.

    `erase` runs before the erasure's transaction and must bear being called again.
    """

    @property
    def name(self) -> str: ...

    def erase(self, identity: Identity, *, now: datetime) -> None: ...


_merge_rules: dict[str, MergeRule] = {}
_erasure_stores: dict[str, ErasureStore] = {}


def register_merge_rule(rule: MergeRule) -> None:
    _merge_rules[rule.capability] = rule


def merge_rules() -> Sequence[MergeRule]:
    return tuple(_merge_rules.values())


def register_erasure_store(store: ErasureStore) -> None:
    _erasure_stores[store.name] = store


def erasure_stores() -> Sequence[ErasureStore]:
    return tuple(_erasure_stores.values())
