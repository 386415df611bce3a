"""What the data says of one product, gathered for its page; each part is there only for those who may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from regulars.audience.queries import findings
from regulars.audience.queries.findings import ProductFinding
from regulars.commerce.queries.returns import return_causes_of
from regulars.desk.access import SignedIn
from regulars.desk.insight.words import of_hundred
from regulars.foundation.access import Permission
from regulars.foundation.paging import Page
from regulars.insight.queries import recommendations
from regulars.insight.queries.recommendations import DueCustomer, GoesWith, RefillInterval, SecondLevel
from regulars.insight.rules.first_purchases import Prior, shrunk
from regulars.shop import queries as shop

BACK_DAYS = 180
DUE_SHOWN = 5


@dataclass(frozen=True)
class FirstPurchase:
    """Of `had` customers who began with this product more than BACK_DAYS ago, `back` came again within BACK_DAYS.

    share: of 100, drawn towards other products where few began so; it lies between low and high in 80 of 100 cases.
    usual: of 100, over all first purchases. tone: "good" or "bad" where the difference is more than chance.
    """

    had: int
    back: int
    share: int
    low: int
    high: int
    usual: int

    @property
    def tone(self) -> str:
        if self.low > self.usual:
            return "good"
        return "bad" if self.high < self.usual else ""


@dataclass(frozen=True)
class Returns:
    """share: of the money for this product, how much went back. causes: name and number of returns, most first."""

    share: float
    amount_minor: int
    causes: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class ProductInsight:
    """first is None where too few began with it. due: the first of those whose time it is; None: not to be seen."""

    goes_with: Sequence[GoesWith]
    second_level: Sequence[SecondLevel]
    refill: RefillInterval | None
    due: Page[DueCustomer] | None
    sees_figures: bool
    first: FirstPurchase | None
    returns: Returns | None


def product_insight(
    product_id: UUID, finding: ProductFinding | None, staff: SignedIn, *, now: datetime
) -> ProductInsight:
    sees_figures = staff.may(Permission.SEE_INSIGHT)
    sees_people = staff.may(Permission.SEE_CUSTOMERS)
    return ProductInsight(
        goes_with=recommendations.goes_with(product_id),
        second_level=recommendations.second_level(product_id),
        refill=_refill(finding),
        due=recommendations.due_for(product_id, now=now, limit=DUE_SHOWN) if sees_people else None,
        sees_figures=sees_figures,
        first=_first_purchase(product_id, findings.shop_finding("firsts")) if sees_figures else None,
        returns=_returns(product_id, finding) if sees_figures and finding else None,
    )


def _refill(finding: ProductFinding | None) -> RefillInterval | None:
    if finding is None or finding.refill_days is None:
        return None
    low, high = finding.refill_low_days or finding.refill_days, finding.refill_high_days or finding.refill_days
    return RefillInterval(finding.refill_days, low, high, finding.refill_gaps)


def _first_purchase(product_id: UUID, firsts: Mapping[str, Any] | None) -> FirstPurchase | None:
    if not firsts or BACK_DAYS not in firsts["horizons"]:
        return None
    place = firsts["horizons"].index(BACK_DAYS)
    row = next((row for row in firsts["kinds"]["product"] if row["key"] == product_id.hex), None)
    prior = firsts["priors"]["product"][place]
    if row is None or prior is None or not row["had"][place]:
        return None
    had, back = row["had"][place], row["back"][place]
    found = shrunk(np.array([back]), np.array([had]), Prior(**prior))[0]
    shares = (found.share, found.low, found.high, prior["mean"])
    return FirstPurchase(had, back, *(of_hundred(share) for share in shares))


def _returns(product_id: UUID, finding: ProductFinding) -> Returns | None:
    sold_minor = finding.revenue_minor + finding.returned_minor
    if not finding.returned_minor or sold_minor <= 0:
        return None
    counts = return_causes_of(product_id)
    names = shop.causes_by_id(id_ for id_, _count in counts if id_)
    language = get_language() or "en"
    causes = [(names[id_].name(language) if id_ in names else _("no reason given"), count) for id_, count in counts]
    return Returns(finding.returned_minor / sold_minor, finding.returned_minor, causes)
