"""How well forecasts told this shop's own past: what was known at earlier cut-offs against what happened then.

Arrays only, so that the same functions serve the shop's past and its present. Days are counted from 1970-01-01.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HORIZON_DAYS = 90
# A year of windows holds every season once.
MOST_WINDOWS = 4
# Fewer tell nothing of a method.
LEAST_CUSTOMERS = 30
LEAST_BUYERS = 5
TENTHS = 10


@dataclass(frozen=True)
class Visits:
    """Every day of purchase, ordered by customer, then day. customer: a place from 0 to customers − 1."""

    customer: Ints
    day: Ints
    amount_minor: Ints
    customers: int

    def share_of(self, most: int) -> "Visits":
        """Only every n-th customer, so that about `most` are left; the places are given out anew."""
        step = -(-self.customers // most)
        if step <= 1:
            return self
        chosen = self.customer % step == 0
        return Visits(
            self.customer[chosen] // step, self.day[chosen], self.amount_minor[chosen], -(-self.customers // step)
        )


@dataclass(frozen=True)
class Standing:
    """What was known on the morning of `day` of those who had bought before it; one place of the arrays for each.

    who: their places among the visits' customers. number: days of purchase. recency, age: days from the first to the
    last, and to `day`. spent_minor: all that they paid. gaps, log_sum, log_squares: as `purchases.purchase_days` has
    them. recent, season: days of purchase in the last 90 and 365 days, and in the 90 days that begin a year before.
    """

    day: int
    who: Ints
    number: Ints
    recency: Floats
    age: Floats
    spent_minor: Floats
    log_sum: Floats
    log_squares: Floats
    recent: Ints
    of_year: Ints
    season: Ints

    @property
    def frequency(self) -> Floats:
        return np.asarray(self.number - 1, dtype=np.float64)

    @property
    def silence(self) -> Floats:
        return self.age - self.recency

    @property
    def gaps(self) -> Ints:
        return self.number - 1

    @cached_property
    def average_minor(self) -> Floats:
        return self.spent_minor / self.number


@dataclass(frozen=True)
class Outcome:
    """What those of a standing did in a window: days of purchase, what they paid."""

    number: Ints
    spent_minor: Floats

    @property
    def bought(self) -> NDArray[np.bool_]:
        return self.number > 0


@dataclass(frozen=True)
class Window:
    """Days [start, stop) of the past that forecasts made on the morning of `start` are held against."""

    start: int
    stop: int


def windows_before(as_of_day: int, *, first_day: int, most: int = MOST_WINDOWS) -> list[Window]:
    """Whole windows that end on the eve of `as_of_day`, the oldest first, each with as much history before it."""
    starts = (as_of_day - HORIZON_DAYS * n for n in range(most, 0, -1))
    return [Window(start, start + HORIZON_DAYS) for start in starts if start - first_day >= HORIZON_DAYS]


def standing_at(visits: Visits, day: int, *, is_present: bool = False) -> Standing:
    """What was known on the morning of `day`; is_present: and what has happened on it so far."""
    known = visits.day <= day if is_present else visits.day < day
    customer, at = visits.customer[known], visits.day[known]
    number = np.bincount(customer, minlength=visits.customers)
    who = np.flatnonzero(number)
    number = number[who]
    ends = np.cumsum(number)
    starts = ends - number
    first, last = at[starts], at[ends - 1]
    is_next = np.ones(len(at), dtype=bool)
    is_next[starts] = False
    log_gap = np.zeros(len(at))
    log_gap[1:] = np.log(np.maximum(np.diff(at), 1), where=is_next[1:], out=np.zeros(max(len(at) - 1, 0)))
    log_gap[~is_next] = 0.0

    def counted(is_in: NDArray[np.bool_]) -> Ints:
        return np.asarray(np.bincount(customer[is_in], minlength=visits.customers)[who], dtype=np.int64)

    def summed(figures: NDArray[np.float64] | Ints) -> Floats:
        return np.asarray(np.bincount(customer, figures, minlength=visits.customers)[who], dtype=np.float64)

    return Standing(
        day,
        who,
        np.asarray(number, dtype=np.int64),
        (last - first).astype(np.float64),
        (day - first).astype(np.float64),
        summed(visits.amount_minor[known]),
        summed(log_gap),
        summed(log_gap**2),
        counted(at >= day - HORIZON_DAYS),
        counted(at >= day - 365),
        counted((at >= day - 365) & (at < day - 365 + HORIZON_DAYS)),
    )


def outcome_of(visits: Visits, standing: Standing, *, stop: int) -> Outcome:
    """What those of `standing` did from its day to the eve of `stop`."""
    within = (visits.day >= standing.day) & (visits.day < stop)
    customer = visits.customer[within]
    number = np.bincount(customer, minlength=visits.customers)[standing.who]
    spent = np.bincount(customer, visits.amount_minor[within], minlength=visits.customers)[standing.who]
    return Outcome(np.asarray(number, dtype=np.int64), np.asarray(spent, dtype=np.float64))


def can_be_tested(outcome: Outcome) -> bool:
    """Whether enough customers did, and did not, buy for a forecast to be held against it."""
    buyers = int(outcome.bought.sum())
    return len(outcome.number) >= LEAST_CUSTOMERS and LEAST_BUYERS <= buyers <= len(outcome.number) - LEAST_BUYERS


@dataclass(frozen=True)
class Score:
    """auc: how often of two, one who bought and one who did not, the first was given the higher chance (ties: half).

    log_loss: mean of −ln of the chance given to what happened; brier: mean squared distance. Lower is better in both
    (proper scores: Gneiting and Raftery, JASA 102, 2007). expected, actual: sums of chances, and of those who bought.
    """

    auc: float
    log_loss: float
    brier: float
    expected: float
    actual: int


def score_of(chance: Floats, bought: NDArray[np.bool_]) -> Score:
    return Score(
        auc_of(chance, bought),
        float(losses_of(chance, bought).mean()),
        float(((chance - bought) ** 2).mean()),
        float(chance.sum()),
        int(bought.sum()),
    )


def auc_of(figure: Floats, bought: NDArray[np.bool_]) -> float:
    """Area under the curve as the rank sum of those who bought (Hanley and McNeil, Radiology 143, 1982)."""
    buyers = int(bought.sum())
    others = len(bought) - buyers
    if not buyers or not others:
        return float("nan")
    ranks = rankdata(figure)
    return float((ranks[bought].sum() - buyers * (buyers + 1) / 2) / (buyers * others))


def losses_of(chance: Floats, bought: NDArray[np.bool_]) -> Floats:
    """Logarithmic loss of each; a chance of 0 or 1 is moved inwards by one in a thousand."""
    safe = np.clip(chance, 1e-3, 1 - 1e-3)
    return -np.log(np.where(bought, safe, 1 - safe))


@dataclass(frozen=True)
class Tenth:
    """Customers with similar chances: the mean chance, the share who did buy, how many they are."""

    expected: float
    actual: float
    customers: int


def tenths_of(chance: Floats, bought: NDArray[np.bool_]) -> list[Tenth]:
    """A calibration table: customers ordered by their chance and cut into ten equal parts."""
    order = np.argsort(chance, kind="stable")
    return [
        Tenth(float(chance[part].mean()), float(bought[part].mean()), len(part))
        for part in np.array_split(order, TENTHS)
        if len(part)
    ]


def share_within(figure: Floats, low: Floats, high: Floats) -> float:
    """How many of the intervals held what happened."""
    return float(((low <= figure) & (figure <= high)).mean()) if len(figure) else float("nan")
