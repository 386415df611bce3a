"""Reactions and handlers that live as long as one test."""

from collections.abc import Iterator

import pytest

from regulars.foundation import events, queue


@pytest.fixture
def wiring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty list of reactions and handlers, so that those of the product take no part."""
    monkeypatch.setattr(events, "_reactions", {})
    monkeypatch.setattr(queue, "_handlers", {})
    return
