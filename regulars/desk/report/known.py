"""Everything that the report rests on, read once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from regulars.audience.queries import findings, highlights
from regulars.audience.queries.findings import Publication
from regulars.audience.rules import Stage
from regulars.shop import queries as shop
from regulars.ui import formats
from regulars.ui.charts import Unit

# Whole months that a year has.
YEAR_MONTHS = 12
_NAMES = (
    "facts",
    "rhythm",
    "stages",
    "weeks",
    "months",
    "stages_by_month",
    "cohorts",
    "concentration",
    "revenue",
    "forecast",
    "firsts",
    "funnel",
    "trust",
)


@dataclass(frozen=True)
class Known:
    """found: findings about the shop by name; publication: None before the first analysis."""

    shop: shop.ShopSettings
    publication: Publication | None
    found: Mapping[str, Any]
    has_names: bool
    now: datetime

    @property
    def facts(self) -> Mapping[str, Any]:
        return self.found.get("facts") or {}

    @property
    def buyers(self) -> int:
        return int(self.facts.get("buyers", 0))

    @property
    def as_of_date(self) -> date:
        moment = self.publication.as_of if self.publication else self.now
        return moment.astimezone(self.shop.zone).date()

    @cached_property
    def year(self) -> Sequence[Mapping[str, Any]]:
        """The last twelve whole months, or as many as there are."""
        return [month for month in self.found.get("months") or () if month["is_whole"]][-YEAR_MONTHS:]

    def in_year(self, name: str) -> int:
        return sum(int(month[name]) for month in self.year)

    @cached_property
    def newcomers_a_year(self) -> int:
        """First purchases of the last twelve months; of a younger shop, at its pace so far."""
        return round(self.in_year("new_buyers") * YEAR_MONTHS / len(self.year)) if self.year else 0

    @property
    def average_minor(self) -> float:
        """An average order of the last year."""
        orders = self.in_year("orders")
        return self.in_year("revenue_minor") / orders if orders else 0.0

    @property
    def again(self) -> Sequence[float]:
        """Of those with k purchases, the share with one more."""
        return (self.found.get("rhythm") or {}).get("again") or ()

    def stage(self, stage: Stage) -> int:
        return int((self.found.get("stages") or {}).get(stage.value, 0))

    @property
    def firsts(self) -> Mapping[str, Any]:
        """What became of those who began with each product."""
        return self.found.get("firsts") or {"kinds": {"product": []}, "priors": {"product": []}, "horizons": []}

    @cached_property
    def horizon(self) -> int:
        """The place of the longest of the first two horizons at which anything is known of first products."""
        return 1 if any(row["had"][1] for row in self.firsts["kinds"]["product"]) else 0

    def bottleneck(self, way: str) -> Mapping[str, Any] | None:
        """way: "front" (to the first purchase) or "back" (from purchase to purchase)."""
        found: Mapping[str, Any] | None = ((self.found.get("funnel") or {}).get(way) or {}).get("bottleneck")
        return found

    @cached_property
    def at_stake(self) -> highlights.AtStake:
        return highlights.quiet_leavers_at_stake()

    @property
    def money_unit(self) -> Unit:
        return Unit("money", self.shop.base_currency)

    def money(self, minor: float) -> str:
        return formats.money(round(minor), self.shop.base_currency, is_rounded=True)


def known(*, has_names: bool, now: datetime) -> Known:
    """has_names: whether customers may be named."""
    return Known(shop.shop(), findings.publication(), findings.shop_findings(_NAMES), has_names, now)
