"""The shop in parts. A customer belongs to where he began: the channel, the store and the goods of his first purchase.

So every part keeps its customers for ever, the parts of one kind without overlap (channel, store) add up to the shop,
and "came back" means anywhere, not only in the same store.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
from ibis import _
from ibis.expr.types import Table

from regulars.insight.rules.purchases import SOLD_KINDS, Extracts

Kind = Literal["shop", "channel", "store", "category"]

# After how many days a first purchase is asked whether it was the last.
HORIZONS = (90, 180, 365)
# Steps of a cohort's curve: each month after the first purchase, up to a year.
BACK_DAYS = (30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330, 365)
YEAR_DAYS = 365


@dataclass(frozen=True)
class Cut:
    """A part of the shop. key: a channel, or the id (32 hexadecimal digits) of a store or category; "" of the shop."""

    kind: Kind
    key: str = ""


def first_orders(orders: Table, days: Table) -> Table:
    """The kept orders of everybody's first day of purchase: customer_id, order_id, placed_at."""
    first = days.filter(_.number == 1).select("customer_id", "day")
    bought = orders.filter(_.is_kept).select("customer_id", "day", "order_id", "placed_at")
    return bought.join(first, ["customer_id", "day"]).select("customer_id", "order_id", "placed_at")


def beginnings(extracts: Extracts, orders: Table, returns: Table, days: Table, firsts: Table) -> Table:
    """One row for each buyer.

    buyer (a number, quicker to join by), customer_id, cohort (month), first_day, wait_days (to the second day of
    purchase; null: none yet), channel and store_id of the first order, year_minor: goods of the first 365 days less
    what came back in them.
    """
    earliest = ibis.window(group_by="customer_id", order_by=[_.placed_at, _.order_id])
    places = extracts.orders.select("order_id", "channel", "store_id")
    began_at = (
        firsts.mutate(place=ibis.row_number().over(earliest))
        .filter(_.place == 0)
        .join(places, "order_id")
        .select("customer_id", "channel", "store_id")
    )
    first = days.filter(_.number == 1).select(
        "customer_id", cohort=_.month, first_day=_.day, wait_days=_.next_day - _.day
    )
    is_first_year = (_.day >= _.first_day) & (_.day <= _.first_day + YEAR_DAYS)
    # Days know their customer's first one; only the few orders that came back as a whole, and returns, are joined.
    odd = ibis.union(
        orders.filter(~_.is_kept, _.customer_id.notnull()).select("customer_id", "day", amount_minor=_.goods_minor),
        returns.filter(_.customer_id.notnull()).select("customer_id", "day", amount_minor=-_.amount_minor),
    ).join(first.select("customer_id", "first_day"), "customer_id")
    spent = (
        ibis.union(
            days.filter(is_first_year).select("customer_id", amount_minor=_.goods_minor),
            odd.filter(is_first_year).select("customer_id", "amount_minor"),
        )
        .group_by("customer_id")
        .agg(year_minor=_.amount_minor.sum())
    )
    rows = first.join(began_at, "customer_id").join(spent, "customer_id")
    return rows.mutate(buyer=ibis.row_number().over(ibis.window(order_by="customer_id")))


def first_goods(extracts: Extracts, firsts: Table, begun: Table) -> Table:
    """What first purchases held: buyer, product_id; each product once."""
    sold = extracts.variants.filter(_.kind.isin(SOLD_KINDS)).select("variant_id", "product_id")
    bought = firsts.join(begun.select("customer_id", "buyer"), "customer_id").select("buyer", "order_id")
    lines = extracts.order_lines.select("order_id", "variant_id").join(bought, "order_id")
    return lines.join(sold, "variant_id").select("buyer", "product_id").distinct()


def first_categories(extracts: Extracts, goods: Table) -> Table:
    """The same by category: buyer, category_id; each category once."""
    known = extracts.variants.filter(_.category_id.notnull()).select("product_id", "category_id").distinct()
    return goods.join(known, "product_id").select("buyer", "category_id").distinct()


def effects(begun: Table, *, as_of_day: int) -> Table:
    """By `key` (a column of begun): what became of those who began so.

    customers; had_H: how many began more than H days ago; back_H: those of them who came again within H days;
    year_minor: revenue of the first year of those who have had one.
    """

    def has_had(days: int) -> ibis.expr.types.BooleanColumn:
        return begun.first_day + days < as_of_day

    return begun.group_by("key").agg(
        begun.count().name("customers"),
        *(has_had(days).sum().name(f"had_{days}") for days in HORIZONS),
        *((has_had(days) & (begun.wait_days <= days)).sum().name(f"back_{days}") for days in HORIZONS),
        begun.year_minor.sum(where=has_had(YEAR_DAYS)).fill_null(0).name("year_minor"),
    )


