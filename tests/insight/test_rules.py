"""Rules against plain Python: rhythm, stages, value, series."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import NormalDist, fmean, variance

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.insight import store
from regulars.insight.rules import rhythm, series, stages, value
from regulars.insight.rules.runs import MODEL_VERSION, Basis, is_baseline, next_night, seconds_left
from regulars.insight.rules.stages import BadThresholds, Thresholds, stages_of

DAYS_COLUMNS = ("customer_id", "day", "month", "number", "first_day", "next_day", "gaps", "log_sum", "log_squares")
Shop = dict[str, list[int]]


def days_of(shop: Shop) -> pa.Table:
    """The rows of `purchases.purchase_days` for customers with these days of purchase."""
    rows = []
    for customer, days in shop.items():
        logs: list[float] = []
        for place, day in enumerate(days):
            if place:
                logs.append(math.log(day - days[place - 1]))
            following = days[place + 1] if place + 1 < len(days) else None
            rows.append(
                (customer, day, 0, place + 1, days[0], following, place, sum(logs), sum(log * log for log in logs))
            )
    kinds = [pa.string(), *[pa.int64()] * 6, pa.float64(), pa.float64()]
    columns = list(zip(*rows, strict=True)) or [()] * len(kinds)
    return pa.table([pa.array(c, k) for c, k in zip(columns, kinds, strict=True)], names=DAYS_COLUMNS)


shops = st.dictionaries(
    st.text("abcdefgh", min_size=1, max_size=3),
    st.lists(st.integers(0, 900), min_size=1, max_size=8, unique=True).map(sorted),
    min_size=1,
    max_size=14,
)


def gaps_of(shop: Shop) -> list[list[float]]:
    logs = [[math.log(b - a) for a, b in pairwise(days)] for days in shop.values()]
    return [each for each in logs if each]


def rhythm_by_hand(shop: Shop) -> tuple[float, float, float] | None:
    """m, σ², τ² in the words of the paper, without sums of squares."""
    logs = gaps_of(shop)
    count = sum(map(len, logs))
    if count < rhythm.LEAST_GAPS or len(logs) < rhythm.LEAST_CUSTOMERS:
        return None
    everything = [log for each in logs for log in each]
    if all(len(each) == 1 for each in logs):
        within, between = max(variance(everything), rhythm.LEAST_VARIANCE), 0.0
    else:
        scatter = sum((log - fmean(each)) ** 2 for each in logs for log in each)
        within = max(scatter / (count - len(logs)), rhythm.LEAST_VARIANCE)
        around = sum(len(each) * (fmean(each) - fmean(everything)) ** 2 for each in logs)
        size = count - sum(len(each) ** 2 for each in logs) / count
        between = max((around - (len(logs) - 1) * within) / size, 0.0)
    weights = [1 / (between + within / len(each)) for each in logs]
    centre = sum(w * fmean(each) for w, each in zip(weights, logs, strict=True)) / sum(weights)
    return centre, within, between


@settings(max_examples=25, deadline=None)
@given(shops)
def test_the_rhythm_is_that_of_the_paper(shop: Shop) -> None:
    with store.opened(memory_mib=256, threads=1) as engine:
        days = ibis.memtable(days_of(shop))
        found = rhythm.variances(**engine.rows(rhythm.gap_sums(days)).to_pylist()[0])
        by_hand = rhythm_by_hand(shop)
        assert (found is None) == (by_hand is None)
        if found is None or by_hand is None:
            return
        assert found == pytest.approx(by_hand[1:], rel=1e-6, abs=1e-6)
        within, between = found
        weighted = engine.rows(rhythm.weighted_centre(days, within=within, between=between)).to_pylist()[0]
        assert weighted["weighted_sum"] / weighted["weight_sum"] == pytest.approx(by_hand[0], rel=1e-6)
        known = rhythm.ShopRhythm(by_hand[0], within, between, 1, 1)
        rows = engine.rows(rhythm.with_rhythm(days, known, patience=0.9)).to_pylist()
    for row in rows:
        if row["next_day"] is None:
            centre, spread = posterior_by_hand(shop[row["customer_id"]], known)
            assert row["median_days"] == pytest.approx(math.exp(centre), rel=1e-6)
            limit = max(math.exp(centre + NormalDist().inv_cdf(0.9) * spread), math.exp(centre) + 1)
            assert row["limit_days"] == pytest.approx(limit, rel=1e-6)


def posterior_by_hand(days: Sequence[int], shop: rhythm.ShopRhythm) -> tuple[float, float]:
    logs = [math.log(b - a) for a, b in pairwise(days)]
    prior = shop.within / max(shop.between, rhythm.LEAST_BETWEEN)
    weight = len(logs) / (len(logs) + prior)
    mean = fmean(logs) if logs else shop.centre
    own = (rhythm.PRIOR_GAPS * shop.within + sum((log - mean) ** 2 for log in logs)) / (
        rhythm.PRIOR_GAPS + max(len(logs) - 1, 0)
    )
    return shop.centre + weight * (mean - shop.centre), math.sqrt(own * (1 + 1 / (len(logs) + prior)))


def test_a_regular_of_long_standing_has_his_own_rhythm() -> None:
    """Twenty pauses of ten days outweigh a shop that comes every 50; his limit is near, a stranger's far."""
    shop = rhythm.ShopRhythm(math.log(50), 0.5, 0.5, 100, 20)
    days = days_of({"weekly": list(range(0, 210, 10)), "once": [0]})
    with store.opened(memory_mib=256, threads=1) as engine:
        rows = engine.rows(rhythm.with_rhythm(ibis.memtable(days), shop, patience=0.9)).to_pylist()
    by_name = {row["customer_id"]: row for row in rows if row["next_day"] is None}
    assert by_name["weekly"]["median_days"] == pytest.approx(10.8, abs=0.05)
    assert by_name["weekly"]["limit_days"] < 17
    assert by_name["once"]["median_days"] == pytest.approx(50)
    assert by_name["once"]["limit_days"] == pytest.approx(shop.limit_days(0.9), rel=1e-9)


