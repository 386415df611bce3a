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
