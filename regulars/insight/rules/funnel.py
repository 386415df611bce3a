"""The way to the first purchase and from each purchase to the next, as Ibis expressions.

Everybody is counted once: a customer, or a visitor or an asker of whom nobody knows yet who he is. Plain group-bys,
joins and row windows only. Days are counted from 1970-01-01.
"""

from datetime import datetime

import ibis
from ibis import _
from ibis.expr.types import Table

from regulars.insight.rules.purchases import Extracts

# Steps of the way to a first purchase, in order; what a person did later than its purchase is no step to it.
VISIT, REGISTRATION, ENQUIRY, ORDER = range(4)
STEP_NAMES = ("visit", "registration", "enquiry", "order")
# From so many purchases on people are counted together.
LAST_STEP = 10
# Whoever goes on later than this counts as one who has not gone on within it.
LONGEST_DAYS = 365
SHOWN_NAMES = 12


def first_days(extracts: Extracts, days: Table, places: Table, *, before: datetime) -> Table:
    """One row for each person with the day of each first step: person, visited, registered, asked, bought (or null).

    Also came_from and device of the first event seen (or null), and store_id of the first purchase. days: as
    `purchases.purchase_days`; places: as `places_of`. Who was entered in the books before he bought
    counts as registered on that day. A visitor who ordered as a guest has bought on that day.
    """
    visits = _visits(extracts, before=before)
    asked = _with_person(extracts, extracts.enquiries.filter(_.opened_at < before), "enquiry_id")
    asked = asked.select("person", day=_.local_date.epoch_days())
    first = days.filter(_.number == 1).select(person=_.customer_id, day=_.day)
    known = extracts.customers.filter(_.customer_id == _.survivor_id, _.created_at < before).select(
        person=_.customer_id, day=_.created_at.date().epoch_days()
    )
    known = known.left_join(first.select("person", bought=_.day), "person")
    known = known.filter(_.bought.isnull() | (_.day < _.bought)).select("person", "day")
    # (step, its table, what tells it)
    happened = ibis.union(
        visits.select("person", "day", step=ibis.literal(VISIT)),
        visits.filter(_.kind == "register").select("person", "day", step=ibis.literal(REGISTRATION)),
        visits.filter(_.kind == "enquiry").select("person", "day", step=ibis.literal(ENQUIRY)),
        visits.filter(_.kind == "order", _.customer_id.isnull()).select("person", "day", step=ibis.literal(ORDER)),
        known.select("person", "day", step=ibis.literal(REGISTRATION)),
        asked.select("person", "day", step=ibis.literal(ENQUIRY)),
        first.select("person", "day", step=ibis.literal(ORDER)),
    )
    people = happened.group_by("person").agg(
        visited=_.day.min(where=_.step == VISIT),
        registered=_.day.min(where=_.step == REGISTRATION),
        asked=_.day.min(where=_.step == ENQUIRY),
        bought=_.day.min(where=_.step == ORDER),
    )
    seen = _first_of(visits, "occurred_at", "event_id").select("person", "came_from", "device")
    for part in (seen, places):
        people = people.left_join(part, "person").drop("person_right")
    return people


def places_of(extracts: Extracts, orders: Table) -> Table:
    """Where each customer bought first: person, store_id. Of several on one moment the least is taken."""
    placed = orders.filter(_.is_kept, _.customer_id.notnull()).select("order_id", "customer_id", "placed_at")
    placed = placed.join(extracts.orders.select("order_id", "store_id"), "order_id").mutate(person=_.customer_id)
    return _first_of(placed, "placed_at", "order_id").select("person", "store_id")


def ways(people: Table, *, since_day: int) -> Table:
    """One row for each person whose way began on or after a day: entry (the step it began with), day_0 … day_3, month.

    day_k: when he had come to step k or beyond it; null: not yet. So whoever skips a step is counted as having come
    past it, and no step has more people than the one before. Steps behind the first purchase are none to it.
    """
    steps = ("visited", "registered", "asked")
    people = people.mutate(
        **{name: ibis.ifelse(_.bought.notnull() & (_[name] > _.bought), ibis.null("int64"), _[name]) for name in steps}
    )
    people = people.mutate(day_3=_.bought)
    people = people.mutate(day_2=_least(_.asked, _.day_3))
    people = people.mutate(day_1=_least(_.registered, _.day_2))
    people = people.mutate(day_0=_least(_.visited, _.day_1))
    people = people.mutate(
        entry=ibis.cases(
            (_.visited == _.day_0, VISIT),
            (_.registered == _.day_0, REGISTRATION),
            (_.asked == _.day_0, ENQUIRY),
            else_=ORDER,
        )
    )
    begun = people.filter(_.day_0.notnull(), _.day_0 >= since_day)
    on = _as_date(begun.day_0)
    return begun.mutate(month=on.year() * 12 + on.month() - 1)


def front_passages(ways: Table, *, entry: int, as_of_day: int) -> Table:
    """One row for each person of an entry and each step he came to: step, days, has_passed, is_recent, and by what.

    step: the place of the step that he stood at; -1: the whole way, from its entry to the first purchase. is_recent:
    his way began within the last 365 days.
    """
    mine = ways.filter(_.entry == entry)
    by = ("month", "came_from", "device")
    spans = [(step, mine[f"day_{step}"], mine[f"day_{step + 1}"]) for step in range(entry, ORDER)]
    spans.append((-1, mine[f"day_{entry}"], mine.day_3))
    begun = [
        mine.filter(begin.notnull()).select(
            *by, "day_0", step=ibis.literal(step), begin=begin, end=end, person=mine.person
        )
        for step, begin, end in spans
    ]
    return _watched(ibis.union(*begun), as_of_day=as_of_day).mutate(is_recent=_.day_0 > as_of_day - LONGEST_DAYS)


