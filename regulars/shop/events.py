"""What the organisation announces."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from regulars.foundation.events import Event


@dataclass(frozen=True, kw_only=True)
class ShopSetUp(Event):
    """The shop was given its name, currency, zone and language."""

    kind: ClassVar[str] = "shop.shop_set_up"

    base_currency: str
    time_zone: str


@dataclass(frozen=True, kw_only=True)
class AsOfMoved(Event):
    """A person chose another as-of date: figures are computed anew as a baseline, without entry events."""

    kind: ClassVar[str] = "shop.as_of_moved"

    mode: str
    as_of_date: date | None


@dataclass(frozen=True, kw_only=True)
class RateSet(Event):
    """A rate of a currency holds from a date on."""

    kind: ClassVar[str] = "shop.rate_set"

    currency: str
    valid_from_date: date


@dataclass(frozen=True, kw_only=True)
class StoreClosed(Event):
    """A store sells no more; its history stays."""

    kind: ClassVar[str] = "shop.store_closed"

    store_id: UUID


@dataclass(frozen=True, kw_only=True)
class GoalSet(Event):
    """A goal was set or changed."""

    kind: ClassVar[str] = "shop.goal_set"

    goal_id: UUID
    indicator: str


@dataclass(frozen=True, kw_only=True)
class SpendingChanged(Event):
    """Spending of some months was entered, changed, taken away or put back."""

    kind: ClassVar[str] = "shop.spending_changed"

    months: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class AssumptionsSet(Event):
    """The owner said which margin and discount the economics go by."""

    kind: ClassVar[str] = "shop.assumptions_set"


@dataclass(frozen=True, kw_only=True)
class SalesPlanSet(Event):
    """Plans of some months were entered or changed."""

    kind: ClassVar[str] = "shop.sales_plan_set"

    months: tuple[date, ...]


@dataclass(frozen=True, kw_only=True)
class DaySignedOff(Event):
    """A store's day was closed in the evening."""

    kind: ClassVar[str] = "shop.day_signed_off"

    sign_off_id: UUID
    store_id: UUID
    on_date: date


@dataclass(frozen=True, kw_only=True)
class DayReopened(Event):
    """The sign-off of a day was undone on the same evening."""

    kind: ClassVar[str] = "shop.day_reopened"

    sign_off_id: UUID
    store_id: UUID
    on_date: date
