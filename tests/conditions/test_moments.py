"""What words about time mean: midnight in the shop's zone, 29 February, the end of the year."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.foundation.conditions.moments import Moment, anniversaries, anniversary_changes, days, instants
from regulars.foundation.conditions.operators import Operator

MOSCOW = ZoneInfo("Europe/Moscow")


def at(text: str) -> Moment:
    return Moment(datetime.fromisoformat(text).replace(tzinfo=MOSCOW), MOSCOW)


def test_a_day_begins_at_the_shops_midnight() -> None:
    span = instants(Operator.BETWEEN, (date(2026, 3, 1), date(2026, 3, 1)), at("2026-03-10"))
    assert (span.start, span.end) == (datetime(2026, 2, 28, 21, tzinfo=UTC), datetime(2026, 3, 1, 21, tzinfo=UTC))


def test_the_last_days_are_so_many_times_24_hours_up_to_now() -> None:
    moment = at("2026-03-10T12:00:00")
    span = instants(Operator.IN_LAST_DAYS, 2, moment)
    tick = timedelta(microseconds=1)
    for away, is_within in (
        (timedelta(0), True),
        (-tick, False),
        (timedelta(days=2) - tick, True),
        (timedelta(days=2), False),
    ):
        assert span.holds(moment.at - away) is is_within


def test_the_last_days_of_dates_begin_with_today() -> None:
    span = days(Operator.IN_LAST_DAYS, 2, at("2026-03-10T23:59:00"))
    assert [day for day in range(7, 13) if span.holds(date(2026, 3, day))] == [9, 10]


def celebrates(month: int, day: int, moment: Moment, ahead: int) -> bool:
    ranges = anniversaries(Operator.IN_NEXT_DAYS, ahead, moment)
    return any(low <= month * 100 + day <= high for low, high in ranges)


@pytest.mark.parametrize(
    ("today", "ahead", "is_soon"),
    [
        ("2027-02-28", 0, False),
        ("2027-02-27", 1, False),
        ("2027-02-28", 1, True),
        ("2027-03-01", 0, True),
        ("2027-03-02", 7, False),
        ("2028-02-28", 1, True),
        ("2028-02-29", 0, True),
        ("2028-03-01", 0, False),
    ],
)
def test_who_was_born_on_29_february_celebrates_on_1_march_in_other_years(
    today: str, ahead: int, is_soon: bool
) -> None:
    assert celebrates(2, 29, at(today), ahead) is is_soon


@pytest.mark.parametrize(("month", "day", "is_soon"), [(12, 31, True), (1, 3, True), (1, 4, False), (12, 29, False)])
def test_the_year_ends_within_the_span(month: int, day: int, is_soon: bool) -> None:
    assert celebrates(month, day, at("2026-12-30"), 4) is is_soon


@given(
    start=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    born=st.dates(date(1960, 1, 1), date(2010, 1, 1)),
    ahead=st.integers(0, 363),
)
def test_anniversaries_agree_with_counting_days(start: date, born: date, ahead: int) -> None:
    moment = Moment(datetime(start.year, start.month, start.day, 12, tzinfo=MOSCOW), MOSCOW)

    def celebrated(year: int) -> date:
        is_leap_day = (born.month, born.day) == (2, 29)
        is_leap_year = year % 4 == 0
        return date(year, 3, 1) if is_leap_day and not is_leap_year else born.replace(year=year)

    expected = any(0 <= (celebrated(year) - start).days <= ahead for year in (start.year, start.year + 1))
    assert celebrates(born.month, born.day, moment, ahead) is expected


def test_the_next_change_of_a_birthday_is_the_day_it_enters_or_the_day_after_it() -> None:
    moment = at("2026-03-10T12:00:00")
    changes = anniversary_changes(Operator.IN_NEXT_DAYS, 7, moment)
    assert changes[310].astimezone(MOSCOW).date() == date(2026, 3, 11)
    assert changes[320].astimezone(MOSCOW).date() == date(2026, 3, 13)
    assert changes[309].astimezone(MOSCOW).date() == date(2027, 3, 2)
    assert set(changes) >= {229, 101, 1231}
    assert anniversary_changes(Operator.IN_NEXT_DAYS, 365, moment) == {}
