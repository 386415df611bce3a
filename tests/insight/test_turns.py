"""One analysis at a time; a killed one leaves readers where they were, and the next one goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest
from django.conf import settings
from django.db import connection

from regulars.audience.queries import findings
from regulars.insight.actions import turn
from regulars.insight.actions.analysing import Progress
from regulars.insight.actions.turn import AnalysisRunning
from regulars.insight.models import AnalysisRun
from regulars.insight.rules.runs import Step
from tests.insight.conftest import Analyse
from tests.insight.shops import Bought, load, simulated

# Another process on the test database, which stops itself where it is told to.
_PROGRAM = """
import os, sys, time
from datetime import datetime
import django
from django.conf import settings
django.setup()
from regulars.foundation.actors import Actor
from regulars.insight.actions.analysing import analyse
def report(standing):
    print(standing.step.value, flush=True)
    if standing.step.value == sys.argv[1]:
        time.sleep(60)
now = datetime.fromisoformat("2026-03-10T12:00:00+00:00")
analyse(by=Actor.system("test"), clock=lambda: now, on_progress=report)
"""


def analysis_in_another_process(pause_in: str = "") -> subprocess.Popen[str]:
    """An analysis of the test database that prints its steps; it stands still in the step `pause_in`."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.insight.other_process"}
    environment |= {"TEST_DATABASE": str(connection.settings_dict["NAME"]), "REGULARS_HOME": str(settings.HOME)}
    return subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, pause_in],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
    )


def start(step: Step) -> subprocess.Popen[str]:
    """An analysis in a process of its own that stands still in `step`."""
    process = analysis_in_another_process(step.value)
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == step.value:
            return process
    raise AssertionError("the analysis ended before its step")


@pytest.mark.parametrize("step", [Step.EXTRACTS, Step.PUBLISHING])
def test_a_killed_run_is_made_good(run: Analyse, parquet: Path, step: Step) -> None:
    loaded = load(simulated(Random(1), customers=10, days=200))
    run()
    before = findings.publication()
    load([Bought(0, 300)], loaded=loaded)
    process = start(step)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()  # type: ignore[union-attr]
    assert findings.publication() == before
    assert AnalysisRun.objects.filter(state="running").count() == 1
    assert becomes_free()
    result = run()
    assert result.parts_kept > 0
    assert AnalysisRun.objects.filter(state="interrupted").count() == 1
    found = findings.finding_of(loaded.customers[0])
    assert found is not None
    assert found.last_order_at is not None
    assert len([path for path in parquet.iterdir() if path.is_dir()]) == 2


def test_a_second_run_says_that_one_is_under_way(run: Analyse) -> None:
    load([Bought(0, 10)])
    process = start(Step.FIGURES)
    try:
        with pytest.raises(AnalysisRunning):
            run()
        assert AnalysisRun.objects.count() == 1
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()  # type: ignore[union-attr]
    assert becomes_free()


def becomes_free() -> bool:
    """PostgreSQL notices the end of a killed client within moments."""
    for _attempt in range(100):
        try:
            with turn.held(Path(settings.HOME) / "parquet"):
                return True
        except AnalysisRunning:
            time.sleep(0.1)
    return False


def test_a_run_that_fails_says_why_and_changes_nothing(run: Analyse) -> None:
    load([Bought(0, 10)])
    run()
    before = findings.publication()

    def fail(standing: Progress) -> None:
        if standing.step is Step.FIGURES:
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="disk"):
        run(on_progress=fail)
    assert findings.publication() == before
    failed = AnalysisRun.objects.get(state="failed")
    assert "the disk is full" in failed.error
    assert [step["step"] for step in failed.steps] == ["marks", "extracts", "figures"]


def test_progress_goes_from_nothing_to_everything(run: Analyse) -> None:
    load([Bought(0, 10)])
    shares: list[float] = []
    run(on_progress=lambda standing: shares.append(standing.done_share))
    assert shares == sorted(shares)
    assert (shares[0], shares[-1] >= 0.95) == (0.0, True)
