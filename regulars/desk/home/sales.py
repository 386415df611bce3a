"""Plan against fact: of the shop, of each store, seller and channel, today and in the month."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from django.utils.translation import gettext as _

from regulars.audience.queries import findings
from regulars.commerce.queries.sales import SalesRow, sales_by_day
from regulars.shop import queries as shop
from regulars.shop.attributes import CHANNELS
from regulars.shop.rules import PlanPeriod, PlanScope
from regulars.shop.rules.plans import EVEN_WEEK, Pace, PlanEntry, days_of, pace, plan_by_day
from regulars.ui import formats
from regulars.ui.charts import Chart, Series, Unit, trend

Key = tuple[PlanScope, str]
SCOPES: Mapping[PlanScope, Callable[[SalesRow], UUID | str | None]] = {
    PlanScope.STORE: lambda row: row.store_id,
    PlanScope.SELLER: lambda row: row.seller_id,
    PlanScope.CHANNEL: lambda row: row.channel.value,
}


@dataclass(frozen=True)
class Line:
    """One plan with what was sold. pace: None where nothing is planned for the month."""

    name: str
    sold_today_minor: int
    plan_today_minor: int | None
    sold_minor: int
    pace: Pace | None

    @property
    def share_today(self) -> float | None:
        return self.sold_today_minor / self.plan_today_minor if self.plan_today_minor else None

    @property
    def share(self) -> float | None:
        return self.sold_minor / self.pace.plan_minor if self.pace and self.pace.plan_minor else None


@dataclass(frozen=True)
class Month:
    """A month up to the morning of `today`. whole: the shop; parts: stores, sellers, channels that sold or shall."""

    today: date
    whole: Line
    parts: Mapping[PlanScope, Sequence[Line]]
    chart: Chart | None

    @property
    def has_plan(self) -> bool:
        return self.whole.pace is not None or any(line.pace for lines in self.parts.values() for line in lines)


def month_of_shop(today: date, currency: str) -> Month:
    """Everybody's plans and sales of the month in which `today` lies."""
    plans, sold = _plans(today), _sold(today)
    names = _names()
    lines = {key: _line(names.get(key, ""), key, plans, sold, today) for key in {*plans, *sold} if key in names}
    parts = {
        scope: sorted(
            (line for (of, _id), line in lines.items() if of is scope), key=lambda line: (-line.sold_minor, line.name)
        )
        for scope in SCOPES
    }
    planned = _whole_plan(plans)
    whole = _line_of(_("The whole shop"), planned, sold.get((PlanScope.SHOP, ""), {}), today)
    return Month(today, whole, parts, _chart(planned, sold.get((PlanScope.SHOP, ""), {}), today, currency))


def month_of_seller(today: date, seller_id: UUID, name: str) -> Line:
    """A seller's own plan and sales."""
    key = PlanScope.SELLER, str(seller_id)
    return _line(name, key, _plans(today), _sold(today), today)


def planned_days(month_date: date, entries: Sequence[PlanEntry], key: Key, shares: Sequence[float]) -> dict[date, int]:
    """What is planned for each day of a month by these entries, for one scope."""
    own = [entry for entry in entries if (entry.scope, entry.scope_id) == key and entry.amount_minor is not None]
    month = next((entry.amount_minor for entry in own if entry.period is PlanPeriod.MONTH), None)
    fixed = {entry.on_date: entry.amount_minor or 0 for entry in own if entry.period is PlanPeriod.DAY}
    return plan_by_day(month_date, month_minor=month, fixed=fixed, weekday_shares=shares)


def weekday_shares(found: Any, key: Key) -> Sequence[float]:
    """How a week's sales fall on its days: the scope's own, else the shop's, else all alike. `found`: "weekdays"."""
    scope, of = key
    own = (found or {}).get(scope.value, {}).get(of.replace("-", "") if scope is not PlanScope.CHANNEL else of)
    of_shop = (found or {}).get(PlanScope.SHOP.value, {}).get("")
    for shares in (own, of_shop):
        if shares and sum(shares) > 0:
            return [float(share) for share in shares]
    return EVEN_WEEK


def _plans(today: date) -> dict[Key, dict[date, int]]:
    month = today.replace(day=1)
    entries, found = shop.plans_of_month(month), findings.shop_finding("weekdays")
    keys = {(entry.scope, entry.scope_id) for entry in entries}
    return {key: planned_days(month, entries, key, weekday_shares(found, key)) for key in keys}


def _sold(today: date) -> dict[Key, dict[date, int]]:
    days = days_of(today.replace(day=1))
    sold: dict[Key, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for row in sales_by_day(days[0], min(days[-1], today)):
        sold[PlanScope.SHOP, ""][row.on_date] += row.base_minor
        for scope, of in SCOPES.items():
            if (id_ := of(row)) is not None:
                sold[scope, str(id_)][row.on_date] += row.base_minor
    return sold


def _names() -> dict[Key, str]:
    return {
        **{(PlanScope.STORE, str(store.id)): store.name for store in shop.stores()},
        **{(PlanScope.SELLER, str(person.id)): person.name for person in shop.staff()},
        **{(PlanScope.CHANNEL, code): str(name) for code, name in CHANNELS.items()},
    }


def _whole_plan(plans: Mapping[Key, Mapping[date, int]]) -> dict[date, int]:
    """The shop's own plan; without one, the stores' together."""
    if (PlanScope.SHOP, "") in plans:
        return dict(plans[PlanScope.SHOP, ""])
    whole: dict[date, int] = defaultdict(int)
    for (scope, _id), days in plans.items():
        if scope is PlanScope.STORE:
            for day, amount in days.items():
                whole[day] += amount
    return dict(whole)


def _line(name: str, key: Key, plans: Mapping[Key, Mapping[date, int]], sold: Mapping[Key, Any], today: date) -> Line:
    return _line_of(name, plans.get(key, {}), sold.get(key, {}), today)


def _line_of(name: str, planned: Mapping[date, int], sold: Mapping[date, int], today: date) -> Line:
    return Line(
        name,
        sold.get(today, 0),
        planned.get(today),
        sum(sold.values()),
        pace(planned, sold, today) if planned else None,
    )


def _chart(planned: Mapping[date, int], sold: Mapping[date, int], today: date, currency: str) -> Chart | None:
    """Plan and sales of the month, added up day by day."""
    days = days_of(today.replace(day=1))
    if not planned or today == days[0]:
        return None
    return trend(
        _("Sales of the month against the plan, added up"),
        [str(format_date(day, "d MMM", locale=formats.active_locale())) for day in days],
        [
            Series(_("Sold"), _added_up(sold, days, until=today), "area"),
            Series(_("Plan"), _added_up(planned, days, until=days[-1]), is_dashed=True, tone="warn"),
        ],
        unit=Unit("money", currency),
        head=_("Day"),
    )


def _added_up(amounts: Mapping[date, int], days: Sequence[date], *, until: date) -> list[int | None]:
    total, sums = 0, []
    for day in days:
        total += amounts.get(day, 0)
        sums.append(total if day <= until else None)
    return sums
