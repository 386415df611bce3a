"""The chance of buying within 90 days by gradient boosting on recency, frequency and money.

Trained on the shop's own earlier cut-offs: what was known then, and who bought in the 90 days after. A forecast for a
day never sees what happened from that day on. Histogram-based boosting: Ke et al., "LightGBM" (NIPS 2017), as
scikit-learn has it.
"""

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from regulars.insight.rules.backtests import HORIZON_DAYS, Floats, Outcome, Standing, Visits, outcome_of, standing_at
from regulars.insight.rules.models import bg_nbd
from regulars.insight.rules.models.histories import grouped

# More customers make no better trees, only slower ones.
MOST_CUSTOMERS = 40_000
# Fewer customers, or windows to learn from, and the trees learn the noise.
LEAST_CUSTOMERS = 2_000
LEAST_WINDOWS = 3
MOST_WINDOWS = 4


def features_of(standing: Standing) -> Floats:
    """One row for each customer: how often, how regularly, how long ago, how much, and what BG/NBD makes of it.

    Nothing tells one window from another (no dates, no ages, no level of the season): trees would learn which windows
    were busy instead of who buys.
    """
    gaps = np.maximum(standing.gaps, 1)
    mean_gap = np.where(standing.gaps > 0, standing.recency / gaps, np.nan)
    spread = np.sqrt(np.maximum(standing.log_squares / gaps - (standing.log_sum / gaps) ** 2, 0.0))
    return np.column_stack(
        [
            standing.number,
            standing.silence,
            mean_gap,
            standing.silence / np.maximum(mean_gap, 1.0),
            np.where(standing.gaps > 1, spread, np.nan),
            standing.recent,
            standing.number / np.maximum(standing.age, 30.0),
            np.log1p(np.maximum(standing.average_minor, 0.0)),
            *_of_model(standing),
        ]
    )


def _of_model(standing: Standing) -> tuple[Floats, Floats]:
    """The chance of buying within 90 days and of being a customer still, by BG/NBD fitted on the same day."""
    alike, places = grouped(standing.frequency, standing.recency, standing.age)
    fit = bg_nbd.fit(alike)
    if fit is None:
        unknown = np.full(len(standing.who), np.nan)
        return unknown, unknown
    columns = alike.frequency, alike.recency, alike.age
    return bg_nbd.probability_of_any(fit, HORIZON_DAYS, *columns)[places], bg_nbd.p_alive(fit, *columns)[places]


def windows_to_learn_from(day: int, *, first_day: int) -> list[int]:
    """Cut-offs before `day` whose 90 days were over by then and that have as much history before them."""
    starts = [day - HORIZON_DAYS * n for n in range(1, MOST_WINDOWS + 1)]
    return [start for start in starts if start - first_day >= HORIZON_DAYS]


class Boosting:
    """A trained forest; `chance` is the chance that a customer buys within 90 days."""

    def __init__(self, model: HistGradientBoostingClassifier) -> None:
        self._model = model

    def chance(self, standing: Standing) -> Floats:
        with threadpool_limits(1, user_api="openmp"):
            return np.asarray(self._model.predict_proba(features_of(standing))[:, 1], dtype=np.float64)


def is_possible(visits: Visits, *, day: int, first_day: int) -> bool:
    """Whether there are windows enough to learn from, and customers in the last of them."""
    starts = windows_to_learn_from(day, first_day=first_day)
    return len(starts) >= LEAST_WINDOWS and len(np.unique(visits.customer[visits.day < starts[0]])) >= LEAST_CUSTOMERS


def trained(visits: Visits, *, day: int, first_day: int) -> Boosting | None:
    """Learnt from windows that were over on the morning of `day`; None where there are too few."""
    known = _before(visits.share_of(MOST_CUSTOMERS), day)
    if not is_possible(known, day=day, first_day=first_day):
        return None
    pairs = [_pair(known, start) for start in windows_to_learn_from(day, first_day=first_day)]
    rows = np.concatenate([features_of(standing) for standing, _ in pairs])
    bought = np.concatenate([outcome.bought for _, outcome in pairs])
    if not 0 < bought.sum() < len(bought):
        return None
    model = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=60,
        max_leaf_nodes=8,
        min_samples_leaf=100,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=0,
    )
    # On few cores that others use too, threads wait for each other longer than they work.
    with threadpool_limits(1, user_api="openmp"):
        return Boosting(model.fit(rows, bought))


def _before(visits: Visits, day: int) -> Visits:
    known = visits.day < day
    return Visits(visits.customer[known], visits.day[known], visits.amount_minor[known], visits.customers)


def _pair(visits: Visits, start: int) -> tuple[Standing, Outcome]:
    standing = standing_at(visits, start)
    return standing, outcome_of(visits, standing, stop=start + HORIZON_DAYS)