def members(begun: Table, categories: Table, cuts: Sequence[Cut]) -> Table:
    """Which buyer is in which cut: buyer, cut (its place in `cuts`). The shop itself has all."""
    columns = {"channel": (begun, "channel"), "store": (begun, "store_id"), "category": (categories, "category_id")}
    parts = [begun.select("buyer", cut=ibis.literal(0, "int16"))]
    for kind, (table, column) in columns.items():
        places = [(place, cut.key) for place, cut in enumerate(cuts) if cut.kind == kind]
        if places:
            code = ibis.cases(
                *((table[column] == key, ibis.literal(place, "int16")) for place, key in places),
                else_=ibis.null("int16"),
            )
            parts.append(table.select("buyer", cut=code).filter(_.cut.notnull()))
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def cohort_months(days: Table, begun: Table, members: Table, *, since_month: int) -> Table:
    """cut, cohort, month (from `since_month`), customers who bought in it, repeat: who had bought on an earlier day."""
    each = days.filter(_.month >= since_month).group_by("customer_id", "month").agg(is_repeat=(_.number.max() > 1))
    return (
        each.join(begun.select("customer_id", "buyer", "cohort"), "customer_id")
        .select("buyer", "cohort", "month", "is_repeat")
        .join(members, "buyer")
        .group_by("cut", "cohort", "month")
        .agg(customers=_.count(), repeat=_.is_repeat.sum())
    )


def waits(begun: Table, members: Table, *, since_month: int) -> Table:
    """cut, cohort, step (place in BACK_DAYS of the first span that holds the wait), customers who came again then."""
    *shorter, last = BACK_DAYS
    step = ibis.least(((_.wait_days - 1) / shorter[0]).floor().cast("int64"), len(shorter))
    return (
        begun.filter(_.cohort >= since_month, _.wait_days <= last)
        .select("buyer", "cohort", step=step)
        .join(members, "buyer")
        .group_by("cut", "cohort", "step")
        .agg(customers=_.count())
    )


def weekly_turns(turns: Table, begun: Table, members: Table, *, as_of_day: int, weeks: int) -> Table:
    """cut, what, week (−1: the one that ended yesterday), customers; turns: as `series.turns` has them."""
    week = ((_.day - as_of_day) / 7).floor().cast("int64")
    return (
        turns.filter(_.day < as_of_day, _.day >= as_of_day - 7 * weeks)
        .mutate(week=week)
        .join(begun.select("customer_id", "buyer"), "customer_id")
        .select("buyer", "what", "week")
        .join(members, "buyer")
        .group_by("cut", "what", "week")
        .agg(customers=_.count())
    )


def weekly_orders(extracts: Extracts, orders: Table, *, as_of_day: int, weeks: int) -> Table:
    """channel, store_id, week, orders: where they were placed, guests' too."""
    week = ((_.day - as_of_day) / 7).floor().cast("int64")
    places = extracts.orders.select("order_id", "channel", "store_id")
    return (
        orders.filter(_.is_kept, _.day < as_of_day, _.day >= as_of_day - 7 * weeks)
        .mutate(week=week)
        .select("order_id", "week")
        .join(places, "order_id")
        .group_by("channel", "store_id", "week")
        .agg(orders=_.count())
    )


def spending(orders: Table, returns: Table, begun: Table, members: Table, *, as_of_day: int) -> Table:
    """cut, revenue_minor (net of returns), revenue_year_minor: a row for each buyer in each cut but the shop."""
    money = ibis.union(
        orders.filter(_.customer_id.notnull()).select("customer_id", "day", amount_minor=_.goods_minor),
        returns.filter(_.customer_id.notnull()).select("customer_id", "day", amount_minor=-_.amount_minor),
    )
    each = money.group_by("customer_id").agg(
        revenue_minor=_.amount_minor.sum(),
        revenue_year_minor=_.amount_minor.sum(where=_.day > as_of_day - YEAR_DAYS).fill_null(0),
    )
    parts = begun.select("customer_id", "buyer").join(members.filter(_.cut > 0), "buyer")
    return each.join(parts, "customer_id").select("cut", "revenue_minor", "revenue_year_minor")
