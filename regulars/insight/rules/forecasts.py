"""Every way to say who buys within 90 days, made from what was known on one morning; for the past and for today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.insight.rules import boosting, choice, rhythm
from regulars.insight.rules.backtests import (
    HORIZON_DAYS,
    Floats,
    Standing,
    Visits,
    can_be_tested,
    outcome_of,
    standing_at,
)
from regulars.insight.rules.choice import GROUPS, MODELS, PLAIN, RULES, Method
from regulars.insight.rules.models import buying
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Histories, Places, grouped

# So many customers leave standard errors of a hundredth.
MOST_FITTED = 100_000


@dataclass(frozen=True)
class Grouped:
    """A standing with equal customers as one; `places`: each customer's group."""

    histories: Histories
    places: Places

    @property
    def columns(self) -> tuple[Floats, Floats, Floats]:
        return self.histories.frequency, self.histories.recency, self.histories.age


def grouped_of(standing: Standing) -> Grouped:
    return Grouped(
        *grouped(standing.frequency, standing.recency, standing.age, log_gap_total=float(standing.log_sum.sum()))
    )


def fits_to_all(standing: Standing, alike: Grouped) -> dict[Method, Fit]:
    """PLAIN from everybody; the models that take longer from evenly chosen MOST_FITTED, which tell them as well."""
    step = -(-len(standing.who) // MOST_FITTED)
    if step <= 1:
        return fits_of(alike)
    some = (standing.frequency[::step], standing.recency[::step], standing.age[::step])
    chosen = Grouped(*grouped(*some, log_gap_total=float(standing.log_sum[::step].sum())))
    others = [name for name in MODELS if name is not PLAIN]
    return {**fits_of(alike, [PLAIN]), **fits_of(chosen, others)}


def fits_of(alike: Grouped, names: Sequence[Method] = MODELS) -> dict[Method, Fit]:
    """The models that can be fitted to these histories."""
    found = {name: buying.fit(name.value, alike.histories) for name in names}
    return {name: fit for name, fit in found.items() if fit is not None}


def chance_by_model(fit: Fit, alike: Grouped, *, season: float = 1.0) -> Floats:
    """P(any purchase within 90 days) of everybody. season: how much busier these days are than others.

    A busier season is a quicker clock: 90 days hold 90 × season ordinary ones.
    """
    return buying.probability_of_any(fit, HORIZON_DAYS * season, *alike.columns)[alike.places]


def limits_of(standing: Standing, *, patience_z: float) -> Floats:
    """Everybody's limit as it was known then, by his own rhythm; infinite while the shop's rhythm is not known."""
    shop = rhythm.shop_rhythm_of(standing.gaps, standing.log_sum, standing.log_squares)
    if shop is None:
        return np.full(len(standing.who), np.inf)
    centre, spread = rhythm.own_arrays(standing.gaps, standing.log_sum, standing.log_squares, shop)
    return np.asarray(np.exp(centre + patience_z * spread), dtype=np.float64)


def chance_by_rule(visits: Visits, standing: Standing, method: Method, *, patience_z: float) -> Floats | None:
    """What a rule says, with the shares that its groups had in the 90 days before; None where those tell nothing."""
    before = standing_at(visits, standing.day - HORIZON_DAYS)
    outcome = outcome_of(visits, before, stop=standing.day)
    if not can_be_tested(outcome):
        return None
    group = GROUPS[method]
    shares = choice.shares_of(group(before, limits_of(before, patience_z=patience_z)), outcome.bought)
    return shares.chance(group(standing, limits_of(standing, patience_z=patience_z)))


@dataclass(frozen=True)
class Forecasts:
    """chances: P(buys within 90 days) of each of a standing, by every method that can say something on its day."""

    chances: Mapping[Method, Floats]
    fits: Mapping[Method, Fit]
    alike: Grouped


def forecasts_of(
    visits: Visits,
    standing: Standing,
    *,
    first_day: int,
    patience_z: float,
    season: float = 1.0,
    fits: Mapping[Method, Fit] | None = None,
    among: Sequence[Method] = tuple(Method),
) -> Forecasts:
    """fits: made earlier from the same standing. among: the methods that are asked for.

    All that is no model is brought to the level of PLAIN in its season.
    """
    alike = grouped_of(standing)
    fits = fits_of(alike) if fits is None else fits
    plain = chance_by_model(fits[PLAIN], alike, season=season) if PLAIN in fits else np.zeros(len(standing.who))
    chances = {name: chance_by_model(fit, alike, season=season) for name, fit in fits.items() if name in among}
    if Method.BOOSTING in among or Method.BLEND in among:
        forest = boosting.trained(visits, day=standing.day, first_day=first_day)
        if forest is not None:
            chances[Method.BOOSTING] = forest.chance(standing)
            if PLAIN in fits and Method.PARETO_NBD in fits:
                other = chance_by_model(fits[Method.PARETO_NBD], alike, season=season)
                chances[Method.BLEND] = choice.blended(choice.blended(plain, other), chances[Method.BOOSTING])
    for method in RULES:
        chance = chance_by_rule(visits, standing, method, patience_z=patience_z) if method in among else None
        if chance is not None:
            chances[method] = chance
    if PLAIN in fits:
        level = float(plain.sum())
        chances = {name: chance if name in fits else choice.levelled(chance, level) for name, chance in chances.items()}
    return Forecasts(chances, fits, alike)