def stage_of(
    number: int, *, tenure: int = 0, silence: float = 0, limit: float = math.nan, before: str = "", **rules: object
) -> str:
    return str(
        stages_of(
            number=np.array([number]),
            tenure_days=np.array([tenure]),
            silence_days=np.array([silence]),
            limit_days=np.array([limit]),
            before=np.array([before], dtype="U10"),
            thresholds=Thresholds(**rules),  # type: ignore[arg-type]
            new_days=30,
        )[0]
    )


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        ({"number": 0, "silence": math.nan}, "potential"),
        ({"number": 1, "silence": 30, "limit": 90}, "new"),
        ({"number": 1, "silence": 31, "limit": 90}, "occasional"),
        ({"number": 1, "silence": 500}, "occasional"),
        ({"number": 2, "silence": 40, "limit": 90}, "repeat"),
        ({"number": 4, "silence": 40, "limit": 90}, "regular"),
        ({"number": 8, "tenure": 364, "limit": 90}, "regular"),
        ({"number": 8, "tenure": 365, "limit": 90}, "loyal"),
        ({"number": 8, "tenure": 365, "silence": 90, "limit": 90}, "loyal"),
        ({"number": 8, "tenure": 365, "silence": 91, "limit": 90}, "leaving"),
        ({"number": 8, "tenure": 365, "silence": 180, "limit": 90}, "leaving"),
        ({"number": 8, "tenure": 365, "silence": 181, "limit": 90}, "lost"),
        ({"number": 3, "regular_purchases": 3, "limit": 90}, "regular"),
        ({"number": 1, "silence": 95, "limit": 90, "before": ""}, "leaving"),
    ],
)
def test_stages_by_example(facts: dict[str, object], stage: str) -> None:
    assert stage_of(**facts) == stage  # type: ignore[arg-type]


@given(
    st.integers(1, 20),
    st.floats(0, 400),
    st.floats(2, 200),
    st.sampled_from(["", "repeat", "leaving", "lost"]),
    st.floats(0.92, 1.08),
)
def test_stages_do_not_flicker(number: int, silence: float, limit: float, before: str, wobble: float) -> None:
    """A limit that moves by less than a tenth sends nobody back who was found to be leaving; nor does repeating."""
    stage = stage_of(number, silence=silence, limit=limit, before=before)
    assert stage_of(number, silence=silence, limit=limit, before=stage) == stage
    if stage in ("leaving", "lost") and wobble > 1 and silence > limit * (2.0 if stage == "lost" else 1.0):
        assert stage_of(number, silence=silence, limit=limit * wobble, before=stage) == stage


def test_who_buys_again_leaves_the_leaving_at_once() -> None:
    assert stage_of(5, silence=1, limit=90, before="lost") == "regular"


