"""Fixtures for every test."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from regulars.project import demo, messages

ROOT = Path(__file__).parents[1]


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once: they are built, not kept."""
    if not hasattr(config, "workerinput"):
        messages.compile_all()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser journeys first: they are the longest files, and one that begins last keeps a core idle."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    """A test that switches the language does so for itself alone."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data; tests that need it are skipped without it, but not in CI."""
    folder = Path(os.environ.get("REGULARS_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "online_retail_ii.csv.gz").exists():
        if os.environ.get("CI"):
            pytest.fail(f"the real data is not at {folder}")
        pytest.skip(f"the real data is not at {folder}; REGULARS_SHARED_DATA may name another place")
    return folder


@pytest.fixture
def sample_shop(db: None) -> demo.SampleShop:
    """The sample shop with sixty customers, the cast of docs/sample-shop.md among them, on 21 November 2026."""
    return demo.build_small(now=datetime(2026, 11, 21, 12, tzinfo=UTC))
