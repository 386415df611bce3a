"""Changing the rules of stages."""

from datetime import datetime

from django.db import transaction

from regulars.foundation import audit, queue
from regulars.foundation.actors import Actor
from regulars.insight.models import StageRules
from regulars.insight.queries.stage_rules import stage_rules
from regulars.insight.rules.stages import Thresholds

ANALYSE = "insight.analyse"


def change_stage_rules(*, thresholds: Thresholds, by: Actor, now: datetime) -> bool:
    """Set other thresholds and ask for an analysis, which will be a baseline; False where nothing differs."""
    with transaction.atomic():
        before = stage_rules()
        StageRules.objects.select_for_update().first()
        if before.version and before.thresholds == thresholds:
            return False
        StageRules.objects.update_or_create(
            id=1,
            defaults={"version": before.version + 1, "thresholds": thresholds.as_json(), "changed_at": now},
        )
        audit.record(
            verb="insight.stage_rules_changed",
            subject_kind="stage_rules",
            subject_id="1",
            by=by,
            now=now,
            before=before.thresholds.as_json(),
            after=thresholds.as_json(),
        )
        request_analysis(now=now)
    return True


def request_analysis(*, now: datetime, is_full: bool = False, due_at: datetime | None = None) -> None:
    """Ask the worker for an analysis; one that waits already is enough."""
    with transaction.atomic():
        queue.enqueue(ANALYSE, {"is_full": is_full}, now=now, due_at=due_at, key=f"{ANALYSE}:{is_full}")
