"""All days of purchase as arrays, for models and their tests."""

from hashlib import sha256

import numpy as np
from ibis import _

from regulars.insight.actions.figures.arrays import whole
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.rules.backtests import Visits
from regulars.insight.rules.runs import MODEL_VERSION


def visits_of(ground: Ground) -> Visits:
    """Buyers are numbered in the order of their ids, as in `summaries.customer_rows` without those who never bought."""
    survivors = ground.extracts.customers.filter(_.customer_id == _.survivor_id).select("customer_id")
    days = ground.days.semi_join(survivors, "customer_id").order_by("customer_id", "day")
    rows = ground.engine.rows(days.select("day", "goods_minor", is_first=(_.number == 1).cast("int64")))
    customer = np.cumsum(whole(rows["is_first"])) - 1
    return Visits(
        customer, whole(rows["day"]), whole(rows["goods_minor"]), int(customer[-1]) + 1 if len(customer) else 0
    )


def fingerprint_of(visits: Visits, *, as_of_day: int, patience: float) -> str:
    """The same for the same visits, day and rules: then models would come out as they are."""
    digest = sha256(f"{MODEL_VERSION} {as_of_day} {patience} {visits.customers}".encode())
    for column in (visits.customer, visits.day, visits.amount_minor):
        digest.update(np.ascontiguousarray(column).data)
    return digest.hexdigest()[:32]
