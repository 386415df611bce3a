"""The models of the shop as it is today: fitted, chosen by its own past, kept with what they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from threadpoolctl import threadpool_limits

from regulars.insight.actions.figures.backtests import Trial, trial_of
from regulars.insight.actions.figures.calendar import iso_date
from regulars.insight.actions.figures.ground import Ground
from regulars.insight.actions.figures.visits import fingerprint_of
from regulars.insight.rules import forecasts
from regulars.insight.rules.backtests import Floats, Standing, Visits, standing_at
from regulars.insight.rules.choice import PLAIN, TELLING, Method
from regulars.insight.rules.models import gamma_gamma
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.runs import MODEL_VERSION


@dataclass(frozen=True)
class Models:
    """What a run knows of its customers' future.

    standing, alike: everybody who has bought, as of today, and grouped. fits: every model of buying. buying: the one in
    use; money: Gamma-Gamma; both None where there is nothing to fit. buys_90: by the chosen method. trial: what the
    tests on the past said. fingerprint: of the visits, the day and the rules.
    """

    standing: Standing
    alike: forecasts.Grouped
    fits: Mapping[Method, Fit]
    buying: Fit | None
    money: Fit | None
    buys_90: Floats | None
    trial: Trial
    fingerprint: str

    def as_json(self, as_of_day: int) -> dict[str, Any]:
        return {
            "version": MODEL_VERSION,
            "data_date": iso_date(as_of_day),
            "fingerprint": self.fingerprint,
            "fits": {name.value: fit.as_json() for name, fit in self.fits.items()},
            "gamma_gamma": self.money.as_json() if self.money else None,
            "buying": self.buying.name if self.buying else None,
            "trial": self.trial.as_json(),
        }


def models_from(ground: Ground, visits: Visits) -> Models:
    """Fits and tests, or those of the last run where nothing has changed since."""
    # Small matrices: threads would wait for each other longer than they work.
    with threadpool_limits(1, user_api="blas"):
        return _models(ground, visits)


def _models(ground: Ground, visits: Visits) -> Models:
    question = ground.question
    day, patience_z = question.as_of_day, ground.patience_z
    fingerprint = fingerprint_of(visits, as_of_day=day, patience=question.thresholds.patience)
    standing = standing_at(visits, day, is_present=True)
    before = question.models_before
    alike = forecasts.grouped_of(standing)
    if before.get("fingerprint") == fingerprint:
        fits = {Method(name): Fit.from_json(kept) for name, kept in before["fits"].items()}
        money = Fit.from_json(before["gamma_gamma"]) if before["gamma_gamma"] else None
        trial = Trial.from_json(before["trial"])
    else:
        fits = forecasts.fits_to_all(standing, alike)
        money = gamma_gamma.fit(standing.number, standing.average_minor)
        trial = trial_of(visits, as_of_day=day, patience_z=patience_z)
    first_day = int(visits.day.min()) if len(visits.day) else day
    said = forecasts.forecasts_of(
        visits, standing, first_day=first_day, patience_z=patience_z, season=trial.season, fits=fits,
        among=[trial.method, PLAIN],
    )  # fmt: skip
    return Models(
        standing,
        alike,
        fits,
        _in_use(fits, trial.model),
        money,
        said.chances.get(trial.method, said.chances.get(PLAIN)),
        trial,
        fingerprint,
    )


def _in_use(fits: Mapping[Method, Fit], chosen: Method) -> Fit | None:
    return next((fits[name] for name in (chosen, *TELLING, PLAIN) if name in fits), None)
