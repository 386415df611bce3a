"""What is known of customers and products on the morning of a day: what the second stage looks at."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from regulars.insight.rules.recommending import ease
from regulars.insight.rules.recommending.bought import Bought, faded, owned, popularity, profiles
from regulars.insight.rules.recommending.scoring import (
    AGAIN_HALF_LIFE_DAYS,
    AGAIN_TREND,
    MOST_PURCHASES,
    NEW_HALF_LIFE_DAYS,
    NEW_TREND,
    OWN,
    POPULARITY_HALF_LIFE_DAYS,
    RIDGE,
    WEIGHTS_HALF_LIFE_DAYS,
)

_YEAR_DAYS, _MONTH_DAYS = 365, 30
_OWNED_RIDGE = 200.0
# Half-lives, in days: of habits, of trends, of first purchases.
_HABITS = (15.0, AGAIN_HALF_LIFE_DAYS, NEW_HALF_LIFE_DAYS)
_TRENDS = (7.0, POPULARITY_HALF_LIFE_DAYS, 60.0, 200.0)
_ADOPTION_DAYS = 30.0
# Buyers that a product is thought to have before any are known.
_PRIOR_BUYERS = 5.0
_NONE, _FEW = 1e-4, 0.05

Reals = NDArray[np.float32]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Morning:
    """habits: profiles by half-life. ever, times, last: whether, how often and how many days ago.

    pulls, lasting: EASE over faded purchases, and over ever having bought. adopted: how many buyers of one thing lately
    bought another for the first time. of_product, of_customer: one column a figure.
    """

    day: int
    habits: tuple[sparse.csr_array, ...]
    ever: sparse.csr_array
    times: sparse.csr_array
    last: sparse.csr_array
    pulls: Reals
    lasting: Reals
    adopted: Reals
    of_product: Reals
    of_customer: Reals

    @classmethod
    def of(cls, bought: Bought, *, day: int) -> "Morning":
        """bought: what was bought before that day."""
        ever = owned(bought)
        learned = profiles(bought, today=day, half_life_days=WEIGHTS_HALF_LIFE_DAYS)
        learned.data = np.minimum(learned.data, np.float32(MOST_PURCHASES))
        places = (bought.customer, bought.product)
        shape = (bought.customers, bought.products)
        times = sparse.csr_array((np.ones(len(bought.day), dtype=np.float32), places), shape=shape)
        is_last = np.concatenate([bought.is_first_of_pair[1:], np.ones(min(len(bought.day), 1), dtype=bool)])
        ages = (day - bought.day[is_last]).astype(np.float32)
        last = sparse.csr_array((ages, (bought.customer[is_last], bought.product[is_last])), shape=shape)
        return cls(
            day=day,
            habits=tuple(profiles(bought, today=day, half_life_days=days) for days in _HABITS),
            ever=ever,
            times=times,
            last=last,
            # Rows are what sparse profiles are multiplied with.
            pulls=np.ascontiguousarray(ease.weights(ease.gram(learned), ridge=RIDGE)),
            lasting=np.ascontiguousarray(ease.weights(ease.gram(ever), ridge=_OWNED_RIDGE)),
            adopted=_adopted(bought, ever, day),
            of_product=_of_products(bought, ever, day),
            of_customer=_of_customers(bought, day),
        )

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Who bought before."""
        known: NDArray[np.bool_] = np.diff(self.ever.indptr) > 0
        return known

    def has(self, customers: Rows, rows: Rows, products: Rows) -> NDArray[np.bool_]:
        """Whether each customer ever bought each product."""
        return np.asarray(self.ever[customers].toarray()[rows, products] > 0)

    def first_scores(self, customers: Rows) -> tuple[Reals, Reals]:
        """The first stage for some customers × all products: everything, and only what each has not."""
        _, own, liked = (habit[customers] for habit in self.habits)
        trend = np.exp(self.of_product[:, 1])
        everything = (own @ self.pulls + np.float32(OWN) * own.toarray()) * trend ** np.float32(AGAIN_TREND)
        is_new = self.ever[customers].toarray() == 0
        new = np.where(is_new, (liked @ self.pulls) * trend ** np.float32(NEW_TREND), 0)
        lasting = np.where(is_new, (self.ever[customers] @ self.lasting) * trend ** np.float32(NEW_TREND), 0)
        # Two ways to be liked, each on its own scale.
        return np.asarray(everything), np.asarray(_scaled(new) + _scaled(lasting))

    def features(self, customers: Rows, rows: Rows, products: Rows) -> Reals:
        """One row for each customer (a place in `customers`) and product."""
        at = (rows, products)
        habits = [habit[customers] for habit in self.habits]
        ever, liked = self.ever[customers], habits[2]
        times, last = self.times[customers].toarray()[at], self.last[customers].toarray()[at]
        adopted = (liked @ self.adopted)[at]
        visits = np.exp(self.of_customer[customers[rows], 1])
        columns = [
            *(_log((habit @ self.pulls)[at]) for habit in habits),
            _log((ever @ self.lasting)[at]),
            *(_log(habit.toarray()[at]) for habit in habits),
            times,
            np.where(times > 0, np.log1p(last), -1.0),
            times / visits,
            _log(adopted),
            _log(adopted / np.sqrt(np.exp(self.of_product[products, 4]) + 1.0)),
            *self.of_product[products].T,
            *self.of_customer[customers[rows]].T,
        ]
        return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _adopted(bought: Bought, ever: sparse.csr_array, day: int) -> Reals:
    first = bought.is_first_of_pair
    values = faded(day - bought.day[first], _ADOPTION_DAYS)
    fresh = sparse.csr_array((values, (bought.customer[first], bought.product[first])), shape=ever.shape)
    buyers = np.asarray(ever.sum(axis=0)).ravel()
    together = np.asarray((ever.T @ fresh).toarray(), dtype=np.float32)
    together /= np.sqrt(buyers + _PRIOR_BUYERS).astype(np.float32)[:, None]
    return together


