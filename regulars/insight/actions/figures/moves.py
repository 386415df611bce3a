"""From which stage to which customers moved, between the last evenings of months."""

from typing import Any

from regulars.insight.actions.figures.arrays import whole
from regulars.insight.actions.figures.calendar import iso_date, month_of, months_between
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules import moves, series

# The last two years and their eve.
EVENINGS = 25


def moves_from(ground: Ground) -> dict[str, Any]:
    """moves: the evenings, and for pairs of them (places "from", "to") who went where, by places in `moves.PLACES`."""
    evenings = _evenings(ground)
    if len(evenings) < 2:
        return {"moves": {"evenings": [iso_date(day) for day in evenings], "pairs": []}}
    spans = series.stage_spans(ground.days, ground.question.thresholds, new_days=ground.new_days)
    rows = ground.engine.rows(moves.standings(spans, evenings))
    places = moves.unpacked([whole(rows[name]) for name in rows.column_names], len(evenings))
    pairs = [
        {"from": first, "to": last, "moves": moves.moves_between(places[first], places[last])}
        for first, last in moves.spans_between(len(evenings))
    ]
    return {"moves": {"evenings": [iso_date(day) for day in evenings], "pairs": pairs}}


def _evenings(ground: Ground) -> list[int]:
    """The last days of months since the one before the first purchase, and yesterday."""
    as_of_day = ground.question.as_of_day
    first = ground.engine.rows(ground.days.agg(day=ground.days.day.min())).to_pylist()[0]["day"]
    if first is None or month_of(first) > month_of(as_of_day - 1):
        return []
    months = months_between(first, as_of_day)
    return [months[0][1].start - 1, *(span.stop - 1 for _, span in months)][-EVENINGS:]
