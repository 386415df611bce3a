"""Money by cohort, month and channel, as Ibis expressions. Amounts: base currency, minor units, goods only."""

from collections.abc import Mapping

import ibis
from ibis import _
from ibis.expr.types import Table

from regulars.insight.rules.purchases import SOLD_KINDS, Extracts

ACTIVE_DAYS = 365


def first_purchases(extracts: Extracts, orders: Table) -> Table:
    """One row for each buyer: customer_id, cohort (month of the first kept order), its day and channel."""
    kept = orders.filter(_.is_kept, _.customer_id.notnull())
    kept = kept.join(extracts.orders.select("order_id", "channel"), "order_id")
    ordered = ibis.window(group_by="customer_id", order_by=["placed_at", "order_id"])
    numbered = kept.mutate(place=ibis.row_number().over(ordered))
    return numbered.filter(_.place == 0).select("customer_id", "channel", "day", cohort=_.month)


def new_customers(firsts: Table) -> Table:
    """cohort, channel, customers."""
    return firsts.group_by("cohort", "channel").agg(customers=_.count())


def money_of_cohorts(orders: Table, returns: Table, firsts: Table) -> Table:
    """cohort, channel (of the first purchase), month, money_minor: goods less what came back in that month."""
    who = firsts.select("customer_id", "cohort", "channel")
    moved = ibis.union(
        orders.filter(_.customer_id.notnull()).select("customer_id", "month", money_minor=_.goods_minor),
        returns.filter(_.customer_id.notnull()).select("customer_id", "month", money_minor=-_.amount_minor),
    )
    return (
        moved.join(who, "customer_id")
        .filter(_.month >= _.cohort)
        .group_by("cohort", "channel", "month")
        .agg(money_minor=_.money_minor.sum())
    )


def active_steps(days: Table) -> Table:
    """day, change: the running sum counts who bought within ACTIVE_DAYS up to the evening of a day."""
    ends = ibis.least(ibis.coalesce(_.next_day, _.day + ACTIVE_DAYS), _.day + ACTIVE_DAYS)
    spans = days.select(start=_.day, stop=ends)
    steps = ibis.union(spans.select(day=_.start, step=ibis.literal(1)), spans.select(day=_.stop, step=ibis.literal(-1)))
    return steps.group_by("day").agg(change=_.step.sum()).order_by("day")


def purchase_sizes(days: Table) -> Table:
    """One row: what a first day of purchase brings on average, and a later one; null where there is none."""
    return days.agg(
        first_minor=_.goods_minor.mean(where=_.number == 1), later_minor=_.goods_minor.mean(where=_.number > 1)
    )


def costs_of_goods(extracts: Extracts, orders: Table, *, from_day: int, rates: Mapping[str, float]) -> Table:
    """One row since `from_day`: revenue_minor of all lines, known_minor of those with a known cost, their cost_minor.

    rates: units of the base currency for one of each currency that costs are kept in; others count as not known. A
    cost is that of one piece today: there is no history of costs.
    """
    rate = (
        ibis.cases(*[(_.currency == currency, rate) for currency, rate in rates.items()]) if rates else ibis.null(float)
    )
    variants = extracts.variants.filter(_.kind.isin(SOLD_KINDS)).mutate(unit_cost=_.cost_minor.cast("float64") * rate)
    lines = (
        extracts.order_lines.join(orders.filter(_.day >= from_day).select("order_id"), "order_id")
        .join(variants.select("variant_id", "unit_cost"), "variant_id")
        .filter(_.base_total_minor > 0)
    )
    is_known = _.unit_cost.notnull()
    return lines.agg(
        revenue_minor=_.base_total_minor.sum(),
        known_minor=_.base_total_minor.sum(where=is_known),
        cost_minor=(_.unit_cost * _.quantity_milli / 1000).sum(where=is_known),
    )


def weekday_sales(extracts: Extracts, orders: Table, *, from_day: int) -> Table:
    """store_id, seller_id, channel, weekday (Monday 0), money_minor since `from_day`, guests included."""
    where = extracts.orders.select("order_id", "store_id", "seller_id", "channel")
    recent = orders.filter(_.day >= from_day).select("order_id", "day", "goods_minor")
    # 1970-01-01 was a Thursday.
    return (
        recent.join(where, "order_id")
        .mutate(weekday=(_.day + 3) % 7)
        .group_by("store_id", "seller_id", "channel", "weekday")
        .agg(money_minor=_.goods_minor.sum())
    )
