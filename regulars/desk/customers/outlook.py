"""What is to be expected of one customer, why, and what led there: as the page says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.audience.attributes import STAGES
from regulars.audience.queries.findings import Finding
from regulars.audience.rules import Stage
from regulars.customers import queries as customers
from regulars.desk.customers.words import STAGE_TONES, stage_reason
from regulars.desk.insight.words import of_hundred
from regulars.insight.queries.outlook import Outlook, outlook_of
from regulars.ui.charts import Chart, Course, Unit, over_time

MOVES_SHOWN = 12
_STAGE_CHANGED = "audience.stage_changed"


@dataclass(frozen=True)
class Move:
    """One step on the ladder; `on`: the day of which the analysis spoke that saw it."""

    stage: str
    tone: str
    on: datetime


@dataclass(frozen=True)
class OutlookView:
    """why: sentences that a seller can repeat. unknown: what cannot be said yet, "" where all can. moves: oldest first;
    is_from_log: the event log saw them; else they are the first purchase and the day that made the present stage.

    chart: how the chance went; None where it is not known, or cannot change.
    """

    why: Sequence[str]
    unknown: str
    chart: Chart | None
    moves: Sequence[Move]
    is_from_log: bool


def outlook_view(customer_id: UUID, finding: Finding | None) -> OutlookView | None:
    """None for somebody of whom the analysis knows nothing yet."""
    if finding is None:
        return None
    course = outlook_of(customer_id) if finding.orders else None
    seen = _seen_moves(customer_id)
    return OutlookView(
        why=[stage_reason(finding), *_chances(finding)],
        unknown=_unknown(finding, course),
        chart=_curve(course) if course and course.has_drop_out else None,
        moves=seen or _told_moves(finding),
        is_from_log=bool(seen),
    )


def _chances(found: Finding) -> list[str]:
    said = []
    if found.p_alive is not None:
        count = of_hundred(found.p_alive)
        said.append(
            ngettext(
                "Of 100 such customers about %(count)d comes back some day.",
                "Of 100 such customers about %(count)d come back some day.",
                count,
            )
            % {"count": count}
        )
        if found.p_alive_due is not None and found.is_overdue and of_hundred(found.p_alive_due) > count:
            said.append(
                _("On the day when this one was due it was %(before)d of 100.")
                % {"before": of_hundred(found.p_alive_due)}
            )
    if found.buys_90 is not None:
        count = of_hundred(found.buys_90)
        said.append(
            ngettext(
                "About %(count)d of 100 buys within the next 90 days.",
                "About %(count)d of 100 buy within the next 90 days.",
                count,
            )
            % {"count": count}
        )
    return said


def _unknown(found: Finding, course: Outlook | None) -> str:
    if not found.orders:
        return _("Without a purchase nothing can be expected yet.")
    if found.p_alive is None:
        return _(
            "What this customer will do cannot be said yet: too few customers of the shop have come again. "
            "It comes by itself with more orders."
        )
    if course is not None and not course.has_drop_out:
        return _("No drop-out seen: so far nobody in this shop was seen to leave for good, so silence says little.")
    return ""


def _seen_moves(customer_id: UUID) -> list[Move]:
    page = customers.timeline_of(customer_id, kinds=(_STAGE_CHANGED,), limit=MOVES_SHOWN)
    return [_move(Stage(event.payload["stage"]), event.occurred_at) for event in reversed(page.rows)]


def _told_moves(found: Finding) -> list[Move]:
    first = [_move(Stage.NEW, found.first_order_at)] if found.first_order_at and found.stage is not Stage.NEW else []
    return [*first, *([_move(found.stage, found.stage_since)] if found.stage_since else [])]


def _move(stage: Stage, on: datetime) -> Move:
    return Move(str(STAGES[stage]), STAGE_TONES[stage], on)


def _curve(course: Outlook) -> Chart:
    """The past as an area, the silence that may follow as a broken line, a dot for each day of purchase."""
    was = [(point.day, point.p_alive) for point in course.points]
    now = was[-1:]
    will = [*now, *((point.day, point.p_alive) for point in course.ahead)]
    known = dict(was)
    bought = [(day, known[day]) for day in course.bought if day in known]
    last = {day for day, _chance in (*now, *will[-1:])}
    return over_time(
        _("How likely this is still a customer, day by day"),
        [
            Course(_("Still a customer"), was, "area"),
            Course(_("If the silence goes on"), will, is_dashed=True, tone="quiet"),
            Course(_("Purchases"), bought, "dots"),
        ],
        unit=Unit("percent", digits=0),
        highest=1,
        told={*course.bought, *last},
    )
