"""How visitors go through the site, as Ibis expressions: from which page to which, and where they leave."""

from datetime import datetime

import ibis
from ibis import _
from ibis.expr.types import Table

from regulars.insight.rules.purchases import Extracts

# A visitor who is silent for so long begins a new visit: the usual half an hour.
PAUSE_SECONDS = 30 * 60
# As many places as a picture can show; the others are one place together.
MOST_NODES = 14
SHOWN_PLACES = 5
OTHER, START, LEFT, ORDER = "@other", "@start", "@left", "@order"
# What is a place of its own wherever on the site it happens.
ACTS = ("product", "register", "cart", "enquiry", "order")


def walks(extracts: Extracts, *, since_day: int, before: datetime) -> Table:
    """One row for each place that a visit came to, in order: visitor, visit, place (from 1), node, next (null: left).

    Looking at the same place again at once is one look. node: a section of the site, or "@" and what was done. Also
    has_order: whether the visit led to an order, and ends_before_order: an order comes next.
    """
    events = extracts.site_events.filter(_.occurred_at < before, _.local_date.epoch_days() >= since_day)
    events = events.mutate(
        node=ibis.ifelse(events.kind.isin(ACTS), ibis.literal("@") + events.kind, events.section),
        second=events.occurred_at.epoch_seconds(),
    )
    events = events.filter(_.node != "")
    in_time = ibis.window(group_by="visitor", order_by=["occurred_at", "event_id"])
    so_far = ibis.cumulative_window(group_by="visitor", order_by=["occurred_at", "event_id"])
    events = events.mutate(second_before=_.second.lag().over(in_time), session_before=_.session.lag().over(in_time))
    is_new = (
        _.second_before.isnull()
        | (_.session != _.session_before)
        | ((_.session == "") & (_.second - _.second_before > PAUSE_SECONDS))
    )
    events = events.mutate(is_new=is_new.cast("int64")).mutate(visit=_.is_new.sum().over(so_far))
    within = ibis.window(group_by=["visitor", "visit"], order_by=["occurred_at", "event_id"])
    events = events.mutate(node_before=_.node.lag().over(within))
    looks = events.filter(_.node_before.isnull() | (_.node != _.node_before)).select(
        "visitor", "visit", "node", "occurred_at", "event_id"
    )
    return looks.mutate(
        place=(ibis.row_number().over(within) + 1).cast("int64"),
        next=_.node.lead().over(within),
        has_order=(_.node == ORDER).cast("int64").max().over(group_by=["visitor", "visit"]) == 1,
    ).drop("occurred_at", "event_id")


def frequent_nodes(walks: Table) -> Table:
    """node, looks: the places that are looked at most; what is done is always among them."""
    counted = walks.group_by("node").agg(looks=_.count())
    is_act = counted.node.isin([f"@{act}" for act in ACTS]).cast("int64")
    return counted.order_by(ibis.desc(is_act), ibis.desc("looks"), "node").limit(MOST_NODES)


def with_frequent(walks: Table, nodes: list[str]) -> Table:
    """The same with all other places as one. A walk from one of those to another stays within it."""

    def named(column: ibis.Value) -> ibis.Value:
        return ibis.ifelse(column.isin(nodes) | column.isnull(), column, OTHER)

    return walks.mutate(node=named(walks.node), next=named(walks.next))


def totals(walks: Table) -> Table:
    """visits, visits with an order, visitors, looks."""
    visits = walks.filter(_.place == 1)
    return visits.agg(visits=_.count(), visits_with_order=_.has_order.cast("int64").sum(), visitors=_.visitor.nunique())


def places(walks: Table) -> Table:
    """node, looks, visits that began there, visits that ended there."""
    return walks.group_by("node").agg(
        looks=_.count(),
        entries=(_.place == 1).cast("int64").sum(),
        exits=_.next.isnull().cast("int64").sum(),
    )


def transitions(walks: Table) -> Table:
    """node, next, times."""
    return walks.filter(_.next.notnull()).group_by("node", "next").agg(times=_.count())


def flow(walks: Table) -> Table:
    """place, node, next (null: left), times; of the first SHOWN_PLACES places of each visit."""
    return walks.filter(_.place <= SHOWN_PLACES).group_by("place", "node", "next").agg(times=_.count())


def first_places(walks: Table) -> Table:
    """node, visits that began there and led to an order, and those that did not."""
    return (
        walks.filter(_.place == 1)
        .group_by("node")
        .agg(with_order=_.has_order.cast("int64").sum(), without_order=(~_.has_order).cast("int64").sum())
    )


def last_places(walks: Table) -> Table:
    """node, visits in which it came last before the (first) order, and visits without order that ended there."""
    ordered = walks.filter(_.next == ORDER).group_by("visitor", "visit").agg(place=_.place.min())
    before = walks.join(ordered, ["visitor", "visit", "place"]).select("node", is_order=ibis.literal(1))
    left = walks.filter(_.next.isnull(), ~_.has_order).select("node", is_order=ibis.literal(0))
    return (
        ibis.union(before, left).group_by("node").agg(with_order=_.is_order.sum(), without_order=(1 - _.is_order).sum())
    )
