"""Which forecast is used: the one that told best on earlier windows, and the plain one where the difference is small.

Models, boosting, both together, and rules that anybody could apply with a pencil. A rule gives everyone in a group the
share of that group who bought in the window before, so that rules are judged by the same scores as models.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from regulars.insight.rules.backtests import Floats, Score, Standing


class Method(StrEnum):
    """Ways to say how likely a customer is to buy within 90 days."""

    BG_NBD = "bg_nbd"
    MBG_NBD = "mbg_nbd"
    MBG_CNBD_K = "mbg_cnbd_k"
    PARETO_NBD = "pareto_nbd"
    BOOSTING = "boosting"
    BLEND = "blend"
    """Geometric mean of the chances by models (BG/NBD and Pareto/NBD) and by boosting."""
    WITHIN_LIMIT = "within_limit"
    """Rule: he who is silent for no longer than his limit buys."""
    TWO_OR_MORE = "two_or_more"
    """Rule: he who has bought on two days or more buys."""
    REPEATS_LAST = "repeats_last"
    """Rule: he who bought in the last 90 days buys."""
    BASE_RATE = "base_rate"
    """Rule: everybody is alike."""


MODELS = (Method.BG_NBD, Method.MBG_NBD, Method.MBG_CNBD_K, Method.PARETO_NBD)
RULES = (Method.WITHIN_LIMIT, Method.TWO_OR_MORE, Method.REPEATS_LAST, Method.BASE_RATE)
# Models that may say who is still a customer; the first unless another orders customers better on this shop. BG/NBD may
# not: by its construction nobody leaves after a first purchase, so it is sure of everyone who came but once.
TELLING = (Method.MBG_NBD, Method.MBG_CNBD_K, Method.PARETO_NBD)
# What gives the level of the chances, and stands in where no other model could be fitted.
PLAIN = Method.BG_NBD
# What tells who buys until another method does better on this shop. Pareto/NBD lets go of those who bought once, too.
USUAL = (Method.BLEND, Method.PARETO_NBD, PLAIN)
# Another method must order customers better by so much of AUC, and may be worse in log loss by so much.
LEAST_GAIN = 0.001
LOSS_TOLERANCE = 0.005

Groups = Callable[[Standing, Floats], NDArray[np.intp]]
GROUPS: Mapping[Method, Groups] = {
    Method.WITHIN_LIMIT: lambda standing, limit: np.asarray(standing.silence <= limit, dtype=np.intp),
    Method.TWO_OR_MORE: lambda standing, _: np.asarray(standing.number >= 2, dtype=np.intp),
    Method.REPEATS_LAST: lambda standing, _: np.asarray(standing.recent > 0, dtype=np.intp),
    Method.BASE_RATE: lambda standing, _: np.zeros(len(standing.who), dtype=np.intp),
}


@dataclass(frozen=True)
class Shares:
    """What a rule says after it saw one window: the share of each of its groups that bought."""

    of_group: Floats

    def chance(self, groups: NDArray[np.intp]) -> Floats:
        return self.of_group[groups]


def shares_of(groups: NDArray[np.intp], bought: NDArray[np.bool_]) -> Shares:
    """(buyers + 1) / (customers + 2) of each of two groups: Laplace's rule of succession."""
    size, buyers = np.bincount(groups, minlength=2), np.bincount(groups, bought, minlength=2)
    return Shares((buyers + 1.0) / (size + 2.0))


def blended(chance: Floats, other: Floats) -> Floats:
    """The geometric mean of two chances."""
    return np.asarray(np.sqrt(chance * other), dtype=np.float64)


def levelled(chance: Floats, total: float) -> Floats:
    """The same order with another sum: all log-odds moved by one number, found by halving.

    Who buys is told by the method, how many do by the model and the season: what was learnt in busy weeks would else
    promise too much in calm ones.
    """
    log_odds = logit(np.clip(chance, 1e-6, 1.0 - 1e-6))
    total = float(np.clip(total, 1e-3 * len(chance), (1.0 - 1e-3) * len(chance)))
    low, high = -15.0, 15.0
    for _ in range(40):
        middle = (low + high) / 2.0
        low, high = (middle, high) if float(expit(log_odds + middle).sum()) < total else (low, middle)
    return np.asarray(expit(log_odds + (low + high) / 2.0), dtype=np.float64)


def chosen(
    windows: Sequence[Mapping[Method, Score]], *, among: Collection[Method], usual: Sequence[Method] = USUAL
) -> Method:
    """The method of `among` to use, by windows that are over.

    The first of `usual` that can be made: on the shops that we know they tell best. Another one must have ordered
    customers better on this shop, by LEAST_GAIN of AUC on average over the windows that tested both, without a log
    loss that is worse by more than LOSS_TOLERANCE. The same holds for a rule: if it wins here, it is used.
    """
    best, gain = (default := next((method for method in usual if method in among), PLAIN)), LEAST_GAIN
    for method in Method:
        shared = [(scores[method], scores[default]) for scores in windows if method in scores and default in scores]
        if method is default or method not in among or not shared:
            continue
        better = float(np.mean([ours.auc - theirs.auc for ours, theirs in shared]))
        worse = float(np.mean([ours.log_loss - theirs.log_loss for ours, theirs in shared]))
        if better > gain and worse <= LOSS_TOLERANCE:
            best, gain = method, better
    return best
