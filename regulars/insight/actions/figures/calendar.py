"""Days counted from 1970-01-01, and months counted as year × 12 + month − 1."""

from datetime import date, timedelta

from regulars.insight.rules import series

EPOCH = date(1970, 1, 1)


def months_between(first_day: int, as_of_day: int) -> list[tuple[int, series.Span]]:
    """Calendar months from the first sale to the eve of `as_of_day`, where the last is cut off."""
    first, last = month_of(first_day), month_of(max(first_day, as_of_day - 1))
    return [
        (month, series.Span(first_day_of(month), min(first_day_of(month + 1), max(as_of_day, first_day + 1))))
        for month in range(first, last + 1)
    ]


def month_of(day: int) -> int:
    moment = EPOCH + timedelta(days=day)
    return moment.year * 12 + moment.month - 1


def first_day_of(month: int) -> int:
    return (date(month // 12, month % 12 + 1, 1) - EPOCH).days


def month_name(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def iso_date(day: int | None) -> str | None:
    return None if day is None else (EPOCH + timedelta(days=day)).isoformat()
