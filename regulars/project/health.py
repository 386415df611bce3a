"""`/healthz`: the process answers. `/readyz`: it can also do its work; 503 names what is missing."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    try:
        executor = MigrationExecutor(connection)
        missing = [] if not executor.migration_plan(executor.loader.graph.leaf_nodes()) else ["migrations"]
    except Exception:
        missing = ["database"]
    return JsonResponse(
        {"status": "ready" if not missing else "not ready", "missing": missing}, status=503 if missing else 200
    )
