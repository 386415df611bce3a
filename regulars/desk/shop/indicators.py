"""What goals can be set for: how it is called, what it counts, where its months are read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.audience.queries import findings
from regulars.foundation.money import exponent_of, minor_from
from regulars.shop.rules import Indicator
from regulars.ui.charts import Unit


@dataclass(frozen=True)
class Kind:
    """kind: number, money or percent, as in charts. `column`: the figure of a month in insight's finding "months"."""

    name: Promise
    kind: str
    column: str

    def unit(self, currency: str) -> Unit:
        if self.kind == "money":
            return Unit("money", currency)
        return Unit("percent") if self.kind == "percent" else Unit("number", digits=0)

    def stored(self, typed: Decimal, currency: str) -> float:
        """What was typed (whole units, percent) as it is kept (minor units, a share of one)."""
        if self.kind == "money":
            return float(minor_from(typed, currency))
        return float(typed / 100) if self.kind == "percent" else float(typed)

    def typed(self, stored: float, currency: str) -> str:
        """The other way, for the form."""
        if self.kind == "money":
            value = Decimal(stored).scaleb(-exponent_of(currency))
        else:
            value = Decimal(repr(stored)) * (100 if self.kind == "percent" else 1)
        return f"{value.normalize():f}"


INDICATORS: dict[Indicator, Kind] = {
    Indicator.REVENUE: Kind(_("Revenue of a month"), "money", "revenue_minor"),
    Indicator.ORDERS: Kind(_("Orders of a month"), "number", "orders"),
    Indicator.BUYERS: Kind(_("Buyers of a month"), "number", "buyers"),
    Indicator.NEW_BUYERS: Kind(_("New buyers of a month"), "number", "new_buyers"),
    Indicator.REPEAT_SHARE: Kind(_("Share of buyers who bought again"), "percent", "repeat_buyers"),
}


def months_of(indicator: Indicator, months: Any) -> list[tuple[date, float]]:
    """(first day of the month, value) of each whole month that insight found, the oldest first."""
    found = []
    for month in months or []:
        if not month.get("is_whole", True):
            continue
        value = month.get(INDICATORS[indicator].column)
        if indicator is Indicator.REPEAT_SHARE:
            value = month["repeat_buyers"] / month["buyers"] if month.get("buyers") else None
        if value is not None:
            found.append((date.fromisoformat(f"{month['month']}"[:7] + "-01"), float(value)))
    return found


def all_months() -> Any:
    """Insight's months; None before the first analysis."""
    return findings.shop_finding("months")
