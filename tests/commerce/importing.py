"""Files of orders for a shop that sells tea, and taking them in."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db.models import Sum

from regulars.commerce.actions import imports
from regulars.commerce.models import (
    Order,
    OrderLine,
    Product,
    Return,
    ReturnLine,
    StockWriteOff,
)
from regulars.commerce.queries.imports import RunRow, import_run
from regulars.commerce.rules.imports import (
    FileDefinition,
    ImportKind,
)
from regulars.connectors.csv import FileSource, first_preview
from regulars.customers.models import ExternalId
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.foundation.models import Event
from regulars.shop import actions as shop

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BY = Actor.system("test")
HEADER = ["order number", "date", "sku", "product", "quantity", "price", "customer id"]


def set_up() -> None:
    shop.set_up_shop(
        name="Лавка", base_currency="RUB", time_zone="Europe/Moscow", language="en", country="RU", by=BY, now=NOW
    )


def row(number: str = "1", **said: str) -> list[str]:
    told = {
        "date": "2026-01-05 10:00",
        "sku": "TEA",
        "product": "Tea",
        "quantity": "2",
        "price": "350",
        "customer id": "K1",
    }
    return [number, *({**told, **said}[name] for name in HEADER[1:])]


def write(path: Path, rows: Iterable[list[str]], header: list[str] = HEADER) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


def put_down(path: Path, *, go_live_at: datetime = NOW, **changes: Any) -> Any:
    base = FileDefinition(kind=ImportKind.ORDERS, source="till", zone="Europe/Moscow", currency="RUB")
    definition = replace(first_preview(path, base, now=NOW).definition, cancel_prefix="C")
    definition = replace(definition, **changes)
    run_id = new_id()
    imports.add_run(
        run_id=run_id,
        definition=definition,
        file_name=path.name,
        path=str(path),
        size_bytes=path.stat().st_size,
        by=BY,
        now=NOW,
    )
    imports.describe_run(run_id=run_id, definition=definition, go_live_at=go_live_at, by=BY, now=NOW)
    return run_id


def go(run_id: Any, path: Path) -> RunRow:
    run = import_run(run_id)
    assert run is not None
    source = FileSource(path, run.definition, now=NOW)
    imports.run_import(run_id=run_id, source=source, by=BY, clock=lambda: NOW)
    done = import_run(run_id)
    assert done is not None
    return done


def take_in(path: Path, **changes: Any) -> RunRow:
    return go(put_down(path, **changes), path)


def content() -> dict[str, list[tuple[Any, ...]]]:
    """What the tables say, without ids and moments of writing."""
    sold = "order_line__order__number"
    return {
        "orders": sorted(
            Order.objects.values_list(
                "source", "number", "status", "placed_at", "local_date", "local_hour", "currency", "goods_minor",
                "discount_minor", "delivery_minor", "total_minor", "base_total_minor", "returned_minor", "content_hash",
                "is_history",
            )
        ),
        "lines": sorted(
            OrderLine.objects.values_list(
                "order__number", "key", "ordinal", "variant__sku", "quantity_milli", "unit_price_minor", "goods_minor",
                "total_minor", "is_gift", "returned_milli",
            )
        ),
        "returns": sorted(Return.objects.values_list("number", "total_minor", "is_matched", "content_hash")),
        "return_lines": sorted(
            (tuple(str(v) for v in values))
            for values in ReturnLine.objects.values_list(
                "return_of__number", "key", "variant__sku", "quantity_milli", sold
            )
        ),
        "write_offs": sorted(StockWriteOff.objects.values_list("key", "variant__sku", "quantity_milli")),
        "products": sorted(Product.objects.values_list("name", "kind")),
        "customers": sorted(ExternalId.objects.values_list("source", "external_id")),
        "events": sorted(
            (kind, history, count)
            for kind, history, count in Event.objects.filter(kind__startswith="commerce.order")
            .values_list("kind", "is_history")
            .annotate(count=Sum("version"))
        ),
    }  # fmt: skip


def many_rows() -> Iterator[list[str]]:
    for number in range(400):
        day = f"2026-01-{number % 27 + 1:02}"
        yield row(str(1000 + number), date=day, **{"customer id": f"K{number % 37}"})
        yield row(str(1000 + number), date=day, sku=f"S{number % 11}", **{"customer id": f"K{number % 37}"})
        if number % 9 == 0:
            yield row(f"C{1000 + number}", date="2026-02-10", quantity="-1", **{"customer id": f"K{number % 37}"})
