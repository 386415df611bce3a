"""What became of customers by what they bought first, where and by which channel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from regulars.audience.queries import findings
from regulars.insight.rules.first_purchases import Prior, Shrunk, shrunk

# With fewer first customers an average of their money says nothing.
LEAST_FOR_MONEY = 20


@dataclass(frozen=True)
class Began:
    """Customers who began so. One place in `had`, `back` and `shares` for each horizon.

    had: how many began long enough ago; back: those of them who came again within the horizon; shares: of `back` in
    `had`, drawn towards what is usual among its like; None where nobody began long enough ago. year_minor: average
    revenue of a customer's first year, base currency; None where too few have had one.
    """

    key: str
    customers: int
    had: tuple[int, ...]
    back: tuple[int, ...]
    shares: tuple[Shrunk | None, ...]
    year_minor: int | None


@dataclass(frozen=True)
class Beginnings:
    """rows: the surest first, by the lower end of the share at `horizon`. left_out: too small to be listed.

    usual: what is usual among its like, a place for each horizon; None where nobody began long enough ago. It is not
    the share of the shop: a basket of five products counts for each of them.
    """

    horizons: tuple[int, ...]
    shop: Began
    usual: tuple[float | None, ...]
    rows: Sequence[Began]
    left_out: int


def beginnings(kind: str, *, horizon: int = 180) -> Beginnings | None:
    """By "product", "category", "store" or "channel"; None before the first analysis, or where nobody has bought."""
    found = findings.shop_finding("firsts")
    if not found or not found["shop"]:
        return None
    place = found["horizons"].index(horizon)
    rows = _began(found["kinds"][kind], found["priors"][kind])
    ranked = sorted(rows, key=lambda row: (-_low(row, place), -row.customers, row.key))
    left_out = found["left_out"] if kind == "product" else 0
    usual = tuple(prior["mean"] if prior else None for prior in found["priors"][kind])
    return Beginnings(tuple(found["horizons"]), _shop(found), usual, ranked, left_out)


def tone_of(share: Shrunk | None, shop: Shrunk | None, usual: float | None) -> str:
    """ "good" where even the lower end lies above the shop and above what is usual among its like, "bad" below both."""
    if share is None or shop is None or usual is None:
        return ""
    if share.low > max(shop.share, usual):
        return "good"
    return "bad" if share.high < min(shop.share, usual) else ""


def beginning_with(product_id: UUID) -> tuple[Began, Began] | None:
    """Customers who began with a product, and all of them; None where too few did."""
    found = findings.shop_finding("firsts")
    rows = [row for row in found["kinds"]["product"] if row["key"] == product_id.hex] if found else []
    return (_began(rows, found["priors"]["product"])[0], _shop(found)) if rows else None


def _began(rows: Sequence[Mapping[str, Any]], priors: Sequence[Mapping[str, float] | None]) -> list[Began]:
    shares: list[list[Shrunk | None]] = []
    for place, prior in enumerate(priors):
        if prior is None:
            shares.append([None] * len(rows))
            continue
        back, had = (np.array([row[name][place] for row in rows], dtype=np.int64) for name in ("back", "had"))
        found = shrunk(back, had, Prior(**prior)) if len(rows) else []
        shares.append([share if n else None for share, n in zip(found, had, strict=True)])
    return [
        Began(
            row["key"],
            row["customers"],
            tuple(row["had"]),
            tuple(row["back"]),
            tuple(column[n] for column in shares),
            round(row["year_minor"] / row["had"][-1]) if row["had"][-1] >= LEAST_FOR_MONEY else None,
        )
        for n, row in enumerate(rows)
    ]


def _shop(found: Mapping[str, Any]) -> Began:
    row = found["shop"]
    everybody = [
        {"mean": back / had, "strength": 0.0} if had else None
        for back, had in zip(row["back"], row["had"], strict=True)
    ]
    return _began([row], everybody)[0]


def _low(row: Began, place: int) -> float:
    share = row.shares[place]
    return share.low if share else -1.0
