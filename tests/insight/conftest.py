"""A clean folder for each analysis, and the analysis itself."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from regulars.foundation.actors import Actor
from regulars.insight.actions.analysing import AnalysisResult, analyse
from tests.insight.shops import NOW, set_up

Analyse = Callable[..., AnalysisResult]


@pytest.fixture
def parquet() -> Iterator[Path]:
    """Where runs keep their folders; empty before and after."""
    folder = Path(settings.HOME) / "parquet"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def run(transactional_db: None, parquet: Path) -> Analyse:
    """A shop is set up; call it to analyse at `now`."""
    set_up()

    def analysed(*, now: datetime = NOW, **options: Any) -> AnalysisResult:
        return analyse(by=Actor.system("test"), clock=lambda: now, **options)

    return analysed
