"""What was sold on which day: by store, seller and channel. Read live, for today and the month under way."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Sum

from regulars.commerce.models import Order
from regulars.commerce.rules import OrderStatus
from regulars.shop.rules import Channel

_VOID = (OrderStatus.DRAFT.value, OrderStatus.CANCELLED.value)


@dataclass(frozen=True)
class SalesRow:
    """Orders of a shop-local day. base_minor: their totals less what came back of them, base currency."""

    on_date: date
    store_id: UUID | None
    seller_id: UUID | None
    channel: Channel
    orders: int
    base_minor: int


def sales_by_day(from_date: date, to_date: date, *, store_id: UUID | None = None) -> list[SalesRow]:
    """Sums of the days from `from_date` to `to_date`, both included; drafts and cancelled orders left out.

    A return lowers the day on which the goods were sold, not the day on which they came back.
    """
    rows = Order.objects.filter(local_date__range=(from_date, to_date)).exclude(status__in=_VOID)
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    sums = (
        rows.order_by()
        .values_list("local_date", "store_id", "seller_id", "channel")
        .annotate(orders=Count("id"), base_minor=Sum(F("base_total_minor") - F("base_returned_minor")))
    )
    return [
        SalesRow(on_date, store, seller, Channel(channel), orders, int(base_minor))
        for on_date, store, seller, channel, orders, base_minor in sums
    ]
