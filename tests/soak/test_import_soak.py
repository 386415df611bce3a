"""The whole real file: the facts that must come out, a second time, and many kills."""

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from regulars.commerce.models import Order, OrderLine
from regulars.commerce.rules.imports import ImportState
from tests.commerce.importing import content, many_rows, put_down, set_up, take_in, write
from tests.commerce.test_import_killed import forget_everything, import_with_kills

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def home(settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    set_up()
    return Path(settings.HOME)


@pytest.mark.data
def test_the_whole_real_file(home: Path, shared_data: Path) -> None:
    run = take_in(shared_data / "online_retail_ii.csv.gz", zone="Europe/London")
    wanted = {
        "rows": 1_044_847,
        "numbers": 53_628,
        "customers": 5_942,
        "guest_rows": 235_287,
        # 22,557 rows with a negative quantity, and five bad debts with a negative price.
        "negative_rows": 22_562,
        "rejected": 0,
        "created": run.counts["orders"] + run.counts["returns"] + run.counts["write_offs"],
    }
    assert {name: run.counts[name] for name in wanted} == wanted
    moments = Order.objects.order_by("placed_at").values_list("placed_at", flat=True)
    assert moments.first() == datetime(2009, 12, 1, 7, 45, tzinfo=UTC)
    assert moments.last() == datetime(2011, 12, 9, 12, 50, tzinfo=UTC)
    goods = OrderLine.objects.filter(
        order__customer__isnull=False, total_minor__gt=0, variant__product__kind="goods"
    ).exclude(order__status="cancelled")
    assert abs(goods.count() - 788_000) < 1_000
    assert goods.values("order__customer_id").distinct().count() == 5_852
    assert abs(goods.values("order_id").distinct().count() - 36_600) <= 20
    again = take_in(shared_data / "online_retail_ii.csv.gz", zone="Europe/London")
    assert (again.counts["created"], again.counts["updated"]) == (0, 0)
    assert again.counts["unchanged"] == run.counts["created"]


@pytest.mark.parametrize("seed", range(6))
def test_killed_many_times(home: Path, tmp_path: Path, seed: int) -> None:
    path = tmp_path / "orders.csv"
    write(path, many_rows())
    take_in(path)
    expected = content()
    forget_everything()
    done = import_with_kills(put_down(path), home=home, kills=10, chance=random.Random(seed))
    assert done.state == ImportState.DONE
    assert content() == expected
