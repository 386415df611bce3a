"""What was found of each customer, as attributes; the stages' names; the event log as facts."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.audience.rules import Stage
from regulars.foundation import events
from regulars.foundation.conditions.catalogue import Attribute, Fact, Source, Text, Type

STAGES: Mapping[str, Text] = {
    Stage.POTENTIAL: pgettext_lazy("stage", "Potential"),
    Stage.NEW: pgettext_lazy("stage", "New"),
    Stage.OCCASIONAL: pgettext_lazy("stage", "Occasional"),
    Stage.REPEAT: pgettext_lazy("stage", "Repeat"),
    Stage.REGULAR: pgettext_lazy("stage", "Regular"),
    Stage.LOYAL: pgettext_lazy("stage", "Loyal"),
    Stage.LEAVING: pgettext_lazy("stage", "Leaving"),
    Stage.LOST: pgettext_lazy("stage", "Lost"),
}
_FINDING = "audience.finding"


def event_kinds() -> Mapping[str, Text]:
    """The kinds that the running programme can record."""
    kinds: set[str] = set()
    waiting = list(events.Event.__subclasses__())
    while waiting:
        one = waiting.pop()
        kinds.add(one.kind)
        waiting += one.__subclasses__()
    return {kind: kind for kind in sorted(kinds)}


def _found(key: str, label: Text, type_: Type, column: str, *, unit: Text = "", help_: Text = "") -> Attribute:
    return Attribute(
        key=f"audience.{key}", label=label, type=type_, sql=f"{{t}}.{column}", source=_FINDING, unit=unit, help=help_
    )


def _of_hundred(column: str, label: Text, *, help_: Text) -> Attribute:
    """A probability as people say it, and in steps that a condition can name."""
    return Attribute(
        key=f"audience.{column}",
        label=label,
        type=Type.NUMBER,
        sql=f"ROUND({{t}}.{column} * 100)",
        source=_FINDING,
        unit=_("of 100"),
        help=help_,
    )


ENTRIES: tuple[Source | Attribute | Fact, ...] = (
    Source(
        name=_FINDING,
        table="audience_customerfinding",
        extra="{t}.slot = (SELECT p.slot FROM audience_publication p WHERE p.id = 1)",
    ),
    Attribute(
        key="audience.stage",
        label=_("Stage of loyalty"),
        type=Type.CHOICE,
        sql="{t}.stage",
        source=_FINDING,
        choices=STAGES,
    ),
    _found("stage_since", _("In this stage since"), Type.DATETIME, "stage_since"),
    _found("orders", _("Number of orders"), Type.NUMBER, "orders", help_=_("All orders, as of the last analysis.")),
    _found("revenue", _("Revenue"), Type.MONEY, "revenue_minor", help_=_("All orders less returns.")),
    _found("revenue_year", _("Revenue of the last year"), Type.MONEY, "revenue_year_minor"),
    _found("average_order", _("Average order"), Type.MONEY, "average_order_minor"),
    _found("returned", _("Returned"), Type.MONEY, "returned_minor"),
    _found("first_order_at", _("First order"), Type.DATETIME, "first_order_at"),
    _found("last_order_at", _("Last order"), Type.DATETIME, "last_order_at"),
    _found("gap_median_days", _("Usual gap between orders"), Type.NUMBER, "gap_median_days", unit=_("days")),
    _found("due_at", _("Next order expected"), Type.DATETIME, "due_at", help_=_("By the customer's own rhythm.")),
    _found("overdue_at", _("Overdue date"), Type.DATETIME, "overdue_at", help_=_("Silent for longer than usual.")),
    _found("at_stake", _("Money at stake"), Type.MONEY, "at_stake_minor", help_=_("What a year without them costs.")),
    Attribute(
        key="audience.is_silent_leaver",
        label=_("Quietly leaving"),
        type=Type.BOOLEAN,
        sql="COALESCE({t}.is_silent_leaver, FALSE)",
        source=_FINDING,
        claim=_("who are quietly leaving"),
        claim_not=_("who are not quietly leaving"),
        help=_("Silent for longer than their own pauses explain, less likely to come back than before, not yet lost."),
    ),
    _of_hundred("p_alive", _("Chance to come back"), help_=_("Of 100 such customers so many come back some day.")),
    _of_hundred("buys_90", _("Chance to buy within 90 days"), help_=_("Of 100 such customers so many buy by then.")),
    _found("expected_365", _("Number of purchases expected in a year"), Type.NUMBER, "expected_365"),
    _found("value_365", _("Value of the next year"), Type.MONEY, "value_365_minor"),
    _found(
        "refill_at",
        _("Next refill due"),
        Type.DATETIME,
        "refill_at",
        help_=_("When the first of the things that they keep buying runs out, by their own interval."),
    ),
    _found("recency_score", _("Recency score"), Type.NUMBER, "recency_score", help_=_("1 to 5, 5 is the best.")),
    _found("frequency_score", _("Frequency score"), Type.NUMBER, "frequency_score", help_=_("1 to 5, 5 is the best.")),
    _found("monetary_score", _("Monetary score"), Type.NUMBER, "monetary_score", help_=_("1 to 5, 5 is the best.")),
    Fact(
        key="audience.event",
        label=_("Event of the timeline"),
        did=_("with whom something happened"),
        did_not=_("with whom nothing happened"),
        table="foundation_event f",
        customer="f.customer_id",
        at="f.occurred_at",
        columns=(Attribute(key="kind", label=_("Event"), type=Type.CHOICE, sql="f.kind", choices=event_kinds),),
    ),
)
