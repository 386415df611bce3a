"""Pure decisions about people: how contacts are written, who is the same person, what consent allows."""

from regulars.customers.rules.kinds import (
    ConsentBasis,
    ConsentChannel,
    ContactKind,
    Criterion,
    DateKind,
    Fear,
    MergeReason,
    Purpose,
)
from regulars.customers.rules.people import Birthday, Person, Profile, StatedConsent, YearlyDay

__all__ = [
    "Birthday",
    "ConsentBasis",
    "ConsentChannel",
    "ContactKind",
    "Criterion",
    "DateKind",
    "Fear",
    "MergeReason",
    "Person",
    "Profile",
    "Purpose",
    "StatedConsent",
    "YearlyDay",
]
