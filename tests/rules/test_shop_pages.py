"""Forecasts, shares of first purchases, concentration, calls: pure rules against plain words."""

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight import store
from regulars.insight.rules import calls, first_purchases, forecast, moves, pareto


# ── Concentration ────────────────────────────────────────────────────────────
@given(st.lists(st.integers(-500, 10_000), max_size=60))
def test_the_best_customers_bring_their_share(revenues: list[int]) -> None:
    found = pareto.concentration(np.array(revenues, dtype=np.int64))
    positive = sorted((value for value in revenues if value > 0), reverse=True)
    assert found.buyers == len(positive)
    if not positive:
        assert found == pareto.NOBODY
        return
    total = sum(positive)
    assert sum(positive[: found.for_80_percent]) >= 0.8 * total > sum(positive[: found.for_80_percent - 1])
    best = [sum(positive[: max(1, round(share * len(positive)))]) / total for share in pareto.TOP_SHARES]
    assert list(found.top) == pytest.approx(best, abs=1e-6)
    differences = sum(abs(a - b) for a in positive for b in positive)
    assert found.gini == pytest.approx(differences / (2 * len(positive) * total), abs=1e-5)
    assert found.curve[-1] == (1.0, 1.0)
    assert list(found.curve) == sorted(found.curve)


def test_one_customer_with_nine_tenths_of_the_money() -> None:
    found = pareto.concentration(np.array([900, *[10] * 10]))
    assert (found.largest, found.for_80_percent) == (0.9, 1)


# ── First purchases ──────────────────────────────────────────────────────────
def test_three_lucky_buyers_do_not_win() -> None:
    back, had = np.array([3, 160, 90, 60, 20]), np.array([3, 200, 200, 200, 200])
    prior = first_purchases.prior_of(back.tolist(), had.tolist())
    assert prior is not None
    lows = [share.low for share in first_purchases.shrunk(back, had, prior)]
    assert np.argmax(lows) == 1


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(0, 80)), min_size=1, max_size=30))
def test_shares_lie_between_what_was_seen_and_what_is_usual(counts: list[tuple[int, int]]) -> None:
    had = np.array([max(pair) for pair in counts])
    back = np.array([min(pair) for pair in counts])
    prior = first_purchases.prior_of(back.tolist(), had.tolist())
    if prior is None:
        assert had.sum() == 0
        return
    for share, b, n in zip(first_purchases.shrunk(back, had, prior), back, had, strict=True):
        assert 0 <= share.low <= share.high <= 1
        seen = [prior.mean, b / n] if n else [prior.mean]
        assert min(seen) - 0.26 <= share.share <= max(seen) + 0.26


def test_products_that_differ_by_chance_only_are_drawn_together() -> None:
    random = np.random.default_rng(5)
    had = random.integers(20, 300, 60)
    same = first_purchases.prior_of(random.binomial(had, 0.4).tolist(), had.tolist())
    other = first_purchases.prior_of(random.binomial(had, random.beta(4, 6, 60)).tolist(), had.tolist())
    assert same is not None
    assert other is not None
    assert same.strength > 100
    assert other.strength == pytest.approx(10, rel=0.5)


def test_stated_intervals_of_first_purchases_hold() -> None:
    """Of products whose true shares are known, about eight of ten lie within their limits."""
    random = np.random.default_rng(11)
    inside = total = 0
    for _ in range(20):
        had = random.integers(5, 200, 80)
        truth = random.beta(6, 14, 80)
        back = random.binomial(had, truth)
        prior = first_purchases.prior_of(back.tolist(), had.tolist())
        assert prior is not None
        for share, true in zip(first_purchases.shrunk(back, had, prior), truth, strict=True):
            inside += share.low <= true <= share.high
            total += 1
    assert 0.76 <= inside / total <= 0.86


def test_the_score_interval_by_hand() -> None:
    """Wilson's example in Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263 → .2553 to .3662 at 95 %."""
    assert first_purchases.wilson(81, 263, level=0.95) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert first_purchases.wilson(0, 0) == (0.0, 1.0)


# ── Forecasts ────────────────────────────────────────────────────────────────
def test_a_young_shop_is_not_foretold() -> None:
    assert forecast.forecast(np.ones(forecast.LEAST_WEEKS - 1, dtype=np.int64)) is None
    assert forecast.forecast(np.zeros(200, dtype=np.int64)) is None


def test_a_shop_like_a_clock_goes_on_like_one() -> None:
    found = forecast.forecast(np.full(120, 20))
    assert found is not None
    assert (found.total, found.total_low, found.total_high) == (260, 260, 260)
    assert (found.inside, found.method) == (found.judged, "level")


def test_the_season_of_a_year_ago_comes_back() -> None:
    week = np.arange(170)
    truth = np.rint(100 * np.exp(0.8 * np.sin(2 * np.pi * week / 52))).astype(np.int64)
    found = forecast.forecast(truth[:157])
    assert found is not None
    assert found.method == "season"
    assert found.expected == pytest.approx(truth[157:], rel=0.1)


