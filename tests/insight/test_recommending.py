"""Recommendations on small shops: what is published, what a customer is offered and why, what associations bring."""

from datetime import timedelta
from uuid import UUID

import pytest

from regulars.audience.queries import links
from regulars.audience.rules import LinkKind
from regulars.commerce.models import Category, OrderLine, Product
from regulars.foundation import audit
from regulars.insight.actions.associations import (
    AssociationFault,
    CannotChangeAssociation,
    End,
    drop_association,
    keep_association,
    propose_association,
    try_association,
)
from regulars.insight.queries import associations as board
from regulars.insight.queries import recommendations
from regulars.insight.queries.recommendations import ReasonKind, Unknown
from regulars.insight.rules.recommending.trying import AssociationState, Share
from tests.insight.conftest import Analyse
from tests.insight.shops import BY, NOW, Bought, Line, Loaded, load, set_up

# NOW is day 428. Tea, filters, a pot, honey, delivery.
TEA, FILTERS, POT, HONEY, COSTS = range(5)
KINDS = ("goods", "goods", "goods", "goods", "delivery")


def lines(*variants: int) -> list[Line]:
    return [Line(variant, 1000) for variant in (*variants, COSTS)]


def tea_shop() -> list[Bought]:
    """Twelve drink tea, every 30 days; six of them take filters, whose buyers also take honey; customer 12 is new."""
    bought = [
        Bought(n, day + n, lines(TEA, FILTERS) if n < 6 else lines(TEA))
        for n in range(12)
        for day in range(60, 411, 30)
    ]
    bought += [Bought(20 + n, 300 + n, lines(FILTERS, HONEY)) for n in range(9)]
    bought += [Bought(n, 200 + n, lines(POT)) for n in range(12)]
    bought += [Bought(12, 400, lines(TEA)), Bought(13, 100, lines(POT))]
    bought += [Bought(40 + n, 150 + n, lines(POT)) for n in range(90)]
    return sorted(bought, key=lambda order: order.day)


@pytest.fixture
def shop(run: Analyse) -> Loaded:
    loaded = load(tea_shop(), kinds=KINDS)
    Product.objects.filter(id=loaded.products[POT]).update(is_durable=True)
    run()
    return loaded


def test_a_customer_is_offered_what_he_is_due_for_and_what_others_take(shop: Loaded) -> None:
    tea, filters, pot, honey, _ = shop.products
    offers = recommendations.offers_for(shop.customers[0], now=NOW)
    assert [offer.product_id for offer in offers.again] == [tea, filters]
    habit = offers.again[0].reason
    assert (habit.kind, habit.interval_days, habit.silence_days, habit.times) == (ReasonKind.HABIT, 30, 38, 12)
    assert honey in {offer.product_id for offer in offers.new}
    assert pot not in {offer.product_id for offer in (*offers.again, *offers.new)}
    newcomer = recommendations.offers_for(shop.customers[12], now=NOW)
    assert newcomer.new[0].product_id == filters
    reason = newcomer.new[0].reason
    assert (reason.kind, reason.source_id) == (ReasonKind.TAKEN_WITH, tea)
    assert newcomer == recommendations.offers_for(shop.customers[12], now=NOW)
    load([Bought(0, 428, lines(TEA))], loaded=shop, customers=140)
    offers = recommendations.offers_for(shop.customers[0], now=NOW)
    assert [offer.product_id for offer in offers.again] == [filters], "tea was bought a minute ago"
    stranger = recommendations.offers_for(shop.customers[139], now=NOW)
    assert stranger.unknown is Unknown.NO_PURCHASES
    assert (stranger.new[0].reason.kind, stranger.new[0].product_id) == (ReasonKind.POPULAR, tea)


def test_goods_taken_off_sale_at_a_loss_or_bought_as_gifts_are_not_offered(shop: Loaded, run: Analyse) -> None:
    Product.objects.filter(id=shop.products[FILTERS]).update(is_sold=False)
    gone = recommendations.offers_for(shop.customers[12], now=NOW)
    assert shop.products[FILTERS] not in {offer.product_id for offer in gone.new}
    OrderLine.objects.filter(variant_id=shop.variants[TEA], order__customer_id=shop.customers[0]).update(is_gift=True)
    offers = recommendations.offers_for(shop.customers[0], now=NOW)
    assert shop.products[TEA] not in {offer.product_id for offer in offers.again}
    run(is_full=True)
    assert links.refills_of_customer(shop.customers[0])[0].product_id == shop.products[FILTERS]


