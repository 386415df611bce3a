"""From a folder of extracts to what is published: the expressions of `rules`, run one part after the other."""

from collections.abc import Callable
from pathlib import Path

from regulars.audience.actions.findings import CUSTOMER_COLUMNS, PRODUCT_COLUMNS, Findings
from regulars.insight.actions.figures.arrays import tuples
from regulars.insight.actions.figures.customers import customers_from
from regulars.insight.actions.figures.economics import economics_from
from regulars.insight.actions.figures.ground import Question, ground_of
from regulars.insight.actions.figures.products import products_from
from regulars.insight.actions.figures.shop import shop_from
from regulars.insight.store import Store

__all__ = ["Question", "findings_from"]


def findings_from(
    engine: Store, folder: Path, question: Question, *, on_share: Callable[[float], None]
) -> tuple[Findings, dict[str, int]]:
    """Everything that is published, and counts for the run's page."""
    ground = ground_of(engine, engine.extracts(folder), question)
    on_share(0.3)
    customers = customers_from(ground)
    on_share(0.5)
    products = products_from(ground)
    on_share(0.8)
    shop = {**shop_from(ground, customers), **economics_from(ground, customers)}
    on_share(1.0)
    counts = {"customers": customers.rows.num_rows, "products": products.num_rows, "orders": shop["facts"]["orders"]}
    return Findings(tuples(customers.published, CUSTOMER_COLUMNS), tuples(products, PRODUCT_COLUMNS), shop), counts
