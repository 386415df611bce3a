"""Working time against a second, slower reading of the same words: minute by minute."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from regulars.shop.rules.calendars import (
    Interval,
    NeverOpen,
    Span,
    WorkingHours,
    due,
    first_instant,
    has_holidays,
    holidays_in,
    is_open,
    is_time_zone,
    next_open,
    open_intervals,
    overlaps,
    working_seconds,
)

MINUTE = timedelta(minutes=1)
# Zones that put their clocks forward and back, at odd hours and by odd amounts, and one that never does.
ZONES = ("Europe/Moscow", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kathmandu")
# Days around which clocks jump in one of them.
AROUND = (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC))

spans = st.builds(
    lambda start, length: Span(start, min(start + length, 2880)), st.integers(0, 1439), st.integers(1, 1600)
)
days = st.lists(spans, max_size=3).map(lambda found: () if overlaps(found) else tuple(found))
weeks = st.tuples(*[days] * 7)
moments = st.one_of(
    *[st.integers(-2 * 1440, 2 * 1440).map(lambda minutes, at=at: at + timedelta(minutes=minutes)) for at in AROUND]
)
hours = st.builds(
    WorkingHours,
    st.sampled_from(ZONES),
    weeks,
    exceptions=st.dictionaries(st.sampled_from([at.date() for at in AROUND]), days, max_size=2),
)


def plain_is_open(calendar: WorkingHours, at: datetime) -> bool:
    """By the definition: some span's first instant has come and the first instant of its end has not."""
    zone = ZoneInfo(calendar.time_zone)
    for back in range(-1, 4):
        on = at.astimezone(zone).date() - timedelta(days=back)
        own = calendar.exceptions[on] if on in calendar.exceptions else calendar.week[on.weekday()]
        for span in own:
            if (
                _shows(on, span.start_minute, calendar.time_zone)
                <= at
                < _shows(on, span.end_minute, calendar.time_zone)
            ):
                return True
    return False


def _shows(on: date, minute: int, time_zone: str) -> datetime:
    """The first instant at which the clock shows this minute or later: walked to, a minute at a time."""
    zone = ZoneInfo(time_zone)
    wall = datetime.combine(on, datetime.min.time()) + timedelta(minutes=minute)
    at = wall.replace(tzinfo=zone).astimezone(UTC) - timedelta(hours=3)
    while at.astimezone(zone).replace(tzinfo=None) < wall:
        at += MINUTE
    return at


@given(st.sampled_from(ZONES), st.sampled_from(AROUND), st.integers(0, 2880))
@settings(max_examples=60, deadline=None)
def test_first_instant_is_the_first_at_which_the_clock_shows_it(zone: str, day: datetime, minute: int) -> None:
    at = first_instant(day.date(), minute, zone)
    wall = datetime.combine(day.date(), datetime.min.time()) + timedelta(minutes=minute)
    shown = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    before = (at - timedelta(seconds=1)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    assert before < wall <= shown
    assert shown - wall <= timedelta(hours=1), "later only where the clock jumped over it"


@given(hours, moments)
@settings(max_examples=80, deadline=None)
def test_open_is_what_the_definition_says(calendar: WorkingHours, at: datetime) -> None:
    assert is_open(calendar, at) == plain_is_open(calendar, at)


@given(hours, moments)
@settings(max_examples=60, deadline=None)
def test_intervals_are_in_order_apart_and_open(calendar: WorkingHours, start: datetime) -> None:
    found = []
    for interval in open_intervals(calendar, start):
        found.append(interval)
        if len(found) == 5:
            break
    for opens, closes in found:
        assert start <= opens < closes
        assert is_open(calendar, opens)
        assert is_open(calendar, closes - timedelta(seconds=1))
        assert not is_open(calendar, closes)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(found))


@given(hours, moments, st.integers(0, 5 * 86_400))
@settings(max_examples=80, deadline=None)
def test_a_term_holds_exactly_its_working_time(calendar: WorkingHours, start: datetime, seconds: int) -> None:
    try:
        at = due(start, seconds, calendar)
    except NeverOpen:
        assert not any(calendar.week)
        return
    assert at is not None
    assert working_seconds(start, at, calendar) == seconds
    if seconds:
        assert is_open(calendar, at - timedelta(microseconds=1)), "it runs out in working time, not before an opening"


