"""What is known of people is written to the database and shown on pages, but never to a log."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from regulars.customers.actions.profile import register_customer
from regulars.customers.rules import Person
from regulars.foundation import queue
from regulars.foundation.actors import Actor
from regulars.project.logs import JsonFormatter, TextFormatter

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRETS = ("Феофилакт", "Синебрюхов", "feofilakt@tea.example", "79161234567", "samovar-1899")


@pytest.fixture(params=[JsonFormatter, TextFormatter])
def logged(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """Everything that any logger says, as the product writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def _fail(**_: Any) -> None:
    raise ValueError(f"no shelf for {' '.join(SECRETS)}")


@pytest.mark.django_db(transaction=True)
def test_no_layer_logs_what_is_known_of_a_person(logged: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "_handlers", {})
    us = Actor.system("test")
    register_customer(person=Person(first_name=SECRETS[0], last_name=SECRETS[1]), source="desk", by=us, now=NOW)
    queue.register(queue.Handler(name="test.fails", run=_fail, give_up=_fail, max_attempts=1))
    with transaction.atomic():
        queue.enqueue("test.fails", {"name": SECRETS[0]}, now=NOW)
    queue.run_due(lambda: NOW, names=["test.fails"])
    client = Client(raise_request_exception=False)
    credentials = {"login": SECRETS[2], "password": SECRETS[4]}
    client.post("/account/login/", credentials)
    client.get("/customers/", {"q": SECRETS[1], "phone": SECRETS[3]})
    client.get("/nowhere/", {"q": SECRETS[2]})
    client.post("/account/login/", credentials, headers={"host": "evil.example"})
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_staff (id, name, email) VALUES (NULL, %s, %s)", SECRETS[:2])
    text = logged.getvalue()
    assert "job failed" in text
    assert "giving up failed" in text
    assert [secret for secret in SECRETS if secret in text or json.dumps(secret).strip('"') in text] == []


def test_an_exception_is_logged_by_kind_and_place_without_its_text(logged: io.StringIO) -> None:
    try:
        _fail()
    except ValueError:
        logging.getLogger("regulars.test").exception("it broke", extra={"order_id": 7})
    line = logged.getvalue().splitlines()[-1]
    assert "ValueError at test_logs.py" in line
    assert "7" in line
    assert SECRETS[0] not in line
