"""Publishing what `insight` found: staged beside what readers see, then switched in one statement.

Two slots take turns. The one that is not read is emptied and filled in short pieces; the switch is one row. What
changed between the two is announced afterwards, also in pieces: a crash there is made good by the next call, and the
key of each event keeps it single.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
from django.db import connection, transaction

from regulars.audience.actions.membership import mark_dirty
from regulars.audience.actions.segments import rebuild_segments
from regulars.audience.attributes import ENTRIES
from regulars.audience.events import FindingsPublished, StageChanged
from regulars.audience.models import (
    CustomerFinding,
    CustomerOffer,
    ProductFinding,
    ProductLink,
    Publication,
    Refill,
    Segment,
    ShopFinding,
)
from regulars.foundation import bulk, events
from regulars.foundation.actors import Actor
from regulars.foundation.conditions.catalogue import Attribute

# Rows that a write transaction takes at once: well under 200 ms on SQLite.
_PIECE = 2000
_Slotted = CustomerFinding | CustomerOffer | ProductFinding | ProductLink | Refill | ShopFinding

CUSTOMER_COLUMNS = (
    "customer_id", "stage", "stage_since", "is_news", "orders", "purchase_days", "first_order_at", "last_order_at",
    "silence_days", "revenue_minor", "revenue_year_minor", "average_order_minor", "returned_minor", "gap_median_days",
    "gap_limit_days", "due_at", "overdue_at", "at_stake_minor", "p_alive", "p_alive_due", "expected_90",
    "expected_365", "buys_90", "value_365_minor", "value_365_low_minor", "value_365_high_minor", "next_from_date",
    "next_to_date", "is_silent_leaver", "recency_score", "frequency_score", "monetary_score", "refill_at",
)  # fmt: skip
PRODUCT_COLUMNS = (
    "product_id", "orders", "customers", "repeat_customers", "quantity_milli", "revenue_minor", "returned_minor",
    "last_sold_at", "popularity", "refill_days", "refill_low_days", "refill_high_days", "refill_gaps",
)  # fmt: skip
LINK_COLUMNS = ("kind", "product_id", "other_id", "weight", "together", "having", "via_id")
OFFER_COLUMNS = ("customer_id", "product_id", "score")
REFILL_COLUMNS = ("customer_id", "product_id", "purchases", "last_at", "interval_days", "due_at")


class CannotPublish(RuntimeError):
    """Another run has published meanwhile; nothing that readers see was changed."""


@dataclass(frozen=True)
class Findings:
    """Arrow tables with CUSTOMER_COLUMNS and so on, or rows in their order; `shop`: JSON by name."""

    customers: pa.Table | Iterable[Sequence[Any]]
    products: pa.Table | Iterable[Sequence[Any]]
    shop: Mapping[str, Any]
    links: pa.Table | Iterable[Sequence[Any]] = ()
    refills: pa.Table | Iterable[Sequence[Any]] = ()
    offers: pa.Table | Iterable[Sequence[Any]] = ()


def publish(
    findings: Findings,
    *,
    run_id: UUID,
    as_of: datetime,
    is_baseline: bool,
    by: Actor,
    now: datetime,
    on_share: Callable[[float], None] = lambda _: None,
) -> int:
    """Make `findings` what everyone reads; how many customers changed their stage as news or history.

    is_baseline: a first analysis, changed rules or a moved date: stages are set, nothing is announced.
    """
    announce(by=by, now=now)
    seen, _ = Publication.objects.get_or_create(id=1)
    slot = 1 - seen.slot
    with bulk.rare_checkpoints():
        for model in (CustomerFinding, CustomerOffer, ProductFinding, ProductLink, Refill, ShopFinding):
            _empty(model, slot)
        on_share(0.2)
        _fill(CustomerFinding, CUSTOMER_COLUMNS, findings.customers, slot)
        on_share(0.7)
        _fill(ProductFinding, PRODUCT_COLUMNS, findings.products, slot)
        _fill(ProductLink, LINK_COLUMNS, findings.links, slot)
        _fill(Refill, REFILL_COLUMNS, findings.refills, slot)
        _fill(CustomerOffer, OFFER_COLUMNS, findings.offers, slot)
        _fill(ShopFinding, ("name", "data"), findings.shop.items(), slot)
    with transaction.atomic():
        is_switched = Publication.objects.filter(id=1, version=seen.version).update(
            slot=slot,
            version=seen.version + 1,
            run_id=run_id,
            as_of=as_of,
            published_at=now,
            is_baseline=is_baseline,
            is_announced=False,
        )
        if not is_switched:
            raise CannotPublish
        events.record(
            FindingsPublished(
                customer_id=None,
                occurred_at=now,
                run_id=run_id,
                publication=seen.version + 1,
                is_baseline=is_baseline,
            ),
            by=by,
            now=now,
        )
    return announce(by=by, now=now)


def announce(*, by: Actor, now: datetime) -> int:
    """Record the changes of stage between the two slots and mark the customers for their segments, if still to do.

    After a baseline nobody entered or left anything: `FindingsPublished` lets segments be built anew instead.
    """
    seen = Publication.objects.filter(id=1, is_announced=False).first()
    if seen is None or seen.as_of is None:
        return 0
    announced = 0
    after: UUID | None = None
    asked = _asked_for()
    while not seen.is_baseline and (changes := _changes(seen.slot, asked=asked, after=after)):
        with transaction.atomic():
            if after is None and len(changes) == _PIECE:
                # So many that testing each customer would take longer than testing everybody.
                rebuild_segments(is_baseline=False, now=now)
                asked = []
            elif after is None:
                mark_dirty(customer_ids=[change.customer_id for change in changes], now=now)
            announced += _record(changes, version=seen.version, as_of=seen.as_of, by=by, now=now)
        after = changes[-1].customer_id
    Publication.objects.filter(id=1, version=seen.version).update(is_announced=True)
    return announced


def _record(changes: Sequence["_Change"], *, version: int, as_of: datetime, by: Actor, now: datetime) -> int:
    moved = [change for change in changes if change.stage_before != change.stage]
    recorded = 0
    for is_news in (True, False):
        of_kind = (change.event(version=version, as_of=as_of) for change in moved if change.is_news is is_news)
        recorded += events.record_all(of_kind, by=by, now=now, is_history=not is_news)
    return recorded


@dataclass(frozen=True)
class _Change:
    customer_id: UUID
    stage_before: str
    stage: str
    is_news: bool

    def event(self, *, version: int, as_of: datetime) -> StageChanged:
        return StageChanged(
            customer_id=self.customer_id,
            occurred_at=as_of,
            stage_before=self.stage_before,
            stage=self.stage,
            publication=version,
        )


def _asked_for() -> list[str]:
    """The columns, as SQL with {t}, that open segments ask for: only these can move somebody in or out.

    What is expected of customers moves a little every night; where nobody asks for it, nobody is tested again.
    """
    asked: set[str] = set()
    for condition in Segment.objects.filter(is_open=True).values_list("condition", flat=True):
        asked |= set(_attributes_in(condition))
    return [entry.sql for entry in ENTRIES if isinstance(entry, Attribute) and entry.key in asked]


def _attributes_in(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("attribute"), str):
            yield node["attribute"]
        node = list(node.values())
    if isinstance(node, list):
        for inner in node:
            yield from _attributes_in(inner)


_STAGE = "{t}.stage"


def _changes(slot: int, *, asked: Sequence[str], after: UUID | None) -> list[_Change]:
    differs = " OR ".join(
        f"{column.format(t='o')} IS DISTINCT FROM {column.format(t='n')}"
        for column in {_STAGE: None, **dict.fromkeys(asked)}
    )
    if connection.vendor == "sqlite":
        differs = differs.replace("IS DISTINCT FROM", "IS NOT")
    beyond = "AND n.customer_id > %s" if after else ""
    sql = f"""
        SELECT n.customer_id, coalesce(o.stage, ''), n.stage, n.is_news
        FROM audience_customerfinding n
            LEFT JOIN audience_customerfinding o ON o.slot = %s AND o.customer_id = n.customer_id
        WHERE n.slot = %s {beyond} AND (o.customer_id IS NULL OR {differs})
        ORDER BY n.customer_id LIMIT {_PIECE}
    """  # noqa: S608 - column names are ours
    value = bulk.to_sqlite(after) if connection.vendor == "sqlite" else after
    with connection.cursor() as cursor:
        cursor.execute(sql, [1 - slot, slot, *([value] if after else [])])
        return [
            _Change(id_ if isinstance(id_, UUID) else UUID(id_), before, stage, bool(is_news))
            for id_, before, stage, is_news in cursor.fetchall()
        ]


def _empty(model: type[_Slotted], slot: int) -> None:
    table = model._meta.db_table
    some = f"id IN (SELECT id FROM {table} WHERE slot = %s LIMIT {_PIECE * 5})"  # noqa: S608
    # PostgreSQL's writers wait for nobody, and each piece would look through all dead rows again; SQLite's wait.
    sql = f"DELETE FROM {table} WHERE {some if connection.vendor == 'sqlite' else 'slot = %s'}"  # noqa: S608
    deleted = 1
    while deleted:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [slot])
            deleted = cursor.rowcount


def _fill(
    model: type[_Slotted],
    columns: Sequence[str],
    rows: pa.Table | Iterable[Sequence[Any]],
    slot: int,
) -> None:
    if isinstance(rows, pa.Table):
        _fill_from(model, rows.select(columns), slot)
        return
    remaining = iter(rows)
    while piece := list(islice(remaining, _PIECE)):
        with transaction.atomic():
            bulk.insert(model, ("slot", *columns), ((slot, *row) for row in piece))


def _fill_from(model: type[_Slotted], table: pa.Table, slot: int) -> None:
    table = table.append_column("slot", pa.array(np.full(table.num_rows, slot, dtype=np.int16)))
    # PostgreSQL's writers wait for nobody; SQLite's for each other.
    piece = _PIECE if connection.vendor == "sqlite" else max(table.num_rows, 1)
    for start in range(0, table.num_rows, piece):
        with transaction.atomic():
            bulk.insert_table(model, table.slice(start, piece))
