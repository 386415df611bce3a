"""Orders, their lines, returns and goods as `insight` reads them. Amounts: base currency, minor units."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from regulars.commerce.models import Order, Return, SiteEvent
from regulars.foundation.snapshot import Extract, Snapshot
from regulars.shop.queries import shop

ORDERS = pa.schema(
    [
        pa.field("order_id", pa.string(), nullable=False),
        pa.field("customer_id", pa.string()),
        pa.field("placed_at", pa.timestamp("us"), nullable=False),
        pa.field("local_date", pa.date32(), nullable=False),
        pa.field("local_hour", pa.int16(), nullable=False),
        pa.field("status", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("store_id", pa.string()),
        pa.field("seller_id", pa.string()),
        pa.field("base_total_minor", pa.int64(), nullable=False),
        pa.field("is_history", pa.bool_(), nullable=False),
        pa.field("recorded_at", pa.timestamp("us"), nullable=False),
    ]
)
ORDER_LINES = pa.schema(
    [
        pa.field("order_id", pa.string(), nullable=False),
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("quantity_milli", pa.int64(), nullable=False),
        pa.field("base_total_minor", pa.int64(), nullable=False),
        pa.field("is_gift", pa.bool_(), nullable=False),
    ]
)
RETURN_LINES = pa.schema(
    [
        pa.field("return_id", pa.string(), nullable=False),
        pa.field("customer_id", pa.string()),
        pa.field("returned_at", pa.timestamp("us"), nullable=False),
        pa.field("local_date", pa.date32(), nullable=False),
        pa.field("order_id", pa.string()),
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("quantity_milli", pa.int64(), nullable=False),
        pa.field("base_total_minor", pa.int64(), nullable=False),
    ]
)
VARIANTS = pa.schema(
    [
        pa.field("variant_id", pa.string(), nullable=False),
        pa.field("product_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("category_id", pa.string()),
        pa.field("cost_minor", pa.int64()),
        pa.field("currency", pa.string(), nullable=False),
    ]
)
# local_date, local_hour: on the shop's clock. customer_id: null while nobody knows who asks.
ENQUIRIES = pa.schema(
    [
        pa.field("enquiry_id", pa.string(), nullable=False),
        pa.field("customer_id", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("store_id", pa.string()),
        pa.field("owner_id", pa.string()),
        pa.field("step", pa.string(), nullable=False),
        pa.field("outcome", pa.string(), nullable=False),
        pa.field("order_id", pa.string()),
        pa.field("loss_cause_id", pa.string()),
        pa.field("closed_from", pa.string(), nullable=False),
        pa.field("opened_at", pa.timestamp("us"), nullable=False),
        pa.field("step_since", pa.timestamp("us"), nullable=False),
        pa.field("closed_at", pa.timestamp("us")),
        pa.field("local_date", pa.date32(), nullable=False),
        pa.field("local_hour", pa.int16(), nullable=False),
    ]
)
# visitor: a random name, one browser's. session: "" where the source knows none.
SITE_EVENTS = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("visitor", pa.string(), nullable=False),
        pa.field("session", pa.string(), nullable=False),
        pa.field("customer_id", pa.string()),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("section", pa.string(), nullable=False),
        pa.field("product_id", pa.string()),
        pa.field("came_from", pa.string(), nullable=False),
        pa.field("device", pa.string(), nullable=False),
        pa.field("occurred_at", pa.timestamp("us"), nullable=False),
        pa.field("local_date", pa.date32(), nullable=False),
    ]
)
_PART = pa.schema([pa.field("month", pa.string()), pa.field("rows", pa.int64()), pa.field("sum", pa.int64())])


def months_of_orders(order_ids: Sequence[UUID]) -> set[str]:
    """The parts in which these orders are."""
    return _months(Order.objects.filter(id__in=order_ids).values_list("local_date", flat=True).distinct())


def months_of_returns(return_ids: Sequence[UUID]) -> set[str]:
    return _months(Return.objects.filter(id__in=return_ids).values_list("local_date", flat=True).distinct())


def months_of_visits(customer_ids: Sequence[UUID]) -> set[str]:
    """The parts in which these customers' visits of the site are."""
    return _months(
        SiteEvent.objects.filter(customer_id__in=customer_ids).values_list("local_date", flat=True).distinct()
    )


def months_of_customers(customer_ids: Sequence[UUID]) -> tuple[set[str], set[str]]:
    """The parts in which these customers' orders are, and their returns."""
    return (
        _months(Order.objects.filter(customer_id__in=customer_ids).values_list("local_date", flat=True).distinct()),
        _months(Return.objects.filter(customer_id__in=customer_ids).values_list("local_date", flat=True).distinct()),
    )


def _months(dates: Iterable[date]) -> set[str]:
    return {f"{day:%Y-%m}" for day in dates}


def _order_parts(snapshot: Snapshot) -> dict[str, str | None]:
    return _parts(snapshot, "commerce_order", "base_total_minor - base_returned_minor")


def _return_parts(snapshot: Snapshot) -> dict[str, str | None]:
    return _parts(snapshot, "commerce_return", "base_total_minor")


