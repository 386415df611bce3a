"""What can be wrong with an installation, and how to mend it."""

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.foundation import queue
from regulars.project import installation
from regulars.project.worker import HEARTBEAT_KEY, HEARTBEAT_SECONDS


class Health(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True)
class Finding:
    """One thing looked at; `remedy` is "" where there is nothing to do."""

    subject: str
    health: Health
    text: str
    remedy: str = ""


FREE_MIB = 1024
OLDEST_POSTGRES = 130000
OLDEST_SQLITE = (3, 35, 0)


def examine(*, now: datetime) -> list[Finding]:
    """Look at everything; what a broken database hides is left out."""
    checks: list[Callable[[], Finding]] = [
        _versions,
        _settings,
        _folders,
        _disk,
        _memory,
        _time_zones,
        _engine,
        _database,
    ]
    findings = [check() for check in checks]
    if not _is_bad(findings[-1]):
        findings.append(_migrations())
    if not _is_bad(findings[-1]):
        findings += [_static_files(), _worker(now), _waiting(now), _dead_letters(), _outward()]
    return findings


def _is_bad(finding: Finding) -> bool:
    return finding.health is Health.BAD


def _versions() -> Finding:
    python = ".".join(map(str, sys.version_info[:3]))
    text = _("Python %(python)s, Django %(django)s, SQLite %(sqlite)s") % {
        "python": python,
        "django": version("django"),
        "sqlite": sqlite3.sqlite_version,
    }
    if sqlite3.sqlite_version_info < OLDEST_SQLITE and not settings.ENVIRONMENT.database_url:
        return Finding("versions", Health.BAD, text, _("Regulars needs SQLite 3.35 or newer: use a newer Python."))
    return Finding("versions", Health.GOOD, text)


def _settings() -> Finding:
    if settings.DEBUG:
        return Finding(
            "settings",
            Health.BAD,
            _("REGULARS_DEBUG is on: errors show data to everyone."),
            _("Unset REGULARS_DEBUG and start again."),
        )
    outside = [host for host in settings.ALLOWED_HOSTS if host not in ("localhost", "127.0.0.1", "[::1]")]
    if outside and not settings.ENVIRONMENT.https:
        return Finding(
            "settings",
            Health.WARNING,
            _("Reached as %(hosts)s, but without HTTPS: sign-in cookies can be read on the way.")
            % {"hosts": ", ".join(outside)},
            _("Put an HTTPS proxy in front and set REGULARS_HTTPS=true (docs/operations.md)."),
        )
    return Finding("settings", Health.GOOD, _("in order"))


def _folders() -> Finding:
    for folder in [settings.HOME, *(settings.HOME / name for name in installation.FOLDERS)]:
        if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
            return Finding(
                "folders",
                Health.BAD,
                _("%(folder)s cannot be written to.") % {"folder": folder},
                _("Give it to the user who runs Regulars: chown -R USER %(folder)s") % {"folder": folder},
            )
    if settings.HOME.stat().st_mode & 0o077:
        return Finding(
            "folders",
            Health.WARNING,
            _("%(folder)s can be read by other users of this machine.") % {"folder": settings.HOME},
            f"chmod 700 {settings.HOME}",
        )
    return Finding("folders", Health.GOOD, str(settings.HOME))


def _disk() -> Finding:
    free_mib = shutil.disk_usage(settings.HOME).free // 2**20
    text = _("%(gib).1f GiB free") % {"gib": free_mib / 1024}
    if free_mib < FREE_MIB:
        return Finding("disk", Health.BAD, text, _("Free some space: imports and backups need at least 1 GiB."))
    return Finding("disk", Health.GOOD, text)


def _memory() -> Finding:
    total_mib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    limit_mib = settings.ENVIRONMENT.job_memory_mib
    text = _("%(total)d MiB, of which an import or analysis may take %(limit)d") % {
        "total": total_mib,
        "limit": limit_mib,
    }
    if limit_mib > total_mib * 0.8:
        remedy = _("Set REGULARS_JOB_MEMORY_MIB=%(limit)d.") % {"limit": max(256, int(total_mib * 0.6))}
        return Finding("memory", Health.WARNING, text, remedy)
    return Finding("memory", Health.GOOD, text)