def test_a_year_without_sales_is_no_season() -> None:
    counts = np.concatenate([np.full(60, 30), np.zeros(52), np.full(30, 30)]).astype(np.int64)
    found = forecast.forecast(counts)
    assert found is not None
    assert found.expected[0] == pytest.approx(30, abs=1)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 400), min_size=26, max_size=130))
def test_a_band_holds_what_is_expected(counts: list[int]) -> None:
    found = forecast.forecast(np.array(counts, dtype=np.int64))
    if found is None:
        return
    for low, expected, high in zip(found.low, found.expected, found.high, strict=True):
        assert 0 <= low <= expected + 0.01
        assert expected <= high + 0.01
    assert found.total_low <= found.total + 0.1 <= found.total_high + 0.2
    assert found.inside <= found.judged


def simulated_weeks(random: np.random.Generator, count: int, level: float) -> np.ndarray:
    """Poisson counts with a season, a December, slow growth and weeks that hang together."""
    week = np.arange(count)
    drift = np.zeros(count)
    for n in range(1, count):
        drift[n] = 0.7 * drift[n - 1] + random.normal(0, 0.15)
    season = 0.3 * np.sin(2 * np.pi * week / 52) + 0.5 * (week % 52 > 46)
    return random.poisson(level * np.exp(0.002 * week + season + drift))


@pytest.mark.parametrize(("weeks", "level"), [(110, 40), (157, 200)])
def test_stated_bands_hold(weeks: int, level: float) -> None:
    """About eight of ten coming weeks lie in their band, and the page's own count of the past says the same."""
    random = np.random.default_rng(3)
    inside = total = told = judged = 0
    for _ in range(10):
        truth = simulated_weeks(random, weeks + forecast.HORIZON, level)
        found = forecast.forecast(truth[:weeks])
        assert found is not None
        inside += sum(a <= x <= z for a, x, z in zip(found.low, truth[weeks:], found.high, strict=True))
        total += forecast.HORIZON
        told += found.inside
        judged += found.judged
    assert 0.7 <= inside / total <= 0.95
    assert 0.72 <= told / judged <= 0.95


# ── Moves ────────────────────────────────────────────────────────────────────
def test_moves_by_hand() -> None:
    before, after = np.array([0, 0, 1, 3, 3], dtype=np.int8), np.array([0, 1, 7, 3, 6], dtype=np.int8)
    found = moves.flows(moves.moves_between(before, after))
    assert found == {
        ("not_yet", "new"): 1,
        ("new", "lost"): 1,
        ("repeat", "repeat"): 1,
        ("repeat", "leaving"): 1,
    }


def test_pairs_of_evenings() -> None:
    assert moves.spans_between(4, (1, 3)) == [(0, 1), (1, 2), (2, 3), (0, 3)]


# ── Calls ────────────────────────────────────────────────────────────────────
def test_calls_grow_with_visitors_and_with_conversion() -> None:
    asked, orders = [10, 12, 8, 10], [100, 110, 90, 100]
    ahead = calls.calls_ahead(asked, orders, orders_ahead=200, traffic=0.5, conversion=0.2)
    assert ahead is not None
    assert (ahead.per_hundred, ahead.expected) == pytest.approx((10, 36))
    assert ahead.low < 36 < ahead.high


def test_without_calls_or_orders_nothing_is_foretold() -> None:
    assert calls.calls_ahead([0, 0], [5, 5], orders_ahead=5, traffic=0, conversion=0) is None
    assert calls.calls_ahead([3, 4], [0, 0], orders_ahead=5, traffic=0, conversion=0) is None


def test_stated_bands_of_calls_hold() -> None:
    random = np.random.default_rng(7)
    inside = 0
    for _ in range(400):
        orders = random.poisson(120, 27)
        asked = random.poisson(orders * 0.25 * random.gamma(20, 1 / 20, 27))
        ahead = calls.calls_ahead(
            asked[:26].tolist(), orders[:26].tolist(), orders_ahead=float(orders[26]), traffic=0, conversion=0
        )
        assert ahead is not None
        inside += ahead.low <= asked[26] <= ahead.high
    assert 0.74 <= inside / 400 <= 0.9


def test_people_at_the_telephone() -> None:
    assert [calls.people_needed(n, 5) for n in (0.1, 9.6, 9.7, 96)] == [1, 1, 2, 10]


def test_standings_of_more_evenings_than_a_number_holds() -> None:
    evenings = list(range(10, 10 + 10 * 25, 10))
    spans = {
        "customer_id": ["a", "a", "a", "b"],
        "stage": ["new", "lost", "regular", "loyal"],
        "start": [15, 60, 215, 0],
        "stop": [60, 215, None, None],
    }
    table = ibis.memtable(
        pa.table({**spans, "start": pa.array(spans["start"], pa.int64()), "stop": pa.array(spans["stop"], pa.int64())})
    )
    with store.opened(memory_mib=256, threads=1) as engine:
        rows = engine.rows(moves.standings(table, evenings))
    columns = [rows[name].to_numpy() for name in rows.column_names]
    places = np.array(moves.unpacked(columns, len(evenings)))
    stood = {tuple(moves.PLACES[place] for place in column) for column in places.T}
    anna = ["not_yet", *["new"] * 4, *["lost"] * 16, *["regular"] * 4]
    assert stood == {tuple(anna), ("loyal",) * 25}
