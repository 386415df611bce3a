"""An order while it is being typed: read from the request, changed by the form's buttons, turned into a draft."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.forms import BoundField
from django.http import QueryDict

from regulars.commerce.queries.catalogue import VariantRow, variants_by_id
from regulars.commerce.queries.orders import OrderView
from regulars.commerce.rules import OrderDraft, OrderLineDraft, OrderStatus
from regulars.commerce.rules.orders import BadAmounts, OrderAmounts, amounts_of_draft
from regulars.desk.commerce.fields import plain_amount, plain_quantity
from regulars.desk.commerce.forms import MOMENT_FORMAT, LineForm, OrderForm, id_in
from regulars.foundation.money import Money, minor_from
from regulars.foundation.text import typed as plain
from regulars.shop.rules import Channel

MAX_LINES = 200
_HEAD = ("placed_at", "channel", "store", "seller", "currency", "discount", "delivery", "tax", "comment")
_LINE = ("quantity", "price", "discount", "is_gift")


@dataclass(frozen=True)
class TypedLine:
    """A line as typed; `key` is what the placed order knows it by, "" for a new one."""

    variant_id: UUID
    key: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Typed:
    """All that the form says, as texts."""

    number: str
    customer_id: UUID | None
    enquiry_id: UUID | None
    head: Mapping[str, str]
    lines: tuple[TypedLine, ...] = ()

    def with_variant(self, variant: VariantRow) -> "Typed":
        """One more piece of it, at its price."""
        price = (
            plain_amount(Money(variant.price_minor, variant.currency).amount) if variant.price_minor is not None else ""
        )
        line = TypedLine(variant.id, "", {"quantity": "1", "price": price})
        return replace(self, lines=(*self.lines, line)[:MAX_LINES])

    def without_line(self, place: int) -> "Typed":
        return replace(self, lines=tuple(line for i, line in enumerate(self.lines) if i != place))


@dataclass(frozen=True)
class LineOnPage:
    """A line with its form and what it comes to, where that is known."""

    place: int
    variant: VariantRow
    key: str
    quantity: BoundField
    price: BoundField
    discount: BoundField
    is_gift: BoundField
    total_minor: int | None


@dataclass
class Sheet:
    """The form as it is shown: unchecked, or checked for saving."""

    typed: Typed
    form: OrderForm
    line_forms: list[LineForm]
    variants: Mapping[UUID, VariantRow]
    amounts: OrderAmounts | None = field(default=None)

    def is_valid(self) -> bool:
        # Both are asked, so that all faults are shown at once.
        return all([self.form.is_valid(), *(line.is_valid() for line in self.line_forms)])

    @property
    def lines(self) -> list[LineOnPage]:
        return [
            LineOnPage(
                i,
                self.variants[said.variant_id],
                said.key,
                shown["quantity"],
                shown["price"],
                shown["discount"],
                shown["is_gift"],
                self.amounts.lines[i].total_minor if self.amounts else None,
            )
            for i, (said, shown) in enumerate(zip(self.typed.lines, self.line_forms, strict=True))
        ]


def typed_in(post: QueryDict) -> Typed:
    """What the form was sent with; lines of unknown or broken variants are left out."""
    said_count = post.get("lines", "")
    count = min(int(said_count), MAX_LINES) if said_count.isdecimal() else 0
    lines = []
    for i in range(count):
        variant_id = _uuid(post.get(f"l{i}-variant", ""))
        if variant_id:
            values = {name: post.get(f"l{i}-{name}", "") for name in _LINE}
            lines.append(TypedLine(variant_id, plain(post.get(f"l{i}-key", "")), values))
    known = variants_by_id(line.variant_id for line in lines)
    return Typed(
        number=plain(post.get("number", ""))[:40],
        customer_id=_uuid(post.get("customer", "")),
        enquiry_id=_uuid(post.get("enquiry", "")),
        head={name: post.get(name, "") for name in _HEAD},
        lines=tuple(line for line in lines if line.variant_id in known),
    )


def typed_from(order: OrderView, *, local: Callable[[datetime], datetime]) -> Typed:
    """A placed order as the form would have been filled in: discounts stand on the lines."""

    def amount(minor: int) -> str:
        return plain_amount(Money(minor, order.row.currency).amount) if minor else ""

    row = order.row
    head = {
        "placed_at": local(row.placed_at).strftime(MOMENT_FORMAT),
        "channel": row.channel.value,
        "store": str(row.store_id or ""),
        "seller": str(row.seller_id or ""),
        "currency": row.currency,
        "delivery": amount(order.delivery_minor),
        "tax": amount(order.tax_minor),
        "comment": order.comment,
    }
    lines = tuple(
        TypedLine(
            line.variant_id,
            line.key,
            {
                "quantity": plain_quantity(line.quantity_milli),
                "price": plain_amount(Money(line.unit_price_minor, row.currency).amount),
                "discount": "" if line.is_gift else amount(line.discount_minor),
                "is_gift": "on" if line.is_gift else "",
            },
        )
        for line in order.lines
    )
    return Typed(row.number, row.customer_id, None, head, lines)


def sheet_of(typed: Typed, *, options: Mapping[str, Any], is_checked: bool) -> Sheet:
    """The form for what was typed; `is_checked` shows what is wrong with it."""
    variants = variants_by_id(line.variant_id for line in typed.lines)
    if is_checked:
        form = OrderForm(typed.head, options=options)
        lines = [LineForm(_prefixed(i, line.values), prefix=f"l{i}") for i, line in enumerate(typed.lines)]
    else:
        form = OrderForm(options=options, initial=dict(typed.head))
        lines = [LineForm(initial=dict(line.values), prefix=f"l{i}") for i, line in enumerate(typed.lines)]
    sheet = Sheet(typed, form, lines, variants)
    sheet.amounts = _amounts(typed, options=options)
    return sheet


def draft_of(sheet: Sheet, *, source: str, placed_at: datetime | None = None) -> OrderDraft:
    """The draft that a valid sheet stands for. `placed_at`: the exact moment, where the form shows its minute."""
    head, currency = sheet.form.cleaned_data, sheet.form.cleaned_data["currency"]
    typed_at: datetime = head["placed_at"]
    is_same_minute = placed_at is not None and placed_at.replace(second=0, microsecond=0) == typed_at

    def minor(amount: Decimal | None) -> int:
        return minor_from(amount, currency) if amount is not None else 0

    lines = tuple(
        OrderLineDraft(
            variant_id=said.variant_id,
            quantity_milli=shown.cleaned_data["quantity"],
            unit_price_minor=minor(shown.cleaned_data["price"]),
            discount_minor=minor(shown.cleaned_data["discount"]),
            is_gift=shown.cleaned_data["is_gift"],
            key=said.key or None,
        )
        for said, shown in zip(sheet.typed.lines, sheet.line_forms, strict=True)
    )
    return OrderDraft(
        source=source,
        number=sheet.typed.number,
        customer_id=sheet.typed.customer_id,
        placed_at=placed_at if is_same_minute and placed_at else typed_at,
        currency=currency,
        lines=lines,
        status=OrderStatus.PLACED,
        channel=Channel(head["channel"]),
        store_id=id_in(head["store"]),
        seller_id=id_in(head["seller"]),
        discount_minor=minor(head["discount"]),
        delivery_minor=minor(head["delivery"]),
        tax_minor=minor(head["tax"]),
        is_tax_included=not head["tax"],
        comment=head["comment"],
    )


def _amounts(typed: Typed, *, options: Mapping[str, Any]) -> OrderAmounts | None:
    """What the typed figures come to; None as long as they do not add up."""
    checked = Sheet(
        typed,
        OrderForm(typed.head, options=options),
        [LineForm(_prefixed(i, line.values), prefix=f"l{i}") for i, line in enumerate(typed.lines)],
        {},
    )
    if not typed.lines or not checked.is_valid():
        return None
    try:
        return amounts_of_draft(draft_of(checked, source=""))
    except BadAmounts:
        return None


def _prefixed(place: int, values: Mapping[str, str]) -> dict[str, str]:
    return {f"l{place}-{name}": value for name, value in values.items() if value}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
