from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from regulars.project import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget() -> None:
    health._is_complete.cache_clear()


def test_the_process_answers_without_the_database(django_assert_num_queries: Any, client: Client) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_costs_one_query_once_it_is_known(django_assert_num_queries: Any, client: Client) -> None:
    assert client.get("/readyz").json() == {"status": "ready", "missing": []}
    with django_assert_num_queries(1):
        assert client.get("/readyz").status_code == 200


def test_what_is_missing_is_named(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_is_complete", lambda applied: False)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["migrations"])

    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["database"])
