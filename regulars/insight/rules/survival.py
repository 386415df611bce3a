"""How many go on to the next step, and how soon, where many have not had the time yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray

# 95 of 100 times the true share lies within.
_Z = 1.959963984540054


@dataclass(frozen=True)
class Passing:
    """People at a step by the whole days that they have stood there.

    days: ascending, each once. passed: how many went on after so many days; waiting: how many have stood for so many
    days and not gone on, and are no longer watched.
    """

    days: NDArray[np.int64]
    passed: NDArray[np.int64]
    waiting: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Iterable[tuple[int, bool, int]]) -> "Passing":
        """From rows of (days, has gone on, people), in any order."""
        sums: dict[int, list[int]] = {}
        for day, has_passed, people in rows:
            sums.setdefault(int(day), [0, 0])[0 if has_passed else 1] += int(people)
        days = sorted(sums)
        both = np.array([sums[day] for day in days], dtype=np.int64).reshape(-1, 2)
        return cls(np.array(days, dtype=np.int64), both[:, 0], both[:, 1])

    @property
    def people(self) -> int:
        return int(self.passed.sum() + self.waiting.sum())

    @property
    def people_passed(self) -> int:
        return int(self.passed.sum())

    def passed_within(self, horizon_days: int) -> int:
        return int(self.passed[self.days <= horizon_days].sum())

    def watched(self, horizon_days: int) -> int:
        """Who had the chance: went on within the horizon, or was watched for all of it."""
        return self.passed_within(horizon_days) + int(
            self.passed[self.days > horizon_days].sum() + self.waiting[self.days >= horizon_days].sum()
        )


@dataclass(frozen=True)
class Share:
    """The share who go on within a horizon, with its 95 % interval; people: who had the chance."""

    value: float
    low: float
    high: float
    people: int


def share_within(passing: Passing, horizon_days: int) -> Share | None:
    """The share who go on within the horizon; None where nobody was watched for so long.

    Kaplan and Meier (1958): S(t) = Π (1 − d_i / n_i) over the days up to t, n_i being those who stand at the step on
    the morning of day i. Who is watched no longer on a day counts until its evening. The interval is Greenwood's
    variance on the log(−log) scale (Kalbfleisch and Prentice 1980, 1.3.3), which keeps within 0 and 1.
    """
    watched = passing.watched(horizon_days)
    if not watched:
        return None
    curve = _survival(passing)
    upto = int(np.searchsorted(passing.days, horizon_days, side="right"))
    if upto == 0:
        return Share(0.0, 0.0, _rule_of_three(watched), watched)
    survival = float(curve[upto - 1])
    if survival >= 1.0:
        return Share(0.0, 0.0, _rule_of_three(watched), watched)
    if survival <= 0.0:
        return Share(1.0, 1.0 - _rule_of_three(watched), 1.0, watched)
    passed, at_risk = passing.passed[:upto], _at_risk(passing)[:upto]
    is_step = passed > 0
    greenwood = float((passed[is_step] / (at_risk[is_step] * (at_risk[is_step] - passed[is_step]))).sum())
    spread = _Z * sqrt(greenwood) / abs(log(survival))
    bounds = [1.0 - survival ** exp(way * spread) for way in (-1, 1)]
    return Share(1.0 - survival, min(bounds), max(bounds), watched)


def half_by(passing: Passing, horizon_days: int) -> int | None:
    """The day by which half of those who go on within the horizon have done so; None where nobody did."""
    curve = _survival(passing)
    upto = int(np.searchsorted(passing.days, horizon_days, side="right"))
    if upto == 0 or curve[upto - 1] >= 1.0:
        return None
    half = 1.0 - (1.0 - float(curve[upto - 1])) / 2
    place = int(np.argmax(curve[:upto] <= half + 1e-12))
    return int(passing.days[place])


def _at_risk(passing: Passing) -> NDArray[np.int64]:
    leaving = passing.passed + passing.waiting
    return np.cumsum(leaving[::-1])[::-1]


def _survival(passing: Passing) -> NDArray[np.float64]:
    return np.cumprod(1.0 - passing.passed / np.maximum(_at_risk(passing), 1), dtype=np.float64)


def _rule_of_three(people: int) -> float:
    """What may be so though it was never seen among so many (Hanley and Lippman-Hand 1983)."""
    return min(1.0, 3.0 / people)


@dataclass(frozen=True)
class BetterHalf:
    """Shares who go on: of all, and of the better half of the people. groups: how many were compared."""

    overall: float
    better: float
    groups: int

    @property
    def lift(self) -> float:
        return max(0.0, self.better - self.overall)


def better_half(people: Sequence[int], passed: Sequence[int]) -> BetterHalf | None:
    """How much better the better half of groups (months, say) does than all; None for fewer than four groups.

    Groups differ by chance alone, too, and the better half of chance is always better. So each group's share is first
    drawn towards that of all by as much as chance explains: the variance between groups by the method of moments
    (DerSimonian and Laird 1986). Where chance explains everything, the better half is no better.
    """
    number = np.array(people, dtype=np.float64)
    went = np.array(passed, dtype=np.float64)
    number, went = number[number > 0], went[number > 0]
    if len(number) < 4:
        return None
    overall = float(went.sum() / number.sum())
    chance = overall * (1 - overall)
    if chance == 0:
        return BetterHalf(overall, overall, len(number))
    spread = float((number * (went / number - overall) ** 2).sum()) / chance - (len(number) - 1)
    between = max(0.0, spread * chance / (number.sum() - float((number**2).sum()) / number.sum()))
    drawn = overall + between / (between + chance / number) * (went / number - overall)
    order = np.argsort(-drawn, kind="stable")
    taken = np.minimum(number[order], np.maximum(number.sum() / 2 - (np.cumsum(number[order]) - number[order]), 0))
    return BetterHalf(overall, float((drawn[order] * taken).sum() / taken.sum()), len(number))
