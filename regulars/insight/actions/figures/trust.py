"""How far the figures may be trusted: tests on the past, the data's date, what was left out."""

from typing import Any

from ibis import _

from regulars.insight.actions.figures.calendar import iso_date
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.actions.figures.models import Models
from regulars.insight.rules.choice import PLAIN, RULES
from regulars.insight.rules.purchases import VOID_STATUSES
from regulars.insight.rules.runs import MODEL_VERSION


def trust_from(ground: Ground, models: Models) -> dict[str, Any]:
    """The findings "models" (fits, for other runs and single curves) and "trust" (for the page of that name).

    trust: data_date; version; method (who buys within 90 days, a `Method`), is_rule, model (all other expectations);
    is_tested; season; windows, methods, calibration, coverage: of `Trial`; excluded: counts by reason.
    """
    trial = models.trial
    return {
        "models": models.as_json(ground.question.as_of_day),
        "trust": {
            "data_date": iso_date(ground.question.as_of_day),
            "version": MODEL_VERSION,
            "method": trial.method.value,
            "is_rule": trial.method in RULES,
            "model": models.buying.name if models.buying else PLAIN.value,
            "is_known": models.buying is not None,
            "is_tested": bool(trial.windows),
            "season": trial.season,
            "windows": list(trial.windows),
            "methods": trial.methods,
            "calibration": list(trial.calibration),
            "coverage": trial.coverage,
            "excluded": _excluded(ground),
        },
    }


def _excluded(ground: Ground) -> dict[str, int]:
    """Orders that models do not see, by the first reason that fits; gift_lines count in money, not in what to offer."""
    orders, before = ground.extracts.orders, ground.question.before
    is_void, is_later = _.status.isin(VOID_STATUSES), _.placed_at >= before
    all_of = ground.engine.rows(
        orders.agg(orders=_.count(), void=is_void.sum(), later=(~is_void & is_later).sum())
    ).to_pylist()[0]
    kept = ground.engine.rows(
        ground.orders.agg(
            orders=_.count(),
            guests=_.customer_id.isnull().sum(),
            returned=(_.customer_id.notnull() & ~_.is_kept).sum(),
        )
    ).to_pylist()[0]
    gifts = ground.engine.rows(ground.extracts.order_lines.agg(lines=_.is_gift.sum())).to_pylist()[0]
    counts = {
        "void_orders": all_of["void"],
        "later_orders": all_of["later"],
        "orders_without_goods": all_of["orders"] - (all_of["void"] or 0) - (all_of["later"] or 0) - kept["orders"],
        "guest_orders": kept["guests"],
        "returned_orders": kept["returned"],
        "gift_lines": gifts["lines"],
    }
    return {name: int(count or 0) for name, count in counts.items()}
