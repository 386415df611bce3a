"""The steps of a run: read everything into the staging place, then fill the tables piece by piece."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from time import monotonic
from uuid import UUID

from django.db import transaction

from regulars.commerce.actions.imports.orders import Terms, load_orders
from regulars.commerce.actions.imports.people import load_people
from regulars.commerce.actions.imports.products import load_products
from regulars.commerce.actions.imports.progress import Progress
from regulars.commerce.actions.imports.returns import load_returns
from regulars.commerce.actions.imports.staging import Staging
from regulars.commerce.actions.imports.visits import load_visits
from regulars.commerce.events import ImportFinished
from regulars.commerce.models import ImportRun, Return, Variant
from regulars.commerce.ports import OrderSource, SourceFault
from regulars.commerce.queries.rejects import REJECTS
from regulars.commerce.rules.imports import (
    STEPS,
    FileDefinition,
    FileFault,
    ImportKind,
    ImportState,
    ImportStep,
    KindFinder,
)
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor
from regulars.shop.queries.rates import rate_table
from regulars.shop.queries.settings import shop

# How often the reading says how far it has come.
BEAT_SECONDS = 0.7


def load(
    *,
    run_id: UUID,
    source: OrderSource,
    definition: FileDefinition,
    go_live_at: datetime,
    staging: Staging,
    progress: Progress,
    folder: Path,
    by: Actor,
) -> None:
    """Go through the steps from where the run stands. Raises SourceFault, ImportStopped."""
    now = progress.now
    is_history = now < go_live_at or _is_first(definition.source)

    def read() -> None:
        _read(source, staging, progress)

    def products() -> None:
        load_products(
            staging,
            progress,
            source=definition.source,
            currency=definition.currency,
            kinds=KindFinder(definition.kind_rules),
            is_catalogue=definition.kind == ImportKind.PRODUCTS,
            by=by,
            now=now,
        )

    def people() -> None:
        is_register = definition.kind == ImportKind.CUSTOMERS
        load_people(
            staging,
            progress,
            source=definition.source,
            is_register=is_register,
            is_history=is_history,
            by=by,
            now=now,
        )

    def terms() -> Terms:
        return Terms(
            run_id=run_id,
            source=definition.source,
            go_live_at=go_live_at,
            cancel_prefix=definition.cancel_prefix,
            zone=shop().zone,
            rates=rate_table(),
            variants=_variants(staging, definition.source),
            skus=staging.skus(),
            by=by,
            now=now,
        )

    work: dict[ImportStep, tuple[Callable[[], None], str]] = {
        ImportStep.READING: (read, ""),
        ImportStep.PRODUCTS: (products, "SELECT count(DISTINCT sku) FROM product"),
        ImportStep.CUSTOMERS: (people, "SELECT count(*) FROM person"),
        ImportStep.ORDERS: (
            lambda: load_orders(staging, progress, terms()),
            "SELECT count(*) FROM line WHERE NOT comes_back",
        ),
        ImportStep.RETURNS: (
            lambda: load_returns(staging, progress, terms()),
            "SELECT count(*) FROM line WHERE comes_back",
        ),
        ImportStep.VISITS: (
            lambda: load_visits(staging, progress, source=definition.source, now=now),
            "SELECT count(*) FROM visit",
        ),
    }
    for step in _steps_from(progress.step, definition.kind):
        do, total = work[step]
        progress.enter(step, total=staging.one(total) if total else None)
        do()
    _finish(run_id, definition, staging, progress, folder, is_history=is_history, by=by, now=progress.now)


def _steps_from(step: str, kind: ImportKind) -> Iterator[ImportStep]:
    steps = STEPS[kind]
    yield from steps[steps.index(ImportStep(step)) if step else 0 :]


def _is_first(source: str) -> bool:
    """A first import of a source says who the customers are, not that they are new."""
    return not ImportRun.objects.filter(source=source, state=ImportState.DONE.value).exists()


def _read(source: OrderSource, staging: Staging, progress: Progress) -> None:
    said_at = 0.0
    for batch in source.batches(after_row=staging.progress("last_row")):
        staging.put(batch)
        if monotonic() - said_at > BEAT_SECONDS:
            said_at = monotonic()
            progress.done = staging.progress("rows")
            progress.estimate(batch.share)
    progress.done = staging.progress("rows")
    progress.save()
    if not progress.done:
        raise SourceFault(FileFault.HEADER_ONLY)


def _variants(staging: Staging, source: str) -> dict[int, UUID]:
    """The staging's product → our variant."""
    skus = staging.skus()
    ids: dict[str, UUID] = {}
    distinct = sorted(set(skus.values()))
    for start in range(0, len(distinct), 5000):
        piece = distinct[start : start + 5000]
        ids.update(Variant.objects.filter(source=source, sku__in=piece).values_list("sku", "id"))
    return {product: ids[sku] for product, sku in skus.items()}


