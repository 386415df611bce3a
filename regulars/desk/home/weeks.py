"""The last week against the one before, and against what is usual."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.ui import formats

# Weeks that say what is usual: a quarter, without the last one.
USUAL_WEEKS = 12
# With fewer, every week would look unusual.
LEAST_WEEKS = 4


@dataclass(frozen=True)
class WeekFigure:
    """`change`: relative to the week before, only where the figure lies outside its usual range; else None."""

    label: str
    icon: str
    value: str
    change: float | None
    is_rise_good: bool
    hint: str


@dataclass(frozen=True, kw_only=True)
class _Kind:
    name: str
    label: Promise
    icon: str
    is_rise_good: bool = True


_KINDS = (
    _Kind(name="revenue_minor", label=gettext_lazy("Revenue"), icon="coin"),
    _Kind(name="orders", label=gettext_lazy("Orders"), icon="receipt"),
    _Kind(name="new", label=gettext_lazy("New customers"), icon="user-plus"),
    _Kind(name="woken", label=gettext_lazy("Woken"), icon="sunrise"),
    _Kind(name="leaving", label=gettext_lazy("Began to leave"), icon="door-exit", is_rise_good=False),
    _Kind(name="lost", label=gettext_lazy("Lost"), icon="user-x", is_rise_good=False),
)


def week_figures(weeks: Sequence[Mapping[str, Any]] | None, currency: str) -> list[WeekFigure]:
    """One figure for each thing that counts; none before a whole week has passed."""
    if not weeks:
        return []
    return [
        _figure(kind, [week[kind.name] for week in weeks], currency if kind.name == "revenue_minor" else "")
        for kind in _KINDS
    ]


def usual_range(values: Sequence[int]) -> tuple[int, int] | None:
    """Between which values the weeks mostly lie: without the highest and the lowest one. None: too few weeks."""
    known = sorted(values[-USUAL_WEEKS:])
    if len(known) < LEAST_WEEKS:
        return None
    return (known[1], known[-2]) if len(known) > LEAST_WEEKS + 1 else (known[0], known[-1])


def _figure(kind: _Kind, values: Sequence[int], currency: str) -> WeekFigure:
    def text(value: int) -> str:
        return formats.money(value, currency, is_rounded=True) if currency else formats.number(value, 0)

    value, before = values[-1], values[-2] if len(values) > 1 else None
    usual = usual_range(values[:-1])
    is_unusual = usual is not None and not usual[0] <= value <= usual[1]
    parts = []
    if before is not None:
        parts.append(_("%(value)s the week before") % {"value": text(before)})
    if usual is not None:
        parts.append(_("usually %(low)s to %(high)s") % {"low": text(usual[0]), "high": text(usual[1])})
    change = (value - before) / abs(before) if is_unusual and before else None
    return WeekFigure(str(kind.label), kind.icon, text(value), change, kind.is_rise_good, ", ".join(parts))
