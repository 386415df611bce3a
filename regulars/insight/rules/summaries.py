"""What is known of each customer and product, as Ibis expressions over the days of purchase."""

import ibis
from ibis import _
from ibis.expr.types import IntegerColumn, Table

from regulars.insight.rules.purchases import Extracts
from regulars.insight.rules.stages import Thresholds, climbed

YEAR_DAYS = 365


def customer_rows(
    extracts: Extracts, orders: Table, returns: Table, days: Table, *, as_of_day: int, thresholds: Thresholds
) -> Table:
    """One row for each customer (survivors only), buyers or not, with RFM and rhythm.

    days: with rhythm. silence_days: null without a purchase. revenue_minor: goods less what came back, also of orders
    that came back as a whole. repeat_at, regular_at, loyal_at: the purchase that led to that stage; woken_at: the last
    one after a silence beyond the limit. history_at: when the newest order from before go-live was recorded.
    """
    ordered = ibis.window(group_by="customer_id", order_by="day")
    days = days.mutate(is_woken=_.day - _.day.lag().over(ordered) > _.limit_days.lag().over(ordered))
    steps = [
        days.first_at.min(where=rule).name(f"{name}_at")
        for name, rule in climbed(days.number, days.day - days.first_day, thresholds)
    ]
    last = days.filter(_.next_day.isnull()).select(
        "customer_id",
        "number",
        "centre",
        "spread",
        "median_days",
        "limit_days",
        "last_at",
        last_day=_.day,
        tenure_days=_.day - _.first_day,
    )
    visits = days.group_by("customer_id").agg(
        *steps, orders=_.orders.sum(), first_at=_.first_at.min(), woken_at=_.first_at.max(where=_.is_woken)
    )
    is_recent = _.day > as_of_day - YEAR_DAYS
    bought = (
        orders.filter(_.customer_id.notnull())
        .group_by("customer_id")
        .agg(
            goods_minor=_.goods_minor.sum(),
            goods_year_minor=_.goods_minor.sum(where=is_recent),
            history_at=_.recorded_at.max(where=_.is_history),
        )
    )
    brought_back = (
        returns.filter(_.customer_id.notnull())
        .group_by("customer_id")
        .agg(returned_minor=_.amount_minor.sum(), returned_year_minor=_.amount_minor.sum(where=is_recent))
    )
    rows = extracts.customers.filter(_.customer_id == _.survivor_id).select("customer_id", "created_at")
    for part in (last, visits, bought, brought_back):
        rows = rows.left_join(part, "customer_id").drop("customer_id_right")
    rows = rows.mutate(
        number=_.number.fill_null(0),
        tenure_days=_.tenure_days.fill_null(0),
        orders=_.orders.fill_null(0),
        silence_days=as_of_day - _.last_day,
        returned_minor=_.returned_minor.fill_null(0),
        revenue_minor=_.goods_minor.fill_null(0) - _.returned_minor.fill_null(0),
        revenue_year_minor=_.goods_year_minor.fill_null(0) - _.returned_year_minor.fill_null(0),
    ).drop("goods_minor", "goods_year_minor", "returned_year_minor", "last_day")
    return _with_scores(rows)


def _with_scores(rows: Table) -> Table:
    """Fifths among buyers; equal values get equal scores, so a repeated run changes none."""
    buyers = rows.filter(_.number > 0)
    buyers = buyers.select(
        "customer_id",
        recency_score=_fifth(-buyers.silence_days),
        frequency_score=_fifth(buyers.orders),
        monetary_score=_fifth(buyers.revenue_minor),
    )
    return rows.left_join(buyers, "customer_id").drop("customer_id_right")


def _fifth(column: IntegerColumn) -> IntegerColumn:
    everybody = ibis.window()
    place = ibis.rank().over(ibis.window(order_by=column))
    return (1 + (place * 5 / column.count().over(everybody)).floor()).cast("int16")


def product_rows(extracts: Extracts, orders: Table, returns: Table) -> Table:
    """One row for each product ever sold; guests count in orders, quantity and revenue only."""
    lines = (
        extracts.order_lines.join(extracts.variants.select("variant_id", "product_id"), "variant_id")
        .join(orders.select("order_id", "customer_id", "day", "placed_at"), "order_id")
        .select("order_id", "product_id", "customer_id", "day", "placed_at", "quantity_milli", "base_total_minor")
    )
    sold = (
        lines.group_by("product_id", "order_id")
        .agg(quantity_milli=_.quantity_milli.sum(), goods_minor=_.base_total_minor.sum(), placed_at=_.placed_at.max())
        .group_by("product_id")
        .agg(
            orders=_.count(),
            quantity_milli=_.quantity_milli.sum(),
            goods_minor=_.goods_minor.sum(),
            last_sold_at=_.placed_at.max(),
        )
    )
    buyers = (
        lines.filter(_.customer_id.notnull())
        .group_by("product_id", "customer_id")
        .agg(first_day=_.day.min(), last_day=_.day.max())
        .group_by("product_id")
        .agg(customers=_.count(), repeat_customers=(_.last_day > _.first_day).sum())
    )
    brought_back = (
        returns.join(extracts.variants.select("variant_id", "product_id"), "variant_id")
        .group_by("product_id")
        .agg(returned_minor=_.amount_minor.sum())
    )
    rows = sold.left_join(buyers, "product_id").drop("product_id_right")
    rows = rows.left_join(brought_back, "product_id").drop("product_id_right")
    return rows.select(
        "product_id",
        "orders",
        "quantity_milli",
        "last_sold_at",
        customers=_.customers.fill_null(0),
        repeat_customers=_.repeat_customers.fill_null(0),
        returned_minor=_.returned_minor.fill_null(0),
        revenue_minor=_.goods_minor - _.returned_minor.fill_null(0),
    )
