"""Plans spread over a month, pace, evenings: pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from regulars.shop.rules.evenings import may_sign, may_undo
from regulars.shop.rules.plans import days_of, pace, plan_by_day
from regulars.shop.rules.spending import month_of, rate_day

MARCH = date(2026, 3, 1)
MOSCOW = ZoneInfo("Europe/Moscow")
amounts = st.integers(0, 10**9)
shares = st.lists(st.floats(0, 1e9), min_size=7, max_size=7)


@given(month=amounts, fixed=st.dictionaries(st.sampled_from(days_of(MARCH)), amounts, max_size=10), week=shares)
def test_the_days_add_up_to_the_month_unless_fixed_days_exceed_it(
    month: int, fixed: dict[date, int], week: list[float]
) -> None:
    planned = plan_by_day(MARCH, month_minor=month, fixed=fixed, weekday_shares=week)
    assert list(planned) == days_of(MARCH)
    assert sum(planned.values()) == max(month, sum(fixed.values()))
    assert all(planned[day] == amount for day, amount in fixed.items())
    assert min(planned.values()) >= 0


def test_a_month_is_shared_as_weekdays_sell() -> None:
    planned = plan_by_day(MARCH, month_minor=2_200, fixed={}, weekday_shares=[1, 1, 1, 1, 1, 0, 0])
    assert {day.weekday() for day, amount in planned.items() if amount == 0} == {5, 6}
    assert set(planned.values()) == {0, 100}, "March 2026 has 22 working days"


def test_days_alone_are_a_plan_and_other_months_do_not_count() -> None:
    fixed = {date(2026, 3, 8): 500, date(2026, 4, 1): 900}
    assert plan_by_day(MARCH, month_minor=None, fixed=fixed) == {date(2026, 3, 8): 500}


def test_a_week_that_sold_nothing_is_shared_evenly() -> None:
    planned = plan_by_day(date(2026, 2, 1), month_minor=2_800, fixed={}, weekday_shares=[0] * 7)
    assert set(planned.values()) == {100}


def test_pace_judges_whole_days_and_asks_the_rest_of_the_others() -> None:
    planned = plan_by_day(MARCH, month_minor=3_100, fixed={})
    sold = {date(2026, 3, day): 80 for day in range(1, 11)} | {date(2026, 3, 11): 30}
    found = pace(planned, sold, date(2026, 3, 11))
    assert (found.due_minor, found.done_minor, found.sold_minor) == (1_000, 800, 830)
    assert (found.distance_minor, found.is_on_track, found.left_minor) == (-200, False, 2_270)
    assert (found.days_left, found.needed_minor) == (21, 110), "2,300 in 21 days, upwards"
    assert found.effort == 2_300 / 2_100


def test_a_reached_plan_asks_for_nothing_and_the_last_evening_divides_by_no_day() -> None:
    planned = plan_by_day(MARCH, month_minor=3_100, fixed={})
    assert pace(planned, {MARCH: 5_000}, date(2026, 3, 2)).is_reached
    over = pace(planned, {MARCH: 100}, date(2026, 4, 1))
    assert (over.days_left, over.needed_minor, over.effort) == (0, 3_000, None)


@given(
    planned=st.dictionaries(st.sampled_from(days_of(MARCH)), amounts, min_size=1), sold=amounts, day=st.integers(1, 31)
)
def test_what_is_needed_reaches_the_plan(planned: dict[date, int], sold: int, day: int) -> None:
    today = date(2026, 3, day)
    found = pace(planned, {MARCH: sold} if day > 1 else {}, today)
    assert found.needed_minor * max(found.days_left, 1) + found.done_minor >= found.plan_minor


def test_a_day_is_signed_from_its_beginning_for_a_week_and_opened_the_same_evening() -> None:
    evening = datetime(2026, 3, 10, 20, 30, tzinfo=UTC)  # 23:30 in Moscow
    assert may_sign(date(2026, 3, 10), now=evening, zone=MOSCOW)
    assert not may_sign(date(2026, 3, 11), now=evening, zone=MOSCOW)
    assert may_sign(date(2026, 3, 3), now=evening, zone=MOSCOW)
    assert not may_sign(date(2026, 3, 2), now=evening, zone=MOSCOW)
    assert may_undo(evening, now=evening + timedelta(minutes=29), zone=MOSCOW)
    assert not may_undo(evening, now=evening + timedelta(minutes=31), zone=MOSCOW), "past midnight in Moscow"


def test_spending_of_a_month_takes_the_rate_of_its_last_day() -> None:
    assert month_of(date(2024, 2, 17)) == date(2024, 2, 1)
    assert rate_day(date(2024, 2, 1)) == date(2024, 2, 29)
