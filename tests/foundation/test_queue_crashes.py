"""Workers killed at random moments lose nothing and do nothing twice. The full count is in tests/soak."""

import json
from pathlib import Path

import pytest

from tests.scratch import scratch_installation


def outcome_of(folder: Path, *, kills: int, workers: int, events: int, seed: int) -> dict[str, object]:
    with scratch_installation(folder) as scratch:
        done = scratch.python(
            "-m", "tests.soak.killing", kills, workers, events, seed, DJANGO_SETTINGS_MODULE="regulars.project.settings"
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)


def assert_each_effect_once(outcome: dict[str, object]) -> None:
    assert outcome["producer_codes"] == [0, 0]
    assert outcome["workers_that_ended"] == []
    assert outcome["committed"] == 2 * outcome["events"]
    assert {name: outcome[name] for name in ("lost", "invented", "doubled", "left", "dead")} == {
        "lost": 0,
        "invented": 0,
        "doubled": 0,
        "left": 0,
        "dead": 0,
    }


def test_five_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, kills=5, workers=2, events=300, seed=1)
    assert outcome["events"] > 100
    assert_each_effect_once(outcome)


@pytest.mark.soak
def test_a_hundred_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, kills=100, workers=3, events=6000, seed=2)
    assert outcome["events"] > 3000
    assert_each_effect_once(outcome)


@pytest.mark.soak
def test_six_workers_at_once_double_nothing(tmp_path: Path) -> None:
    assert_each_effect_once(outcome_of(tmp_path, kills=0, workers=6, events=4000, seed=3))
