"""The web process is killed again and again under load: the desk comes back each time, and never answers wrongly."""

import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from pathlib import Path

import pytest

from tests.project.test_serve import Served, until
from tests.scratch import scratch_installation

KILLS = 10
CLIENTS = 4


@pytest.mark.soak
def test_the_desk_comes_back_after_each_kill(tmp_path: Path) -> None:
    chance = random.Random(4)
    with scratch_installation(tmp_path / "home") as scratch, Served(scratch) as served:
        until(served.answers)
        answers: Counter[str] = Counter()
        is_over = threading.Event()
        clients = [threading.Thread(target=_ask, args=(served.port, answers, is_over)) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        try:
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.2, 2))
                until(lambda: served.children("regulars.project.web"))
                os.kill(chance.choice(served.children("regulars.project.web")), signal.SIGKILL)
                until(served.answers)
        finally:
            is_over.set()
            for client in clients:
                client.join()
        assert set(answers) <= {"200", "nobody there"}, answers
        assert answers["200"] > 100


def _ask(port: int, answers: Counter[str], is_over: threading.Event) -> None:
    while not is_over.is_set():
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/", timeout=30) as answer:
                body = answer.read()
                answers[str(answer.status) if body.rstrip().endswith(b"</html>") else "half a page"] += 1
        except urllib.error.HTTPError as error:
            answers[str(error.code)] += 1
        except (OSError, ValueError):
            answers["nobody there"] += 1
            time.sleep(0.05)
