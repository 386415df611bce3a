"""Money of the coming year, silent leavers, and how forecasts are held against the past."""

import math
from random import Random

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight import store
from regulars.insight.rules import backtests, boosting, choice, forecasts, rhythm, silent, value
from regulars.insight.rules.backtests import Score, Visits, outcome_of, standing_at
from regulars.insight.rules.choice import Method

Bought = list[tuple[int, int]]


def visits_of(bought: Bought, *, customers: int = 0) -> Visits:
    """From (customer, day); each day costs 100."""
    pairs = sorted(set(bought))
    people = np.array([customer for customer, _ in pairs], dtype=np.int64)
    days = np.array([day for _, day in pairs], dtype=np.int64)
    count = max([customers, *(customer + 1 for customer, _ in pairs)])
    return Visits(people, days, np.full(len(pairs), 100, dtype=np.int64), count)


def shop(seed: int, *, customers: int, days: int) -> Visits:
    """Customers with rhythms of their own, some of whom leave."""
    random, bought = Random(seed), []
    for customer in range(customers):
        pause, day = random.uniform(5, 90), random.uniform(0, days * 0.7)
        bought.append((customer, int(day)))
        while random.random() > 0.1 and (day := day + random.expovariate(1 / pause)) < days:
            bought.append((customer, int(day)))
    return visits_of(bought)


def test_what_was_known_by_hand() -> None:
    visits = visits_of([(0, 10), (0, 20), (0, 60), (1, 50), (1, 55), (2, 70)])
    known = standing_at(visits, 55)
    assert known.who.tolist() == [0, 1]
    assert known.number.tolist() == [2, 1]
    assert known.recency.tolist() == [10, 0]
    assert known.age.tolist() == [45, 5]
    assert known.silence.tolist() == [35, 5]
    assert known.log_sum.tolist() == [pytest.approx(math.log(10)), 0]
    assert known.spent_minor.tolist() == [200, 100]
    later = outcome_of(visits, known, stop=61)
    assert (later.number.tolist(), later.spent_minor.tolist()) == ([1, 1], [100, 100])
    assert standing_at(visits, 55, is_present=True).number.tolist() == [2, 2]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 400)), max_size=60), st.integers(0, 420))
def test_what_was_known_never_depends_on_what_came_after(bought: Bought, day: int) -> None:
    """Cut-offs are honest: later days may be anything, or nothing."""
    whole = standing_at(visits_of(bought, customers=9), day)
    past = standing_at(visits_of([pair for pair in bought if pair[1] < day], customers=9), day)
    for name, column in vars(past).items():
        assert np.array_equal(column, getattr(whole, name)), name


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=40))
def test_the_area_under_the_curve_counts_pairs(pairs: list[tuple[float, bool]]) -> None:
    chance = np.array([figure for figure, _ in pairs])
    bought = np.array([did for _, did in pairs])
    found = backtests.auc_of(chance, bought)
    wins = [(a > b) + (a == b) / 2 for a in chance[bought] for b in chance[~bought]]
    assert math.isnan(found) if not wins else found == pytest.approx(float(np.mean(wins)))


def test_windows_end_on_the_eve_and_have_history() -> None:
    assert [(w.start, w.stop) for w in backtests.windows_before(1000, first_day=700)] == [(820, 910), (910, 1000)]
    assert backtests.windows_before(1000, first_day=900) == []
    assert len(backtests.windows_before(1000, first_day=0)) == backtests.MOST_WINDOWS


@given(st.lists(st.floats(0.001, 0.999), min_size=1, max_size=50), st.floats(0.05, 0.95))
def test_levelling_keeps_the_order_and_meets_the_sum(chances: list[float], share: float) -> None:
    chance = np.array(chances)
    moved = choice.levelled(chance, share * len(chance))
    assert moved.sum() == pytest.approx(share * len(chance), rel=1e-4)
    assert np.all(np.diff(moved[np.argsort(chance)]) >= -1e-12)


def score(log_loss: float, auc: float = 0.8) -> Score:
    return Score(auc, log_loss, 0.1, 10.0, 10)