def test_a_product_tells_what_goes_with_it_and_who_is_due(shop: Loaded, run: Analyse) -> None:
    """Tea leads to filters, filters to honey; nobody yet bought tea and honey. A second run says the same."""
    tea, filters, _, honey, delivery = shop.products
    goes = {row.product_id: row for row in recommendations.goes_with(filters)}
    assert (goes[honey].together, goes[honey].having) == (9, 15)
    assert (goes[tea].together, goes[tea].having) == (6, 15)
    interval = recommendations.refill_interval(tea)
    assert interval is not None
    assert 29 < interval.median_days < 31
    assert recommendations.refill_interval(delivery) is None
    seen: list[UUID] = []
    cursor = None
    while True:
        page = recommendations.due_for(tea, now=NOW, cursor=cursor, limit=5)
        seen += [row.customer_id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page.total == 12
    assert page.rows[0].interval_days == 30
    assert links.refills_of_customer(shop.customers[0])[0].due_at < NOW
    (path,) = recommendations.second_level(tea)
    assert (path.product_id, path.via_id) == (honey, filters)
    assert (path.first, path.second) == (Share(6, 13), Share(9, 15))
    proposal = next(one for one in board.proposals() if one.source_id == tea)
    assert (proposal.via_id, proposal.target_id, proposal.first) == (filters, honey, Share(6, 13))
    (first, *_) = recommendations.add_ons([honey])
    assert (first.product_id, first.source_id, first.together, first.having) == (filters, honey, 9, 9)
    assert recommendations.add_ons([]) == []
    before = {kind: links.strongest_links(kind, limit=1000) for kind in LinkKind}
    assert all(before.values())
    run()
    assert {kind: links.strongest_links(kind, limit=1000) for kind in LinkKind} == before


@pytest.mark.parametrize(
    ("bought", "unknown"),
    [
        pytest.param([], Unknown.NO_PURCHASES, id="no orders"),
        pytest.param([Bought(0, 420, lines(TEA))], Unknown.TOO_FEW, id="one order"),
        pytest.param([Bought(n, 400 + n % 9, lines(TEA)) for n in range(30)], Unknown.TOO_FEW, id="one product"),
        pytest.param([Bought(0, 420, [Line(COSTS, 100)])], Unknown.NO_PURCHASES, id="delivery only"),
    ],
)
def test_tiny_shops_say_what_cannot_be_known(run: Analyse, bought: list[Bought], unknown: Unknown) -> None:
    loaded = load(bought, kinds=KINDS, customers=1)
    customer = loaded.customers[0]
    assert recommendations.offers_for(customer, now=NOW).unknown is Unknown.NOT_ANALYSED
    run()
    offers = recommendations.offers_for(customer, now=NOW)
    assert (offers.unknown, list(offers.new)) == (unknown, [])
    assert recommendations.goes_with(loaded.products[TEA]) == []
    assert recommendations.due_for(loaded.products[TEA], now=NOW).total == 0
    assert board.proposals() == []


# ── Associations ─────────────────────────────────────────────────────────────


@pytest.fixture
def goods(db: None) -> Loaded:
    """Nothing sold yet."""
    set_up()
    return load([], kinds=KINDS)


def proposed(shop: Loaded, **other: object) -> UUID:
    said = {
        "source": End(product_id=shop.products[TEA]),
        "target": End(product_id=shop.products[HONEY]),
        "need": "a sore throat",
        "reason": "Tea with honey soothes.",
    }
    return propose_association(**{**said, **other}, by=BY, now=NOW)  # type: ignore[arg-type]


def test_an_association_leads_to_offers_while_it_is_tried_or_kept(shop: Loaded) -> None:
    made, customer = proposed(shop), shop.customers[12]

    def reason_for_honey() -> ReasonKind | None:
        new = recommendations.offers_for(customer, now=NOW, limit=2).new
        return next((offer.reason.kind for offer in new if offer.product_id == shop.products[HONEY]), None)

    assert reason_for_honey() is not ReasonKind.CURATED
    for act in (try_association, keep_association):
        act(association_id=made, by=BY, now=NOW)
        assert reason_for_honey() is ReasonKind.CURATED
    drop_association(association_id=made, by=BY, now=NOW)
    assert reason_for_honey() is not ReasonKind.CURATED
    verbs = [row.verb for row in audit.page(subject_kind="association").rows]
    assert verbs == ["association.dropped", "association.kept", "association.tried", "association.proposed"]


@pytest.mark.parametrize(
    ("other", "fault"),
    [
        ({"need": "  "}, AssociationFault.NO_NEED),
        ({"source": End()}, AssociationFault.NO_SOURCE),
        ({"target": End()}, AssociationFault.NO_TARGET),
        ({"need": "A sore throat"}, AssociationFault.ALREADY_THERE),
    ],
)
def test_what_cannot_be_proposed_changes_nothing(
    goods: Loaded, other: dict[str, object], fault: AssociationFault
) -> None:
    proposed(goods)
    before = board.associations()
    with pytest.raises(CannotChangeAssociation) as refusal:
        proposed(goods, **other)
    assert (refusal.value.fault, board.associations()) == (fault, before)
    with pytest.raises(CannotChangeAssociation):
        proposed(goods, target=End(product_id=goods.products[TEA]))


def test_a_move_that_does_not_exist_changes_nothing(goods: Loaded) -> None:
    made = proposed(goods)
    with pytest.raises(CannotChangeAssociation):
        keep_association(association_id=made, by=BY, now=NOW)
    one = board.association_of(made)
    assert one is not None
    assert (one.state, one.decided_at) == (AssociationState.PROPOSED, None)


def test_a_trial_is_counted_against_before_and_against_others(run: Analyse) -> None:
    """Tried on day 300: of five who bought tea afterwards and are watched long enough, three then bought honey."""
    bought = [Bought(n, 310 + n, lines(TEA)) for n in range(5)] + [Bought(n, 320 + n, lines(HONEY)) for n in range(3)]
    bought += [Bought(10 + n, 100 + n, lines(TEA)) for n in range(4)] + [Bought(10, 105, lines(HONEY))]
    bought += [Bought(20 + n, 311, lines(FILTERS)) for n in range(2)] + [Bought(5, 420, lines(TEA))]
    loaded = load(sorted(bought, key=lambda order: order.day), kinds=KINDS)
    warm = Category.objects.create(name="Warm", path="warm")
    Product.objects.filter(id__in=[loaded.products[p] for p in (TEA, FILTERS)]).update(category=warm)
    made = proposed(loaded, target=End(product_id=loaded.products[HONEY]))
    try_association(association_id=made, by=BY, now=NOW - timedelta(days=128))
    run()
    trial = board.trials()[made]
    assert (trial.after, trial.before, trial.waiting) == (Share(3, 5), Share(1, 4), 1)
    assert (trial.others_after, trial.others_before) == (Share(0, 2), Share(0, 0))
    assert (trial.is_enough, trial.others_change) == (False, None)
