"""Only what changed is brought over, whatever the order in which it was committed; and nothing is ever missed."""

import threading
from datetime import timedelta
from random import Random

import pytest
from django.db import connection, transaction

from regulars.audience import models as audience
from regulars.commerce.actions import orders as order_actions
from regulars.commerce.models import Order
from regulars.foundation import queue
from regulars.insight.models import AnalysisRun, ChangedPart
from regulars.insight.rules.runs import MARKING
from tests.insight.conftest import Analyse
from tests.insight.shops import BY, NOW, Bought, CameBack, Line, load, simulated

_VALUES = [field.name for field in audience.CustomerFinding._meta.concrete_fields if field.name not in ("id", "slot")]


def published() -> tuple[list[object], list[object], dict[str, object]]:
    """Everything that readers see, in an order of its own."""
    slot = audience.Publication.objects.get().slot
    customers = audience.CustomerFinding.objects.filter(slot=slot).order_by("customer_id").values_list(*_VALUES)
    products = audience.ProductFinding.objects.filter(slot=slot).order_by("product_id")
    columns = ("product_id", "orders", "customers", "repeat_customers", "revenue_minor", "returned_minor")
    shop = dict(audience.ShopFinding.objects.filter(slot=slot).values_list("name", "data"))
    return list(customers), list(products.values_list(*columns)), shop


def test_a_second_run_reads_only_what_is_always_read(run: Analyse) -> None:
    load([Bought(0, 10), Bought(0, 40), Bought(1, 70)])
    first, second = run(), run()
    assert (first.parts_read, first.parts_kept) == (2 * 3 + 3, 0)
    assert (second.parts_read, second.parts_kept, second.changes) == (3, 6, 0)


def test_a_new_order_brings_over_its_month_alone(run: Analyse) -> None:
    loaded = load([Bought(0, 10), Bought(0, 40), Bought(1, 70)])
    run()
    load([Bought(1, 41)], loaded=loaded)
    result = run()
    assert (result.parts_read, result.parts_kept) == (2 + 3, 4)
    assert ChangedPart.objects.count() == 0


def test_a_status_that_leaves_all_sums_alone_is_seen(run: Analyse) -> None:
    loaded = load([Bought(0, 10, status="placed"), Bought(0, 40)])
    run()
    order_actions.cancel_order(order_id=loaded.orders[0], by=BY, now=NOW)
    run()
    assert audience.CustomerFinding.objects.get(slot=audience.Publication.objects.get().slot).orders == 1


def test_an_order_moved_to_another_month_leaves_the_old_one(run: Analyse) -> None:
    loaded = load([Bought(0, 10), Bought(0, 40)])
    run()
    order = Order.objects.get(id=loaded.orders[0])
    Order.objects.filter(id=order.id).update(
        local_date=order.local_date + timedelta(days=90), placed_at=order.placed_at + timedelta(days=90)
    )
    run()
    incremental = published()
    run(is_full=True)
    assert published() == incremental


@pytest.mark.parametrize("seed", range(2))
def test_incremental_equals_a_full_rebuild(run: Analyse, seed: int) -> None:
    """Late orders, cancellations, returns, in random order, over several runs."""
    random = Random(seed)
    bought = simulated(random, customers=25, days=400)
    random.shuffle(bought)
    pieces = [bought[i::3] for i in range(3)]
    loaded = load(pieces[0], customers=25)
    run()
    for piece in pieces[1:]:
        load(piece, loaded=loaded)
        undone = random.randrange(len(loaded.orders))
        customer = Order.objects.get(id=loaded.orders[undone]).customer_id
        place = loaded.customers.index(customer) if customer else None
        load([], [CameBack(place, 410, 100, order=undone), CameBack(0, random.randrange(400), 50)], loaded=loaded)
        run()
    incremental = published()
    result = run(is_full=True)
    assert result.parts_kept == 0
    assert published() == incremental


def test_a_mark_that_comes_while_a_run_reads_is_kept(run: Analyse) -> None:
    loaded = load([Bought(0, 10)])
    seen = []

    def interfere(standing: object) -> None:
        if not seen and AnalysisRun.objects.filter(step="figures").exists():
            seen.append(standing)
            load([Bought(0, 11)], loaded=loaded)
            queue.drain(lambda: NOW, names=[MARKING])

    run(on_progress=interfere)
    assert ChangedPart.objects.filter(extract="orders").count() == 1
    run()
    assert audience.CustomerFinding.objects.get(slot=audience.Publication.objects.get().slot).orders == 2


def test_a_transaction_that_commits_late_is_still_seen(run: Analyse) -> None:
    """It began first, with the smallest ids and times, and commits after a run that brought over later ones."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer: nothing can commit while another transaction is open")
    loaded = load([Bought(0, 10)])
    is_open, may_commit = threading.Event(), threading.Event()

    def late() -> None:
        try:
            with transaction.atomic():
                load([Bought(0, 12)], loaded=loaded)
                is_open.set()
                may_commit.wait(30)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert is_open.wait(30)
    load([Bought(1, 12, [Line(0, 700)])], loaded=loaded)
    assert run().orders == 2
    may_commit.set()
    thread.join()
    assert run().orders == 3