@pytest.mark.parametrize("wrong", [{"patience": 1.0}, {"lost_factor": 1.0}, {"loyal_purchases": 3}, {"new_days": 0}])
def test_impossible_thresholds_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadThresholds):
        Thresholds(**wrong)  # type: ignore[arg-type]


def test_thresholds_survive_being_stored() -> None:
    rules = Thresholds(new_days=14, patience=0.8)
    assert Thresholds.from_json({**rules.as_json(), "of_old": 1}) == rules


def test_a_moved_patience_moves_the_limit_as_the_rhythm_would() -> None:
    centre, spread = math.log(20), 0.6
    z, moved = NormalDist().inv_cdf(0.9), NormalDist().inv_cdf(0.95)
    limit = stages.moved_limit(np.array([20.0]), np.array([math.exp(centre + z * spread)]), z_before=z, z=moved)
    assert limit[0] == pytest.approx(math.exp(centre + moved * spread))


def test_shares_of_those_who_bought_again() -> None:
    assert value.again_shares(np.array([0, 1, 1, 2, 3])) == [3 / 6, 2 / 4, 1 / 3, 1 / 2, 1 / 2]


@settings(max_examples=20, deadline=None)
@given(shops, st.integers(901, 1500))
def test_stages_of_a_past_day_are_those_of_that_day(shop: Shop, as_of_day: int) -> None:
    """The running sums of `stage_steps` equal the stages that `stages_of` gives on the same day."""
    known = rhythm.ShopRhythm(math.log(40), 0.4, 0.3, 50, 9)
    rules = Thresholds(regular_purchases=3, loyal_purchases=5, loyal_days=200)
    with store.opened(memory_mib=256, threads=1) as engine:
        days = rhythm.with_rhythm(ibis.memtable(days_of(shop)), known, patience=0.9)
        steps = engine.rows(series.stage_steps(days, rules, new_days=30)).to_pylist()
        last = [row for row in engine.rows(days).to_pylist() if row["next_day"] is None]
    expected = stages_of(
        number=np.array([row["number"] for row in last]),
        tenure_days=np.array([row["day"] - row["first_day"] for row in last]),
        silence_days=np.array([float(as_of_day - row["day"]) for row in last]),
        limit_days=np.array([row["limit_days"] for row in last]),
        before=np.full(len(last), "", dtype="U10"),
        thresholds=rules,
        new_days=30,
    ).tolist()
    for stage in ("new", "occasional", "repeat", "regular", "loyal", "leaving", "lost"):
        changes = {row["day"]: row["change"] for row in steps if row["stage"] == stage}
        assert series.running_counts(changes, [as_of_day]) == [expected.count(stage)]


def test_weeks_end_yesterday_and_begin_with_the_data() -> None:
    weeks = series.weeks_before(100, count=53, since=80)
    assert [(week.start, week.stop) for week in weeks] == [(86, 93), (93, 100)]
    assert series.totals({86: 2, 92: 3, 93: 5, 100: 7}, weeks) == [5, 5]


def test_what_makes_a_baseline() -> None:
    at = datetime(2026, 3, 10, tzinfo=UTC)
    before = Basis(at, 1, MODEL_VERSION)
    day = timedelta(days=1)
    assert is_baseline(None, before)
    assert not is_baseline(before, Basis(at + day, 1, MODEL_VERSION))
    assert not is_baseline(before, Basis(at + 30 * day, 1, MODEL_VERSION))
    assert is_baseline(before, Basis(at + 31 * day, 1, MODEL_VERSION))
    assert is_baseline(before, Basis(at - day, 1, MODEL_VERSION))
    assert is_baseline(before, Basis(at, 2, MODEL_VERSION))
    assert is_baseline(before, Basis(at, 1, MODEL_VERSION + 1))


def test_night_is_at_three_on_the_shops_clock() -> None:
    from zoneinfo import ZoneInfo

    moscow = ZoneInfo("Europe/Moscow")
    assert next_night(datetime(2026, 3, 10, 12, tzinfo=UTC), moscow) == datetime(2026, 3, 11, 0, tzinfo=UTC)
    assert next_night(datetime(2026, 3, 10, 23, 59, tzinfo=UTC), moscow) == datetime(2026, 3, 11, 0, tzinfo=UTC)
    assert next_night(datetime(2026, 3, 11, 0, tzinfo=UTC), moscow) == datetime(2026, 3, 12, 0, tzinfo=UTC)


def test_time_left_is_the_pace_so_far() -> None:
    assert seconds_left(5, 0.01) is None
    assert seconds_left(30, 0.75) == pytest.approx(10)
