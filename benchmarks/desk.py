"""A desk of its own for measuring: `regulars serve` on a new folder, an owner signed in, the shop set up."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = _free_port()


def set_up_django(home: str) -> None:
    os.environ.update(
        REGULARS_HOME=home, REGULARS_LOG_LEVEL="ERROR", DJANGO_SETTINGS_MODULE="regulars.project.settings"
    )
    import django

    django.setup()
    from regulars.foundation import clock
    from regulars.foundation.actors import Actor
    from regulars.project import installation
    from regulars.shop import actions

    installation.prepare()
    us, now = Actor.system("bench"), clock.now()
    actions.set_up_shop(name="Bench", base_currency="GBP", time_zone="Europe/London", language="en", by=us, now=now)
    actions.create_owner(email="owner@shop.example", name="Owner", password="correct horse tea", by=us, now=now)


def session_cookie() -> str:
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(
        get_user_model().objects.get(email="owner@shop.example"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@contextmanager
def served() -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "regulars", "serve", "--port", str(PORT), "--json"], stdout=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=30) as answer:
                    assert json.load(answer)["status"] == "ready"
                break
            except OSError:
                time.sleep(0.2)
        yield
    finally:
        process.terminate()
        process.wait()


def times_of(paths: Sequence[str], cookie: str, *, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each page, one request after the other."""
    found: dict[str, list[float]] = {path: [] for path in paths}
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    for _ in range(rounds):
        for path in paths:
            started = perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            found[path].append((perf_counter() - started) * 1000)
    connection.close()
    return found


def p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)] if values else 0.0


def shared_data() -> Path:
    default = Path(__file__).parents[2] / "shared/data"
    return Path(os.environ.get("REGULARS_SHARED_DATA", default))
