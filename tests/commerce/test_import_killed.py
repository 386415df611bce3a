"""An import that is killed with SIGKILL at random moments and gone on with leaves what an undisturbed one does."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from regulars.commerce.models import (
    ImportRun,
    Order,
    OrderLine,
    Price,
    Product,
    Return,
    ReturnLine,
    StockWriteOff,
    Variant,
)
from regulars.commerce.queries.imports import RunRow, import_run
from regulars.commerce.rules.imports import ImportState
from regulars.foundation.models import Event, Job
from tests.commerce.importing import content, many_rows, put_down, set_up, take_in, write

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


def import_with_kills(run_id: UUID, *, home: Path, kills: int, chance: random.Random) -> RunRow:
    """Start the import again and again, killing it `kills` times; then let it come to its end."""
    environment = {
        **os.environ,
        "REGULARS_HOME": str(home),
        "REGULARS_TEST_DATABASE": str(connection.settings_dict["NAME"]),
    }
    command = [sys.executable, "-m", "tests.commerce.interrupted", str(run_id)]
    for _ in range(kills):
        process = subprocess.Popen(command, cwd=ROOT, env=environment)
        _wait_until_running(run_id, process)
        time.sleep(chance.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    subprocess.run(command, cwd=ROOT, env=environment, check=False)
    run = import_run(run_id)
    assert run is not None
    return run


def _wait_until_running(run_id: UUID, process: subprocess.Popen[bytes]) -> None:
    """Until this process has the run in hand: an earlier one's state may still say so."""
    before = ImportRun.objects.values_list("beat_at", flat=True).get(id=run_id)
    while process.poll() is None:
        state, beat_at = ImportRun.objects.values_list("state", "beat_at").get(id=run_id)
        if state == ImportState.RUNNING and beat_at != before:
            return
        time.sleep(0.02)


def forget_everything() -> None:
    for model in (Job, Event, ReturnLine, Return, OrderLine, Order, StockWriteOff, Price, Variant, Product):
        model.objects.all().delete()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


@pytest.fixture
def tea_shop(transactional_db: None, settings: Any, tmp_path: Path) -> Path:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    set_up()
    return Path(settings.HOME)


def test_killed_and_gone_on_with(tea_shop: Path, path: Path) -> None:
    write(path, many_rows())
    undisturbed = take_in(path)
    expected = content()
    forget_everything()
    done = import_with_kills(put_down(path), home=tea_shop, kills=2, chance=random.Random(7))
    assert done.state == ImportState.DONE
    ours = {name: count for name, count in done.counts.items() if not name.startswith("customers_")}
    assert ours == {name: count for name, count in undisturbed.counts.items() if not name.startswith("customers_")}
    assert content() == expected
