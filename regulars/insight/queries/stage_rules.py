"""The owner's rules of stages, and what other rules would make of today's customers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import NormalDist

import numpy as np

from regulars.audience.queries import findings as found
from regulars.audience.rules import Stage
from regulars.insight.models import StageRules
from regulars.insight.rules.stages import Thresholds, moved_limit, new_days_of, stages_of


@dataclass(frozen=True)
class StageRulesRow:
    """The thresholds in force; `version` 0: the defaults, which nobody has changed yet."""

    thresholds: Thresholds
    version: int
    changed_at: datetime | None


def stage_rules() -> StageRulesRow:
    row = StageRules.objects.first()
    if row is None:
        return StageRulesRow(Thresholds(), 0, None)
    return StageRulesRow(Thresholds.from_json(row.thresholds), row.version, row.changed_at)


def stage_preview(thresholds: Thresholds) -> Mapping[Stage, int]:
    """How many customers would be in each stage under other thresholds, judged by the last analysis."""
    facts = found.stage_facts()
    rhythm = found.shop_finding("rhythm") or {"z": 1.0, "median_days": None}
    limit = moved_limit(
        facts.gap_median_days,
        facts.gap_limit_days,
        z_before=rhythm["z"],
        z=NormalDist().inv_cdf(thresholds.patience),
    )
    stages = stages_of(
        number=facts.purchase_days,
        tenure_days=facts.tenure_days,
        silence_days=facts.silence_days,
        limit_days=limit,
        before=np.full(len(limit), "", dtype="U10"),
        thresholds=thresholds,
        new_days=new_days_of(thresholds, rhythm["median_days"]),
    )
    counts = Counter(stages.tolist())
    return {stage: counts.get(stage.value, 0) for stage in Stage}
