"""The coming weeks of a weekly series, with bands made of the errors of forecasts that one would have made before.

Four simple ways are tried from every past week as if it were today (rolling origin; Tashman, International Journal of
Forecasting 16, 2000). The one whose past errors were smallest is taken. The band is a quantile of its past errors at
the same distance, with the correction of split-conformal prediction for few of them (Vovk, Gammerman and Shafer,
*Algorithmic Learning in a Random World*, 2005; Lei and others, JASA 113, 2018). Errors are logarithms of (actual + 1) /
(expected + 1), so a band can be carried over to a larger or smaller shop.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HORIZON = 13
YEAR = 52
BAND = 0.8
# Younger series say too little about their own errors.
LEAST_WEEKS = 26
# From here on a past week is used as an origin.
FIRST_ORIGIN = 10
# Errors that count: of the last so many origins.
ORIGINS = 78
# So that 259.999 999 999 stays 260.
_ROUNDING = 1e-9
# A way must err so much less than a simpler one to be taken.
CLEARLY = 0.99
# How many past forecasts are judged with only what was known before each of them, and the least they need for it.
JUDGED, LEAST_ORIGINS = 26, 8
# How far a quarter may lie from the one before by the season alone, where no year has shown it yet (logarithm).
UNSEEN = 0.3 * np.arange(1, HORIZON + 1) / HORIZON
ERROR_HALF_LIFE_WEEKS = 39.0
HALF_LIFE_WEEKS, LEVEL_WEEKS, DAMPING = 6.0, 26, 0.9


@dataclass(frozen=True)
class Forecast:
    """For each of HORIZON weeks and for all of them together; low and high: the band of BAND.

    method: "level", "trend", "season" or "both"; inside of judged: how many past weeks lay in the band that would have
    been drawn for them (0 of 0: too few to judge).
    """

    expected: tuple[float, ...]
    low: tuple[int, ...]
    high: tuple[int, ...]
    total: float
    total_low: int
    total_high: int
    method: str
    weeks: int
    inside: int
    judged: int


def forecast(counts: NDArray[np.int64]) -> Forecast | None:
    """What the weeks after `counts` (the oldest first, without the one under way) will bring; None: too young."""
    # Before the first thing to count there was nothing to be wrong about.
    weeks = np.trim_zeros(counts, "f").astype(np.float64)
    count = len(weeks)
    if count < LEAST_WEEKS:
        return None
    paths = {name: _paths(weeks, method) for name, method in METHODS.items()}
    errors = {name: _errors(weeks, path) for name, path in paths.items()}
    best = _best(paths, errors, count)
    expected = paths[best][-1]
    reach = _with_unseen_season(_reach(errors[best], count), UNSEEN, count)
    reach_total = float(_with_unseen_season(np.array(_reach_total(weeks, paths[best])), UNSEEN.mean(), count))
    total = float(expected.sum())
    inside, judged = _judged(weeks, paths, errors)
    low = tuple(_low(value, wide) for value, wide in zip(expected, reach, strict=True))
    high = tuple(_high(value, wide) for value, wide in zip(expected, reach, strict=True))
    return Forecast(
        tuple(round(float(value), 2) for value in expected),
        low,
        high,
        round(total, 1),
        # No sum errs further than its weeks would if all of them erred to the same side.
        max(_low(total, reach_total), sum(low)),
        min(_high(total, reach_total), sum(high)),
        best,
        count,
        inside,
        judged,
    )


def _low(value: float, reach: float) -> int:
    return max(0, int(np.floor((value + 1) * np.exp(-reach) - 1 + _ROUNDING)))


def _high(value: float, reach: float) -> int:
    return int(np.ceil((value + 1) * np.exp(reach) - 1 - _ROUNDING))


# ── Ways to go on ────────────────────────────────────────────────────────────
def level(weeks: Floats) -> Floats:
    """What was lately, the newest weeks counting most."""
    last = weeks[-LEVEL_WEEKS:]
    weights = 0.5 ** (np.arange(len(last))[::-1] / HALF_LIFE_WEEKS)
    return np.full(HORIZON, float((last * weights).sum() / weights.sum()))


def trend(weeks: Floats) -> Floats:
    """The level with the slope of the last half year, as far as it stands out of the noise, and fading."""
    last = np.log(weeks[-LEVEL_WEEKS:] + 1)
    x = np.arange(len(last)) - (len(last) - 1) / 2
    slope = float((x * last).sum() / (x**2).sum())
    residual = last - last.mean() - slope * x
    variance = float((residual**2).sum() / max(len(last) - 2, 1) / (x**2).sum())
    slope *= max(0.0, 1 - variance / slope**2) if slope else 0.0
    steps = slope * np.cumsum(DAMPING ** np.arange(1, HORIZON + 1))
    return np.asarray((level(weeks) + 1) * np.exp(np.clip(steps, -2, 2)) - 1).clip(min=0)


def season(weeks: Floats) -> Floats:
    """The same weeks a year ago (each with its neighbours), times what the last quarter brought against its own."""
    count = len(weeks)
    unknown = np.full(HORIZON, np.nan)
    if count < YEAR + HORIZON:
        return unknown
    before = weeks[count - YEAR - HORIZON : count - YEAR].sum()
    if before < HORIZON:
        return unknown
    start = count - YEAR
    year_ago = (weeks[start - 1 : start + 12] + weeks[start : start + 13] + weeks[start + 1 : start + 14]) / 3
    return np.asarray(year_ago * (weeks[-HORIZON:].sum() / before))


def both(weeks: Floats) -> Floats:
    """Half way (geometrically) between the level and the season."""
    return np.asarray(np.sqrt(level(weeks) * season(weeks)))


METHODS: Mapping[str, Callable[[Floats], Floats]] = {"level": level, "trend": trend, "season": season, "both": both}


# ── What the errors were ─────────────────────────────────────────────────────
def _paths(weeks: Floats, method: Callable[[Floats], Floats]) -> Floats:
    """A row for each origin from FIRST_ORIGIN to today, the newest last."""
    return np.array([method(weeks[:origin]) for origin in range(FIRST_ORIGIN, len(weeks) + 1)])


def _errors(weeks: Floats, paths: Floats) -> Floats:
    """Logarithmic errors, a row for each origin; NaN where the week has not been, or nothing was foretold."""
    padded = np.concatenate([weeks, np.full(HORIZON, np.nan)])
    actual = np.array([padded[origin : origin + HORIZON] for origin in range(FIRST_ORIGIN, len(weeks) + 1)])
    return np.asarray(np.log((actual + 1) / (paths + 1)))


def _known(errors: Floats, today: int) -> Floats:
    """Errors that one could know when `today` weeks had been: of the last ORIGINS origins before it."""
    last = today - FIRST_ORIGIN
    rows = errors[max(0, last - ORIGINS) : last]
    origins = np.arange(max(0, last - ORIGINS), last)[:, None] + FIRST_ORIGIN
    return np.where(origins + np.arange(HORIZON) < today, rows, np.nan)


def _best(paths: Mapping[str, Floats], errors: Mapping[str, Floats], today: int) -> str:
    """The way with the smallest errors against those of the level at the same origins."""
    base = np.abs(_known(errors["level"], today))
    best, least = "level", 1.0
    for name in METHODS:
        own = np.abs(_known(errors[name], today))
        is_there = ~np.isnan(own)
        is_silent = bool(np.isnan(paths[name][today - FIRST_ORIGIN]).any())
        if is_silent or is_there.sum() < LEAST_ORIGINS * HORIZON // 2:
            continue
        reference = float(base[is_there].mean())
        share = float(own[is_there].mean()) / reference if reference > 1e-9 else 1.0
        if share < CLEARLY * least:
            best, least = name, share
    return best


def _reach(errors: Floats, today: int) -> Floats:
    """How far to either side the band goes at each distance, its neighbours' errors with it; never narrowing."""
    known = np.abs(_known(errors, today))
    ages = np.arange(len(known), 0.0, -1)[:, None]
    reach = np.empty(HORIZON)
    for step in range(HORIZON):
        near = known[:, max(0, step - 2) : step + 3]
        is_known = ~np.isnan(near)
        values = near[is_known]
        pieces = len(values) / near.shape[1] / np.sqrt(step + 1)
        old = np.broadcast_to(ages, near.shape)[is_known]
        reach[step] = _quantile(values, old, pieces) if len(values) else np.nan
    filled = np.where(np.isnan(reach), np.nanmax(reach) if not np.isnan(reach).all() else 1.0, reach)
    return np.maximum.accumulate(filled)


