"""Purchases by a process whose parameters are known, past and future, as plain arrays.

The family of MBG/CNBD-k (Reutterer, Platzer and Schröder, "Leveraging purchase regularity", 2021): purchases of a
customer come at his own rate, gaps are gamma of shape k (k = 1: MBG/NBD; 3: regular buyers), after each purchase he
leaves for good with his own probability. Amounts are gamma around his own mean, means inverse-gamma (Gamma-Gamma; Fader
and Hardie 2013). Time may run faster at one time of the year than at another.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

START = date(2023, 1, 2)


@dataclass(frozen=True, kw_only=True)
class World:
    """The truth about a shop. Rates are purchases a day: gamma(rate_shape, rate_scale_days).

    leaving: beta(a, b) of the probability to leave after a purchase; None: nobody ever does. gap_shape: k. spend_p,
    spend_q, spend_minor: Gamma-Gamma's p, q and γ. season: by how much the busiest day exceeds the mean one.
    """

    customers: int = 1500
    past_days: int = 730
    ahead_days: int = 365
    rate_shape: float = 1.6
    rate_scale_days: float = 60.8
    leaving: tuple[float, float] | None = (0.9, 5.1)
    gap_shape: float = 1.0
    spend_p: float = 4.0
    spend_q: float = 4.0
    spend_minor: float = 150_000.0
    season: float = 0.0
    is_all_at_once: bool = False
    seed: int = 1


@dataclass(frozen=True)
class Simulated:
    """customer, day, amount_minor: one place for each purchase, by day; days from START, those of the future too.

    rate, drop_out, left_day: the truth of each customer; left_day: inf for those who have not left by the end.
    """

    world: World
    customer: Ints
    day: Ints
    amount_minor: Ints
    rate: Floats
    drop_out: Floats
    left_day: Floats

    @property
    def is_past(self) -> NDArray[np.bool_]:
        return self.day < self.world.past_days

    @property
    def buyers(self) -> Ints:
        """Customers who have bought by today, ascending."""
        return np.unique(self.customer[self.is_past])

    def is_alive(self, customers: Ints) -> NDArray[np.bool_]:
        """Whether they had not left by today."""
        return self.left_day[customers] >= self.world.past_days

    def visits_within(self, customers: Ints, days: int) -> Ints:
        """Days with a purchase among the next so many."""
        chosen = ~self.is_past & (self.day < self.world.past_days + days)
        pairs = np.unique(np.stack([self.customer[chosen], self.day[chosen]]), axis=1)
        return np.bincount(pairs[0], minlength=len(self.rate))[customers]

    def spent_within(self, customers: Ints, days: int) -> Ints:
        chosen = ~self.is_past & (self.day < self.world.past_days + days)
        spent = np.bincount(self.customer[chosen], self.amount_minor[chosen], minlength=len(self.rate))
        return np.rint(spent).astype(np.int64)[customers]

    def next_day(self, customers: Ints) -> Floats:
        """The first day of purchase from today on; inf: none within the future that is known."""
        following = np.full(len(self.rate), np.inf)
        np.minimum.at(following, self.customer[~self.is_past], self.day[~self.is_past].astype(np.float64))
        return following[customers]


def simulate(world: World) -> Simulated:
    """The same for the same world."""
    rng = np.random.default_rng(world.seed)
    count, end = world.customers, float(world.past_days + world.ahead_days)
    rate = rng.gamma(world.rate_shape, 1 / world.rate_scale_days, count)
    drop_out = np.zeros(count) if world.leaving is None else rng.beta(*world.leaving, count)
    mean_minor = world.spend_minor * world.spend_p / rng.gamma(world.spend_q, 1.0, count)
    busy = _busyness(world, int(end))
    # Time as customers feel it: a gap counts busy days.
    at = np.zeros(count) if world.is_all_at_once else np.interp(rng.uniform(0, world.past_days, count), *busy)
    left = np.full(count, np.inf)
    here = np.arange(count)
    found: list[tuple[Ints, Floats, Floats]] = []
    while len(here):
        days = np.interp(at[here], busy[1], busy[0])
        here, days = here[days < end], days[days < end]
        found.append((here, days, rng.gamma(world.spend_p, mean_minor[here] / world.spend_p)))
        leaves = rng.random(len(here)) < drop_out[here]
        left[here[leaves]] = days[leaves]
        here = here[~leaves]
        at[here] += rng.gamma(world.gap_shape, 1 / (world.gap_shape * rate[here]))
    customer, day, amount = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.lexsort((customer, day))
    return Simulated(
        world,
        customer[order],
        np.floor(day[order]).astype(np.int64),
        np.maximum(np.rint(amount[order]), 1).astype(np.int64),
        rate,
        drop_out,
        left,
    )


def _busyness(world: World, days: int) -> tuple[Floats, Floats]:
    """Days, and how many average days have passed by then; beyond the end the clock runs evenly."""
    ends = np.arange(days + 1, dtype=np.float64)
    pace = 1 + world.season * np.sin(2 * np.pi * ends[:-1] / 365.25)
    passed = np.concatenate([[0.0], np.cumsum(pace)])
    return np.append(ends, 1e9), np.append(passed, passed[-1] + 1e9 - days)
