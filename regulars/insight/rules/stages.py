"""Stages of loyalty, by rules that an owner can read and change.

The same conditions serve whole columns (numpy) and past days (Ibis): both understand comparison, & and |.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A customer whose limit moves a little (because the shop's does) must not go to and fro between two stages: who is
# held to be leaving stays so until he buys, or until his silence is clearly within the limit again.
RETURN_SHARE = 0.9


class BadThresholds(ValueError):
    """`field` names the threshold that cannot be; nothing was changed."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where one stage ends and the next begins. Purchases are days of purchase.

    new_days: how long after the first purchase somebody is new; None: the shop's own usual pause.
    patience: the share of a customer's pauses that his limit covers (.9: nine of ten are shorter).
    lost_factor: silent for this many times his limit, he is lost.
    """

    new_days: int | None = None
    regular_purchases: int = 4
    loyal_purchases: int = 8
    loyal_days: int = 365
    patience: float = 0.9
    lost_factor: float = 2.0

    def __post_init__(self) -> None:
        bounds: dict[str, tuple[float, float]] = {
            "new_days": (1, 3650),
            "regular_purchases": (2, 1000),
            "loyal_purchases": (self.regular_purchases, 10_000),
            "loyal_days": (0, 36_500),
            "patience": (0.5, 0.99),
            "lost_factor": (1.1, 20),
        }
        for name, (least, most) in bounds.items():
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise BadThresholds(name)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Thresholds":
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in known})


DEFAULT_NEW_DAYS = 30


def new_days_of(thresholds: Thresholds, median_days: float | None) -> int:
    """The chosen number, else the shop's usual pause (at least a week), else a month."""
    if thresholds.new_days is not None:
        return thresholds.new_days
    return DEFAULT_NEW_DAYS if median_days is None else max(7, round(median_days))


def climbed(number: Any, tenure_days: Any, thresholds: Thresholds) -> list[tuple[str, Any]]:
    """Conditions of the stages that purchases lead to, the highest first; the first that holds counts.

    number: days of purchase so far. tenure_days: from the first of them to the last.
    """
    return [
        ("loyal", (number >= thresholds.loyal_purchases) & (tenure_days >= thresholds.loyal_days)),
        ("regular", number >= thresholds.regular_purchases),
        ("repeat", number >= 2),
    ]


def stages_of(
    *,
    number: NDArray[np.int64],
    tenure_days: NDArray[np.int64],
    silence_days: NDArray[np.float64],
    limit_days: NDArray[np.float64],
    before: NDArray[np.str_],
    thresholds: Thresholds,
    new_days: int,
) -> NDArray[np.str_]:
    """Everybody's stage now. NaN: no purchase (silence), rhythm not known (limit). before: last stage or ""."""
    was_lost, was_leaving = before == "lost", (before == "leaving") | (before == "lost")
    leaving_at = limit_days * np.where(was_leaving, RETURN_SHARE, 1.0)
    lost_at = limit_days * thresholds.lost_factor * np.where(was_lost, RETURN_SHARE, 1.0)
    rules: Sequence[tuple[str, NDArray[np.bool_]]] = [
        ("potential", number == 0),
        ("lost", silence_days > lost_at),
        ("leaving", silence_days > leaving_at),
        *climbed(number, tenure_days, thresholds),
        ("new", silence_days <= new_days),
    ]
    chosen: NDArray[np.str_] = np.select([rule for _, rule in rules], [name for name, _ in rules], "occasional")
    return chosen


def moved_limit(
    median_days: NDArray[np.float64], limit_days: NDArray[np.float64], *, z_before: float, z: float
) -> NDArray[np.float64]:
    """What the limit would be with another patience: the distance from the usual pause grows with z (log-normal)."""
    return np.asarray(median_days * (limit_days / median_days) ** (z / z_before), dtype=np.float64)
