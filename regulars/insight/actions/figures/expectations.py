"""What is expected of every customer: still one, how often, how much, when; and what his silence has cost."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from regulars.insight.actions.figures.calendar import EPOCH
from regulars.insight.actions.figures.models import Models
from regulars.insight.rules import silent, value
from regulars.insight.rules.backtests import HORIZON_DAYS, Floats
from regulars.insight.rules.forecasts import Grouped
from regulars.insight.rules.models import buying, gamma_gamma
from regulars.insight.rules.models.fits import Fit, Note
from regulars.insight.rules.models.histories import grouped

YEAR_DAYS = 365
# Further digits say nothing and would differ from engine to engine.
_DIGITS = 4
_LAST_DAY = (date(2999, 12, 31) - EPOCH).days


@dataclass(frozen=True)
class Asked:
    """Of everybody, in the order of the customers' rows; NaN where not known.

    last_day: of the last purchase; median_days, limit_days, centre, spread: the own rhythm as of then.
    """

    number: NDArray[np.int64]
    last_day: Floats
    silence_days: Floats
    median_days: Floats
    limit_days: Floats
    centre: Floats
    spread: Floats
    is_lost: NDArray[np.bool_]

    def of(self, chosen: NDArray[np.bool_]) -> "Asked":
        return Asked(**{name: column[chosen] for name, column in vars(self).items()})


def expectations_from(models: Models, asked: Asked, *, kept_share: float) -> dict[str, pa.Array]:
    """The columns of CUSTOMER_COLUMNS that models tell. kept_share: of sales, what did not come back."""
    is_buyer = asked.number > 0
    assert int(is_buyer.sum()) == len(models.standing.who), "visits and customers tell of the same people"
    columns = {name: np.full(len(is_buyer), np.nan) for name in _COLUMNS}
    stake = np.zeros(len(is_buyer), dtype=np.int64)
    is_silent = silent.is_silent_leaver(
        silence_days=asked.silence_days, limit_days=asked.limit_days, is_lost=asked.is_lost,
        p_alive=columns["p_alive"], p_alive_due=columns["p_alive"], sees_drop_out=False,
    )  # fmt: skip
    if models.buying is not None and models.money is not None and is_buyer.any():
        buyers = asked.of(is_buyer)
        found = _Expected(models, models.buying, models.money, kept_share=kept_share)
        with threadpool_limits(1, user_api="blas"):
            of_buyers, stake[is_buyer], is_silent[is_buyer] = found.columns(buyers)
        for name, figures in of_buyers.items():
            columns[name][is_buyer] = figures
    return {
        **{name: _arrow(name, figures) for name, figures in columns.items()},
        "at_stake_minor": pa.array(stake),
        "is_silent_leaver": pa.array(is_silent),
    }


class _Expected:
    """The same for those who have bought."""

    def __init__(self, models: Models, fit: Fit, money: Fit, *, kept_share: float) -> None:
        self._models, self._fit, self._money = models, fit, money
        standing = models.standing
        self._average = gamma_gamma.expected_value(money, standing.number, standing.average_minor) * kept_share

    def columns(self, asked: Asked) -> tuple[dict[str, Floats], NDArray[np.int64], NDArray[np.bool_]]:
        fit, trial = self._fit, self._models.trial
        alive, alive_due = (
            self._each(self._models.alike, lambda *h: buying.p_alive(fit, *h)),
            np.ones(len(asked.number)),
        )
        spans = [HORIZON_DAYS, YEAR_DAYS]
        soon, year = (buying.expected_by(fit, spans, *self._models.alike.columns))[:, self._models.alike.places]
        soon = soon * trial.season
        any_of_year = self._each(self._models.alike, lambda *h: buying.probability_of_any(fit, YEAR_DAYS, *h))
        year_due = year.copy()
        is_due = asked.silence_days > asked.median_days
        if is_due.any():
            then = self._when_due(asked, is_due)
            alive_due[is_due] = self._each(then, lambda *h: buying.p_alive(fit, *h))
            year_due[is_due] = self._each(then, lambda *h: buying.expected_purchases(fit, YEAR_DAYS, *h))
        alive_due = np.where(is_due, alive_due, np.nan)
        spread = value.spread_of(
            expected=year, buys=any_of_year, number=asked.number.astype(np.float64),
            shape=self._models.standing.frequency + 1.0, average_minor=self._average, p=self._money["p"],
            q=self._money["q"],
        )  # fmt: skip
        low, high = spread.between(trial.value_levels)
        first, last = value.next_window(
            silence_days=asked.silence_days, centre=asked.centre, spread=asked.spread, levels=trial.next_levels
        )
        columns = {
            "p_alive": alive,
            "p_alive_due": alive_due,
            "expected_90": soon,
            "expected_365": year,
            "buys_90": self._models.buys_90 if self._models.buys_90 is not None else np.full(len(year), np.nan),
            "value_365_minor": year * self._average,
            "value_365_low_minor": low,
            "value_365_high_minor": high,
            "next_from_date": asked.last_day + first,
            "next_to_date": asked.last_day + last,
        }
        stake = value.at_stake_minor(
            value_due_minor=year_due * self._average, value_minor=year * self._average, is_due=is_due,
            is_lost=asked.is_lost,
        )  # fmt: skip
        is_silent = silent.is_silent_leaver(
            silence_days=asked.silence_days, limit_days=asked.limit_days, is_lost=asked.is_lost, p_alive=alive,
            p_alive_due=alive_due, sees_drop_out=fit.note is not Note.NO_DROP_OUT,
        )  # fmt: skip
        return columns, stake, is_silent

    def _when_due(self, asked: Asked, is_due: NDArray[np.bool_]) -> Grouped:
        """The histories as they were on the day after each usual pause."""
        standing = self._models.standing
        recency = standing.recency[is_due]
        return Grouped(*grouped(standing.frequency[is_due], recency, recency + np.ceil(asked.median_days[is_due])))

    @staticmethod
    def _each(alike: Grouped, ask: Callable[..., Floats]) -> Floats:
        return np.asarray(ask(*alike.columns)[alike.places], dtype=np.float64)


_COLUMNS = (
    "p_alive", "p_alive_due", "expected_90", "expected_365", "buys_90", "value_365_minor", "value_365_low_minor",
    "value_365_high_minor", "next_from_date", "next_to_date",
)  # fmt: skip


def _arrow(name: str, figures: Floats) -> pa.Array:
    is_missing = np.isnan(figures)
    if name.endswith("_minor"):
        return pa.array(np.rint(np.where(is_missing, 0, figures)).astype(np.int64), mask=is_missing)
    if name.endswith("_date"):
        days = np.where(is_missing, 0, np.minimum(figures, _LAST_DAY)).astype(np.int32)
        return pa.array(days, pa.int32(), mask=is_missing).cast(pa.date32())
    return pa.array(np.round(figures, _DIGITS), mask=is_missing)
