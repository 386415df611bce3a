"""What winning and keeping customers costs and brings: the last analysis set against the spending known now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np

from regulars.audience.queries import findings
from regulars.insight.rules.economics import churn, worth
from regulars.insight.rules.economics.costs import (
    Acquisition,
    Balance,
    Margin,
    balance_of,
    curve_of,
    margin_of,
    payback_months,
)
from regulars.insight.rules.economics.levers import (
    Business,
    Lever,
    Moves,
    Profit,
    elasticities,
    profit_of,
    value_of_new,
)
from regulars.shop import queries as shop
from regulars.shop.queries import Assumptions, MonthSpending
from regulars.shop.rules import Channel, SpendingPurpose

YEAR_MONTHS = 12
COHORTS_SHOWN = 13


@dataclass(frozen=True)
class MonthRow:
    """A whole month. is_entered: whether spending is entered for it or for months on both sides of it."""

    month_date: date
    is_entered: bool
    won: Acquisition
    retention_minor: int
    other_minor: int
    active: int

    @property
    def keeping_minor(self) -> float | None:
        """What keeping one active customer cost in this month; None: not known."""
        return self.retention_minor / self.active if self.is_entered and self.active else None


@dataclass(frozen=True)
class ChannelRow:
    """A channel over the months of the year for which spending is entered. channel None: not said for which.

    first_year_minor: what a customer won through it brought in his first twelve months; None: nobody's are over yet.
    """

    channel: Channel | None
    won: Acquisition
    first_year_minor: float | None
    first_year_customers: int


@dataclass(frozen=True)
class CohortRow:
    """Customers who first bought in a month: what one cost, what he has brought, when that came even.

    after_minor: cumulative margin of a customer after 1, 3, 6 and 12 months; None: not that old yet.
    """

    month_date: date
    customers: int
    cac_minor: float | None
    after_minor: Sequence[float | None]
    payback_months: int | None
    age_months: int


@dataclass(frozen=True)
class Range:
    """A figure with the range in which it lies in eight of ten cases."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class LessChurn:
    """What it brings if everybody is 5 % less likely to drop out: margin of present customers, base currency.

    year_share, lifetime_share: the same as a share of the margin of the year, of the lifetime. retention: the part of a
    year's money that comes again in the next year. elasticity: of a customer's value to it, by the textbook's formula.
    """

    year: Range
    lifetime: Range
    year_share: float
    lifetime_share: float
    retention: float
    elasticity: float
    has_drop_out: bool


@dataclass(frozen=True)
class Economics:
    """All that the page shows. year: the last whole months, up to twelve; entered: those with spending, of these."""

    as_of: datetime
    assumptions: Assumptions
    margin: Margin
    months: Sequence[MonthRow]
    entered: Sequence[MonthRow]
    won: Acquisition
    keeping_minor: float | None
    channels: Sequence[ChannelRow]
    balance: Balance
    curve_minor: Sequence[float]
    payback: int | None
    cohorts: Sequence[CohortRow]
    business: Business | None
    less_churn: LessChurn | None
    value_of_new: Range | None
    without_rate: frozenset[str]
    has_spending: bool

    @property
    def clv_to_cac(self) -> float | None:
        return self.value_of_new.value / self.won.cac_minor if self.value_of_new and self.won.cac_minor else None


