"""Returns out of the staging place, pointed at what they undo, in order of time."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F

from regulars.commerce.actions.imports.orders import PricedLine, SourceOrder, Terms, content_hash, price_lines
from regulars.commerce.actions.imports.progress import Progress
from regulars.commerce.actions.imports.staging import StagedLine, Staging, details_of, moment_from
from regulars.commerce.events import GoodsReturned
from regulars.commerce.models import Order, OrderLine, Return, ReturnLine
from regulars.commerce.ports import Reject
from regulars.commerce.rules import OrderStatus
from regulars.commerce.rules.imports import RejectReason
from regulars.commerce.rules.orders import local_moment, parts_in_base
from regulars.commerce.rules.returns import ReturnedGoods, SoldLine, match_returns, split_amounts
from regulars.customers.queries.identity import hold_identities, survivors_of
from regulars.foundation import audit, bulk, events
from regulars.foundation.ids import new_id
from regulars.shop.rules.rates import RateMissing

INVOICES = 100


@dataclass
class Writing:
    """What one transaction writes."""

    heads: list[tuple[Any, ...]] = field(default_factory=list)
    parts: list[tuple[Any, ...]] = field(default_factory=list)
    events: dict[bool, list[GoodsReturned]] = field(default_factory=lambda: {True: [], False: []})
    line_milli: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    order_minor: defaultdict[UUID, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))


class Arrived(NamedTuple):
    """A return that is new or says something else now. `id` stays the same through corrections."""

    id: UUID
    said: SourceOrder
    digest: str
    customer_id: UUID | None
    total_minor: int
    bases: list[int]
    lines: list[tuple[UUID, PricedLine]]


def load_returns(staging: Staging, progress: Progress, terms: Terms) -> None:
    """Write what comes back. Earlier returns choose first what they undo, whatever the order of the rows."""
    staging.prepare_returns()
    found = staging.returns(after=int(progress.checkpoint or 0))
    while piece := list(islice(found, INVOICES)):
        said, rejects = _read(piece, terms)
        staging.reject(rejects)
        people = {one.person for one in said if one.person is not None}
        known = staging.customers(people)
        hashes = {one.number: content_hash(one, known, terms.skus) for one in said}
        with transaction.atomic():
            hold_identities()
            living = survivors_of([customer for id_ in people if (customer := known[id_][1])])
            customers = {id_: living.get(customer) for id_ in people if (customer := known[id_][1])}
            stands = {
                number: (id_, digest)
                for id_, number, digest in Return.objects.filter(source=terms.source, number__in=hashes).values_list(
                    "id", "number", "content_hash"
                )
            }
            fresh = [one for one in said if one.number not in stands]
            changed = [one for one in said if one.number in stands and stands[one.number][1] != hashes[one.number]]
            for one in changed:
                _undo(stands[one.number][0], terms)
            arrived, refused = [], []
            for one in [*fresh, *changed]:
                id_ = stands[one.number][0] if one.number in stands else new_id()
                try:
                    arrived.append(_arrive(id_, one, hashes[one.number], customers, terms))
                except RateMissing:
                    refused += [Reject(row, RejectReason.NO_RATE, "", one.currency) for row in one.rows]
            _write(arrived, {stands[one.number][0] for one in changed}, terms)
            left_out = {reject.row for reject in refused}
            kept = [one for one in said if one.rows[0] not in left_out]
            progress.count(
                created=sum(one.rows[0] not in left_out for one in fresh),
                updated=sum(one.rows[0] not in left_out for one in changed),
                unchanged=len(said) - len(fresh) - len(changed),
                returns=len(kept),
                return_lines=sum(len(one.rows) for one in kept),
            )
            staging.reject(refused)
            progress.save(checkpoint=str(piece[-1][0]), done=sum(len(lines) for _, lines in piece))


def _read(piece: Sequence[tuple[int, list[StagedLine]]], terms: Terms) -> tuple[list[SourceOrder], list[Reject]]:
    said, rejects = [], []
    for _, lines in piece:
        first = lines[0]
        if any(line.currency != first.currency for line in lines):
            rejects += [Reject(line.row, RejectReason.MIXED_CURRENCIES, "", line.currency) for line in lines]
            continue
        said.append(
            SourceOrder(
                first.number,
                moment_from(min(line.at for line in lines)),
                first.currency,
                next((line.person for line in lines if line.person is not None), None),
                details_of(lines),
                price_lines(lines, terms.skus),
                [line.row for line in lines],
            )
        )
    return said, rejects


def _arrive(id_: UUID, said: SourceOrder, digest: str, customers: Mapping[int, UUID | None], terms: Terms) -> Arrived:
    local_date, _ = local_moment(said.at, terms.zone.key)
    totals = [line.goods - line.discount for line in said.lines]
    _, bases = parts_in_base(
        totals,
        currency=said.currency,
        base_currency=terms.rates.base_currency,
        rate=terms.rates.on(said.currency, local_date),
    )
    customer_id = customers.get(said.person) if said.person is not None else None
    return Arrived(id_, said, digest, customer_id, sum(totals), bases, [(new_id(), line) for line in said.lines])


def _write(arrived: Sequence[Arrived], corrected: set[UUID], terms: Terms) -> None:
    writing = Writing()
    sold = _sold_lines(arrived, terms)
    goods = [
        ReturnedGoods(
            line_id,
            (one.customer_id, terms.variants[line.product], one.said.currency, line.unit_price),
            one.said.at,
            line.quantity,
        )
        for one in arrived
        for line_id, line in one.lines
    ]
    found: defaultdict[UUID, list[tuple[UUID | None, int]]] = defaultdict(list)
    for match in match_returns(goods, [line for line, _ in sold.values()]):
        found[match.return_id].append((match.order_line_id, match.quantity_milli))
    for one in arrived:
        _add(one, found, sold, writing, terms)
    heads = [head for head in writing.heads if head[0] not in corrected]
    bulk.insert(Return, _RETURN, heads)
    for head in writing.heads:
        if head[0] in corrected:
            Return.objects.filter(id=head[0]).update(**dict(zip(_RETURN[1:], head[1:], strict=True)))
    bulk.insert(ReturnLine, _PART, writing.parts)
    _note_on_orders(writing)
    for is_history, said in writing.events.items():
        events.record_all(said, by=terms.by, now=terms.now, is_history=is_history)


_RETURN = (
    "id", "source", "number", "customer_id", "returned_at", "local_date", "currency", "total_minor",
    "base_total_minor", "reason", "is_matched", "is_history", "import_run_id", "content_hash", "recorded_at",
)  # fmt: skip
_PART = (
    "id", "return_of_id", "key", "variant_id", "order_line_id", "quantity_milli", "total_minor", "base_total_minor",
)  # fmt: skip


def _sold_lines(arrived: Sequence[Arrived], terms: Terms) -> dict[UUID, tuple[SoldLine, UUID]]:
    """What these returns may undo, each line with its order. One query for the whole piece."""
    of_customers = [one for one in arrived if one.customer_id is not None]
    if not of_customers:
        return {}
    rows = OrderLine.objects.filter(
        order__customer_id__in={one.customer_id for one in of_customers},
        order__placed_at__lte=max(one.said.at for one in of_customers),
        variant_id__in={terms.variants[line.product] for one in of_customers for _, line in one.lines},
        returned_milli__lt=F("quantity_milli"),
    ).exclude(order__status__in=[OrderStatus.DRAFT.value, OrderStatus.CANCELLED.value])
    return {
        id_: (SoldLine(id_, (customer, variant, currency, price), placed_at, quantity - returned), order_id)
        for id_, order_id, customer, variant, currency, price, placed_at, quantity, returned in rows.values_list(
            "id", "order_id", "order__customer_id", "variant_id", "order__currency", "unit_price_minor",
            "order__placed_at", "quantity_milli", "returned_milli",
        )
    }  # fmt: skip


def _add(
    one: Arrived,
    found: Mapping[UUID, Sequence[tuple[UUID | None, int]]],
    sold: Mapping[UUID, tuple[SoldLine, UUID]],
    writing: Writing,
    terms: Terms,
) -> None:
    said, is_history = one.said, terms.is_history(one.said.at)
    order_ids: set[UUID | None] = set()
    for (line_id, line), base in zip(one.lines, one.bases, strict=True):
        matches = found[line_id]
        amounts = split_amounts(line.goods - line.discount, base, [quantity for _, quantity in matches])
        for place, ((order_line_id, quantity), (total, base_total)) in enumerate(zip(matches, amounts, strict=True)):
            order_id = sold[order_line_id][1] if order_line_id else None
            order_ids.add(order_id)
            key = line.key if place == 0 else f"{line.key}/{place}"
            id_ = line_id if place == 0 else new_id()
            variant_id = terms.variants[line.product]
            writing.parts.append((id_, one.id, key, variant_id, order_line_id, quantity, total, base_total))
            if order_line_id and order_id:
                writing.line_milli[order_line_id] += quantity
                writing.order_minor[order_id][0] += total
                writing.order_minor[order_id][1] += base_total
    is_matched = None not in order_ids
    base_total_minor = sum(one.bases)
    writing.heads.append((
        one.id, terms.source, said.number, one.customer_id, said.at, local_moment(said.at, terms.zone.key)[0],
        said.currency, one.total_minor, base_total_minor, said.details.comment[:300], is_matched, is_history,
        terms.run_id, one.digest, terms.now,
    ))  # fmt: skip
    writing.events[is_history].append(
        GoodsReturned(
            customer_id=one.customer_id,
            occurred_at=said.at,
            return_id=one.id,
            order_id=next(iter(order_ids)) if len(order_ids) == 1 else None,
            cause_id=None,
            currency=said.currency,
            total_minor=one.total_minor,
            base_total_minor=base_total_minor,
            is_matched=is_matched,
        )
    )


def _note_on_orders(writing: Writing) -> None:
    bulk.add(OrderLine, ("returned_milli",), [(id_, milli) for id_, milli in writing.line_milli.items()])
    bulk.add(
        Order,
        ("returned_minor", "base_returned_minor"),
        [(id_, *amounts) for id_, amounts in writing.order_minor.items()],
    )


def _undo(return_id: UUID, terms: Terms) -> None:
    """Take a return's parts away, as if it had not come: its new content is matched afresh."""
    writing = Writing()
    parts = ReturnLine.objects.filter(return_of=return_id)
    for line_id, order_id, quantity, total, base_total in parts.exclude(order_line=None).values_list(
        "order_line_id", "order_line__order_id", "quantity_milli", "total_minor", "base_total_minor"
    ):
        writing.line_milli[line_id] -= quantity
        writing.order_minor[order_id][0] -= total
        writing.order_minor[order_id][1] -= base_total
    parts.delete()
    _note_on_orders(writing)
    audit.record(verb="return.corrected", subject_kind="return", subject_id=return_id, by=terms.by, now=terms.now)