@given(hours, moments, st.integers(1, 86_400), st.integers(1, 86_400))
@settings(max_examples=50, deadline=None)
def test_terms_add_up(calendar: WorkingHours, start: datetime, first: int, second: int) -> None:
    if not any(calendar.week):
        return
    half = due(start, first, calendar)
    assert half is not None
    assert due(half, second, calendar) == due(start, first + second, calendar)


@given(
    moments,
    st.integers(60, 100_000),
    st.lists(st.tuples(st.integers(-3000, 3000), st.integers(1, 2000)), max_size=4),
)
@settings(max_examples=60, deadline=None)
def test_pauses_do_not_count(start: datetime, seconds: int, said: list[tuple[int, int]]) -> None:
    pauses = [
        Interval(start + minutes * MINUTE, start + minutes * MINUTE + length * MINUTE) for minutes, length in said
    ]
    at = due(start, seconds, None, pauses)
    assert at is not None
    paused = {
        second
        for pause in pauses
        for second in range(
            max(int((pause.starts_at - start) / MINUTE), 0),
            max(int(((pause.ends_at or start) - start) / MINUTE), 0),
        )
    }
    whole_minutes = int((at - start).total_seconds() // 60)
    counted = sum(60 for minute in range(whole_minutes) if minute not in paused)
    rest = (at - start).total_seconds() % 60
    assert counted + rest == seconds


def test_a_standing_pause_stops_the_clock() -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    standing = Interval(start + timedelta(hours=1), None)
    assert due(start, 3 * 3600, None, [standing]) is None
    assert due(start, 1800, None, [standing]) == start + timedelta(minutes=30), "it ran out before the pause"


def test_a_night_shift_reaches_into_the_next_day() -> None:
    calendar = WorkingHours("Europe/Moscow", ((Span(22 * 60, 30 * 60),),) + ((),) * 6)
    monday = date(2026, 3, 2)
    assert is_open(calendar, first_instant(monday, 23 * 60, "Europe/Moscow"))
    assert is_open(calendar, first_instant(monday, 29 * 60, "Europe/Moscow"))
    assert not is_open(calendar, first_instant(monday, 30 * 60, "Europe/Moscow"))
    assert not is_open(calendar, first_instant(monday, 60, "Europe/Moscow"))


def test_holidays_close_and_exceptions_win_both_ways() -> None:
    week = ((Span(540, 1080),),) * 7
    new_year, day_after_holidays = date(2026, 1, 1), date(2026, 1, 12)
    calendar = WorkingHours("Europe/Moscow", week, "RU", {new_year: (Span(600, 720),), day_after_holidays: ()})
    noon = 11 * 60
    assert is_open(calendar, first_instant(new_year, noon, "Europe/Moscow"))
    assert not is_open(calendar, first_instant(date(2026, 1, 2), noon, "Europe/Moscow"))
    assert not is_open(calendar, first_instant(day_after_holidays, noon, "Europe/Moscow"))
    assert next_open(calendar, first_instant(date(2026, 1, 2), noon, "Europe/Moscow")) == first_instant(
        date(2026, 1, 10), 540, "Europe/Moscow"
    )


def test_holidays_have_names_in_both_languages() -> None:
    assert holidays_in("RU", 2026, "ru")[date(2026, 2, 23)] == "День защитника Отечества"
    assert "Fatherland" in holidays_in("RU", 2026, "en")[date(2026, 2, 23)]
    assert holidays_in("XX", 2026) == {}
    assert has_holidays("GB")
    assert not has_holidays("XX")
    assert is_time_zone("Asia/Yekaterinburg")
    assert not is_time_zone("Moscow/Centre")


def test_what_never_opens_says_so() -> None:
    never = WorkingHours("UTC", ((),) * 7)
    with pytest.raises(NeverOpen):
        due(AROUND[0], 60, never)
    with pytest.raises(NeverOpen):
        next_open(never, AROUND[0])
    assert working_seconds(AROUND[0], AROUND[1], never) == 0


@pytest.mark.parametrize(("start", "end"), [(-1, 60), (1440, 1500), (60, 60), (60, 2881)])
def test_spans_are_of_one_day(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="not a span"):
        Span(start, end)
