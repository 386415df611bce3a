"""What orders, returns and enquiries offer to conditions, and what commerce's kinds are called."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.commerce.rules import (
    EnquiryKind,
    EnquiryOutcome,
    EnquiryStep,
    ImportKind,
    ImportState,
    OrderStatus,
    ProductKind,
)
from regulars.foundation.conditions.catalogue import Attribute, Fact, Source, Text, Type
from regulars.shop import attributes as shop

ORDER_STATUSES: Mapping[str, Text] = {
    OrderStatus.DRAFT: pgettext_lazy("order", "Draft"),
    OrderStatus.PLACED: pgettext_lazy("order", "Placed"),
    OrderStatus.PAID: pgettext_lazy("order", "Paid"),
    OrderStatus.SHIPPED: pgettext_lazy("order", "Shipped"),
    OrderStatus.COMPLETED: pgettext_lazy("order", "Completed"),
    OrderStatus.CANCELLED: pgettext_lazy("order", "Cancelled"),
}
PRODUCT_KINDS: Mapping[str, Text] = {
    ProductKind.GOODS: _("Goods"),
    ProductKind.SERVICE: _("Service"),
    ProductKind.CERTIFICATE: _("Gift certificate"),
    ProductKind.DELIVERY: _("Delivery"),
    ProductKind.FEE: _("Fee"),
}
ENQUIRY_KINDS: Mapping[str, Text] = {
    EnquiryKind.CALL: _("Call"),
    EnquiryKind.FORM: _("Form on the website"),
    EnquiryKind.VISIT: _("Visit"),
    EnquiryKind.MEASURING: _("Measuring visit"),
    EnquiryKind.MESSAGE: _("Message"),
}
ENQUIRY_STEPS: Mapping[str, Text] = {
    EnquiryStep.NEW: pgettext_lazy("enquiry", "New"),
    EnquiryStep.CONTACTED: pgettext_lazy("enquiry", "Contacted"),
    EnquiryStep.QUALIFIED: pgettext_lazy("enquiry", "Need is clear"),
    EnquiryStep.OFFERED: pgettext_lazy("enquiry", "Offer made"),
    EnquiryStep.CLOSED: pgettext_lazy("enquiry", "Closed"),
}
ENQUIRY_OUTCOMES: Mapping[str, Text] = {
    EnquiryOutcome.OPEN: pgettext_lazy("enquiry", "Open"),
    EnquiryOutcome.WON: pgettext_lazy("enquiry", "Won"),
    EnquiryOutcome.LOST: pgettext_lazy("enquiry", "Lost"),
}
IMPORT_KINDS: Mapping[str, Text] = {
    ImportKind.ORDERS: _("Orders"),
    ImportKind.CUSTOMERS: _("Customers"),
    ImportKind.PRODUCTS: _("Products"),
    ImportKind.VISITS: _("Visits of the site"),
}
IMPORT_STATES: Mapping[str, Text] = {
    ImportState.UPLOADED: pgettext_lazy("import", "Uploaded"),
    ImportState.READY: pgettext_lazy("import", "Ready"),
    ImportState.RUNNING: pgettext_lazy("import", "Running"),
    ImportState.INTERRUPTED: pgettext_lazy("import", "Interrupted"),
    ImportState.DONE: pgettext_lazy("import", "Done"),
    ImportState.FAILED: pgettext_lazy("import", "Failed"),
}

_COUNTED = f"o.status NOT IN ('{OrderStatus.DRAFT.value}', '{OrderStatus.CANCELLED.value}')"
_OF_PRODUCT = "JOIN commerce_product p ON p.id = v.product_id"
_OF_CATEGORY = f"{_OF_PRODUCT} LEFT JOIN commerce_category k ON k.id = p.category_id"


def _goods(alias: str) -> tuple[Attribute, ...]:
    """What a line says of the goods on it."""
    variant = f"JOIN commerce_variant v ON v.id = {alias}.variant_id"
    return (
        Attribute(key="sku", label=_("SKU"), type=Type.TEXT, sql="v.folded_sku", join=variant),
        Attribute(
            key="product", label=_("Product name"), type=Type.TEXT, sql="p.sort_name", join=f"{variant} {_OF_PRODUCT}"
        ),
        Attribute(
            key="category",
            label=_("Category"),
            type=Type.TEXT,
            sql="k.path",
            join=f"{variant} {_OF_CATEGORY}",
            help=_("Part of the path, such as “tea > green”."),
        ),
    )


ENTRIES: tuple[Source | Attribute | Fact, ...] = (
    Fact(
        key="commerce.order",
        label=_("Order"),
        did=_("who ordered"),
        did_not=_("who did not order"),
        table="commerce_order o",
        customer="o.customer_id",
        at="o.placed_at",
        filter=_COUNTED,
        columns=(
            Attribute(
                key="total", label=_("Order total"), type=Type.MONEY, sql="o.base_total_minor", adds_up=_("who spent")
            ),
            Attribute(
                key="discount", label=_("Discount, % of the goods"), type=Type.NUMBER,
                sql="CASE WHEN o.goods_minor > 0 THEN o.discount_minor * 100 / o.goods_minor END",
            ),
            Attribute(key="channel", label=_("Channel"), type=Type.CHOICE, sql="o.channel", choices=shop.CHANNELS),
            Attribute(
                key="status", label=_("Status"), type=Type.CHOICE, sql="o.status",
                choices={status: ORDER_STATUSES[status] for status in OrderStatus
                         if status not in (OrderStatus.DRAFT, OrderStatus.CANCELLED)},
            ),
            Attribute(
                key="store", label=_("Store"), type=Type.CHOICE, sql="o.store_id", choices=shop.stores, is_id=True
            ),
            Attribute(
                key="seller", label=_("Seller"), type=Type.CHOICE, sql="o.seller_id", choices=shop.staff, is_id=True
            ),
            Attribute(key="hour", label=_("Hour of the day"), type=Type.NUMBER, sql="o.local_hour"),
        ),
    ),
    Fact(
        key="commerce.purchase",
        label=_("Goods bought"),
        did=_("who bought goods"),
        did_not=_("who bought no goods"),
        table="commerce_orderline l JOIN commerce_order o ON o.id = l.order_id",
        customer="o.customer_id",
        at="o.placed_at",
        filter=_COUNTED,
        columns=(
            *_goods("l"),
            Attribute(
                key="total", label=_("Line total"), type=Type.MONEY, sql="l.base_total_minor",
                adds_up=_("who spent on goods"),
            ),
            Attribute(
                key="is_gift", label=_("Gift"), type=Type.BOOLEAN, sql="l.is_gift",
                claim=_("it was a gift"), claim_not=_("it was no gift"),
            ),
        ),
    ),
    Fact(
        key="commerce.return",
        label=pgettext_lazy("fact", "Return"),
        did=_("who returned goods"),
        did_not=_("who returned nothing"),
        table="commerce_return r",
        customer="r.customer_id",
        at="r.returned_at",
        columns=(
            Attribute(
                key="total", label=_("Return total"), type=Type.MONEY, sql="r.base_total_minor",
                adds_up=_("who returned goods worth"),
            ),
        ),
    ),
    Fact(
        key="commerce.enquiry",
        label=_("Enquiry"),
        did=_("who made an enquiry"),
        did_not=_("who made no enquiry"),
        table="commerce_enquiry q",
        customer="q.customer_id",
        at="q.opened_at",
        columns=(
            Attribute(key="kind", label=_("Kind"), type=Type.CHOICE, sql="q.kind", choices=ENQUIRY_KINDS),
            Attribute(key="outcome", label=_("Outcome"), type=Type.CHOICE, sql="q.outcome", choices=ENQUIRY_OUTCOMES),
            Attribute(key="channel", label=_("Channel"), type=Type.CHOICE, sql="q.channel", choices=shop.CHANNELS),
        ),
    ),
)  # fmt: skip
