"""Every method tested on this shop's own past, and what follows: which is used, how wide its intervals must be."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from regulars.insight.actions.figures.calendar import iso_date
from regulars.insight.rules import boosting, choice, forecasts, rhythm, value
from regulars.insight.rules.backtests import (
    HORIZON_DAYS,
    Floats,
    Outcome,
    Score,
    Standing,
    Visits,
    Window,
    can_be_tested,
    outcome_of,
    score_of,
    share_within,
    standing_at,
    tenths_of,
    windows_before,
)
from regulars.insight.rules.choice import PLAIN, RULES, TELLING, Method
from regulars.insight.rules.models import buying, gamma_gamma, season
from regulars.insight.rules.models.fits import Fit

# So many customers, evenly chosen, tell as much of a method as all do.
MOST_TESTED = 60_000
YEAR_DAYS = 365
# Those who come back late must have had the time to, before pauses are compared.
LEAST_FOLLOWED_DAYS = 180


@dataclass(frozen=True)
class Trial:
    """What the tests say. method: for the chance of buying within 90 days; model: of buying, for all else.

    season: how much busier the next 90 days are than the model thinks. value_levels, next_levels: between which
    quantiles 80 of 100 outcomes lay. windows, methods, calibration, coverage: for the page, as `trust` has them.
    """

    method: Method
    model: Method
    season: float
    value_levels: value.Levels
    next_levels: value.Levels
    windows: Sequence[Mapping[str, Any]]
    methods: Mapping[str, Mapping[str, Any]]
    calibration: Sequence[Mapping[str, Any]]
    coverage: Mapping[str, Mapping[str, Any]]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Trial":
        return cls(
            **{
                **kept,
                "method": Method(kept["method"]),
                "model": Method(kept["model"]),
                "value_levels": value.Levels(**kept["value_levels"]),
                "next_levels": value.Levels(**kept["next_levels"]),
            }
        )


@dataclass(frozen=True)
class _Tested:
    """One window of the past with all that was said of it and what happened."""

    window: Window
    standing: Standing
    outcome: Outcome
    said: forecasts.Forecasts
    scores: Mapping[Method, Score]
    season: float
    purchases: Mapping[Method, float]
    money: Fit | None


def trial_of(visits: Visits, *, as_of_day: int, patience_z: float) -> Trial:
    """Test every method at earlier cut-offs 90 days apart, each on what was known then alone."""
    sample = visits.share_of(MOST_TESTED)
    first_day = int(visits.day.min()) if len(visits.day) else as_of_day
    tested = [
        one
        for window in windows_before(as_of_day, first_day=first_day)
        if (one := _tested(sample, window, first_day=first_day, patience_z=patience_z)) is not None
    ]
    scores = [one.scores for one in tested]
    has_forest = boosting.is_possible(sample, day=as_of_day, first_day=first_day)
    now = [method for method in Method if has_forest or method not in (Method.BOOSTING, Method.BLEND)]
    chosen = [choice.chosen(scores[:place], among=among) for place, among in enumerate([*scores, now])]
    models = [choice.chosen(scores[:place], among=TELLING, usual=TELLING[:1]) for place in range(len(tested) + 1)]
    values = _Values(sample, tested, as_of_day=as_of_day, first_day=first_day)
    pauses = _Pauses(sample, tested, as_of_day=as_of_day)
    return Trial(
        chosen[-1],
        models[-1],
        _season(sample, as_of_day, first_day=first_day, is_present=True),
        values.levels,
        pauses.levels,
        [_window_json(one, method, model) for one, method, model in zip(tested, chosen, models, strict=False)],
        _methods_json(tested),
        _calibration_json(tested, chosen),
        {"number": _numbers_json(tested, models), "value": values.as_json(), "next": pauses.as_json()},
    )


def _tested(visits: Visits, window: Window, *, first_day: int, patience_z: float) -> _Tested | None:
    standing = standing_at(visits, window.start)
    outcome = outcome_of(visits, standing, stop=window.stop)
    if not can_be_tested(outcome):
        return None
    level = _season(visits, window.start, first_day=first_day)
    said = forecasts.forecasts_of(visits, standing, first_day=first_day, patience_z=patience_z, season=level)
    scores = {method: score_of(chance, outcome.bought) for method, chance in said.chances.items()}
    purchases = {name: float(_expected(fit, said.alike, HORIZON_DAYS).sum()) * level for name, fit in said.fits.items()}
    purchases[Method.REPEATS_LAST] = float(standing.recent.sum())
    money = gamma_gamma.fit(standing.number, standing.average_minor)
    return _Tested(window, standing, outcome, said, scores, level, purchases, money)


def _expected(fit: Fit, alike: forecasts.Grouped, days: float) -> Floats:
    return buying.expected_purchases(fit, days, *alike.columns)[alike.places]


def _season(visits: Visits, day: int, *, first_day: int, is_present: bool = False) -> float:
    """What to multiply the plain model's purchases of the next 90 days by, from the same weeks a year before."""
    then = day - season.YEAR_DAYS
    if then - first_day < HORIZON_DAYS:
        return 1.0
    year_ago = standing_at(visits, then)
    came = outcome_of(visits, year_ago, stop=then + HORIZON_DAYS)
    if not can_be_tested(came):
        return 1.0
    now = standing_at(visits, day, is_present=is_present)
    return season.level(_quarter(now), _quarter(year_ago), came=float(came.number.sum()))


