"""What associations brought since they are tried."""

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from regulars.commerce.queries import catalogue, offering
from regulars.insight.actions.figures.calendar import EPOCH
from regulars.insight.actions.figures.recommending.ground import Goods
from regulars.insight.actions.figures.recommending.tables import places_of
from regulars.insight.queries.associations import Association, associations
from regulars.insight.rules.recommending.trying import BEFORE_DAYS, WITHIN_DAYS, AssociationState, Share, followers
from regulars.shop import queries as shop

Mask = NDArray[np.bool_]


def trials_of(goods: Goods) -> dict[str, Any]:
    """The shares of every association that was ever tried, by its id."""
    states = [AssociationState.TRIED, AssociationState.KEPT, AssociationState.DROPPED]
    tried = [one for one in associations(states=states) if one.tried_at]
    zone = shop.shop().zone if tried else None
    return {str(one.id): _trial(goods, one, zone) for one in tried if zone}


def _trial(goods: Goods, association: Association, zone: ZoneInfo) -> dict[str, Any]:
    source = _meant(goods, association.source_product_id, association.source_category_id)
    target = _meant(goods, association.target_product_id, association.target_category_id)
    assert association.tried_at is not None
    begun = (association.tried_at.astimezone(zone).date() - EPOCH).days
    is_over = association.state is AssociationState.DROPPED and association.decided_at is not None
    end = (association.decided_at.astimezone(zone).date() - EPOCH).days if is_over and association.decided_at else None
    until = max(min(end or goods.today, goods.today - WITHIN_DAYS), begun)
    others = _comparable(goods, association, source) & ~source & ~target
    spans = {"after": (begun, until), "before": (begun - BEFORE_DAYS, begun - WITHIN_DAYS)}

    def shares(products: Mask, prefix: str) -> dict[str, tuple[int, int]]:
        return {
            f"{prefix}{name}": _plain(followers(goods.bought, products, target, from_day=start, to_day=stop))
            for name, (start, stop) in spans.items()
        }

    waiting = followers(goods.bought, source, target, from_day=until, to_day=max(end or goods.today, until))
    return {
        **shares(source, ""),
        **shares(others, "others_"),
        "waiting": waiting.buyers,
        "within_days": WITHIN_DAYS,
    }


def _meant(goods: Goods, product_id: UUID | None, category_id: UUID | None) -> Mask:
    if product_id:
        return places_of(goods, [product_id])
    assert category_id is not None
    return places_of(goods, offering.goods_in(category_id, is_sold=None))


def _comparable(goods: Goods, association: Association, source: Mask) -> Mask:
    """Goods of the source's own category, or of the one above; all goods where it has none."""
    category_id = association.source_category_id
    if association.source_product_id:
        product = catalogue.product_of(association.source_product_id)
        category_id = product.category_id if product else None
    else:
        category_id = next((row.parent_id for row in catalogue.categories() if row.id == category_id), None)
    comparable = _meant(goods, None, category_id) if category_id else np.ones(len(source), dtype=bool)
    return comparable if (comparable & ~source).any() else np.ones(len(source), dtype=bool)


def _plain(share: Share) -> tuple[int, int]:
    return share.followed, share.buyers
