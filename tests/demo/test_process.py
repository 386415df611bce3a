"""The simulated process: the same for the same seed, and as true as its documentation says."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from regulars.project.demo import process
from regulars.project.demo.aftermath import SERGEY
from regulars.project.demo.catalogue import BY_SKU, CATEGORIES, PRODUCTS, parent_of
from regulars.project.demo.people import phone_of, with_typo
from regulars.project.demo.process import Life, World, live
from regulars.project.demo.seasons import SELLERS, busyness, on_duty, price_history, price_steps
from regulars.project.demo.simulation import Simulation, simulate

END = date(2026, 11, 21)


@pytest.fixture(scope="module")
def sample() -> Simulation:
    return simulate(customers=1500, end_date=END, seed=7, language="ru")


def test_the_same_seed_and_day_give_the_same_shop() -> None:
    one, again, other = (simulate(customers=60, end_date=END, seed=seed, language="ru") for seed in (7, 7, 8))
    assert again.orders == one.orders
    assert again.lives == one.lives
    assert (again.returns, again.enquiries, again.profiles) == (one.returns, one.enquiries, one.profiles)
    assert other.lives[30] != one.lives[30]


def test_more_customers_change_nothing_for_those_who_were_there(sample: Simulation) -> None:
    small = simulate(customers=60, end_date=END, seed=7, language="ru")
    for life, same in zip(small.lives, sample.lives, strict=False):
        assert unnumbered(life) == unnumbered(same)


def test_language_changes_names_only(sample: Simulation) -> None:
    english = simulate(customers=60, end_date=END, seed=7, language="en")
    for life, same in zip(english.lives, sample.lives, strict=False):
        assert unnumbered(life).orders == unnumbered(same).orders
        assert (life.person.email, life.person.phone) == (same.person.email, same.person.phone)
    assert (english.lives[0].person.first_name, sample.lives[0].person.first_name) == ("Anna", "Анна")


def test_everything_lies_in_the_two_years(sample: Simulation) -> None:
    starts, ends = process.at_local(sample.world.start_date, process.time()), sample.world.ends_at
    assert all(starts <= order.placed_at < ends for order in sample.orders)
    assert [order.placed_at for order in sample.orders] == sorted(order.placed_at for order in sample.orders)
    placed = {order.number: order for order in sample.orders}
    for entry in sample.returns:
        assert placed[entry.order].placed_at < entry.returned_at < ends
        assert any(line.sku == entry.sku and line.packs >= entry.packs for line in placed[entry.order].lines)
    for enquiry in sample.enquiries:
        assert enquiry.opened_at < ends
        assert enquiry.closed_at is None or enquiry.opened_at <= enquiry.closed_at <= ends


def test_who_has_left_stops_buying_then(sample: Simulation) -> None:
    for life in sample.lives:
        if life.left_at is not None:
            assert life.orders[-1].placed_at == life.left_at


def test_rates_are_recovered_from_the_orders(sample: Simulation) -> None:
    """Gaps of those who never wait for a discount, in busy days, against their true rates."""
    until = np.concatenate([[0.0], np.cumsum(sample.world.busyness)])
    ratios = []
    for life in sample.lives[10:]:
        if life.nature.waits_for_discount or len(life.orders) < 15:
            continue
        days = [(order.placed_at.date() - sample.world.start_date).days for order in life.orders]
        gaps = np.diff([until[day] for day in days])
        ratios.append(1 / gaps.mean() / life.nature.rate)
    assert len(ratios) > 30
    assert 0.9 < np.median(ratios) < 1.15


def test_drop_out_is_recovered_from_who_left(sample: Simulation) -> None:
    """Each purchase is one chance to leave: as many leave as the sum of the chances says, within four sigma."""
    chances = np.array([life.nature.drop_out for life in sample.lives[10:] for _ in life.orders])
    left = sum(life.left_at is not None for life in sample.lives[10:])
    assert abs(left - chances.sum()) < 4 * np.sqrt((chances * (1 - chances)).sum())


def test_the_mixing_distributions_have_their_means(sample: Simulation) -> None:
    natures = [life.nature for life in sample.lives[10:]]
    rates = [nature.rate for nature in natures]
    assert np.mean(rates) == pytest.approx(process.RATE_SHAPE / process.RATE_SCALE_DAYS, rel=0.1)
    joined_by_themselves = [live(n, sample.world, seed=9).nature for n in range(1, 400)]
    hunters = np.mean([nature.waits_for_discount > 0 for nature in joined_by_themselves])
    assert hunters == pytest.approx(process.DISCOUNT_HUNTERS_SHARE, abs=0.06)


def test_maria_keeps_more_people_than_others(sample: Simulation) -> None:
    def share_left(seller: str) -> float:
        own = [life for life in sample.lives[10:] if life.orders and life.orders[0].seller == seller]
        return sum(life.left_at is not None for life in own) / sum(len(life.orders) for life in own)

    assert share_left("maria") < share_left("pavel")
    assert share_left("maria") < share_left("roman")


def test_who_begins_with_milk_oolong_stays(sample: Simulation) -> None:
    def share_left(*, began_with_it: bool) -> float:
        own = [life for life in sample.lives[10:] if life.orders and began_with(life) is began_with_it]
        return sum(life.left_at is not None for life in own) / sum(len(life.orders) for life in own)

    def began_with(life: Life) -> bool:
        return any(BY_SKU[line.sku][0].code == process.WINS_PEOPLE_OVER for line in life.orders[0].lines)

    assert share_left(began_with_it=True) < share_left(began_with_it=False) / 2


def test_staples_are_refilled_in_a_rhythm(sample: Simulation) -> None:
    """What is bought of a staple is about what is used up meanwhile."""
    ratios = []
    for life in sample.lives[10:]:
        if len(life.orders) < 12 or life.nature.rate < 1 / 60:
            continue
        code, use = life.nature.staples[0]
        bought = [
            line.packs * BY_SKU[line.sku][1].size
            for order in life.orders
            for line in order.lines
            if BY_SKU[line.sku][0].code == code
        ]
        days = (life.orders[-1].placed_at - life.orders[0].placed_at).days
        ratios.append(sum(bought) / (use * days))
    assert len(ratios) > 30
    assert 0.7 < np.median(ratios) < 1.6


def test_december_is_busy_and_july_is_not() -> None:
    factor = busyness(date(2026, 1, 1), 365)
    assert factor.mean() == pytest.approx(1, abs=0.01)
    assert factor[334:365].mean() > 1.8 * factor[181:212].mean()


def test_prices_move_by_their_steps() -> None:
    steps = price_steps(date(2025, 1, 1))
    beans = next(product for product in PRODUCTS if product.category == "beans")
    prices = [price for _on, price in price_history(beans, beans.packs[0].price, date(2025, 1, 1), steps)]
    assert len(prices) == 3
    assert prices == sorted(prices), "coffee only became dearer"
    assert all(price % 1000 == 0 for price in prices)


def test_the_catalogue_holds_together() -> None:
    assert 55 <= len(PRODUCTS) <= 65
    assert len(BY_SKU) == sum(len(product.packs) for product in PRODUCTS), "each SKU once"
    codes = {category.code for category in CATEGORIES}
    assert {product.category for product in PRODUCTS} < codes
    assert parent_of("oolong") == "tea"


def test_turns_give_everybody_work() -> None:
    days = [END + timedelta(days=offset) for offset in range(28)]
    for store in ("lipovaya", "pristan"):
        crew = {seller.code for seller in SELLERS if seller.store == store}
        assert {seller.code for on in days for seller in on_duty(store, on)} == crew
    assert [seller.code for seller in on_duty("site", END)] == ["nadia"]


def test_contacts_are_unreal_and_typos_small() -> None:
    assert len({phone_of(number) for number in range(20_000)}) == 20_000
    assert phone_of(1).startswith("+7 000 ")
    assert with_typo("petrova@example.com") == "pertova@example.com"
    assert with_typo("anna.petrova1@example.net") != "anna.petrova1@example.net"


def test_sergey_left_after_a_stale_pack(sample: Simulation) -> None:
    sergey = sample.lives[SERGEY - 1]
    [brought_back] = [entry for entry in sample.returns if entry.order == sergey.orders[-1].number]
    assert brought_back.cause == "product.stale"
    assert sergey.left_at == sergey.orders[-1].placed_at


@pytest.mark.parametrize("end", [date(2024, 2, 29), date(2026, 1, 2), date(2026, 3, 9), date(2026, 7, 15)])
def test_any_day_can_be_the_last(end: date) -> None:
    found = simulate(customers=40, end_date=end, seed=3, language="en")
    assert all(life.orders for life in found.lives)
    assert World.until(end, language="en").start_date == end - timedelta(days=730)


def unnumbered(life: Life) -> Life:
    """Without the shop's own order numbers, which count everybody's orders."""
    return replace(life, orders=tuple(replace(order, number="") for order in life.orders))