def _quarter(standing: Standing) -> season.Quarter:
    alike = forecasts.grouped_of(standing)
    fit = forecasts.fits_of(alike, [PLAIN]).get(PLAIN)
    expected = float(_expected(fit, alike, HORIZON_DAYS).sum()) if fit else 0.0
    return season.Quarter(expected, float(standing.recent.sum()))


@dataclass(frozen=True)
class _Stated:
    """What was stated of customers' money in a span, what they did spend, and at which place of the statement."""

    spread: value.Spread
    spent_minor: Floats
    places: Floats

    def held(self, levels: value.Levels, chosen: slice = slice(None)) -> float:
        low, high = self.spread.between(levels)
        return share_within(self.spent_minor[chosen], low[chosen], high[chosen])


class _Values:
    """Whether what customers spent lay within the intervals that were stated for them."""

    def __init__(self, visits: Visits, tested: Sequence[_Tested], *, as_of_day: int, first_day: int) -> None:
        of_windows = [
            _stated(one.standing, one.said, one.money, one.outcome, days=HORIZON_DAYS * one.season) for one in tested
        ]
        self._windows = [one for one in of_windows if one is not None]
        self._year = _stated_a_year_ago(visits, as_of_day - YEAR_DAYS, first_day=first_day)

    @property
    def levels(self) -> value.Levels:
        """For the next 365 days, from the last 365 where they can be tested, else from 90 days."""
        known = [self._year] if self._year else self._windows
        return value.levels_from(np.concatenate([one.places for one in known])) if known else value.Levels()

    def as_json(self) -> dict[str, Any]:
        if self._year:
            # What one half of the customers teach is tried on the other half.
            halves = slice(0, None, 2), slice(1, None, 2)
            held = [self._year.held(value.levels_from(self._year.places[by]), of) for by, of in (halves, halves[::-1])]
            return _coverage(held, len(self._year.places), days=YEAR_DAYS)
        held = [of.held(value.levels_from(by.places)) for by, of in zip(self._windows, self._windows[1:], strict=False)]
        return _coverage(held, sum(len(one.places) for one in self._windows), days=HORIZON_DAYS)


def _stated_a_year_ago(visits: Visits, start: int, *, first_day: int) -> _Stated | None:
    if start - first_day < HORIZON_DAYS:
        return None
    standing = standing_at(visits, start)
    outcome = outcome_of(visits, standing, stop=start + YEAR_DAYS)
    if not can_be_tested(outcome):
        return None
    alike = forecasts.grouped_of(standing)
    said = forecasts.Forecasts({}, forecasts.fits_of(alike, [PLAIN]), alike)
    money = gamma_gamma.fit(standing.number, standing.average_minor)
    return _stated(standing, said, money, outcome, days=YEAR_DAYS)


def _stated(
    standing: Standing, said: forecasts.Forecasts, money: Fit | None, outcome: Outcome, *, days: float
) -> _Stated | None:
    fit, alike = said.fits.get(PLAIN), said.alike
    if fit is None or money is None:
        return None
    spread = value.spread_of(
        expected=_expected(fit, alike, days),
        buys=buying.probability_of_any(fit, days, *alike.columns)[alike.places],
        number=standing.number.astype(np.float64),
        shape=standing.frequency + 1.0,
        average_minor=gamma_gamma.expected_value(money, standing.number, standing.average_minor),
        p=money["p"],
        q=money["q"],
    )
    # The golden ratio's multiples fill 0–1 evenly, and the same way in every run.
    among = np.asarray((np.arange(len(standing.who)) * 0.6180339887498949) % 1.0, dtype=np.float64)
    return _Stated(spread, outcome.spent_minor, spread.place_of(outcome.spent_minor, among))


