"""What conditions may speak of: attributes of a customer, and facts that happened with him.

Capabilities describe their own in `attributes.py`; `project.wiring` registers them here when the programme starts.
SQL in these descriptions is written by programmers, never by users; `{t}` stands for the alias of the source's table.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from django.utils.functional import Promise

Text: TypeAlias = str | Promise
Choices: TypeAlias = Mapping[str, Text] | Callable[[], Mapping[str, Text]]


class Type(StrEnum):
    """What kind of value an attribute holds; see docs/conditions.md for the operators of each."""

    TEXT = "text"  # the SQL gives the folded form (`foundation.text.fold`)
    CHOICE = "choice"
    NUMBER = "number"
    MONEY = "money"  # minor units of the base currency
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ANNIVERSARY = "anniversary"  # the SQL gives month × 100 + day
    SET = "set"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A table with at most one row for each customer. extra: a further condition of the join."""

    name: str
    table: str
    key: str = "customer_id"
    extra: str = ""


@dataclass(frozen=True, kw_only=True)
class Members:
    """Where the values of a set lie: a table with a row for each. column: the folded word; shown: as it was written."""

    table: str
    column: str
    shown: str
    key: str = "customer_id"


@dataclass(frozen=True, kw_only=True, eq=False)
class Attribute:
    """One thing that is known, or may be known, of a customer (or of a fact, as one of its columns).

    key: "capability.name", stored in conditions, never changed; a fact's column has a bare name.
    sql: the expression that is compared and sorted by, NULL where unknown. shown: what lists show, if that differs.
    choices: value → label; a function where the shop makes its own (stores, cities). is_id: values are UUIDs.
    is_open: choices are only those in use; any word may be asked for, and is its own label (cities).
    claim, claim_not: a boolean as whole clauses, "who have an e-mail address".
    adds_up: a fact's column as a clause before a sum: "who spent". join: a table that only this column needs.
    unit: what a number counts ("days"), as shown behind it. permission: a `foundation.access.Permission` value that a
    person needs to see it in a list.
    """

    key: str
    label: Text
    type: Type
    sql: str = ""
    source: str = "customers.customer"
    shown: str = ""
    choices: Choices | None = None
    is_id: bool = False
    is_open: bool = False
    members: Members | None = None
    unit: Text = ""
    claim: Text = ""
    claim_not: Text = ""
    adds_up: Text = ""
    join: str = ""
    help: Text = ""
    permission: str = ""

    def labels(self) -> Mapping[str, Text]:
        """The choices as they stand now."""
        if self.choices is None:
            return {}
        return self.choices() if callable(self.choices) else self.choices


@dataclass(frozen=True, kw_only=True, eq=False)
class Fact:
    """Something that happened with a customer at a moment, any number of times.

    table: FROM clause with aliases; customer, at: columns of it; filter: what counts at all (no cancelled orders).
    did, did_not: whole clauses, "who ordered", "who did not order".
    """

    key: str
    label: Text
    did: Text
    did_not: Text
    table: str
    customer: str
    at: str
    filter: str = ""
    columns: tuple[Attribute, ...] = ()

    def column(self, key: str) -> Attribute | None:
        return next((column for column in self.columns if column.key == key), None)


class Unknown(LookupError):
    """No capability offers an attribute or fact of this key."""


@dataclass
class Catalogue:
    """All that is registered, in the order of registration."""

    sources: dict[str, Source] = field(default_factory=dict)
    attributes: dict[str, Attribute] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)

    def add(self, entries: Iterable[Source | Attribute | Fact]) -> None:
        for entry in entries:
            if isinstance(entry, Source):
                self.sources[entry.name] = entry
            elif isinstance(entry, Attribute):
                self.attributes[entry.key] = entry
            else:
                self.facts[entry.key] = entry

    def attribute(self, key: str) -> Attribute:
        """Raises Unknown."""
        try:
            return self.attributes[key]
        except KeyError:
            raise Unknown(key) from None


catalogue = Catalogue()


def register(entries: Iterable[Source | Attribute | Fact]) -> None:
    """Make a capability's attributes and facts known to conditions, lists and exports."""
    catalogue.add(entries)
