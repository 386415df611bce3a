"""Working time: when a place is open, and when a term measured in working time runs out.

Wall-clock minutes become instants by one rule: a span starts (and ends) at the first instant at which the clock of
its zone shows that minute or a later one. So a span neither vanishes nor turns round where the clock is put forward,
and is not opened twice where it is put back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import holidays
from holidays.registry import COUNTRIES

DAY_MINUTES = 1440
# Longer than any closure that a calendar means; beyond it the calendar is taken as never open.
HORIZON_DAYS = 400


class NeverOpen(ValueError):
    """The calendar has no working time within the next 400 days, so no term can run out by it."""


@dataclass(frozen=True)
class Span:
    """Minutes from the midnight that begins its day; an end past 1440 reaches into the next day."""

    start_minute: int
    end_minute: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_minute < DAY_MINUTES or not self.start_minute < self.end_minute <= 2 * DAY_MINUTES:
            raise ValueError(f"not a span of a day: {self.start_minute}–{self.end_minute}")


def overlaps(spans: Sequence[Span]) -> bool:
    """Whether two spans of a day have a minute in common."""
    ordered = sorted(spans, key=lambda span: span.start_minute)
    return any(later.start_minute < earlier.end_minute for earlier, later in pairwise(ordered))


@dataclass(frozen=True)
class WorkingHours:
    """A week of spans (Monday first), a country whose public holidays are closed, and dates that differ from both.

    exceptions: date → its own spans; none of them means closed.
    """

    time_zone: str
    week: tuple[tuple[Span, ...], ...]
    holiday_country: str = ""
    exceptions: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("a week has seven days")


@dataclass(frozen=True)
class Interval:
    """Instants from `starts_at` up to, not including, `ends_at`; None: it still lasts."""

    starts_at: datetime
    ends_at: datetime | None


def is_time_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database."""
    return name in time_zones()


@cache
def time_zones() -> frozenset[str]:
    """All zones of the IANA database."""
    return frozenset(available_timezones())


def has_holidays(country: str) -> bool:
    """Whether public holidays of this ISO 3166 country (two letters) are known."""
    return country in _countries()


@cache
def _countries() -> frozenset[str]:
    # Its list, not the countries themselves: loading all of them takes a second.
    return frozenset(code for _name, code, *_ in COUNTRIES.values())


@lru_cache(maxsize=256)
def holidays_in(country: str, year: int, language: str = "en") -> Mapping[date, str]:
    """Public holidays of a country in a year, by date, named in `language` where that is known, else in its own."""
    if not has_holidays(country):
        return {}
    languages = getattr(holidays, country).supported_languages
    known = next((name for name in languages if name.split("_")[0] == language), None)
    return dict(sorted(holidays.country_holidays(country, years=year, language=known).items()))


def first_instant(on: date, minute: int, time_zone: str) -> datetime:
    """The first instant, in UTC, at which the zone's clock shows `minute` of the day `on`, or later."""
    zone = ZoneInfo(time_zone)
    wall = datetime.combine(on, datetime.min.time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    # The minute does not exist: the clock jumped over it. The jump lies between these two readings of it.
    low = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    high = instant
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).replace(tzinfo=None) >= wall:
            high = middle
        else:
            low = middle
    return high


def spans_of(hours: WorkingHours, on: date) -> tuple[Span, ...]:
    """The spans that begin on a date: its exception, else none on a holiday, else its weekday's."""
    if on in hours.exceptions:
        return hours.exceptions[on]
    if hours.holiday_country and on in holidays_in(hours.holiday_country, on.year):
        return ()
    return hours.week[on.weekday()]


def open_intervals(hours: WorkingHours, start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Working time from `start` on, in UTC, in order, joined where spans touch or overlap.

    Ends after 400 days without any.
    """
    on = start.astimezone(ZoneInfo(hours.time_zone)).date() - timedelta(days=2)
    last_open = on
    current: tuple[datetime, datetime] | None = None
    while (on - last_open).days <= HORIZON_DAYS:
        for span in sorted(spans_of(hours, on), key=lambda span: span.start_minute):
            opens = max(first_instant(on, span.start_minute, hours.time_zone), start)
            closes = first_instant(on, span.end_minute, hours.time_zone)
            if closes <= opens:
                continue
            last_open = on
            if current is not None and opens <= current[1]:
                current = (current[0], max(current[1], closes))
                continue
            if current is not None:
                yield current
            current = (opens, closes)
        on += timedelta(days=1)
        # Spans of later days begin at least a day's midnight on: what ended before cannot grow any more.
        if current is not None and current[1] < first_instant(on, 0, hours.time_zone):
            yield current
            current = None
    if current is not None:
        yield current


def is_open(hours: WorkingHours, at: datetime) -> bool:
    """Whether `at` lies in working time."""
    zone = ZoneInfo(hours.time_zone)
    today = at.astimezone(zone).date()
    return any(
        first_instant(on, span.start_minute, hours.time_zone)
        <= at
        < first_instant(on, span.end_minute, hours.time_zone)
        for on in (today - timedelta(days=2), today - timedelta(days=1), today, today + timedelta(days=1))
        for span in spans_of(hours, on)
    )


def next_open(hours: WorkingHours, at: datetime) -> datetime:
    """`at` itself in working time, else the next opening; NeverOpen where there is none."""
    for opens, _ in open_intervals(hours, at):
        return opens
    raise NeverOpen


def due(start: datetime, seconds: int, hours: WorkingHours | None, pauses: Sequence[Interval] = ()) -> datetime | None:
    """When `seconds` of working time have passed since `start`, in UTC; pauses do not count.

    hours: None means round the clock. None as the result: a pause still lasts, so the clock stands.
    A term that runs out exactly at closing time is due then, not at the next opening. Raises NeverOpen.
    """
    start = start.astimezone(UTC)
    left = timedelta(seconds=seconds)
    if left <= timedelta(0):
        return start
    ended = [pause for pause in pauses if pause.ends_at is not None]
    standing = min((pause.starts_at for pause in pauses if pause.ends_at is None), default=None)
    for opens, closes in _round_the_clock(start) if hours is None else open_intervals(hours, start):
        for begins, ends in without(opens, closes, ended):
            if standing is not None and standing < min(ends, begins + left):
                return None
            if begins + left <= ends:
                return begins + left
            left -= ends - begins
    raise NeverOpen


def working_seconds(start: datetime, end: datetime, hours: WorkingHours | None) -> float:
    """How much working time lies between two instants."""
    total = timedelta(0)
    for opens, closes in _round_the_clock(start) if hours is None else open_intervals(hours, start):
        if opens >= end:
            break
        total += min(closes, end) - opens
        if closes >= end:
            break
    return total.total_seconds()


def without(start: datetime, end: datetime, pauses: Sequence[Interval]) -> list[tuple[datetime, datetime]]:
    """What is left of start–end once ended pauses, which may overlap, are taken out of it."""
    pieces = []
    for pause in sorted(pauses, key=lambda pause: pause.starts_at):
        if pause.ends_at is None or pause.ends_at <= start:
            continue
        if pause.starts_at >= end:
            break
        if pause.starts_at > start:
            pieces.append((start, pause.starts_at))
        start = pause.ends_at
        if start >= end:
            return pieces
    return [*pieces, (start, end)]


def _round_the_clock(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    yield start, datetime.max.replace(tzinfo=UTC) - timedelta(days=2)
