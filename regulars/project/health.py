"""`/healthz`: the process answers. `/readyz`: it can also do its work; 503 names what is missing."""

from functools import cache

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    missing = _missing()
    return JsonResponse(
        {"status": "ready" if not missing else "not ready", "missing": missing}, status=503 if missing else 200
    )


def _missing() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations")
            applied = cursor.fetchone()[0]
        return [] if _is_complete(applied) else ["migrations"]
    except Exception:
        return ["database"]


@cache
def _is_complete(applied: int) -> bool:
    """Whether these migrations are all; looked at anew only when their number has changed."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
