"""The whole pass on Spark: every published table equals DuckDB's."""

import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model

from regulars.audience.models import Publication
from regulars.foundation import clock, queue
from regulars.foundation.actors import Actor
from regulars.insight import store
from regulars.insight.actions.analysing import analyse
from regulars.insight.models import AnalysisRun
from regulars.project import demo
from tests.insight.conftest import parquet

__all__ = ["parquet"]

pytestmark = [
    pytest.mark.soak,
    # pyspark leaves the sockets of its results to the garbage collector.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def _spark() -> None:
    if what := store.missing_for_spark():
        missing = {"extra": "the extra regulars[spark] (make soak installs it)", "java": "Java 17"}[what]
        if os.environ.get("CI"):
            pytest.fail(f"Spark cannot be tried without {missing}")
        pytest.skip(f"Spark cannot be tried without {missing}")


@pytest.fixture
def sample(transactional_db: None, parquet: Path) -> None:
    demo.build(now=NOW, customers=120, language="en")
    queue.drain(clock.now)


def tables() -> dict[str, dict[str, Any]]:
    """Everything that readers see, by table and key, whatever tables there are."""
    slot = Publication.objects.get().slot
    slotted = [model for model in apps.get_app_config("audience").get_models() if _has_slot(model)]
    return {model._meta.label: {_key(row): row for row in _rows(model, slot)} for model in slotted}


def _has_slot(model: type[Model]) -> bool:
    return model is not Publication and any(field.name == "slot" for field in model._meta.concrete_fields)


def _rows(model: type[Model], slot: int) -> Iterator[dict[str, Any]]:
    for row in model._default_manager.filter(slot=slot).values():
        yield {name: value for name, value in row.items() if name not in ("id", "slot")}


def _key(row: dict[str, Any]) -> str:
    return " ".join(str(value) for name, value in sorted(row.items()) if name in ("name", "kind") or name[-3:] == "_id")


def differences(one: Any, other: Any, place: str = "") -> Iterator[str]:
    """Where two values differ, figures by more than a billionth."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted({*one, *other}, key=str):
            yield from differences(one.get(name), other.get(name), f"{place}/{name}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{place}/{index}")
    elif isinstance(one, datetime) and isinstance(other, datetime):
        # A moment that is a float number of days after another one.
        if abs(one - other) > timedelta(seconds=1):
            yield f"{place}: {one} {other}"
    elif isinstance(one, float) and isinstance(other, float):
        if not math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9):
            yield f"{place}: {one} {other}"
    elif one != other:
        yield f"{place}: {one!r} {other!r}"


def test_both_engines_publish_the_same(
    sample: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    by = Actor.system("test")
    analyse(by=by, clock=lambda: NOW, is_full=True)
    on_duckdb = tables()
    monkeypatch.setattr(settings.ENVIRONMENT, "engine", "spark")
    # As on a cluster: what is read is copied to where all machines reach it.
    monkeypatch.setattr(settings.ENVIRONMENT, "spark_folder", f"file://{tmp_path}/lake")
    # Once more as if for the first time: nothing is taken over from the run before.
    Publication.objects.update(run_id=None)
    AnalysisRun.objects.all().delete()
    analyse(by=by, clock=lambda: NOW, is_full=True)
    on_spark = tables()
    assert on_duckdb["audience.CustomerFinding"]
    found = list(differences(on_duckdb, on_spark))
    assert not found, "\n".join([f"{len(found)} differences", *found[:40]])
    assert not list(tmp_path.glob("lake/*"))
