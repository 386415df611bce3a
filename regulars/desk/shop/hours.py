"""Working hours as people write them ("9–13, 14:00–18:30"), and as a picture."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from regulars.shop.rules.calendars import DAY_MINUTES, Span, overlaps

_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s*(?:-|–|—|\bto\b|\bдо\b)\s*{_TIME}")


def spans_from(text: str) -> tuple[Span, ...]:
    """The spans of a day; none of them means closed. An end not after its start is on the next day.

    Raises ValidationError that says what is wrong.
    """
    spans = []
    for part in re.split(r"[,;\n]+", text):
        if not (written := part.strip()):
            continue
        found = _SPAN.fullmatch(written)
        if found is None:
            raise ValidationError(_("Write “%(text)s” as a span such as 9:00–18:00.") % {"text": written[:30]})
        start = _minute(found[1], found[2])
        end = _minute(found[3], found[4])
        if start is None or end is None or start == DAY_MINUTES:
            raise ValidationError(_("“%(text)s” holds a time that no clock shows.") % {"text": written[:30]})
        spans.append(Span(start, end if end > start else end + DAY_MINUTES))
    if overlaps(spans):
        raise ValidationError(_("Two spans of this day overlap."))
    return tuple(sorted(spans, key=lambda span: span.start_minute))


def text_of(spans: Sequence[Span]) -> str:
    """The same as text: "09:00–13:00, 14:00–18:30"."""
    return ", ".join(f"{_clock(span.start_minute)}–{_clock(span.end_minute)}" for span in spans)


@dataclass(frozen=True)
class Bar:
    """A span in a picture of one day that is 1440 wide; what reaches past midnight is cut off there."""

    x: int
    width: int


def bars_of(spans: Sequence[Span], of_day_before: Sequence[Span]) -> list[Bar]:
    """What of a day is working time, that of the night before it included."""
    early = [Bar(0, span.end_minute - DAY_MINUTES) for span in of_day_before if span.end_minute > DAY_MINUTES]
    own = [Bar(span.start_minute, min(span.end_minute, DAY_MINUTES) - span.start_minute) for span in spans]
    return [*early, *own]


def _minute(hours: str, minutes: str | None) -> int | None:
    minute = int(hours) * 60 + int(minutes or 0)
    return minute if int(minutes or 0) < 60 and minute <= DAY_MINUTES else None


def _clock(minute: int) -> str:
    if minute == DAY_MINUTES:
        return "24:00"
    hours, rest = divmod(minute % DAY_MINUTES, 60)
    return f"{hours:02d}:{rest:02d}"
