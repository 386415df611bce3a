"""Purchases of goods as arrays, brought out of the engine once."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy import sparse

from regulars.insight.actions.figures.arrays import whole
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules.recommending import lines
from regulars.insight.rules.recommending.bought import Bought

# Baskets of so long ago still tell what goes together.
BASKETS_DAYS = 730


@dataclass(frozen=True)
class Goods:
    """bought: places of `customer_ids` and `product_ids`. baskets: orders × products, ones; guests' orders too."""

    bought: Bought
    customer_ids: pa.Array
    product_ids: pa.Array
    baskets: sparse.csr_array
    today: int


def goods_of(ground: Ground) -> Goods:
    """What was bought before the run's day."""
    engine, today = ground.engine, ground.question.as_of_day
    sold = engine.kept(lines.own_lines(ground.extracts, ground.orders))
    customers, products = engine.kept(lines.numbered(sold.customer_id)), engine.kept(lines.numbered(sold.product_id))
    customer_ids, product_ids = (engine.rows(ids.order_by("place").select("id"))["id"] for ids in (customers, products))
    days = engine.rows(lines.product_days(sold, customers, products))
    baskets = engine.rows(lines.basket_lines(sold, products, since_day=today - BASKETS_DAYS))
    customer, product, day = (_places(days[name]) for name in ("customer", "product", "day"))
    bought = Bought(customer, product, day, len(customer_ids), len(product_ids))
    order, product = _places(baskets["order"]), _places(baskets["product"])
    size = (int(order[-1]) + 1 if len(order) else 0, len(product_ids))
    ones = np.ones(len(order), dtype=np.float32)
    return Goods(
        bought,
        customer_ids.combine_chunks(),
        product_ids.combine_chunks(),
        sparse.csr_array((ones, (order, product)), shape=size),
        today,
    )


def _places(column: pa.ChunkedArray) -> NDArray[np.int32]:
    return whole(column).astype(np.int32)
