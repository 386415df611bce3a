"""Rates, goals, the as-of date, codes of causes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.shop.rules import AsOfMode
from regulars.shop.rules.as_of import as_of, is_jump
from regulars.shop.rules.causes import DEFAULT_CAUSES, MAX_CODE, MAX_DEPTH, code_from
from regulars.shop.rules.goals import GoalLine, expected_by, is_on_track, share_done
from regulars.shop.rules.rates import RateMissing, RateTable

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
dates = st.dates(date(2024, 1, 1), date(2027, 1, 1))


@given(st.dictionaries(dates, st.decimals(1, 100, places=2), max_size=8), dates)
def test_the_latest_rate_on_or_before_a_day_holds(known: dict[date, Decimal], day: date) -> None:
    table = RateTable("RUB", {"EUR": tuple(sorted(known.items()))})
    before = [on for on in known if on <= day]
    if before:
        assert table.on("EUR", day) == known[max(before)]
    else:
        with pytest.raises(RateMissing) as refusal:
            table.on("EUR", day)
        assert (refusal.value.currency, refusal.value.on_date) == ("EUR", day)
    assert table.on("RUB", day) == 1


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), dates, st.integers(1, 700), dates)
def test_goals_go_straight_from_start_to_target(start: float, target: float, on: date, days: int, day: date) -> None:
    goal = GoalLine(start, target, on, on + timedelta(days=days))
    low, high = sorted((start, target))
    slack = 1e-6 * max(abs(start), abs(target), 1)
    assert low - slack <= expected_by(goal, day) <= high + slack
    assert expected_by(goal, goal.start_date) == start
    assert expected_by(goal, goal.due_date) == pytest.approx(target)
    assert 0 <= share_done(goal, expected_by(goal, day)) <= 1
    assert is_on_track(goal, expected_by(goal, day), day), "who stands on the line is on track"
    worse = expected_by(goal, day) + (slack * 2 + 1) * (1 if target < start else -1)
    assert not is_on_track(goal, worse, day)


def test_a_goal_is_due_after_it_starts() -> None:
    with pytest.raises(ValueError, match="after it starts"):
        GoalLine(0, 1, date(2026, 1, 1), date(2026, 1, 1))


def test_automatic_is_now_while_orders_are_fresh() -> None:
    fresh = as_of(AsOfMode.AUTOMATIC, now=NOW, time_zone="Europe/Moscow", newest_order_at=NOW - timedelta(days=30))
    assert (fresh.is_now, fresh.at) == (True, NOW)
    nothing = as_of(AsOfMode.AUTOMATIC, now=NOW, time_zone="UTC")
    assert nothing.is_now


def test_automatic_is_the_day_after_the_newest_order_once_that_is_old() -> None:
    # 22:30 in London is past midnight in Moscow: the day is the shop's.
    newest = datetime(2011, 12, 9, 22, 30, tzinfo=UTC)
    found = as_of(AsOfMode.AUTOMATIC, now=NOW, time_zone="Europe/Moscow", newest_order_at=newest)
    assert (found.is_now, found.date) == (False, date(2011, 12, 11))
    assert found.at == datetime(2011, 12, 10, 20, tzinfo=UTC)
    assert as_of(AsOfMode.AUTOMATIC, now=NOW, time_zone="UTC", newest_order_at=newest).date == date(2011, 12, 10)


def test_fixed_and_now_do_as_they_say() -> None:
    fixed = as_of(AsOfMode.FIXED, now=NOW, time_zone="UTC", fixed_date=date(2020, 2, 29))
    assert (fixed.at, fixed.is_now) == (datetime(2020, 2, 29, tzinfo=UTC), False)
    ahead = as_of(AsOfMode.FIXED, now=NOW, time_zone="UTC", fixed_date=date(2030, 1, 1))
    assert (ahead.at, ahead.is_now) == (NOW, True)
    old = datetime(2011, 12, 9, tzinfo=UTC)
    assert as_of(AsOfMode.NOW, now=NOW, time_zone="UTC", newest_order_at=old).is_now


@given(st.integers(1, 16 * 365 * 24 * 60))
def test_as_of_is_never_in_the_future_nor_before_the_newest_order(minutes: int) -> None:
    newest = NOW - timedelta(minutes=minutes)
    found = as_of(AsOfMode.AUTOMATIC, now=NOW, time_zone="Asia/Yekaterinburg", newest_order_at=newest)
    assert newest < found.at <= NOW
    assert found.is_now == (NOW - newest <= timedelta(days=30))


def test_a_jump_is_longer_than_thirty_days_either_way() -> None:
    assert not is_jump(NOW, NOW - timedelta(days=30))
    assert is_jump(NOW, NOW - timedelta(days=31))
    assert is_jump(NOW - timedelta(days=31), NOW)


@given(st.text(max_size=120), st.sampled_from(["", "delivery", "product.quality"]))
def test_codes_fit_and_belong_to_their_parent(name: str, parent: str) -> None:
    code = code_from(name, parent)
    assert 0 < len(code) <= MAX_CODE
    assert code.startswith(parent)
    assert code == code_from(name, parent)


def test_the_default_tree_is_one() -> None:
    codes = [code for code, _en, _ru in DEFAULT_CAUSES]
    assert len(set(codes)) == len(codes)
    for code, name_en, name_ru in DEFAULT_CAUSES:
        parent = code.rpartition(".")[0]
        assert not parent or parent in codes[: codes.index(code)], "a parent comes before its children"
        assert code.count(".") < MAX_DEPTH
        assert name_en
        assert name_ru