def channels_of(extracts: Extracts, orders: Table) -> Table:
    """customer_id, day, channel of what was bought on it (the least of several)."""
    placed = orders.filter(_.is_kept, _.customer_id.notnull()).select("order_id", "customer_id", "day")
    placed = placed.join(extracts.orders.select("order_id", "channel"), "order_id")
    return placed.group_by("customer_id", "day").agg(channel=_.channel.min())


def back_passages(days: Table, channels: Table, *, as_of_day: int) -> Table:
    """One row for each purchase: step (which one it was, LAST_STEP and later together), days, has_passed, by what.

    month_of_year: 1–12. month: when the step was entered. is_recent: within the last 365 days.
    """
    joined = days.join(channels, ["customer_id", "day"])
    on = _as_date(joined.day)
    passages = joined.select(
        "month",
        "channel",
        step=ibis.least(joined.number, LAST_STEP).cast("int64"),
        month_of_year=on.month().cast("int64"),
        begin=joined.day,
        end=joined.next_day,
    )
    return _watched(passages, as_of_day=as_of_day).mutate(is_recent=_.begin > as_of_day - LONGEST_DAYS)


def counted(passages: Table, *by: str) -> Table:
    """step, the names of `by`, days, has_passed, people."""
    return passages.group_by("step", *by, "days", "has_passed").agg(people=_.count())


def most_frequent(passages: Table, name: str) -> Table:
    """The values of a column that most people have, at most SHOWN_NAMES of them."""
    known = passages.filter(passages[name].notnull())
    return known.group_by(name).agg(people=_.count()).order_by(ibis.desc("people"), name).limit(SHOWN_NAMES)


def did(ways: Table, *, entry: int, as_of_day: int) -> Table:
    """Of the ways of the last 365 days that began with `entry`: how many did each step themselves."""
    mine = ways.filter(_.entry == entry, _.day_0 > as_of_day - LONGEST_DAYS)
    return mine.agg(
        visit=_.visited.count(), registration=_.registered.count(), enquiry=_.asked.count(), order=_.bought.count()
    )


def entries(ways: Table, *, as_of_day: int) -> Table:
    """entry, days from it to the first purchase, has_passed, people; of the last 365 days."""
    recent = ways.filter(_.day_0 > as_of_day - LONGEST_DAYS)
    spans = _watched(recent.select(step=_.entry, begin=_.day_0, end=_.day_3), as_of_day=as_of_day)
    return counted(spans)


def bought_at(ways: Table, *, as_of_day: int) -> Table:
    """store_id, entry, people who bought first within the last 365 days; entry: how they had come in."""
    recent = ways.filter(_.bought.notnull(), _.bought > as_of_day - LONGEST_DAYS)
    return recent.group_by("store_id", "entry").agg(people=_.count())


def answered(extracts: Extracts, *, since_day: int, before: datetime) -> Table:
    """Enquiries since a day: outcome, closed_from, owner_id, store_id, loss_cause_id, hours until closed, enquiries."""
    recent = extracts.enquiries.filter(_.opened_at < before, _.local_date.epoch_days() >= since_day)
    spent = (recent.closed_at.epoch_seconds() - recent.opened_at.epoch_seconds()) // 3600
    return (
        recent.mutate(hours=ibis.ifelse(spent > 24 * 60, 24 * 60, spent).cast("int64"))
        .group_by("outcome", "closed_from", "owner_id", "store_id", "loss_cause_id", "hours")
        .agg(enquiries=_.count())
    )


def _visits(extracts: Extracts, *, before: datetime) -> Table:
    events = extracts.site_events.filter(_.occurred_at < before)
    return _with_person(extracts, events, "visitor").mutate(day=_.local_date.epoch_days())


def _with_person(extracts: Extracts, rows: Table, otherwise: str) -> Table:
    """With `person`: the living customer, else the name in the column `otherwise`, marked as none of a customer."""
    known = extracts.customers.select("customer_id", "survivor_id")
    joined = rows.left_join(known, "customer_id").drop("customer_id_right")
    stranger = ibis.literal(f"{otherwise}:") + joined[otherwise]
    return joined.mutate(person=ibis.coalesce(joined.survivor_id, joined.customer_id, stranger)).drop("survivor_id")


def _first_of(rows: Table, *order: str) -> Table:
    return rows.mutate(place=ibis.row_number().over(group_by="person", order_by=list(order))).filter(_.place == 0)


def _least(one: ibis.Deferred, other: ibis.Deferred) -> ibis.Deferred:
    """The earlier of two days, either of which may be null."""
    return ibis.least(ibis.coalesce(one, other), ibis.coalesce(other, one))


def _as_date(day: ibis.Value) -> ibis.Value:
    return (ibis.date("1970-01-01") + day.as_interval("D")).cast("date")


def _watched(passages: Table, *, as_of_day: int) -> Table:
    """`begin` and `end` as `days` and `has_passed`; who took longer than LONGEST_DAYS was watched for a day more."""
    is_soon = passages.end.notnull() & (passages.end - passages.begin <= LONGEST_DAYS)
    stood = ibis.ifelse(is_soon, passages.end, as_of_day) - passages.begin
    return passages.mutate(days=ibis.least(stood, LONGEST_DAYS + 1).cast("int64"), has_passed=is_soon)
