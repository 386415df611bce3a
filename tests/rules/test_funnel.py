"""Shares that go on: equal to the plain share where nobody is still waiting, monotone, within bounds; better halves."""

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight.rules import funnel
from regulars.insight.rules.survival import BetterHalf, Passing, better_half, half_by, share_within

counts = st.lists(st.tuples(st.integers(0, 400), st.booleans(), st.integers(1, 50)), max_size=30)


@settings(deadline=None)
@given(counts)
def test_shares_grow_with_the_horizon_and_stay_within_their_bounds(rows: list[tuple[int, bool, int]]) -> None:
    passing = Passing.of(rows)
    assert passing.people == sum(people for _, _, people in rows)
    shares = [share for horizon in (1, 7, 30, 90, 180, 365) if (share := share_within(passing, horizon))]
    for share in shares:
        assert 0 <= share.low <= share.value <= share.high <= 1
    values = [share.value for share in shares]
    assert values == sorted(values)
    chances = [passing.watched(horizon) for horizon in (1, 7, 30, 90, 180, 365)]
    assert chances == sorted(chances, reverse=True)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 20)), min_size=1, max_size=20), st.integers(0, 200))
def test_without_censoring_it_is_the_plain_share(passed: list[tuple[int, int]], never: int) -> None:
    rows = [(day, True, people) for day, people in passed] + [(400, False, never)]
    passing = Passing.of(rows)
    for horizon in (0, 30, 365):
        share = share_within(passing, horizon)
        assert share is not None
        assert share.people == passing.people
        assert share.value == pytest.approx(passing.passed_within(horizon) / passing.people)


def test_who_had_no_chance_yet_does_not_spoil_the_share() -> None:
    old = [(10, True, 40), (365, False, 60)]
    assert share_within(Passing.of(old), 90).value == pytest.approx(0.4)  # type: ignore[union-attr]
    with_newcomers = Passing.of([*old, (2, False, 900)])
    share = share_within(with_newcomers, 90)
    assert share is not None
    assert share.value == pytest.approx(0.4)
    assert share.people == 100
    assert share_within(Passing.of([(2, False, 9)]), 30) is None


def test_kaplan_and_meier_by_hand() -> None:
    # n = 10, 8, 5: two pass on day 1, one is lost on day 2, two pass on day 3, three wait until day 9.
    passing = Passing.of([(1, True, 2), (2, False, 3), (3, True, 2), (9, False, 3)])
    share = share_within(passing, 9)
    assert share is not None
    assert share.value == pytest.approx(1 - 0.8 * 0.6)
    assert half_by(passing, 9) == 3
    assert half_by(Passing.of([(9, False, 3)]), 9) is None


def test_nothing_seen_is_not_nothing_possible() -> None:
    share = share_within(Passing.of([(90, False, 30)]), 30)
    assert share is not None
    assert (share.value, share.low, share.high) == (0.0, 0.0, 0.1)
    every = share_within(Passing.of([(3, True, 30)]), 30)
    assert every is not None
    assert (every.value, every.low, every.high) == (1.0, 0.9, 1.0)


def test_the_interval_holds_what_it_says() -> None:
    """Of 400 shops with censored customers about 95 in 100 intervals hold the truth."""
    rng = np.random.default_rng(7)
    hits = 0
    for _ in range(400):
        gaps, watched = rng.exponential(60, 200), rng.uniform(20, 200, 200)
        rows = [(int(min(gap, end)), bool(gap <= end), 1) for gap, end in zip(gaps, watched, strict=True)]
        share = share_within(Passing.of(rows), 89)
        assert share is not None
        hits += share.low <= 1 - np.exp(-90 / 60) <= share.high
    assert 0.92 < hits / 400 < 0.98


groups = st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=4, max_size=24)


@settings(deadline=None)
@given(groups)
def test_the_better_half_is_never_worse_than_all(sizes: list[tuple[int, float]]) -> None:
    people = [size for size, _ in sizes]
    found = better_half(people, [round(size * share) for size, share in sizes])
    assert isinstance(found, BetterHalf)
    assert found.better >= found.overall - 1e-9
    assert found.better <= max(round(size * share) / size for size, share in sizes) + 1e-9


def test_chance_alone_makes_no_better_half() -> None:
    rng = np.random.default_rng(3)
    lifts = [better_half([100] * 12, list(rng.binomial(100, 0.3, 12))).lift for _ in range(200)]  # type: ignore[union-attr]
    assert np.median(lifts) < 0.01
    real = better_half([100] * 12, [20] * 6 + [40] * 6)
    assert real is not None
    assert real.lift == pytest.approx(0.1, abs=0.02)
    assert better_half([10, 10, 10], [1, 2, 3]) is None


days = st.one_of(st.none(), st.integers(400, 800))


@settings(max_examples=6, deadline=None)
@given(st.lists(st.tuples(days, days, days, days).filter(any), min_size=30, max_size=90))
def test_a_funnel_never_grows_down_the_steps(told: list[tuple[int | None, ...]]) -> None:
    """And everybody enters once, and steps behind the purchase are none."""
    columns = list(zip(*told, strict=True))
    people = ibis.memtable(
        pa.table(
            {
                "person": [str(n) for n in range(len(told))],
                **{
                    name: pa.array(column, pa.int64())
                    for name, column in zip(("visited", "registered", "asked", "bought"), columns, strict=True)
                },
                "came_from": ["x"] * len(told),
                "device": ["phone"] * len(told),
                "store_id": ["s"] * len(told),
            }
        )
    )
    engine = ibis.duckdb.connect()
    ways = engine.to_pyarrow(funnel.ways(people, since_day=0)).to_pylist()
    assert len(ways) == len(told)
    for way in ways:
        reached = [way[f"day_{step}"] for step in range(4)]
        assert reached[way["entry"]] == min(day for day in reached if day is not None)
        assert [day is None for day in reached] == sorted(day is None for day in reached)
        came = [day for day in reached if day is not None]
        assert came == sorted(came)
    for entry in range(3):
        passages = funnel.front_passages(funnel.ways(people, since_day=0), entry=entry, as_of_day=800)
        rows = engine.to_pyarrow(funnel.counted(passages)).to_pylist()
        at_step = [sum(row["people"] for row in rows if row["step"] == step) for step in range(entry, 3)]
        assert at_step == sorted(at_step, reverse=True)
        for step in range(entry, 2):
            passed = sum(row["people"] for row in rows if row["step"] == step and row["has_passed"])
            assert passed <= at_step[step + 1 - entry]
