"""What fitting a model returns, and how it is kept."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Note(StrEnum):
    """What must be said beside a fit, for pages to put into words."""

    NONE = ""
    NO_DROP_OUT = "no_drop_out"
    """Nobody is seen to leave: a model without leaving explains the histories as well."""
    NOBODY_RETURNED = "nobody_returned"
    """No customer has bought twice."""
    HELD = "held"
    """The histories leave a parameter open; a weak prior holds it."""
    SAME_VALUES = "same_values"
    """All purchases cost the same, or nearly: there is nothing to tell customers apart by."""
    NOT_CONVERGED = "not_converged"
    """The search ended before it was sure."""


@dataclass(frozen=True)
class Fit:
    """One fitted model.

    name: the model's file. parameters, standard_errors: by the letters of the papers; an error of None cannot be
    known. log_likelihood: natural, of all customers. customers: how many it rests on. is_converged: the gradient is as
    good as zero. note: a `Note`.
    """

    name: str
    parameters: Mapping[str, float]
    log_likelihood: float
    standard_errors: Mapping[str, float | None]
    customers: int
    is_converged: bool
    note: Note = Note.NONE

    def __getitem__(self, letter: str) -> float:
        return self.parameters[letter]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Fit":
        return cls(**{**kept, "note": Note(kept["note"])})


def error_of(parameter: float, log_variance: float) -> float | None:
    """Standard error of a parameter from the variance of its logarithm (delta method: σ(θ) = θ σ(ln θ))."""
    error = parameter * math.sqrt(log_variance) if log_variance > 0 else math.inf
    return error if math.isfinite(error) else None