def _parts(snapshot: Snapshot, table: str, amount: str) -> dict[str, str | None]:
    """Months with their rows and amount: a row that moved to another month is missed by nobody."""
    month, total = snapshot.month("local_date"), snapshot.whole(f"sum({amount})")
    rows = snapshot.table(f"SELECT {month}, count(*), {total} FROM {table} GROUP BY 1 ORDER BY 1", _PART)  # noqa: S608
    return {row["month"]: f"{row['rows']}:{row['sum']}" for row in rows.to_pylist()}


def _visit_parts(snapshot: Snapshot) -> dict[str, str | None]:
    """Months with their rows and how many of them have a known customer."""
    return _parts(snapshot, "commerce_siteevent", "CASE WHEN customer_id IS NULL THEN 0 ELSE 1 END")


def _within(column: str, month: str) -> str:
    first = date.fromisoformat(f"{month}-01")
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return f"{column} >= '{first.isoformat()}' AND {column} < '{following.isoformat()}'"


def _orders(snapshot: Snapshot, month: str) -> pa.Table:
    s = snapshot
    return s.table(
        f"""
        SELECT {s.id("id")}, {s.id("customer_id")}, {s.at("placed_at")}, local_date, local_hour, status, channel,
            {s.id("store_id")}, {s.id("seller_id")}, base_total_minor, is_history, {s.at("recorded_at")}
        FROM commerce_order WHERE {_within("local_date", month)} ORDER BY placed_at, id
        """,  # noqa: S608 - no value comes from outside
        ORDERS,
    )


def _order_lines(snapshot: Snapshot, month: str) -> pa.Table:
    s = snapshot
    return s.table(
        f"""
        SELECT {s.id("l.order_id")}, {s.id("l.variant_id")}, l.quantity_milli, l.base_total_minor, l.is_gift
        FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id
        WHERE {_within("o.local_date", month)}
        """,  # noqa: S608
        ORDER_LINES,
    )


def _return_lines(snapshot: Snapshot, month: str) -> pa.Table:
    s = snapshot
    return s.table(
        f"""
        SELECT {s.id("r.id")}, {s.id("r.customer_id")}, {s.at("r.returned_at")}, r.local_date, {s.id("ol.order_id")},
            {s.id("l.variant_id")}, l.quantity_milli, l.base_total_minor
        FROM commerce_return r JOIN commerce_returnline l ON l.return_of_id = r.id
            LEFT JOIN commerce_orderline ol ON ol.id = l.order_line_id
        WHERE {_within("r.local_date", month)}
        """,  # noqa: S608
        RETURN_LINES,
    )


def _variants(snapshot: Snapshot, part: str) -> pa.Table:
    s = snapshot
    return s.table(
        f"""
        SELECT {s.id("v.id")}, {s.id("p.id")}, p.kind, {s.id("p.category_id")}, v.cost_minor, v.currency
        FROM commerce_variant v JOIN commerce_product p ON p.id = v.product_id
        """,  # noqa: S608
        VARIANTS,
    )


def _enquiries(snapshot: Snapshot, part: str) -> pa.Table:
    s = snapshot
    rows = s.table(
        f"""
        SELECT {s.id("id")}, {s.id("customer_id")}, kind, channel, {s.id("store_id")}, {s.id("owner_id")}, step,
            outcome, {s.id("order_id")}, {s.id("loss_cause_id")}, closed_from,
            {s.at("opened_at")}, {s.at("step_since")}, {s.at("closed_at")}
        FROM commerce_enquiry
        """,  # noqa: S608
        pa.schema(list(ENQUIRIES)[:-2]),
    )
    local = pc.local_timestamp(
        rows["opened_at"].cast(pa.timestamp("us", "UTC")).cast(pa.timestamp("us", shop().time_zone))
    )
    return pa.table(
        [*rows.columns, local.cast(pa.date32(), safe=False), pc.hour(local).cast(pa.int16())], schema=ENQUIRIES
    )


def _site_events(snapshot: Snapshot, month: str) -> pa.Table:
    s = snapshot
    return s.table(
        f"""
        SELECT {s.id("id")}, source || ':' || visitor, session, {s.id("customer_id")}, kind, section,
            {s.id("product_id")}, came_from, device, {s.at("occurred_at")}, local_date
        FROM commerce_siteevent WHERE {_within("local_date", month)} ORDER BY occurred_at, id
        """,  # noqa: S608
        SITE_EVENTS,
    )


orders = Extract("orders", ORDERS, _order_parts, _orders)
order_lines = Extract("order_lines", ORDER_LINES, _order_parts, _order_lines)
return_lines = Extract("return_lines", RETURN_LINES, _return_parts, _return_lines)
# Few rows, and a product may change its kind at any time: always brought as a whole.
variants = Extract("variants", VARIANTS, lambda _: {"all": None}, _variants)
site_events = Extract("site_events", SITE_EVENTS, _visit_parts, _site_events)
# An enquiry goes on for weeks, and there are far fewer of them than of orders: brought as a whole as well.
enquiries = Extract("enquiries", ENQUIRIES, lambda _: {"all": None}, _enquiries)
