"""From a folder of extracts to what is published: the expressions of `rules`, run one part after the other."""

from collections.abc import Callable
from pathlib import Path

from regulars.audience.actions.findings import Findings
from regulars.insight.actions.figures.breakdowns import breakdowns_from, parts_of
from regulars.insight.actions.figures.customers import customers_from
from regulars.insight.actions.figures.economics import economics_from
from regulars.insight.actions.figures.forecast import forecast_from
from regulars.insight.actions.figures.funnel import funnel_from
from regulars.insight.actions.figures.ground import Question, ground_of
from regulars.insight.actions.figures.models import models_from
from regulars.insight.actions.figures.moves import moves_from
from regulars.insight.actions.figures.products import products_from
from regulars.insight.actions.figures.recommending import recommending_from
from regulars.insight.actions.figures.revenue import revenue_from
from regulars.insight.actions.figures.shop import shop_from
from regulars.insight.actions.figures.trust import trust_from
from regulars.insight.actions.figures.visits import visits_of
from regulars.insight.store import Store

__all__ = ["Question", "findings_from"]


def findings_from(
    engine: Store, folder: Path, question: Question, *, on_share: Callable[[float], None]
) -> tuple[Findings, dict[str, int]]:
    """Everything that is published, and counts for the run's page."""
    ground = ground_of(engine, engine.extracts(folder), question)
    on_share(0.3)
    visits = visits_of(ground)
    models = models_from(ground, visits)
    on_share(0.45)
    customers = customers_from(ground, models)
    on_share(0.5)
    recommending = recommending_from(ground)
    on_share(0.7)
    products = recommending.of_products(products_from(ground))
    on_share(0.8)
    parts = parts_of(ground)
    shop = {
        **shop_from(ground, customers),
        **trust_from(ground, models),
        **breakdowns_from(ground, parts),
        **revenue_from(ground, customers, parts),
        **moves_from(ground),
        **forecast_from(ground, customers, parts),
        **economics_from(ground, customers),
        **funnel_from(ground),
        **recommending.shop,
    }
    on_share(1.0)
    counts = {
        "customers": customers.rows.num_rows,
        "products": products.num_rows,
        "orders": shop["facts"]["orders"],
        **recommending.counts,
    }
    published = recommending.of_customers(customers.published)
    return Findings(published, products, shop, recommending.links, recommending.refills, recommending.offers), counts