def _of_products(bought: Bought, ever: sparse.csr_array, day: int) -> Reals:
    """Trends, first purchases lately, this month and the last one a year ago, how often it is bought again, its age."""
    size, first = bought.products, bought.is_first_of_pair
    trends = [popularity(bought, today=day, half_life_days=days) for days in _TRENDS]
    adoptions = [
        np.bincount(bought.product[first], weights=faded(day - bought.day[first], days), minlength=size)
        for days in (POPULARITY_HALF_LIFE_DAYS, 60.0)
    ]
    a_year_ago = day - _YEAR_DAYS
    season = [
        np.bincount(bought.product[(bought.day >= start) & (bought.day < start + _MONTH_DAYS)], minlength=size)
        for start in (a_year_ago, a_year_ago - _MONTH_DAYS)
    ]
    buyers = np.maximum(np.asarray(ever.sum(axis=0)).ravel(), 1.0)
    purchases = np.bincount(bought.product, minlength=size)
    since = np.full(size, day, dtype=np.int64)
    np.minimum.at(since, bought.product, bought.day)
    counted: list[NDArray[Any]] = [*trends, *adoptions, *season]
    counts = [np.log(np.maximum(column, _FEW)) for column in counted]
    rest = [np.log(np.maximum(purchases, 1) / buyers), np.log1p(day - since)]
    return np.stack([np.asarray(column, dtype=np.float32) for column in (*counts, *rest)], axis=1)


def _of_customers(bought: Bought, day: int) -> Reals:
    """Silence, days with a purchase, products a day; logarithms."""
    size = bought.customers
    visits = np.unique(np.stack([bought.customer, bought.day], axis=1), axis=0)
    days = np.maximum(np.bincount(visits[:, 0], minlength=size), 1.0)
    last = np.zeros(size, dtype=np.int64)
    np.maximum.at(last, visits[:, 0], visits[:, 1])
    baskets = np.maximum(np.bincount(bought.customer, minlength=size), 1.0) / days
    columns = (np.log1p(np.maximum(day - last, 0)), np.log(days), np.log(baskets))
    return np.stack([np.asarray(column, dtype=np.float32) for column in columns], axis=1)


def _scaled(scores: Reals) -> Reals:
    most = np.maximum(scores.max(axis=1, keepdims=True, initial=0.0), np.float32(1e-12))
    return np.asarray(np.maximum(scores, 0) / most, dtype=np.float32)


def _log(values: Reals) -> Reals:
    return np.log(np.maximum(values, np.float32(_NONE)))
