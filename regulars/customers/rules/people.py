"""What a source tells of a person, before it is anybody we know."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from regulars.customers.rules.kinds import ConsentBasis, ConsentChannel, Criterion, DateKind, Fear, Purpose


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


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The facts of a customer that staff may change. country: as written; time_zone: a name of the IANA database.

    tastes: what the customer likes; priorities: what matters most in life, in the person's own words.
    """

    first_name: str = ""
    last_name: str = ""
    patronymic: str = ""
    company: str = ""
    language: str = ""
    time_zone: str = ""
    country: str = ""
    city: str = ""
    birthday: Birthday | None = None
    store_id: UUID | None = None
    seller_id: UUID | None = None
    criterion: Criterion | None = None
    fear: Fear | None = None
    tastes: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()


@dataclass(frozen=True)
class YearlyDay:
    """A day that matters to a customer each year; `year` is when it first was. Raises ValueError for no such day."""

    kind: DateKind
    day: int
    month: int
    year: int | None = None
    note: str = ""

    def __post_init__(self) -> None:
        Birthday(self.day, self.month, self.year)