def _finish(
    run_id: UUID,
    definition: FileDefinition,
    staging: Staging,
    progress: Progress,
    folder: Path,
    *,
    is_history: bool,
    by: Actor,
    now: datetime,
) -> None:
    write_rejects(staging, folder / REJECTS)
    counts = {**_NOTHING, **progress.counts, **_facts(staging, definition)}
    _prove_complete(counts, definition.kind)
    with transaction.atomic():
        ImportRun.objects.filter(id=run_id).update(
            state=ImportState.DONE.value,
            counts=counts,
            findings={"skus_by_case": staging.skus_by_case()[:500]},
            finished_at=now,
            beat_at=now,
            rows_done=counts["rows"],
            rows_total=counts["rows"],
        )
        finished = ImportFinished(
            customer_id=None,
            occurred_at=now,
            run_id=run_id,
            import_kind=definition.kind.value,
            rows=counts["rows"],
            created=counts["created"],
            updated=counts["updated"],
            is_new_baseline=is_history,
        )
        events.record(finished, by=by, now=now)
        audit.record(
            verb="import.finished", subject_kind="import_run", subject_id=run_id, after=dict(counts), by=by, now=now
        )


_NOTHING = dict.fromkeys(
    (
        "orders", "order_lines", "returns", "return_lines", "write_offs", "guest_orders", "created", "updated",
        "unchanged", "merged", "unmatched_returns", "customers_created", "customers_updated",
    ),
    0,
)  # fmt: skip


def _facts(staging: Staging, definition: FileDefinition) -> dict[str, int]:
    """What the source held, counted where it was put down."""
    return {
        "rows": staging.progress("rows"),
        "rejected": staging.one("SELECT count(*) FROM reject"),
        "customers": staging.one("SELECT count(DISTINCT reference) FROM person"),
        "products": staging.one("SELECT count(DISTINCT sku) FROM product"),
        "numbers": staging.one("SELECT count(DISTINCT number) FROM line"),
        "visitors": staging.one("SELECT count(DISTINCT visitor) FROM visit"),
        "guest_rows": staging.one("SELECT count(*) FROM line WHERE person IS NULL"),
        "negative_rows": staging.one("SELECT count(*) FROM line WHERE quantity < 0"),
        "unmatched_returns": _unmatched(staging, definition.source) if definition.kind == ImportKind.ORDERS else 0,
    }


def _unmatched(staging: Staging, source: str) -> int:
    numbers = staging.return_numbers()
    found = Return.objects.filter(source=source, is_matched=False).values_list("number", flat=True)
    return sum(number in numbers for number in found)


def _prove_complete(counts: dict[str, int], kind: ImportKind) -> None:
    """Nothing is dropped without being counted."""
    if kind == ImportKind.ORDERS:
        kept = counts["order_lines"] + counts["return_lines"] + counts["write_offs"]
        assert counts["rows"] == kept + counts["rejected"], counts
    if kind == ImportKind.VISITS:
        taken = counts["created"] + counts["unchanged"]
        assert counts["rows"] == taken + counts["rejected"], counts


def write_rejects(staging: Staging, path: Path) -> None:
    """The rows left out, with codes for reasons; faces put them into words."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "reason", "field", "value"])
        writer.writerows((reject.row, reject.reason.value, reject.field, reject.value) for reject in staging.rejects())
