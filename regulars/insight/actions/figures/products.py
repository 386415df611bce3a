"""What is known of every product."""

import pyarrow as pa

from regulars.insight.actions.figures.arrays import moments_of, zoned
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import summaries


def products_from(ground: Ground) -> pa.Table:
    """The rows of PRODUCT_COLUMNS."""
    rows = ground.engine.rows(summaries.product_rows(ground.extracts, ground.orders, ground.returns))
    place = rows.column_names.index("last_sold_at")
    return rows.set_column(place, "last_sold_at", zoned(moments_of(rows["last_sold_at"])))