def economics() -> Economics | None:
    """None before the first analysis, or before a month of sales is over."""
    published, found = findings.publication(), findings.shop_finding("economics")
    whole = [month for month in (found or {}).get("months", []) if month["is_whole"]]
    if published is None or found is None or not whole:
        return None
    spending, without_rate = shop.spending_by_month()
    said = shop.assumptions()
    margin = margin_of(**found["costs"], said_share=said.margin_share)
    rows = _months(whole, spending)
    entered = [row for row in rows[-YEAR_MONTHS:] if row.is_entered]
    won = Acquisition(sum(row.won.spent_minor for row in entered), sum(row.won.customers for row in entered))
    kept_minor = sum(row.retention_minor for row in entered)
    active = sum(row.active for row in entered) / len(entered) if entered else 0.0
    curve = curve_of([(cohort["size"], cohort["money"]) for cohort in found["cohorts"][-2 * YEAR_MONTHS :]])
    business = _business(
        found, whole, won=won, retention_minor=_of_a_year(kept_minor, entered), margin=margin, said=said
    )
    return Economics(
        as_of=published.as_of,
        assumptions=said,
        margin=margin,
        months=rows,
        entered=entered,
        won=won,
        keeping_minor=_of_a_year(kept_minor, entered) / active if active else None,
        channels=_channels(whole, entered, spending, found["channels"]),
        balance=_balance(whole, entered),
        curve_minor=curve,
        payback=payback_months(won.cac_minor, curve, margin.share) if won.cac_minor and margin.share else None,
        cohorts=_cohorts(found["cohorts"], rows, margin),
        business=business,
        less_churn=_less_churn(found["churn"], business),
        value_of_new=_value_of_new(found["churn"], business),
        without_rate=frozenset(without_rate),
        has_spending=bool(spending or without_rate),
    )


@dataclass(frozen=True)
class WhatIf:
    """Profit as it is and under the owner's moves, and what one per cent more of each lever would bring beside them."""

    before: Profit
    after: Profit
    by_lever: Mapping[Lever, Profit]
    clv_minor: float
    cac_minor: float

    @property
    def clv_to_cac(self) -> float | None:
        return self.clv_minor / self.cac_minor if self.cac_minor else None


def what_if(business: Business, moves: Moves) -> WhatIf:
    """The levers of the page."""
    return WhatIf(
        profit_of(business, {}),
        profit_of(business, moves),
        elasticities(business, moves),
        value_of_new(business, moves),
        business.cac_minor * (1.0 + moves.get(Lever.CAC, 0.0)),
    )


def _months(whole: Sequence[Mapping[str, Any]], spending: Sequence[MonthSpending]) -> list[MonthRow]:
    spent: dict[tuple[date, SpendingPurpose], int] = {}
    for entry in spending:
        key = entry.month_date, entry.purpose
        spent[key] = spent.get(key, 0) + entry.base_minor
    # Before the first entry and after the last one nothing is known; between them no entry means nothing spent.
    known = [entry.month_date for entry in spending]
    first, last = min(known, default=date.max), max(known, default=date.min)
    return [
        MonthRow(
            month,
            first <= month <= last,
            Acquisition(spent.get((month, SpendingPurpose.ACQUISITION), 0), sum(row["new"].values())),
            spent.get((month, SpendingPurpose.RETENTION), 0),
            spent.get((month, SpendingPurpose.OTHER), 0),
            row["active"],
        )
        for row in whole
        for month in [_date(row)]
    ]


def _channels(
    whole: Sequence[Mapping[str, Any]],
    entered: Sequence[MonthRow],
    spending: Sequence[MonthSpending],
    first_years: Mapping[str, Mapping[str, int]],
) -> list[ChannelRow]:
    span = {row.month_date for row in entered}
    spent: dict[str, int] = {}
    for entry in spending:
        if entry.month_date in span and entry.purpose is SpendingPurpose.ACQUISITION:
            name = entry.channel.value if entry.channel else ""
            spent[name] = spent.get(name, 0) + entry.base_minor
    came: dict[str, int] = {}
    for row in whole:
        if _date(row) in span:
            for name, customers in row["new"].items():
                came[name] = came.get(name, 0) + customers
    rows = []
    for name in [channel.value for channel in Channel] + [""]:
        if spent.get(name) or came.get(name):
            year = first_years.get(name) or {"customers": 0, "year_minor": 0}
            brought = year["year_minor"] / year["customers"] if year["customers"] else None
            rows.append(
                ChannelRow(
                    Channel(name) if name else None,
                    Acquisition(spent.get(name, 0), came.get(name, 0)),
                    brought,
                    year["customers"],
                )
            )
    return rows


def _balance(whole: Sequence[Mapping[str, Any]], entered: Sequence[MonthRow]) -> Balance:
    span = {row.month_date for row in entered}
    months = [row for row in whole[-YEAR_MONTHS:] if not span or _date(row) in span]
    return balance_of(
        existing_minor=sum(row["existing_minor"] for row in months),
        new_minor=sum(row["new_minor"] for row in months),
        retention_minor=sum(row.retention_minor for row in entered),
        acquisition_minor=sum(row.won.spent_minor for row in entered),
    )


