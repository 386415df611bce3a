"""What recommendations consist of, as pages show it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from regulars.insight.rules.recommending.trying import Share


class ReasonKind(StrEnum):
    """HABIT: bought before, by his own interval. TAKEN_WITH: buyers of what he bought take it. CURATED: said by staff.

    POPULAR: much bought now; nothing better is known of him.
    """

    HABIT = "habit"
    TAKEN_WITH = "taken_with"
    CURATED = "curated"
    POPULAR = "popular"


@dataclass(frozen=True)
class Reason:
    """The facts that a page puts into words; those that do not belong to `kind` are None or "".

    HABIT: "usually every `interval_days` days, last `silence_days` days ago, bought `times` times".
    TAKEN_WITH: "you bought `source_name`; buyers of it take this (`together` of `having`)"; counts are 0 where too few.
    via_name, via_id: "… take `via_name`, and with it goes this": the product between.
    CURATED: `words` of whoever wrote the association, `via_name` its word or need between.
    """

    kind: ReasonKind
    interval_days: int | None = None
    silence_days: int | None = None
    times: int = 0
    source_id: UUID | None = None
    source_name: str = ""
    via_id: UUID | None = None
    via_name: str = ""
    together: int = 0
    having: int = 0
    words: str = ""


@dataclass(frozen=True)
class Offer:
    """A product to offer. price_minor: lowest of its variants in `currency`, None: unknown. score: for the order only.

    is_fitting: by price, rarity and the like it suits what decides this customer's purchases.
    """

    product_id: UUID
    name: str
    price_minor: int | None
    currency: str
    score: float
    reason: Reason
    is_fitting: bool = False


class Unknown(StrEnum):
    """Why a list is empty or shallow. NOT_ANALYSED: no analysis yet. NO_PURCHASES: this customer bought nothing.

    TOO_FEW: the shop has too few buyers of several things.
    """

    NOT_ANALYSED = "not_analysed"
    NO_PURCHASES = "no_purchases"
    TOO_FEW = "too_few"


@dataclass(frozen=True)
class Offers:
    """again: what he bought before and may want now; new: what he never had. unknown: why there is not more."""

    again: Sequence[Offer]
    new: Sequence[Offer]
    unknown: Unknown | None = None


@dataclass(frozen=True)
class GoesWith:
    """Of `having` buyers of the product asked for, `together` also bought this; times_usual: against all buyers."""

    product_id: UUID
    name: str
    together: int
    having: int
    times_usual: float


@dataclass(frozen=True)
class SecondLevel:
    """By way of `via`: of first.buyers of the product asked for, first.followed have `via`; of second.buyers of that,
    second.followed have this. times_usual: the weaker of the two steps against all buyers.
    """

    product_id: UUID
    name: str
    via_id: UUID
    via_name: str
    first: Share
    second: Share
    times_usual: float


@dataclass(frozen=True)
class RefillInterval:
    """Days until the same customer buys it again: the middle, and between which eight of ten lie; from `gaps` gaps."""

    median_days: float
    low_days: float
    high_days: float
    gaps: int


@dataclass(frozen=True)
class DueCustomer:
    """A customer whose time for a product is near or just over. days_late: negative before the day."""

    customer_id: UUID
    name: str
    purchases: int
    last_at: datetime
    interval_days: int
    due_at: datetime
    days_late: int


@dataclass(frozen=True)
class AddOn:
    """What goes into a basket like this. together of having: baskets with it, of those with `source_name`."""

    product_id: UUID
    name: str
    price_minor: int | None
    currency: str
    score: float
    source_id: UUID
    source_name: str
    together: int
    having: int
