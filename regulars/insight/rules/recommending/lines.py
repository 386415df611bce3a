"""Who bought which goods on which day, and what lay in one basket: Ibis expressions, numbered for arrays.

Gifts are left out: they say what somebody else likes. So are services, what cost nothing and what came back whole.
"""

import ibis
from ibis import _
from ibis.expr.types import Column, Table

from regulars.insight.rules.purchases import Extracts


def own_lines(extracts: Extracts, orders: Table) -> Table:
    """Lines of kept orders: order_id, customer_id (null: a guest), product_id, day, placed_at."""
    goods = extracts.variants.filter(_.kind == "goods").select("variant_id", "product_id")
    kept = orders.filter(_.is_kept).select("order_id", "customer_id", "day", "placed_at")
    lines = extracts.order_lines.filter(~_.is_gift, _.base_total_minor > 0).select("order_id", "variant_id")
    return lines.join(goods, "variant_id").join(kept, "order_id").drop("variant_id")


def numbered(ids: Column) -> Table:
    """Different ids in their order, with their places from 0: `id`, `place`."""
    different = ids.name("id").as_table().filter(_.id.notnull()).distinct()
    return different.mutate(place=ibis.row_number().over(ibis.window(order_by=different.id)).cast("int32"))


def product_days(lines: Table, customers: Table, products: Table) -> Table:
    """Customer, product and day of purchase, once each, as places: customer, product, day. In this order."""
    different = lines.filter(_.customer_id.notnull()).select("customer_id", "product_id", "day").distinct()
    placed = different.join(customers, different.customer_id == customers.id).select(
        "product_id", "day", customer="place"
    )
    placed = placed.join(products, placed.product_id == products.id).select(
        "customer", product="place", day=_.day.cast("int32")
    )
    return placed.order_by("customer", "product", "day")


def basket_lines(lines: Table, products: Table, *, since_day: int) -> Table:
    """Orders of at least two products since a day, guests' too: order (its number among them), product."""
    recent = lines.filter(_.day >= since_day).select("order_id", "product_id").distinct()
    several = recent.group_by("order_id").agg(products=_.count()).filter(_.products > 1)
    several = several.select("order_id", order=ibis.row_number().over(ibis.window(order_by=_.order_id)).cast("int32"))
    placed = recent.join(several, "order_id").select("product_id", "order")
    return (
        placed.join(products, placed.product_id == products.id)
        .select("order", product="place")
        .order_by("order", "product")
    )
