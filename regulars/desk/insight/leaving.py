"""The list of quiet leavers as its page and its file show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from regulars.audience import queries as audience
from regulars.audience.attributes import STAGES
from regulars.audience.queries import findings
from regulars.audience.queries.findings import Finding, FindingSort, Silence
from regulars.audience.rules import Stage
from regulars.commerce.queries.orders import LastPurchase, last_purchases_of
from regulars.desk.insight.words import STAGE_TONES, chance_of, rhythm_of, unusual_of
from regulars.foundation.conditions.catalogue import catalogue
from regulars.foundation.conditions.syntax import VERSION, Condition, parse
from regulars.foundation.paging import Page
from regulars.shop import queries as shop

NOBODY = "nobody"
# The address's word → attribute; the most at stake, or the longest silent, first.
SORTS = {
    "at_stake": "-audience.at_stake",
    "silence": "audience.last_order_at",
    "revenue": "-audience.revenue",
    "chance": "audience.p_alive",
}
_INDEXED = {
    "at_stake": FindingSort.AT_STAKE,
    "silence": FindingSort.SILENCE,
    "revenue": FindingSort.REVENUE,
}
_COLUMNS = ("customers.name", "customers.seller", "customers.store")
_PIECE = 500


@dataclass(frozen=True)
class Asked:
    """What the address asks for. shown: a `Silence`; seller_id: an id, NOBODY or "" (any)."""

    shown: str
    sort: str
    search: str
    seller_id: str
    store_id: str

    @property
    def is_narrowed(self) -> bool:
        return bool(self.search.strip() or self.seller_id or self.store_id)

    @property
    def condition(self) -> Condition:
        parts = [*_SHOWN[self.shown]]
        if self.seller_id:
            parts.append(_of("customers.seller", self.seller_id))
        if self.store_id:
            parts.append(_of("customers.store", self.store_id))
        return parse({"version": VERSION, "where": {"all": parts}}, catalogue)

    def columns(self, *, has_phones: bool) -> list[str]:
        """The attributes that the list reads of everybody."""
        return [*_COLUMNS, "customers.phone"] if has_phones else [*_COLUMNS]


@dataclass(frozen=True)
class Leaver:
    """rhythm, unusual, chance: the reason in words; last: what was bought last; phone: "" for those who may not see it.

    is_own_seller: `seller` looks after the customer; else he only sold the last purchase.
    """

    id: UUID
    name: str
    seller: str
    is_own_seller: bool
    store: str
    phone: str
    stage: str
    tone: str
    rhythm: str
    unusual: str
    chance: str
    last: LastPurchase | None
    found: Finding


@dataclass(frozen=True)
class Around:
    """What every row is read with: the shop's rhythm (None: not analysed yet), names of sellers and stores by id."""

    rhythm: Mapping[str, Any] | None
    sellers: Mapping[str, str]
    stores: Mapping[str, str]


def around() -> Around:
    return Around(
        findings.shop_finding("rhythm"),
        {str(person.id): person.name for person in shop.staff()},
        {str(store.id): store.name for store in shop.stores()},
    )


def leavers_page(
    asked: Asked, known: Around, *, cursor: str | None, limit: int, has_phones: bool, now: datetime
) -> Page[Leaver]:
    columns = asked.columns(has_phones=has_phones)
    sort = _INDEXED.get(asked.sort)
    if asked.is_narrowed or sort is None:
        page = audience.select(
            asked.condition, columns=columns, sort=SORTS[asked.sort], cursor=cursor, limit=limit, search=asked.search,
            now=now,
        )  # fmt: skip
        found = findings.findings_of_customers([row.id for row in page.rows])
        return Page(_leavers(page.rows, found, known), page.next_cursor)
    # Among a million customers only an index finds a page in time.
    listed = findings.silent_customers(Silence(asked.shown), sort=sort, cursor=cursor, limit=limit)
    found = {one.customer_id: one for one in listed.rows}
    rows = audience.customers_by_id(found, columns=columns, now=now)
    return Page(_leavers([rows[id_] for id_ in found if id_ in rows], found, known), listed.next_cursor)


def leavers_count(asked: Asked, *, now: datetime) -> int:
    if asked.is_narrowed:
        return audience.count(asked.condition, search=asked.search, now=now)
    return findings.silent_count(Silence(asked.shown))


def all_leavers(asked: Asked, *, has_phones: bool, now: datetime) -> Iterator[Leaver]:
    """The whole list, read in pieces: for a file."""
    known, cursor = around(), None
    while True:
        page = leavers_page(asked, known, cursor=cursor, limit=_PIECE, has_phones=has_phones, now=now)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def _leavers(rows: Sequence[audience.CustomerRow], found: Mapping[UUID, Finding], known: Around) -> list[Leaver]:
    bought = last_purchases_of([row.id for row in rows])
    return [_leaver(row, found[row.id], bought.get(row.id), known) for row in rows if row.id in found]


def _leaver(row: audience.CustomerRow, found: Finding, last: LastPurchase | None, known: Around) -> Leaver:
    own = row.values["customers.seller"]
    sold = str(last.seller_id) if last else ""
    return Leaver(
        id=row.id,
        name=row.values["customers.name"] or _("No name"),
        seller=known.sellers.get(own or sold, ""),
        is_own_seller=bool(own),
        store=known.stores.get(row.values["customers.store"] or "", ""),
        phone=row.values.get("customers.phone") or "",
        stage=str(STAGES[found.stage]),
        tone=STAGE_TONES.get(found.stage, ""),
        rhythm=rhythm_of(found),
        unusual=unusual_of(found, known.rhythm),
        chance=chance_of(found),
        last=last,
        found=found,
    )


def _of(attribute: str, id_: str) -> Mapping[str, Any]:
    if id_ == NOBODY:
        return {"attribute": attribute, "op": "is_unknown"}
    return {"attribute": attribute, "op": "is", "value": id_}


def _is_stage(stage: Stage) -> Mapping[str, Any]:
    return {"attribute": "audience.stage", "op": "is", "value": stage.value}


_SHOWN: Mapping[str, Sequence[Mapping[str, Any]]] = {
    # The same as `findings.QUIET`, in the language of conditions.
    Silence.QUIET: (
        {
            "any": [
                {"attribute": "audience.is_silent_leaver", "op": "is", "value": True},
                {"all": [_is_stage(Stage.LEAVING), {"attribute": "audience.p_alive", "op": "is_unknown"}]},
            ]
        },
    ),
    Silence.LATE: (_is_stage(Stage.LEAVING),),
    Silence.LOST: (_is_stage(Stage.LOST),),
}
SHOWN = tuple(_SHOWN)