def test_the_usual_method_stays_until_another_is_clearly_better() -> None:
    among = tuple(Method)
    without = [method for method in Method if method not in (Method.BLEND, Method.BOOSTING)]
    assert choice.chosen([], among=among) is Method.BLEND
    assert choice.chosen([], among=without) is Method.PARETO_NBD
    assert choice.chosen([], among=choice.MODELS, usual=[Method.BG_NBD]) is Method.BG_NBD
    near = {Method.BLEND: score(0.4), Method.BG_NBD: score(0.4, auc=0.8005)}
    assert choice.chosen([near], among=among) is Method.BLEND
    better = near | {Method.BG_NBD: score(0.4, auc=0.81), Method.TWO_OR_MORE: score(0.4, auc=0.82)}
    assert choice.chosen([better], among=among) is Method.TWO_OR_MORE
    assert choice.chosen([better], among=[Method.BG_NBD, *choice.RULES]) is Method.TWO_OR_MORE
    careless = near | {Method.TWO_OR_MORE: score(0.5, auc=0.82)}
    assert choice.chosen([careless], among=among) is Method.BLEND


def test_one_good_window_among_bad_ones_is_not_enough() -> None:
    usual = {Method.BG_NBD: score(0.4)}
    windows = [usual | {Method.PARETO_NBD: score(0.4, auc=auc)} for auc in (0.82, 0.79, 0.78)]
    plain = [Method.BG_NBD]
    assert choice.chosen(windows[:1], among=choice.MODELS, usual=plain) is Method.PARETO_NBD
    assert choice.chosen(windows, among=choice.MODELS, usual=plain) is Method.BG_NBD


def test_a_rule_gives_the_share_of_its_group() -> None:
    """Of those with two days or more half bought in the window before, of the others nobody."""
    before = [(n, day) for n in range(20) for day in (10, 40)] + [(20 + n, 20) for n in range(20)]
    visits = visits_of(before + [(n, 120) for n in range(10)])
    known = standing_at(visits, 180)
    chance = forecasts.chance_by_rule(visits, known, Method.TWO_OR_MORE, patience_z=1.28)
    assert chance is not None
    assert set(chance[known.number >= 2]) == {11 / 22}
    assert set(chance[known.number < 2]) == {1 / 22}


def test_boosting_learns_only_from_windows_that_are_over() -> None:
    visits = shop(1, customers=3000, days=700)
    later = visits.day >= 600
    other = np.where(later, np.minimum(visits.day + 7, 690), visits.day)
    order = np.lexsort((other, visits.customer))
    changed = Visits(visits.customer[order], other[order], visits.amount_minor[order] * 3, visits.customers)
    standing = standing_at(visits, 600)
    first, second = (boosting.trained(v, day=600, first_day=0) for v in (visits, changed))
    assert first is not None
    assert second is not None
    assert np.array_equal(first.chance(standing), second.chance(standing))
    bought = outcome_of(visits, standing, stop=690).bought
    assert backtests.auc_of(first.chance(standing), bought) > 0.75


def test_boosting_wants_customers_and_windows() -> None:
    assert boosting.trained(shop(2, customers=300, days=700), day=600, first_day=0) is None
    assert boosting.trained(shop(2, customers=2500, days=200), day=200, first_day=0) is None


def spread_of(**changed: float) -> value.Spread:
    figures = {"expected": 3.0, "buys": 0.8, "number": 4.0, "shape": 4.0, "average_minor": 1000.0} | changed
    columns = {name: np.array([figure]) for name, figure in figures.items()}
    return value.spread_of(**columns, p=4.0, q=6.0)


def test_money_between_bounds() -> None:
    spread = spread_of()
    levels = [float(spread.at(level)[0]) for level in (0.05, 0.2, 0.5, 0.9)]
    assert levels[0] == 0
    assert levels == sorted(levels)
    for level, money in zip((0.5, 0.9), levels[2:], strict=True):
        assert spread.place_of(np.array([money]), np.zeros(1))[0] == pytest.approx(level)
    assert spread.place_of(np.zeros(1), np.array([0.5]))[0] == pytest.approx(0.1)


