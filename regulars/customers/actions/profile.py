"""A customer's own page of facts: who it is, how one finds it."""

from datetime import datetime
from uuid import UUID

from regulars.customers.rules import Person
from regulars.foundation.actors import Actor


class CannotRegister(ValueError):
    """Nothing by which the person could be found again."""


def register_customer(*, person: Person, source: str, by: Actor, now: datetime, is_history: bool = False) -> UUID:
    """Make a new customer, whoever else may be alike; the id. Duplicates are suggested afterwards, not joined.

    Raises CannotRegister without a name, firm, e-mail or phone, and CannotAddContact for one that cannot be read.
    """
    raise NotImplementedError
