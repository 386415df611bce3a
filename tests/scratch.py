"""An installation of its own for tests that start real processes: a folder and, with PostgreSQL, a database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from django.conf import settings

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Scratch:
    home: Path
    database_url: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("REGULARS_", "DJANGO_"))},
            "REGULARS_HOME": str(self.home),
            "DATABASE_URL": self.database_url,
            "PYTHONPATH": str(ROOT),
            "REGULARS_LANGUAGE": "en",
        }

    def python(self, *arguments: object, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run `python …` in this installation."""
        return subprocess.run(
            [sys.executable, *map(str, arguments)],
            env={**self.environment, **extra},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def regulars(self, *arguments: object, **extra: str) -> dict[str, Any]:
        """Run `regulars … --json`; the one document it prints, with its exit code as "code"."""
        done = self.python("-m", "regulars", *arguments, "--json", **extra)
        assert done.stdout.count("\n") == 1, (done.stdout, done.stderr)
        return {**json.loads(done.stdout), "code": done.returncode}

    def start(self, *arguments: object, **extra: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *map(str, arguments)],
            env={**self.environment, **extra},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@contextmanager
def scratch_installation(folder: Path) -> Iterator[Scratch]:
    """On the database that the tests run on."""
    url = settings.ENVIRONMENT.database_url
    if not url:
        yield Scratch(folder, "")
        return
    name = f"scratch_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    try:
        yield Scratch(folder, urlsplit(url)._replace(path=f"/{name}").geturl())
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