class _Pauses:
    """Whether those who came again came within the window that was stated for them."""

    def __init__(self, visits: Visits, tested: Sequence[_Tested], *, as_of_day: int) -> None:
        long_ago = [one for one in tested if as_of_day - one.window.start >= LEAST_FOLLOWED_DAYS]
        self._places = [_pause_places(visits, one.standing) for one in long_ago or tested]

    @property
    def levels(self) -> value.Levels:
        return value.levels_from(np.concatenate(self._places)) if self._places else value.Levels()

    def as_json(self) -> dict[str, Any]:
        held = []
        for by, of in zip(self._places, self._places[1:], strict=False):
            levels = value.levels_from(by)
            held.append(float(((levels.low <= of) & (of <= levels.high)).mean()) if len(of) else np.nan)
        return _coverage(held, sum(map(len, self._places)), days=None)


def _pause_places(visits: Visits, standing: Standing) -> Floats:
    later = visits.day >= standing.day
    following = np.full(visits.customers, np.inf)
    np.minimum.at(following, visits.customer[later], visits.day[later].astype(np.float64))
    shop = rhythm.shop_rhythm_of(standing.gaps, standing.log_sum, standing.log_squares)
    centre, spread = rhythm.own_arrays(standing.gaps, standing.log_sum, standing.log_squares, shop)
    gap = following[standing.who] - standing.day + standing.silence
    came = np.isfinite(gap) & np.isfinite(centre)
    return value.place_of_gap(gap[came], silence_days=standing.silence[came], centre=centre[came], spread=spread[came])


def _coverage(held: Sequence[float], customers: int, *, days: int | None) -> dict[str, Any]:
    known = [share for share in held if not np.isnan(share)]
    return {"stated": 0.8, "held": float(np.mean(known)) if known else None, "customers": customers, "days": days}


def _numbers_json(tested: Sequence[_Tested], models: Sequence[Method]) -> dict[str, Any]:
    """Whole numbers of purchases within the interval stated for 90 days, among those for whom it is more than 0."""
    held, customers = 0.0, 0
    for one, name in zip(tested, models, strict=False):
        fit = one.said.fits.get(name)
        if fit is None:
            continue
        low, high = buying.count_interval(fit, HORIZON_DAYS * one.season, *one.said.alike.columns)
        low, high = low[one.said.alike.places], high[one.said.alike.places]
        asked = high > 0
        held += float(((low <= one.outcome.number) & (one.outcome.number <= high))[asked].sum())
        customers += int(asked.sum())
    return _coverage([held / customers] if customers else [], customers, days=HORIZON_DAYS)


def _window_json(one: _Tested, method: Method, model: Method) -> dict[str, Any]:
    """method, model: what would have been chosen then, by the windows before."""
    return {
        "from": iso_date(one.window.start),
        "to": iso_date(one.window.stop - 1),
        "customers": len(one.standing.who),
        "buyers": int(one.outcome.bought.sum()),
        "purchases": int(one.outcome.number.sum()),
        "expected_purchases": {name.value: total for name, total in one.purchases.items()},
        "season": one.season,
        "chosen": method.value,
        "model": model.value,
        "methods": {name.value: asdict(score) for name, score in one.scores.items()},
    }


def _methods_json(tested: Sequence[_Tested]) -> dict[str, dict[str, Any]]:
    """Means over the windows that could test a method."""
    found: dict[str, dict[str, Any]] = {}
    for method in Method:
        scores = [one.scores[method] for one in tested if method in one.scores]
        if scores:
            found[method.value] = {
                "is_rule": method in RULES,
                "windows": len(scores),
                **{name: float(np.mean([getattr(score, name) for score in scores])) for name in _MEANS},
            }
    return found


_MEANS = ("auc", "log_loss", "brier")


def _calibration_json(tested: Sequence[_Tested], chosen: Sequence[Method]) -> list[dict[str, Any]]:
    """Tenths of all windows together, each by the method that would have been chosen then."""
    pairs = [
        (one.said.chances[name], one.outcome.bought)
        for one, name in zip(tested, chosen, strict=False)
        if name in one.said.chances
    ]
    if not pairs:
        return []
    chance, bought = (np.concatenate(column) for column in zip(*pairs, strict=True))
    return [asdict(tenth) for tenth in tenths_of(chance, bought)]
