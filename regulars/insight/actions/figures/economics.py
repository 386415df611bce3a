"""Money by cohort and channel, what goods cost, what fewer drop-outs would bring; and the week's shape for plans.

Spending is not in here: pages set it against these figures when they are read, so that what was typed in a minute ago
counts at once.
"""

from collections import defaultdict
from typing import Any

import numpy as np

from regulars.insight.actions.figures.arrays import floats, whole
from regulars.insight.actions.figures.calendar import first_day_of, month_name, months_between
from regulars.insight.actions.figures.customers import Customers
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import series
from regulars.insight.rules.economics import churn, tables
from regulars.insight.rules.models import bg_nbd
from regulars.insight.rules.models.histories import Floats, grouped, ungrouped
from regulars.shop import queries as shop
from regulars.shop.rules.rates import RateMissing

MONTHS = 36
YEAR_DAYS = 365
WEEKDAYS_FROM_DAYS = 84


def economics_from(ground: Ground, customers: Customers) -> dict[str, Any]:
    """The findings "economics" and "weekdays", as JSON."""
    firsts = ground.engine.kept(tables.first_purchases(ground.extracts, ground.orders))
    cohorts = _Cohorts(ground, firsts)
    sizes, costs = _only(ground, tables.purchase_sizes(ground.days)), _only(ground, _costs(ground))
    return {
        "economics": {
            "months": cohorts.months(),
            "cohorts": cohorts.curves(),
            "channels": cohorts.channels(),
            "sizes": sizes,
            "costs": {name: int(amount or 0) for name, amount in costs.items()},
            "churn": _churn(customers),
        },
        "weekdays": _weekdays(ground),
    }


class _Cohorts:
    """New customers and their money, by month of the first purchase, channel of it, and month."""

    def __init__(self, ground: Ground, firsts: Any) -> None:
        engine = ground.engine
        self._ground = ground
        self._new: dict[int, dict[str, int]] = defaultdict(dict)
        for row in engine.rows(tables.new_customers(firsts)).to_pylist():
            self._new[row["cohort"]][row["channel"]] = row["customers"]
        self._money: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
        for row in engine.rows(tables.money_of_cohorts(ground.orders, ground.returns, firsts)).to_pylist():
            self._money[row["cohort"], row["channel"]][row["month"]] = row["money_minor"]
        first = min(self._new, default=None)
        as_of_day = ground.question.as_of_day
        spans = months_between(first_day_of(first), as_of_day)[-MONTHS - 1 :] if first is not None else []
        self._spans = dict(spans)
        self._whole = [month for month in self._spans if first_day_of(month + 1) <= as_of_day]

    def months(self) -> list[dict[str, Any]]:
        """New customers by channel, money of those who came in the month and of all others, active customers."""
        existing: dict[int, int] = defaultdict(int)
        fresh: dict[int, int] = defaultdict(int)
        for (cohort, _channel), by_month in self._money.items():
            for month, money in by_month.items():
                (fresh if month == cohort else existing)[month] += money
        steps = self._ground.engine.rows(tables.active_steps(self._ground.days)).to_pylist()
        evenings = [span.stop - 1 for span in self._spans.values()]
        active = series.running_counts({row["day"]: row["change"] for row in steps}, evenings)
        return [
            {
                "month": month_name(month),
                "is_whole": month in self._whole,
                "new": self._new.get(month, {}),
                "new_minor": fresh[month],
                "existing_minor": existing[month],
                "active": count,
            }
            for month, count in zip(self._spans, active, strict=True)
        ]

    def curves(self) -> list[dict[str, Any]]:
        """Money of each cohort in the month of its first purchase and in each whole month after."""
        curves = []
        for cohort in self._whole:
            if size := sum(self._new.get(cohort, {}).values()):
                of_cohort = [by for (start, _channel), by in self._money.items() if start == cohort]
                money = [sum(by.get(month, 0) for by in of_cohort) for month in range(cohort, self._whole[-1] + 1)]
                curves.append({"month": month_name(cohort), "size": size, "money": money})
        return curves

    def channels(self) -> dict[str, dict[str, int]]:
        """By channel of the first purchase: customers whose first twelve months are over, and their money in these."""
        found: dict[str, dict[str, int]] = {}
        for cohort in self._whole[:-11]:
            for channel, customers in self._new.get(cohort, {}).items():
                money = self._money[cohort, channel]
                entry = found.setdefault(channel, {"customers": 0, "year_minor": 0})
                entry["customers"] += customers
                entry["year_minor"] += sum(money.get(month, 0) for month in range(cohort, cohort + 12))
        return found


def _costs(ground: Ground) -> Any:
    rates = shop.rate_table()
    known = {"": 1.0, rates.base_currency: 1.0}
    for currency in rates.series:
        try:
            known[currency] = float(rates.on(currency, ground.question.today))
        except RateMissing:
            continue
    from_day = ground.question.as_of_day - YEAR_DAYS
    return tables.costs_of_goods(ground.extracts, ground.orders, from_day=from_day, rates=known)


def _only(ground: Ground, table: Any) -> dict[str, Any]:
    row: dict[str, Any] = ground.engine.rows(table).to_pylist()[0]
    return row


def _churn(customers: Customers) -> dict[str, Any] | None:
    """None where nothing can be said of drop-out: nobody has bought, or all of it today."""
    rows = customers.rows
    number = whole(rows["number"])
    is_buyer = number > 0
    x = (number[is_buyer] - 1).astype(np.float64)
    t_x = whole(rows["tenure_days"])[is_buyer].astype(np.float64)
    T = t_x + floats(rows["silence_days"])[is_buyer]
    histories, _places = grouped(x, t_x, T)
    fit = bg_nbd.fit(histories)
    if fit is None:
        return None
    money = np.nan_to_num(floats(customers.published["value_365_minor"])[is_buyer])
    found = churn.effect_of_churn(fit, histories, ungrouped(x, t_x, T), money)
    if found is None:
        return None
    return {
        "note": fit.note.value,
        "customers": found.customers,
        "base_minor": round(float(money.sum())),
        "factors": churn.FACTORS,
        "base": _rounded(found.base),
        "of_new": _rounded(found.of_new),
        "drawn_base": _rounded(found.drawn_base),
        "drawn_new": _rounded(found.drawn_new),
    }


def _rounded(values: Floats) -> Any:
    """Six significant digits: more is noise, and would fill the page's table."""
    with np.errstate(divide="ignore"):
        digits = 5 - np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** np.where(np.isfinite(digits), digits, 0.0)
    return (np.rint(values * scale) / scale).tolist()


def _weekdays(ground: Ground) -> dict[str, dict[str, list[int]]]:
    """What each weekday took in twelve weeks (Monday first): of the shop (""), of each store, seller and channel."""
    from_day = ground.question.as_of_day - WEEKDAYS_FROM_DAYS
    rows = ground.engine.rows(tables.weekday_sales(ground.extracts, ground.orders, from_day=from_day)).to_pylist()
    found: dict[str, dict[str, list[int]]] = {"shop": {}, "store": {}, "seller": {}, "channel": {}}
    for row in rows:
        for scope, of in (
            ("shop", ""), ("store", row["store_id"]), ("seller", row["seller_id"]), ("channel", row["channel"]),
        ):  # fmt: skip
            if of is not None:
                found[scope].setdefault(of, [0] * 7)[row["weekday"]] += row["money_minor"]
    return found