def _time_zones() -> Finding:
    try:
        ZoneInfo("Europe/Moscow")
    except ZoneInfoNotFoundError:
        return Finding("time_zones", Health.BAD, _("No time zone data."), _("Install the tzdata package."))
    return Finding("time_zones", Health.GOOD, _("in order"))


def _engine() -> Finding:
    from regulars.insight import store
    from regulars.project.engine import lack_in_words

    chosen = settings.ENVIRONMENT
    if chosen.engine == "duckdb":
        return Finding("engine", Health.GOOD, f"DuckDB {version('duckdb')}")
    if what := store.missing_for_spark():
        text, remedy = lack_in_words(what)
        return Finding("engine", Health.BAD, text, remedy)
    text = _("Spark %(spark)s at %(master)s, Java %(java)s") % {
        "spark": version("pyspark"),
        "master": chosen.spark_master,
        "java": store.java_version(),
    }
    return Finding("engine", Health.GOOD, text)


def _database() -> Finding:
    try:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            if connection.vendor == "postgresql":
                return _postgres(cursor.connection.info.server_version)
            cursor.execute("PRAGMA quick_check")
            answer = cursor.fetchone()[0]
    except DatabaseError as error:
        return Finding(
            "database",
            Health.BAD,
            _("It does not answer (%(error)s).") % {"error": type(error).__name__},
            _("See that the server runs and that DATABASE_URL is right: postgresql://user:password@host:5432/name"),
        )
    if answer != "ok":
        return Finding("database", Health.BAD, _("It is damaged."), _("Restore a backup: regulars restore FILE"))
    return Finding("database", Health.GOOD, "SQLite")


def _postgres(server: int) -> Finding:
    text = f"PostgreSQL {server // 10000}.{server % 10000}"
    if server < OLDEST_POSTGRES:
        return Finding("database", Health.BAD, text, _("Regulars needs PostgreSQL 13 or newer."))
    return Finding("database", Health.GOOD, text)


def _migrations() -> Finding:
    if installation.has_pending_migrations():
        return Finding(
            "tables",
            Health.BAD,
            _("The tables are older than the programme, or not there yet."),
            _("Start once: regulars serve (it brings them up to date; take a backup before)."),
        )
    return Finding("tables", Health.GOOD, _("up to date"))


def _static_files() -> Finding:
    if not installation.has_static_files():
        return Finding(
            "static_files",
            Health.WARNING,
            _("Styles and scripts are not in their place, or old."),
            _("Build them (make assets), then start again: regulars serve"),
        )
    return Finding("static_files", Health.GOOD, _("in order"))


def _worker(now: datetime) -> Finding:
    seen = cache.get(HEARTBEAT_KEY)
    if seen is None or now - datetime.fromisoformat(seen["at"]) > timedelta(seconds=4 * HEARTBEAT_SECONDS):
        return Finding(
            "worker",
            Health.WARNING,
            _("No worker is running: nothing that waits is done."),
            _("Start it: regulars serve (or regulars worker)."),
        )
    return Finding("worker", Health.GOOD, _("seen on %(host)s") % seen)


def _waiting(now: datetime) -> Finding:
    late = queue.overdue_count(since=now - timedelta(minutes=1))
    if late:
        text = ngettext(
            "%(count)d job has waited for more than a minute.",
            "%(count)d jobs have waited for more than a minute.",
            late,
        ) % {"count": late}
        return Finding("queue", Health.WARNING, text, _("If this lasts, start another worker: regulars worker"))
    return Finding("queue", Health.GOOD, _("nothing is late"))


def _dead_letters() -> Finding:
    count = queue.dead_count()
    if count:
        text = ngettext("%(count)d job was given up.", "%(count)d jobs were given up.", count) % {"count": count}
        return Finding("dead_letters", Health.WARNING, text, _("See the errors on the desk and send them again."))
    return Finding("dead_letters", Health.GOOD, _("none"))


def _outward() -> Finding:
    since = queue.outward_paused_since()
    if since is not None:
        return Finding(
            "outward",
            Health.WARNING,
            _("Messages to people outside are paused since a backup was restored."),
            _("Let them go on when all is right: regulars restore --resume"),
        )
    return Finding("outward", Health.GOOD, _("not paused"))
