"""What leads to what among goods, who runs out of what, what active customers buy next, what associations brought."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from django.conf import settings

from regulars.insight.actions.figures.ground import Ground
from regulars.insight.actions.figures.recommending import tables
from regulars.insight.actions.figures.recommending.ground import goods_of
from regulars.insight.actions.figures.recommending.trials import trials_of
from regulars.insight.rules.recommending import ease, links, refill, scoring
from regulars.insight.rules.recommending.bought import owned, popularity, profiles
from regulars.insight.rules.recommending.ranking import rank
from regulars.insight.rules.recommending.weights import weights_of

# Of the memory of a job, the square matrix of products takes one part in so many.
_MATRIX_SHARE = 16
# How many of each kind a product keeps.
_NEXT, _BY_SAME, _THEN = 50, 15, 10


@dataclass(frozen=True)
class Recommending:
    """links, refills, offers: LINK_COLUMNS and so on. products: popularity and refill intervals by product_id.

    refill_at: by customer_id. shop: JSON by name. counts: for the run's page.
    """

    links: pa.Table
    refills: pa.Table
    offers: pa.Table
    products: pa.Table
    refill_at: pa.Table
    shop: dict[str, Any]
    counts: dict[str, int]

    def of_customers(self, rows: pa.Table) -> pa.Table:
        """Published customers with the day on which the first thing that each keeps buying is due."""
        return tables.beside(rows, self.refill_at, key="customer_id")

    def of_products(self, rows: pa.Table) -> pa.Table:
        """Published products with what is wanted now, and after how many days each is wanted again."""
        rows = tables.beside(rows, self.products, key="product_id")
        for name in ("popularity", "refill_gaps"):
            place = rows.column_names.index(name)
            rows = rows.set_column(place, name, rows[name].fill_null(0))
        return rows


def recommending_from(ground: Ground) -> Recommending:
    """All of it, from the purchases before the run's day."""
    goods = goods_of(ground)
    bought, today = goods.bought, goods.today
    most = ease.most_products(settings.ENVIRONMENT.job_memory_mib // _MATRIX_SHARE)
    by_same = owned(bought)
    counted = links.links_of(by_same, count=_BY_SAME)
    paths = links.paths_of(counted, by_same, count=_THEN)
    faded = profiles(bought, today=today, half_life_days=scoring.WEIGHTS_HALF_LIFE_DAYS)
    faded.data = faded.data.clip(max=scoring.MOST_PURCHASES)
    following = weights_of(faded, counted, ridge=scoring.RIDGE, count=_NEXT, most_products=most)
    in_baskets = links.links_of(goods.baskets, count=scoring.BASKET_COUNT)
    basket = weights_of(
        goods.baskets, in_baskets, ridge=scoring.BASKET_RIDGE, count=scoring.BASKET_COUNT, most_products=most
    )
    gaps = refill.gaps_of(bought)
    effects = refill.effects_of(gaps, customers=bought.customers, products=bought.products)
    wanted = popularity(bought, today=today, half_life_days=scoring.POPULARITY_HALF_LIFE_DAYS)
    ranking = rank(bought, today=today)
    refills = tables.refill_rows(goods, gaps, effects)
    return Recommending(
        tables.link_rows(goods, counted, paths, following, basket),
        refills,
        tables.offer_rows(goods, ranking),
        tables.product_rows(goods, wanted, effects),
        tables.soonest(refills),
        {
            "links_summary": {
                "products": bought.products,
                "solved": following.solved,
                "links": len(counted),
                "paths": len(paths),
                "refills": refills.num_rows,
                "ranked": len(np.unique(ranking.customer)) if ranking else 0,
            },
            "associations": trials_of(goods),
        },
        {"products_solved": following.solved},
    )
