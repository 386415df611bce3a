"""What happened in the shop by day and month, and how many customers stood in each stage on any past day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr.types import Table

from regulars.insight.rules.stages import Thresholds, climbed


def sales_by_day(orders: Table, returns: Table) -> Table:
    """day, orders, guest_orders, revenue_minor (less what came back on that day)."""
    sold = orders.group_by("day").agg(
        orders=_.is_kept.sum(), guest_orders=(_.is_kept & _.customer_id.isnull()).sum(), goods_minor=_.goods_minor.sum()
    )
    brought_back = returns.group_by("day").agg(returned_minor=_.amount_minor.sum())
    both = sold.outer_join(brought_back, "day")
    return both.select(
        day=ibis.coalesce(_.day, _.day_right),
        orders=_.orders.fill_null(0),
        guest_orders=_.guest_orders.fill_null(0),
        revenue_minor=_.goods_minor.fill_null(0) - _.returned_minor.fill_null(0),
    )


def buyers_by_month(days: Table) -> Table:
    """month, buyers, new_buyers, repeat_buyers (who had bought on an earlier day), visits, repeat_visits."""
    each = days.group_by("month", "customer_id").agg(
        first=_.number.min(), last=_.number.max(), visits=_.count(), repeat_visits=(_.number > 1).sum()
    )
    return each.group_by("month").agg(
        buyers=_.count(),
        new_buyers=(_.first == 1).sum(),
        repeat_buyers=(_.last > 1).sum(),
        visits=_.visits.sum(),
        repeat_visits=_.repeat_visits.sum(),
    )


def turns(days: Table, thresholds: Thresholds, *, as_of_day: int) -> Table:
    """customer_id, day, what ("buyer", "new", "woken", "leaving", "lost"), up to and with `as_of_day`.

    Leaving: the first day of a silence beyond the limit. Lost: beyond the limit times lost_factor. Woken: bought after
    a silence beyond the limit. days: with rhythm.
    """
    dated = _dated(days, thresholds)
    events = [
        dated.select("customer_id", day=_.day, what=ibis.literal("buyer")),
        dated.filter(_.number == 1).select("customer_id", day=_.day, what=ibis.literal("new")),
        dated.filter(_.leaving_day <= _.next_day).select("customer_id", day=_.next_day, what=ibis.literal("woken")),
        dated.filter(_.next_day.isnull() | (_.leaving_day < _.next_day)).select(
            "customer_id", day=_.leaving_day, what=ibis.literal("leaving")
        ),
        dated.filter(_.next_day.isnull() | (_.lost_day < _.next_day)).select(
            "customer_id", day=_.lost_day, what=ibis.literal("lost")
        ),
    ]
    return ibis.union(*events).filter(_.day.notnull(), _.day <= as_of_day)


def turns_by_day(days: Table, thresholds: Thresholds, *, as_of_day: int) -> Table:
    """day, what, customers: the turns of a day, counted."""
    return turns(days, thresholds, as_of_day=as_of_day).group_by("day", "what").agg(customers=_.count())


def stage_spans(days: Table, thresholds: Thresholds, *, new_days: int) -> Table:
    """customer_id, stage, start, stop: he is in it on the evenings of days [start, stop); stop null: until now.

    days: with rhythm, so each day is judged by what was known of the customer then.
    """
    dated = _dated(days, thresholds).mutate(
        silent_from=ibis.ifelse(
            _.next_day.isnull(), _.leaving_day, ibis.least(ibis.coalesce(_.leaving_day, _.next_day), _.next_day)
        ),
        occasional_day=_.day + new_days + 1,
    )
    several = dated.filter(_.number > 1)
    stage = ibis.cases(
        *[(rule, name) for name, rule in climbed(several.number, several.day - several.first_day, thresholds)],
        else_="repeat",
    )
    once = dated.filter(_.number == 1)
    return ibis.union(
        several.select("customer_id", stage=stage, start=_.day, stop=_.silent_from),
        once.select(
            "customer_id",
            stage=ibis.literal("new"),
            start=_.day,
            stop=ibis.least(ibis.coalesce(_.silent_from, _.occasional_day), _.occasional_day),
        ),
        once.select("customer_id", stage=ibis.literal("occasional"), start=_.occasional_day, stop=_.silent_from),
        dated.select(
            "customer_id",
            stage=ibis.literal("leaving"),
            start=_.leaving_day,
            stop=ibis.least(_.lost_day, ibis.coalesce(_.next_day, _.lost_day)),
        ),
        dated.select("customer_id", stage=ibis.literal("lost"), start=_.lost_day, stop=_.next_day),
    ).filter(_.start.notnull(), _.stop.isnull() | (_.start < _.stop))


def stage_steps(days: Table, thresholds: Thresholds, *, new_days: int) -> Table:
    """day, stage, change in the number of customers in it; the running sum is the count on the evening of a day."""
    spans = stage_spans(days, thresholds, new_days=new_days)
    steps = ibis.union(
        spans.select("stage", day=_.start, step=ibis.literal(1)),
        spans.filter(_.stop.notnull()).select("stage", day=_.stop, step=ibis.literal(-1)),
    )
    return steps.group_by("stage", "day").agg(change=_.step.sum()).order_by("day")


def _dated(days: Table, thresholds: Thresholds) -> Table:
    """With the first day of leaving and of being lost, if nothing is bought before; null where not known."""
    return days.mutate(
        leaving_day=_.day + _.limit_days.floor().cast("int64") + 1,
        lost_day=_.day + (_.limit_days * thresholds.lost_factor).floor().cast("int64") + 1,
    )


@dataclass(frozen=True)
class Span:
    """Days [start, stop)."""

    start: int
    stop: int


def weeks_before(as_of_day: int, *, count: int, since: int) -> list[Span]:
    """Whole weeks that end on the evening before `as_of_day`, the oldest first, none from before day `since`."""
    spans = [Span(as_of_day - 7 * n, as_of_day - 7 * (n - 1)) for n in range(count, 0, -1)]
    return [span for span in spans if span.start >= since]


def totals(by_day: Mapping[int, float], spans: Sequence[Span]) -> list[int]:
    """Sums of daily figures over spans."""
    return [int(sum(by_day.get(day, 0) for day in range(span.start, span.stop))) for span in spans]


def running_counts(changes: Mapping[int, int], evenings: Sequence[int]) -> list[int]:
    """Running sums of changes, read on the evenings of given days (ascending)."""
    counts, total = [], 0
    pending = sorted(changes.items())
    place = 0
    for evening in evenings:
        while place < len(pending) and pending[place][0] <= evening:
            total += pending[place][1]
            place += 1
        counts.append(total)
    return counts