def _cohorts(cohorts: Sequence[Mapping[str, Any]], months: Sequence[MonthRow], margin: Margin) -> list[CohortRow]:
    costs = {row.month_date: row.won.cac_minor for row in months if row.is_entered}
    rows = []
    for cohort in cohorts[-COHORTS_SHOWN:]:
        curve = curve_of([(cohort["size"], cohort["money"])])
        cac, share = costs.get(_date(cohort)), margin.share
        rows.append(
            CohortRow(
                _date(cohort),
                cohort["size"],
                cac,
                [curve[n] * share if share and len(curve) > n else None for n in (1, 3, 6, 12)],
                payback_months(cac, curve, share) if cac and share else None,
                len(curve) - 1,
            )
        )
    return rows


def _business(
    found: Mapping[str, Any],
    whole: Sequence[Mapping[str, Any]],
    *,
    won: Acquisition,
    retention_minor: float,
    margin: Margin,
    said: Assumptions,
) -> Business | None:
    of_churn, year = found["churn"], whole[-YEAR_MONTHS:]
    if of_churn is None or margin.share is None:
        return None
    return Business(
        base_minor=of_churn["base_minor"],
        factors=of_churn["factors"],
        base=np.array(of_churn["base"]),
        of_new=np.array(of_churn["of_new"]),
        first_minor=found["sizes"]["first_minor"] or 0.0,
        later_minor=found["sizes"]["later_minor"] or found["sizes"]["first_minor"] or 0.0,
        new_customers=sum(sum(row["new"].values()) for row in year) * YEAR_MONTHS / len(year),
        cac_minor=won.cac_minor or 0.0,
        retention_minor=retention_minor,
        margin=margin.share,
        discount=said.discount_share,
    )


def _less_churn(of_churn: Mapping[str, Any] | None, business: Business | None) -> LessChurn | None:
    if of_churn is None or business is None:
        return None
    money = business.margin * business.base_minor
    now, less = (churn.between(business.base, factor, business.factors) for factor in (1.0, churn.ASKED))
    drawn = np.array(of_churn["drawn_base"])
    year = _range(float(worth.of_year(less) - worth.of_year(now)), worth.of_year(drawn), money)
    discount = business.discount
    lifetimes = [float(worth.lifetime(curve, discount)) for curve in (now, less)]
    lifetime = _range(lifetimes[1] - lifetimes[0], worth.lifetime(drawn, discount), money)
    years = worth.by_year(now)
    retention = min(float(years[1] / years[0]), 1.0) if years[0] > 0 else 0.0
    return LessChurn(
        year=year,
        lifetime=lifetime,
        year_share=float(worth.of_year(less) / worth.of_year(now)) - 1.0,
        lifetime_share=lifetimes[1] / lifetimes[0] - 1.0,
        retention=retention,
        elasticity=worth.elasticity_to_retention(retention, discount),
        has_drop_out=of_churn["note"] != "no_drop_out",
    )


def _range(gain: float, drawn: Any, money: float) -> Range:
    """drawn: [draw, as it is or with less churn]."""
    low, high = churn.interval(drawn[:, 1] - drawn[:, 0])
    return Range(money * gain, money * min(low, gain), money * max(high, gain))


def _value_of_new(of_churn: Mapping[str, Any] | None, business: Business | None) -> Range | None:
    if of_churn is None or business is None:
        return None
    first = business.margin * business.first_minor
    drawn = worth.lifetime(np.array(of_churn["drawn_new"])[:, 0], business.discount)
    low, high = (first + business.margin * business.later_minor * end for end in churn.interval(drawn))
    value = value_of_new(business, {})
    return Range(value, min(low, value), max(high, value))


def _of_a_year(amount_minor: int, months: Sequence[MonthRow]) -> float:
    return amount_minor * YEAR_MONTHS / len(months) if months else 0.0


def _date(row: Mapping[str, Any]) -> date:
    return date.fromisoformat(f"{row['month']}-01")
