"""How one customer's chance of being still a customer went, from the stored fit and his own days of purchase."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np

from regulars.audience.queries import findings
from regulars.commerce.queries.orders import purchase_dates_of
from regulars.customers import queries as customers
from regulars.insight.rules.models import buying
from regulars.insight.rules.models.fits import Fit, Note
from regulars.shop.queries import shop

AHEAD_DAYS = 90
AHEAD_STEP_DAYS = 6
POINTS = 100


@dataclass(frozen=True)
class OutlookPoint:
    """p_alive (0–1): how likely he was still a customer on the evening of `day`, as today's models see it."""

    day: date
    p_alive: float


@dataclass(frozen=True)
class Outlook:
    """A customer's curve and what it rests on.

    points: from his first purchase to the data's date (one on each day of purchase, the eve of each, and about every
    hundredth of the time between), then `ahead` up to 90 days further if he stays silent. bought: his days of
    purchase. model: the name of the fit ("bg_nbd", …). has_drop_out: False where nobody was seen to leave for good, so
    that the curve is flat at 1.
    """

    points: Sequence[OutlookPoint]
    ahead: Sequence[OutlookPoint]
    bought: Sequence[date]
    as_of_date: date
    model: str
    has_drop_out: bool


def outlook_of(customer_id: UUID) -> Outlook | None:
    """The curve of one customer (a survivor's id); None without a purchase, or while no model could be fitted."""
    seen, models = findings.publication(), findings.shop_finding("models")
    if seen is None or not models or not models["buying"]:
        return None
    bought = purchase_dates_of(customers.alias_ids(customer_id), before=seen.as_of)
    if not bought:
        return None
    fit = Fit.from_json(models["fits"][models["buying"]])
    today = max(seen.as_of.astimezone(shop().zone).date(), bought[-1])
    ahead = [today + timedelta(days=span) for span in range(AHEAD_STEP_DAYS, AHEAD_DAYS + 1, AHEAD_STEP_DAYS)]
    return Outlook(
        _curve(fit, bought, _days_between(bought, today)),
        _curve(fit, bought, ahead),
        bought,
        today,
        fit.name,
        fit.note is not Note.NO_DROP_OUT,
    )


def _days_between(bought: Sequence[date], today: date) -> list[date]:
    first = bought[0]
    step = max((today - first).days // POINTS, 1)
    between = {first + timedelta(days=span) for span in range(0, (today - first).days, step)}
    eves = {day - timedelta(days=1) for day in bought[1:]}
    return sorted(between | eves | set(bought) | {today})


def _curve(fit: Fit, bought: Sequence[date], days: Sequence[date]) -> list[OutlookPoint]:
    """On each day, what the model makes of the purchases up to then."""
    since = np.array([(day - bought[0]).days for day in bought], dtype=np.float64)
    age = np.array([(day - bought[0]).days for day in days], dtype=np.float64)
    number = np.searchsorted(since, age, side="right")
    chances = buying.p_alive(fit, number - 1, since[number - 1], age)
    return [OutlookPoint(day, float(chance)) for day, chance in zip(days, chances, strict=True)]
