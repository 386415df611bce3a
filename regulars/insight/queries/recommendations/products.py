"""Beside a product: what goes with it, what it leads to, who runs out of it; and what goes into a basket."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from uuid import UUID

from regulars.audience.queries import findings as found
from regulars.audience.queries import links as linked
from regulars.audience.rules import LinkKind
from regulars.commerce.queries import offering
from regulars.commerce.queries.offering import Goods
from regulars.commerce.rules import ProductKind
from regulars.customers.queries import profiles
from regulars.foundation.paging import Page
from regulars.insight.queries.recommendations.rows import AddOn, DueCustomer, GoesWith, RefillInterval, SecondLevel
from regulars.insight.rules.recommending.choosing import Candidate, chosen
from regulars.insight.rules.recommending.scoring import Step, pulls
from regulars.insight.rules.recommending.trying import Share

# Before it is due and after: whose time for a product is "now".
_EARLY, _LATE = timedelta(days=7), timedelta(days=90)


def goes_with(product_id: UUID, *, limit: int = 10) -> list[GoesWith]:
    """What buyers of a product also buy, far more often than others do, the firmest first."""
    links = linked.links_from([product_id], LinkKind.BOUGHT_BY_SAME)
    goods = _offered(link.other_id for link in links)
    return [
        GoesWith(link.other_id, goods[link.other_id].name, link.together, link.having, link.weight)
        for link in links
        if link.other_id in goods
    ][:limit]


def second_level(product_id: UUID, *, limit: int = 10) -> list[SecondLevel]:
    """What a product leads to by way of another, though the two are hardly bought by the same people yet."""
    paths = [(path, path.via_id) for path in linked.links_from([product_id], LinkKind.THEN) if path.via_id]
    goods = _offered([id_ for path, via in paths for id_ in (path.other_id, via)])
    steps = {
        (link.product_id, link.other_id): Share(link.together, link.having)
        for link in linked.links_from([product_id, *(via for _, via in paths)], LinkKind.BOUGHT_BY_SAME)
    }
    return [
        SecondLevel(
            path.other_id,
            goods[path.other_id].name,
            via,
            goods[via].name,
            steps[product_id, via],
            steps[via, path.other_id],
            path.weight,
        )
        for path, via in paths
        if {path.other_id, via} <= goods.keys() and {(product_id, via), (via, path.other_id)} <= steps.keys()
    ][:limit]


def refill_interval(product_id: UUID) -> RefillInterval | None:
    """After how many days the same customer buys a product again; None where too few have done so."""
    finding = found.findings_of([product_id]).get(product_id)
    if finding is None or finding.refill_days is None:
        return None
    low, high = finding.refill_low_days or finding.refill_days, finding.refill_high_days or finding.refill_days
    return RefillInterval(finding.refill_days, low, high, finding.refill_gaps)


def due_for(product_id: UUID, *, now: datetime, cursor: str | None = None, limit: int = 20) -> Page[DueCustomer]:
    """Whose time for a product is near or over, the longest waiting first; with how many there are in all.

    From a week before the day to three months after it. Raises foundation.paging.BadCursor.
    """
    page = linked.refills_due(product_id, from_at=now - _LATE, to_at=now + _EARLY, cursor=cursor, limit=limit)
    names = profiles.names_of([refill.customer_id for refill in page.rows])
    rows = [
        DueCustomer(
            refill.customer_id,
            names.get(refill.customer_id, ""),
            refill.purchases,
            refill.last_at,
            round(refill.interval_days),
            refill.due_at,
            (now - refill.due_at).days,
        )
        for refill in page.rows
    ]
    return Page(rows, page.next_cursor, page.total)


def add_ons(product_ids: Collection[UUID], *, limit: int = 6) -> list[AddOn]:
    """What others put into a basket that holds these products, the likeliest first."""
    basket = set(product_ids)
    links = linked.links_from(basket, LinkKind.BASKET)
    pull, strongest = pulls(
        dict.fromkeys(basket, 1.0), (Step(link.product_id, link.other_id, link.weight) for link in links)
    )
    counts = {(link.product_id, link.other_id): link for link in links}
    likely = sorted((id_ for id_ in pull if id_ not in basket), key=lambda id_: (-pull[id_], id_))[: limit * 5]
    goods = offering.goods_by_id([*likely, *basket])
    candidates = [candidate_of(goods[id_], pull[id_], is_owned=False) for id_ in likely if id_ in goods]
    rows = []
    for one in chosen(candidates, count=limit):
        source, product = strongest[one.product_id], goods[one.product_id]
        link = counts[source, one.product_id]
        rows.append(
            AddOn(
                product.id, product.name, product.price_minor, product.currency, one.score,
                source, goods[source].name, link.together, link.having,
            )
        )  # fmt: skip
    return rows


def candidate_of(goods: Goods, score: float, *, is_owned: bool, due_share: float | None = None) -> Candidate:
    """Goods as the rules of choosing see them."""
    return Candidate(
        product_id=goods.id,
        score=score,
        category_id=goods.category_id,
        is_goods=goods.kind is ProductKind.GOODS,
        is_sold=goods.is_sold,
        is_durable=goods.is_durable,
        is_owned=is_owned,
        margin=goods.margin,
        due_share=due_share,
    )


def _offered(product_ids: Iterable[UUID]) -> dict[UUID, Goods]:
    goods = offering.goods_by_id(list(product_ids))
    return {id_: one for id_, one in goods.items() if one.is_sold}
