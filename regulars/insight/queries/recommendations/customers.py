"""One customer's two lists: what he may want again, and what would be new to him."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from regulars.audience.queries import findings as found
from regulars.audience.queries import links as linked
from regulars.audience.queries.findings import ProductFinding
from regulars.audience.queries.links import Link
from regulars.audience.rules import LinkKind
from regulars.commerce.queries import offering
from regulars.commerce.queries.offering import Bought, Goods
from regulars.customers.queries import identity, profiles
from regulars.customers.rules import Criterion
from regulars.insight.queries.associations import Association, associations_from
from regulars.insight.queries.recommendations.products import candidate_of
from regulars.insight.queries.recommendations.rows import Offer, Offers, Reason, ReasonKind, Unknown
from regulars.insight.rules.recommending import fit
from regulars.insight.rules.recommending.choosing import Candidate, chosen
from regulars.insight.rules.recommending.scoring import (
    AGAIN_HALF_LIFE_DAYS,
    NEW_HALF_LIFE_DAYS,
    Step,
    again_score,
    faded_purchases,
    new_score,
    pulls,
)
from regulars.shop import queries as shop

# Of whoever bought hundreds of things the latest speak; of what they speak for, the most likely are looked at closely.
_MOST_SOURCES = 200
_MOST_CANDIDATES = 60
# A fit worth a word.
_FITTING = 1.1


def offers_for(customer_id: UUID, *, now: datetime, limit: int = 6) -> Offers:
    """What to offer one customer (a survivor's id): things to buy again and new ones, each with its reason."""
    if found.publication() is None:
        return Offers([], [], Unknown.NOT_ANALYSED)
    today = now.astimezone(shop.shop().zone).date()
    history = {one.product_id: one for one in offering.goods_bought_by(identity.alias_ids(customer_id))}
    if not history:
        return Offers([], _popular(limit), Unknown.NO_PURCHASES)
    scored = _scored(customer_id, history, today)
    counter = _Counter.laid_out(customer_id, history, today, scored)
    again = counter.chosen(scored.again, count=limit)
    new = counter.with_curated(counter.chosen(scored.new, count=limit), count=limit)
    links = linked.links_between(history.keys(), [one.product_id for one in new])
    return Offers(
        [counter.offer(one, counter.habit(one.product_id)) for one in again],
        [counter.offer(one, counter.why_new(one.product_id, links)) for one in new],
        None if new else Unknown.TOO_FEW,
    )


def _popular(limit: int) -> list[Offer]:
    """For somebody of whom nothing is known: what is bought most now."""
    wanted = found.most_wanted(limit=limit * 5)
    goods = offering.goods_by_id([row.product_id for row in wanted])
    candidates = (
        candidate_of(goods[row.product_id], row.popularity, is_owned=False) for row in wanted if row.product_id in goods
    )
    return [
        _offer(goods[one.product_id], one.score, Reason(ReasonKind.POPULAR)) for one in chosen(candidates, count=limit)
    ]


@dataclass(frozen=True)
class _Scored:
    """Scores of what he has and of what he has not; `strongest`: what of his speaks most for a product."""

    again: Mapping[UUID, float]
    new: Mapping[UUID, float]
    strongest: Mapping[UUID, UUID]


def _scored(customer_id: UUID, history: Mapping[UUID, Bought], today: date) -> _Scored:
    """By the second stage where the analysis came to it for this customer, else by the first."""
    own, liked = (
        {id_: faded_purchases(one.dates, today=today, half_life_days=days) for id_, one in history.items()}
        for days in (AGAIN_HALF_LIFE_DAYS, NEW_HALF_LIFE_DAYS)
    )
    sources = sorted(liked, key=lambda id_: (-liked[id_], id_))[:_MOST_SOURCES]
    steps = [Step(link.product_id, link.other_id, link.weight) for link in linked.links_from(sources, LinkKind.NEXT)]
    pull_again, _ = pulls(own, steps)
    pull_new, strongest = pulls(liked, steps)
    ranked = linked.offers_of(customer_id)
    if ranked:
        return _Scored(
            {id_: score for id_, score in ranked.items() if id_ in history},
            {id_: score for id_, score in ranked.items() if id_ not in history},
            strongest,
        )
    unowned = sorted(pull_new.keys() - history.keys(), key=lambda id_: (-pull_new[id_], id_))
    products = found.findings_of([*history, *unowned])
    wanted = {id_: product.popularity for id_, product in products.items()}
    new = {id_: new_score(pull=pull_new[id_], popularity=wanted.get(id_, 0.0)) for id_ in unowned}
    best = sorted(new, key=lambda id_: (-new[id_], id_))[:_MOST_CANDIDATES]
    return _Scored(
        {
            id_: again_score(pull=pull_again.get(id_, 0.0), own=own[id_], popularity=wanted.get(id_, 0.0))
            for id_ in history
        },
        {id_: new[id_] for id_ in best},
        strongest,
    )


def _curated(history: Mapping[UUID, Bought], goods: Mapping[UUID, Goods]) -> dict[UUID, Association]:
    """What staff's associations lead to from what he has; of a category its most wanted product that he has not."""
    categories = {goods[id_].category_id for id_ in history if id_ in goods} - {None}
    meant: dict[UUID, Association] = {}
    for association in associations_from(history.keys(), [id_ for id_ in categories if id_]):
        if association.target_product_id:
            choice = [association.target_product_id]
        else:
            assert association.target_category_id is not None
            choice = offering.goods_in(association.target_category_id)
        choice = [id_ for id_ in choice if id_ not in history]
        wanted = found.findings_of(choice) if len(choice) > 1 else {}
        best = min(choice, key=lambda id_: (-wanted[id_].popularity if id_ in wanted else 0.0, id_), default=None)
        if best:
            meant.setdefault(best, association)
    return meant


@dataclass(frozen=True)
class _Counter:
    """Everything that lies before whoever serves one customer."""

    history: Mapping[UUID, Bought]
    today: date
    goods: Mapping[UUID, Goods]
    products: Mapping[UUID, ProductFinding]
    intervals: Mapping[UUID, float]
    fits: Mapping[UUID, float]
    strongest: Mapping[UUID, UUID]
    curated: Mapping[UUID, Association]

    @classmethod
    def laid_out(
        cls,
        customer_id: UUID,
        history: Mapping[UUID, Bought],
        today: date,
        scored: _Scored,
    ) -> "_Counter":
        goods = offering.goods_by_id({*scored.again, *scored.new, *history})
        curated = _curated(history, goods)
        goods |= offering.goods_by_id([id_ for id_ in curated if id_ not in goods])
        products = found.findings_of(list(goods))
        customer = profiles.customer_of(customer_id)
        return cls(
            history,
            today,
            goods,
            products,
            {refill.product_id: refill.interval_days for refill in linked.refills_of_customer(customer_id)},
            _fits(customer.profile.criterion if customer else None, goods, products),
            scored.strongest,
            curated,
        )

    def chosen(self, scores: Mapping[UUID, float], *, count: int) -> list[Candidate]:
        return chosen((self._candidate(id_, score) for id_, score in scores.items() if id_ in self.goods), count=count)

    def with_curated(self, new: list[Candidate], *, count: int) -> list[Candidate]:
        """One thing that staff thinks of has a place on the list, the last one: else it could never be tried."""
        if any(one.product_id in self.curated for one in new):
            return new
        least = min((one.score for one in new), default=1.0)
        said = chosen((self._candidate(id_, least) for id_ in self.curated), count=1)
        return new[: count - len(said)] + said

    def offer(self, one: Candidate, reason: Reason) -> Offer:
        return _offer(self.goods[one.product_id], one.score, reason, is_fitting=self.fits[one.product_id] >= _FITTING)

    def habit(self, product_id: UUID) -> Reason:
        interval = self._interval_days(product_id)
        return Reason(
            ReasonKind.HABIT,
            interval_days=None if interval is None else max(1, round(interval)),
            silence_days=self._silence_days(product_id),
            times=len(self.history[product_id].dates),
        )

    def why_new(self, product_id: UUID, links: Mapping[LinkKind, Sequence[Link]]) -> Reason:
        """Staff's word, else the counted link from what speaks most for it, else any, else a path, else no counts."""
        if product_id in self.curated:
            said = self.curated[product_id]
            source = next((id_ for id_ in self.history if id_ == said.source_product_id), None)
            return Reason(
                ReasonKind.CURATED, source_id=source, source_name=said.source_name, via_id=said.via_product_id,
                via_name=said.between, words=said.reason,
            )  # fmt: skip
        speaker = self.strongest.get(product_id)
        counted = [link for link in links[LinkKind.BOUGHT_BY_SAME] if link.other_id == product_id]
        counted.sort(key=lambda link: link.product_id != speaker)
        paths = [link for link in links[LinkKind.THEN] if link.other_id == product_id]
        link = next(iter(counted + paths), None)
        if link is None:
            return self._taken_with(speaker) if speaker else Reason(ReasonKind.POPULAR)
        via = self.goods.get(link.via_id) if link.via_id else None
        return Reason(
            ReasonKind.TAKEN_WITH,
            source_id=link.product_id,
            source_name=self.goods[link.product_id].name,
            via_id=via.id if via else None,
            via_name=via.name if via else "",
            together=link.together,
            having=link.having,
        )

    def _taken_with(self, speaker: UUID) -> Reason:
        return Reason(ReasonKind.TAKEN_WITH, source_id=speaker, source_name=self.goods[speaker].name)

    def _candidate(self, product_id: UUID, score: float) -> Candidate:
        interval = self._interval_days(product_id)
        return candidate_of(
            self.goods[product_id],
            score * self.fits[product_id],
            is_owned=product_id in self.history,
            due_share=self._silence_days(product_id) / interval if interval and product_id in self.history else None,
        )

    def _interval_days(self, product_id: UUID) -> float | None:
        """His own, else the product's."""
        product = self.products.get(product_id)
        return self.intervals.get(product_id, product.refill_days if product else None)

    def _silence_days(self, product_id: UUID) -> int:
        return max((self.today - self.history[product_id].dates[-1]).days, 0)


def _fits(
    criterion: Criterion | None, goods: Mapping[UUID, Goods], products: Mapping[UUID, ProductFinding]
) -> dict[UUID, float]:
    """How well each of the goods fits, judged beside the others at hand."""
    ids = list(goods)
    known = [products.get(id_) for id_ in ids]
    prices = fit.places_of([goods[id_].price_minor for id_ in ids])
    repeats = fit.places_of([one.repeat_customers / one.customers if one and one.customers else None for one in known])
    returned = fit.places_of(
        [one.returned_minor / (one.revenue_minor + one.returned_minor) if one and one.revenue_minor > 0 else None
         for one in known]
    )  # fmt: skip
    wanted = fit.places_of([one.popularity if one else None for one in known])
    return {
        id_: fit.fit_of(criterion, fit.Traits(*traits))
        for id_, *traits in zip(ids, prices, repeats, returned, wanted, strict=True)
    }


def _offer(goods: Goods, score: float, reason: Reason, *, is_fitting: bool = False) -> Offer:
    return Offer(goods.id, goods.name, goods.price_minor, goods.currency, score, reason, is_fitting)