def _reach_total(weeks: Floats, paths: Floats) -> float:
    """The same for the sum of all weeks. Sums that overlap count as one piece of news for each HORIZON of them."""
    ends = range(FIRST_ORIGIN + HORIZON, len(weeks) + 1)
    actual = np.array([weeks[end - HORIZON : end].sum() for end in ends])[-ORIGINS:]
    foretold = paths[: len(ends)].sum(axis=1)[-ORIGINS:]
    values = np.abs(np.log((actual + 1) / (foretold + 1)))
    is_known = ~np.isnan(values)
    ages = np.arange(len(values), 0.0, -1)[is_known]
    return _quantile(values[is_known], ages, len(ages) / HORIZON) if len(ages) else 1.0


def _quantile(values: Floats, ages: Floats, pieces: float) -> float:
    """The BAND quantile, a little further out where few independent pieces of news stand behind it.

    ages: in weeks; older errors count less (Barber and others, "Conformal prediction beyond exchangeability", Annals of
    Statistics 51, 2023), so that a shop's first months do not widen its bands for ever.
    """
    weights = 0.5 ** (ages / ERROR_HALF_LIFE_WEEKS)
    order = np.argsort(values)
    so_far = np.cumsum(weights[order])
    wanted = min(1.0, BAND * (1 + 1 / max(pieces, 1.0))) * so_far[-1]
    return float(values[order][min(np.searchsorted(so_far, wanted - 1e-9), len(values) - 1)])


def _with_unseen_season(reach: Floats, unseen: Floats, count: int) -> Floats:
    """Wider where the shop is too young to have shown the same weeks of a year ago."""
    return reach if count >= YEAR + HORIZON else np.asarray(np.hypot(reach, unseen))


def _judged(weeks: Floats, paths: Mapping[str, Floats], errors: Mapping[str, Floats]) -> tuple[int, int]:
    """Past weeks within the bands that would have been drawn with what was known then, and how many were judged."""
    count = len(weeks)
    start = max(FIRST_ORIGIN + LEAST_ORIGINS + HORIZON, count - ORIGINS)
    origins = np.arange(start, count)
    inside = judged = 0
    for today in origins[:: max(1, ceil(len(origins) / JUDGED))]:
        name = _best(paths, errors, int(today))
        reach = _with_unseen_season(_reach(errors[name], int(today)), UNSEEN, int(today))
        expected = paths[name][today - FIRST_ORIGIN]
        for actual, value, wide in zip(weeks[today : today + HORIZON], expected, reach, strict=False):
            inside += bool(_low(value, wide) <= actual <= _high(value, wide))
            judged += 1
    return inside, judged