def test_stated_bounds_hold_where_the_model_is_true() -> None:
    """Gamma-Poisson buyers with gamma purchases: 80 of 100 lie between the bounds."""
    generator = np.random.default_rng(7)
    count, p, q, gamma = 40_000, 4.0, 6.0, 5000.0
    rate = generator.gamma(4.0, 0.5, count)
    bought = generator.poisson(rate)
    typical = generator.gamma(q, 1 / gamma, count)
    money = np.where(bought > 0, generator.gamma(p * np.maximum(bought, 1), 1 / typical), 0.0)
    everybody = np.ones(count)
    spread = value.spread_of(
        expected=2.0 * everybody, buys=(1 - (1 / 1.5) ** 4) * everybody, number=0 * everybody, shape=4 * everybody,
        average_minor=p * gamma / (q - 1) * everybody, p=p, q=q,
    )  # fmt: skip
    assert backtests.share_within(money, *spread.between(value.Levels())) == pytest.approx(0.8, abs=0.03)
    assert (money <= spread.at(0.9)).mean() == pytest.approx(0.9, abs=0.02)


def test_levels_follow_what_happened() -> None:
    assert value.levels_from(np.full(50, 0.5)) == value.Levels()
    narrow = value.levels_from(np.linspace(0.4, 0.6, 1000))
    assert (narrow.low, narrow.high, narrow.most) == pytest.approx((0.42, 0.58, 0.56), abs=0.001)


def test_silence_costs_from_the_day_that_he_was_due_until_he_is_lost() -> None:
    stake = value.at_stake_minor(
        value_due_minor=np.array([900.0, 900.0, 900.0, 100.0, math.nan]),
        value_minor=np.array([400.0, 400.0, 400.0, 200.0, math.nan]),
        is_due=np.array([True, False, True, True, True]),
        is_lost=np.array([False, False, True, False, False]),
    )
    assert stake.tolist() == [500, 0, 0, 0, 0]


def test_the_window_of_the_next_purchase() -> None:
    """Median 20 days; the longer the silence, the later the window; it never lies in the past."""
    column = np.array([1.0, 20.0, 60.0])
    low, high = value.next_window(
        silence_days=column, centre=np.full(3, math.log(20)), spread=np.full(3, 0.5), levels=value.Levels()
    )
    assert low[0] == pytest.approx(20 * math.exp(-1.2816 * 0.5), rel=1e-3)
    assert high[0] == pytest.approx(20 * math.exp(1.2816 * 0.5), rel=1e-3)
    assert np.all(low >= column)
    assert np.all(np.diff(high) > 0)
    place = value.place_of_gap(high, silence_days=column, centre=np.full(3, math.log(20)), spread=np.full(3, 0.5))
    assert place == pytest.approx(np.full(3, 0.9))


@pytest.mark.parametrize(
    ("sees_drop_out", "found"),
    [(True, [True, False, False, False, False, True]), (False, [True, True, False, False, False, True])],
)
def test_a_silent_leaver_is_late_and_fades(sees_drop_out: bool, found: list[bool]) -> None:
    """Late and fallen; late only; not late; lost; no silence known; no chance known. No drop-out: late is enough."""
    silent_now = silent.is_silent_leaver(
        silence_days=np.array([50.0, 50.0, 20.0, 50.0, math.nan, 50.0]),
        limit_days=np.full(6, 40.0),
        is_lost=np.array([False, False, False, True, False, False]),
        p_alive=np.array([0.6, 0.89, 0.6, 0.3, math.nan, math.nan]),
        p_alive_due=np.full(6, 0.95),
        sees_drop_out=sees_drop_out,
    )
    assert silent_now.tolist() == found


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(1, 200), max_size=6), min_size=12, max_size=20))
def test_arrays_and_columns_tell_the_same_rhythm(pauses: list[list[int]]) -> None:
    gaps = np.array([len(own) for own in pauses])
    logs = [np.log(own) if own else np.zeros(0) for own in pauses]
    log_sum, log_squares = np.array([each.sum() for each in logs]), np.array([(each**2).sum() for each in logs])
    shop = rhythm.shop_rhythm_of(gaps, log_sum, log_squares)
    centre, spread = rhythm.own_arrays(gaps, log_sum, log_squares, shop)
    if shop is None:
        assert np.isnan(centre).all()
        return
    table = ibis.memtable(pa.table({"gaps": gaps, "log_sum": log_sum, "log_squares": log_squares}))
    with store.opened(memory_mib=256, threads=1) as engine:
        rows = engine.rows(rhythm.with_rhythm(table, shop, patience=0.9)).to_pydict()
    assert rows["centre"] == pytest.approx(centre.tolist())
    assert rows["spread"] == pytest.approx(spread.tolist())
