"""What every part of the figures builds on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from statistics import NormalDist
from typing import Any

from ibis.expr.types import Table

from regulars.insight.actions.figures.calendar import EPOCH
from regulars.insight.rules import purchases, rhythm, stages
from regulars.insight.store import Store


@dataclass(frozen=True)
class Question:
    """What a run asks for. as_of: facts before it count; today: its day in the shop's zone.

    history_since: historical orders recorded after it make a change of stage a fact instead of news. models_before: the
    published finding "models", whose fits serve again where nothing has changed since; {}: everything is fitted anew.
    """

    as_of: datetime
    today: date
    is_now: bool
    thresholds: stages.Thresholds
    stages_before: Mapping[str, str]
    history_since: datetime | None
    models_before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def as_of_day(self) -> int:
        return (self.today - EPOCH).days

    @property
    def before(self) -> datetime:
        """`as_of` as the engine has moments: UTC, without zone."""
        return self.as_of.astimezone(UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Ground:
    """An open engine with the tables that parts share, each computed once.

    orders, returns, days: as `rules.purchases` describes them; days with the rhythm of `rules.rhythm`.
    """

    engine: Store
    question: Question
    extracts: purchases.Extracts
    orders: Table
    returns: Table
    days: Table
    rhythm: rhythm.ShopRhythm | None

    @property
    def patience_z(self) -> float:
        """How many spreads above his centre a customer's limit lies."""
        return NormalDist().inv_cdf(self.question.thresholds.patience)

    @property
    def new_days(self) -> int:
        """For so long after his first purchase a customer is new."""
        return stages.new_days_of(self.question.thresholds, self.rhythm.median_days if self.rhythm else None)


def ground_of(engine: Store, extracts: purchases.Extracts, question: Question) -> Ground:
    """The shared tables of one run."""
    orders = engine.kept(purchases.orders_of(extracts, before=question.before))
    returns = engine.kept(purchases.returns_of(extracts, before=question.before))
    days = engine.kept(purchases.purchase_days(orders))
    shop_rhythm = _rhythm_of(engine, days)
    days = engine.kept(rhythm.with_rhythm(days, shop_rhythm, patience=question.thresholds.patience))
    return Ground(engine, question, extracts, orders, returns, days, shop_rhythm)


def _rhythm_of(engine: Store, days: Table) -> rhythm.ShopRhythm | None:
    sums = engine.rows(rhythm.gap_sums(days)).to_pylist()[0]
    found = rhythm.variances(**sums)
    if found is None:
        return None
    within, between = found
    weighted = engine.rows(rhythm.weighted_centre(days, within=within, between=between)).to_pylist()[0]
    centre = weighted["weighted_sum"] / weighted["weight_sum"]
    # Sums over many rows differ in their last digits from run to run; what is published shall not.
    return rhythm.ShopRhythm(round(centre, 9), round(within, 9), round(between, 9), sums["gaps"], sums["customers"])
