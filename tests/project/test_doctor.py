"""The doctor finds what is wrong and says how to mend it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection, transaction

from regulars.foundation import queue
from regulars.insight import store
from regulars.project import doctor, installation
from regulars.project.doctor import Finding, Health
from regulars.project.worker import HEARTBEAT_KEY
from tests.foundation.happenings import NOW

pytestmark = pytest.mark.django_db


def finding(subject: str) -> Finding:
    (found,) = (found for found in doctor.examine(now=NOW) if found.subject == subject)
    return found


def test_a_sound_installation_has_nothing_to_mend(settings: Any, tmp_path: Path) -> None:
    settings.STATIC_ROOT, settings.ALLOWED_HOSTS = tmp_path / "static", ["localhost"]
    installation.collect_static_files()
    settings.HOME.chmod(0o700)
    cache.set(HEARTBEAT_KEY, {"at": NOW.isoformat(), "host": "here"})
    assert [(found.subject, found.text) for found in doctor.examine(now=NOW) if found.health is not Health.GOOD] == []


def test_a_database_that_is_away_hides_what_depends_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "ensure_connection", away)
    findings = doctor.examine(now=NOW)
    assert findings[-1].subject == "database"
    assert findings[-1].health is Health.BAD
    assert "DATABASE_URL" in findings[-1].remedy


def test_a_missing_worker_late_work_and_dead_letters_are_seen() -> None:
    assert finding("worker").health is Health.WARNING
    cache.set(HEARTBEAT_KEY, {"at": (NOW - timedelta(minutes=2)).isoformat(), "host": "here"})
    assert finding("worker").health is Health.WARNING
    with transaction.atomic():
        queue.enqueue("test.unknown", now=NOW - timedelta(minutes=5))
    assert finding("queue").health is Health.WARNING
    queue.run_due(lambda: NOW, names=["test.unknown"])
    assert finding("queue").health is Health.GOOD
    assert finding("dead_letters").health is Health.WARNING
    queue.pause_outward(reason="restored", now=NOW)
    assert "restore --resume" in finding("outward").remedy


def test_settings_and_places_that_endanger_are_seen(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOWED_HOSTS = ["shop.example"]
    assert "REGULARS_HTTPS" in finding("settings").remedy
    settings.DEBUG = True
    assert finding("settings").health is Health.BAD
    monkeypatch.setattr(doctor, "FREE_MIB", 10**12)
    assert finding("disk").health is Health.BAD
    settings.HOME.chmod(0o755)
    assert finding("folders").remedy == f"chmod 700 {settings.HOME}"
    settings.HOME.chmod(0o700)


def test_tables_that_are_behind_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "has_pending_migrations", lambda: True)
    findings = doctor.examine(now=NOW)
    assert (findings[-1].subject, findings[-1].health) == ("tables", Health.BAD)


@pytest.mark.parametrize(
    ("has_extra", "remedy"), [(True, "openjdk-17-jre-headless"), (False, 'pip install "regulars[spark]"')]
)
def test_a_chosen_engine_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path, *, has_extra: bool, remedy: str
) -> None:
    monkeypatch.setattr(settings.ENVIRONMENT, "engine", "spark")
    monkeypatch.setattr(store, "find_spec", lambda _name: object() if has_extra else None)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    engine = finding("engine")
    assert engine.health is Health.BAD
    assert remedy in engine.remedy
    with pytest.raises(store.EngineMissing), store.opened(memory_mib=256, threads=1, spark=store.Spark("local[1]")):
        pass
