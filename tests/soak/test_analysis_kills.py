"""An analysis killed at random moments, again and again, while orders come in: the next whole one is right."""

import random
import subprocess
import time

import pytest

from regulars.audience.queries import findings
from regulars.insight.models import AnalysisRun
from tests.insight.conftest import Analyse, parquet, run
from tests.insight.shops import load, simulated
from tests.insight.test_incremental import published
from tests.insight.test_turns import analysis_in_another_process, becomes_free

__all__ = ["parquet", "run"]

pytestmark = pytest.mark.soak
KILLS = 25


def test_random_kills_harm_nobody(run: Analyse) -> None:
    chance = random.Random(11)
    bought = simulated(chance, customers=300, days=420)
    pieces = [bought[i :: KILLS + 1] for i in range(KILLS + 1)]
    loaded = load(pieces[0], customers=300)
    run()
    for piece in pieces[1:]:
        load(piece, loaded=loaded)
        process = analysis_in_another_process()
        time.sleep(chance.uniform(0.5, 4))
        process.kill()
        process.communicate()
        seen = findings.publication()
        assert seen is not None
        assert sum(findings.stage_counts().values()) == 300
    assert becomes_free()
    run()
    incremental = published()
    run(is_full=True)
    assert published() == incremental
    assert not AnalysisRun.objects.filter(state="running").exists()


def test_two_at_once_take_turns(run: Analyse) -> None:
    load(simulated(random.Random(12), customers=100, days=300))
    both: list[subprocess.Popen[str]] = [analysis_in_another_process() for _ in range(2)]
    codes = sorted(process.wait(120) for process in both)
    for process in both:
        process.communicate()
    assert codes in ([0, 0], [0, 1])
    assert AnalysisRun.objects.filter(state="done").count() == codes.count(0)
