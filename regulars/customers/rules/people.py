"""What a source tells of a person, before it is anybody we know."""

from dataclasses import dataclass
from datetime import date, datetime

from regulars.customers.rules.kinds import ConsentBasis, ConsentChannel, Purpose


@dataclass(frozen=True)
class Birthday:
    """A day of the year; `year` is None where the person did not tell it. Raises ValueError if there is no such day."""

    day: int
    month: int
    year: int | None = None

    def __post_init__(self) -> None:
        # 2000 was a leap year: 29 February without a year is a birthday.
        date(self.year or 2000, self.month, self.day)

    @classmethod
    def of(cls, day: date) -> "Birthday":
        return cls(day.day, day.month, day.year)


@dataclass(frozen=True)
class StatedConsent:
    """A source's word that a person agreed or refused. `at` None: known since the person was created there."""

    purpose: Purpose
    channel: ConsentChannel
    is_given: bool
    basis: ConsentBasis = ConsentBasis.CONSENT
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Person:
    """A customer as an outside source describes one; everything is optional, empty means "not told".

    external_id: the source's own name for the person, unique within the source.
    email, phone: as written there; they are normalised on the way in.
    created_at: since when the source knows the person (aware).
    """

    external_id: str = ""
    first_name: str = ""
    last_name: str = ""
    patronymic: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    country: str = ""
    city: str = ""
    language: str = ""
    birthday: Birthday | None = None
    tags: tuple[str, ...] = ()
    consents: tuple[StatedConsent, ...] = ()
    created_at: datetime | None = None
