"""From extracts to days of purchase. Plain group-bys, joins and row windows only, so that every engine agrees.

A *day of purchase* is a customer's local day with at least one kept order: two orders on one day are one visit. Days
are counted from 1970-01-01. Amounts: base currency, minor units, goods and services only.
"""

from dataclasses import dataclass
from datetime import datetime

import ibis
from ibis import _
from ibis.expr.types import Table

# Delivery, fees and certificates (money paid in advance) are no purchases of goods.
SOLD_KINDS = ("goods", "service")
VOID_STATUSES = ("draft", "cancelled")


@dataclass(frozen=True)
class Extracts:
    """The tables that capabilities bring out; columns as in their `extracts.py`."""

    orders: Table
    order_lines: Table
    return_lines: Table
    variants: Table
    enquiries: Table
    site_events: Table
    customers: Table


def orders_of(extracts: Extracts, *, before: datetime) -> Table:
    """Orders placed before a moment (UTC, without zone), not void, with goods that cost something.

    Columns: order_id, customer_id (the survivor's; null: a guest), day, month (year × 12 + month − 1), placed_at,
    goods_minor, is_kept (not everything came back), is_history, recorded_at.
    """
    sold = extracts.variants.filter(_.kind.isin(SOLD_KINDS)).select("variant_id")
    goods = extracts.order_lines.join(sold, "variant_id").group_by("order_id").agg(goods_minor=_.base_total_minor.sum())
    returned = (
        extracts.return_lines.filter(_.order_id.notnull(), _.returned_at < before)
        .join(sold, "variant_id")
        .group_by("order_id")
        .agg(returned_minor=_.base_total_minor.sum())
    )
    orders = extracts.orders.filter(_.status.notin(VOID_STATUSES), _.placed_at < before)
    orders = orders.join(goods, "order_id").filter(_.goods_minor > 0)
    orders = orders.left_join(returned, "order_id").drop("order_id_right")
    return _with_survivor(orders, extracts).select(
        "order_id",
        "customer_id",
        "placed_at",
        "goods_minor",
        "is_history",
        "recorded_at",
        day=_.local_date.epoch_days(),
        month=_.local_date.year() * 12 + _.local_date.month() - 1,
        is_kept=_.goods_minor > _.returned_minor.fill_null(0),
    )


def returns_of(extracts: Extracts, *, before: datetime) -> Table:
    """Goods that came back before a moment: customer_id (null: a guest), day, month, amount_minor."""
    sold = extracts.variants.filter(_.kind.isin(SOLD_KINDS)).select("variant_id")
    lines = extracts.return_lines.filter(_.returned_at < before).join(sold, "variant_id")
    return _with_survivor(lines, extracts).select(
        "customer_id",
        "variant_id",
        day=_.local_date.epoch_days(),
        month=_.local_date.year() * 12 + _.local_date.month() - 1,
        amount_minor=_.base_total_minor,
    )


def purchase_days(orders: Table) -> Table:
    """One row for each customer and day of purchase, in order, with what is known on the evening of that day.

    number: 1 for the first; first_day; next_day (null: none yet); gaps, log_sum, log_squares: how many pauses lie
    behind, the sum of their natural logarithms, and of the squares of these.
    """
    days = (
        orders.filter(_.is_kept, _.customer_id.notnull())
        .group_by("customer_id", "day", "month")
        .agg(
            orders=_.count(),
            goods_minor=_.goods_minor.sum(),
            first_at=_.placed_at.min(),
            last_at=_.placed_at.max(),
        )
    )
    ordered = ibis.window(group_by="customer_id", order_by="day")
    so_far = ibis.cumulative_window(group_by="customer_id", order_by="day")
    days = days.mutate(
        number=ibis.row_number().over(ordered) + 1,
        next_day=_.day.lead().over(ordered),
        first_day=_.day.min().over(so_far),
        log_gap=(_.day - _.day.lag().over(ordered)).cast("float64").ln(),
    )
    return days.mutate(
        gaps=(_.number - 1).cast("int64"),
        log_sum=_.log_gap.sum().over(so_far).fill_null(0.0),
        log_squares=(_.log_gap * _.log_gap).sum().over(so_far).fill_null(0.0),
    ).drop("log_gap")


def _with_survivor(rows: Table, extracts: Extracts) -> Table:
    known = extracts.customers.select("customer_id", "survivor_id")
    return (
        rows.left_join(known, "customer_id")
        .mutate(survivor_id=ibis.coalesce(_.survivor_id, _.customer_id))
        .drop("customer_id", "customer_id_right")
        .rename(customer_id="survivor_id")
    )
