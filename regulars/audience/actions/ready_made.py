"""The segments that every shop begins with. Each may be changed or closed like any other."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from regulars.audience.actions.segments import NameTaken, create_segment
from regulars.audience.attributes import STAGES
from regulars.foundation.actors import Actor
from regulars.shop import queries as shop

Part = Mapping[str, Any]


def create_ready_made_segments(*, by: Actor, now: datetime) -> int:
    """Create those that are missing, named in the shop's language; how many were."""
    created = 0
    with override(shop.shop().language):
        for name, note, parts in _ready_made():
            condition = {"version": 1, "where": {"all": list(parts)}}
            try:
                create_segment(name=name, note=note, condition=condition, by=by, now=now)
            except NameTaken:
                continue
            created += 1
    return created


def _ready_made() -> Iterator[tuple[str, str, tuple[Part, ...]]]:
    is_overdue = _is("audience.overdue_at", "more_than_days_ago", 0)
    is_big = _is("audience.monetary_score", "at_least", 4)
    yield (
        _("Big and quiet"),
        _("Spent more than most, and silent for longer than usual for them. Call first."),
        (is_overdue, is_big, _is("audience.stage", "is_not", "lost")),
    )
    yield (
        _("Quiet leavers"),
        _("Silent for longer than usual for them, less likely to come back than before, and not lost yet."),
        (_is("audience.is_silent_leaver", "is", True),),
    )
    yield (
        _("Birthday within two weeks"),
        _("Time for a card or a call."),
        (_is("customers.birthday", "in_next_days", 14),),
    )
    yield (
        _("Bought only once"),
        _("The second purchase is the hardest step."),
        ({"fact": "commerce.order", "count": {"op": "is", "value": 1}},),
    )
    yield (
        _("Best of all"),
        _("Spend most and came lately."),
        (_is("audience.monetary_score", "at_least", 5), _is("audience.recency_score", "at_least", 4)),
    )
    yield (
        _("Asked, but did not buy"),
        _("An enquiry within 90 days and no order in that time."),
        (
            {"fact": "commerce.enquiry", "did": True, "period": {"in_last_days": 90}},
            {"fact": "commerce.order", "did": False, "period": {"in_last_days": 90}},
        ),
    )
    yield (
        _("Returned goods lately"),
        _("Within 60 days. Ask what went wrong."),
        ({"fact": "commerce.return", "did": True, "period": {"in_last_days": 60}},),
    )
    for stage, label in STAGES.items():
        yield _("Stage: %s") % label, "", (_is("audience.stage", "is", str(stage)),)


def _is(attribute: str, operator: str, value: object) -> Part:
    return {"attribute": attribute, "op": operator, "value": value}
