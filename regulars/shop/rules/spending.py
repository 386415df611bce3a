"""Money spent on winning and keeping customers: by month, and in which rate it counts."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from regulars.shop.rules.kinds import Channel, SpendingPurpose

LARGEST_MINOR = 10**15
MAX_NOTE = 200


@dataclass(frozen=True)
class SpendingDraft:
    """Money that was spent in a month. channel: where it brings buyers; None: for the whole shop.

    amount_minor: above 0, in `currency`. note: what it was for (a campaign, leaflets); part of what tells two apart.
    """

    month_date: date
    purpose: SpendingPurpose
    channel: Channel | None
    currency: str
    amount_minor: int
    note: str = ""

    @property
    def key(self) -> tuple[date, str, str, str, str]:
        """What makes a second row the same spending with another amount."""
        return self.month_date, self.purpose.value, self.channel.value if self.channel else "", self.note, self.currency


def month_of(day: date) -> date:
    return day.replace(day=1)


def rate_day(month_date: date) -> date:
    """The day whose rate turns a month's spending into the base currency: its last."""
    return month_date.replace(day=monthrange(month_date.year, month_date.month)[1])
