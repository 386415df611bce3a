"""Shops with known truth, for models of buying: histories drawn from the models' own story, easy and hard."""

from dataclasses import dataclass, replace

import numpy as np

from regulars.insight.rules.models.histories import Floats, Histories, ungrouped


@dataclass(frozen=True)
class Truth:
    """λ ~ Gamma(r, α) a day, p ~ Beta(a, b); pauses of k hidden steps; `early`: may leave after the first purchase."""

    r: float = 0.6
    alpha: float = 30.0
    a: float = 0.8
    b: float = 2.5
    k: int = 1
    early: bool = False
    customers: int = 500
    days: int = 365
    is_daily: bool = True


def drawn(truth: Truth, seed: int) -> Histories:
    """Customers who came evenly over the days; days are whole ones unless `is_daily` is off."""
    return drawn_with_future(truth, seed, after=0.0)[0]


def drawn_with_future(truth: Truth, seed: int, *, after: float) -> tuple[Histories, Floats]:
    """The same, and how many purchases each of them makes in the span `after` now."""
    rng = np.random.default_rng(seed)
    x, t_x, age, later, log_gaps = [], [], [], [], 0.0
    for _ in range(truth.customers):
        until = float(rng.integers(0, truth.days + 1))
        at = np.cumsum(_pauses(truth, rng, until + after))
        if truth.is_daily:
            at = np.unique(np.floor(at))
            at = at[at > 0]
        past = at[at <= until]
        x.append(len(past))
        t_x.append(float(past.max(initial=0.0)))
        age.append(until)
        later.append(int(((at > until) & (at <= until + after)).sum()))
        log_gaps += float(np.log(np.diff(past, prepend=0.0)).sum())
    return ungrouped(x, t_x, age, log_gap_total=log_gaps), np.array(later, dtype=np.float64)


def _pauses(truth: Truth, rng: np.random.Generator, until: float) -> Floats:
    rate, leaves = rng.gamma(truth.r) / truth.alpha, rng.beta(truth.a, truth.b)
    stays = rng.geometric(max(leaves, 1e-12)) - (1 if truth.early else 0)
    many = int(min(stays, 30 + 3 * rate * until))
    pauses = rng.gamma(truth.k, 1.0 / max(rate, 1e-12), many)
    return np.asarray(pauses[np.cumsum(pauses) <= until], dtype=np.float64)


HARD = {
    "usual": Truth(),
    "few": Truth(customers=30),
    "daily buyers": Truth(r=8.0, alpha=10.0, a=0.3, b=30.0, customers=200),
    "rare buyers": Truth(r=0.1, alpha=150.0),
    "nobody leaves": Truth(a=1e-6, b=1.0),
    "everybody leaves": Truth(a=60.0, b=1.0),
    "very young": Truth(days=10),
    "all alike": Truth(r=400.0, alpha=400.0 * 25.0, a=1e-6, b=1.0),
    "clockwork": Truth(r=5.0, alpha=20.0, k=6, a=0.3, b=6.0, early=True),
    "leaves at once or never": Truth(a=0.05, b=0.1, early=True),
    "large": Truth(customers=5_000),
}


def hard_shop(number: int) -> tuple[str, Histories]:
    """The nth of any number of hard shops: a kind of HARD with other sizes, spans and strengths."""
    rng = np.random.default_rng([7, number])
    name = list(HARD)[number % len(HARD)]
    kind = HARD[name]
    changed = replace(
        kind,
        customers=int(np.exp(rng.uniform(np.log(30), np.log(5_000)))) if kind.customers == 500 else kind.customers,
        days=int(kind.days * np.exp(rng.uniform(-0.7, 0.7))),
        alpha=kind.alpha * float(np.exp(rng.uniform(-1, 1))),
        is_daily=bool(rng.integers(2)),
    )
    return name, drawn(changed, number)


ODD = {
    "one customer, one purchase": ([0], [0], [40]),
    "one customer, many": ([12], [300], [310]),
    "all bought once": ([0] * 50, [0] * 50, list(range(50))),
    "all today": ([0] * 5, [0] * 5, [0] * 5),
    "one of them not today": ([0] * 5, [0] * 5, [0, 0, 0, 0, 9]),
    "all the same": ([3] * 40, [90] * 40, [120] * 40),
    "back today": ([1] * 20, [7] * 20, [7] * 20),
    "one came back": ([1] + [0] * 30, [5] + [0] * 30, [100] * 31),
    "every day for three years": ([1_000] * 10, [1_000] * 10, [1_000] * 10),
    "back at once, then silence": ([1] * 30, [1] * 30, [900] * 30),
    "one of a kind": ([0] * 99 + [400], [0] * 99 + [800], [800] * 100),
}
