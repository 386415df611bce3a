"""Setting prices, with their history."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from regulars.commerce.events import PriceChanged
from regulars.commerce.models import Price, Variant
from regulars.commerce.rules.prices import PricePoint, is_price_change, price_at
from regulars.foundation import audit, events
from regulars.foundation.actors import Actor


class CannotPrice(ValueError):
    """A price is not below zero, and holds from a moment that has come."""


def set_price(
    *, variant_id: UUID, price_minor: int, currency: str, valid_from: datetime, by: Actor, now: datetime
) -> bool:
    """What a variant costs from `valid_from` on; whether that differs from what held then. Raises CannotPrice.

    An earlier moment than the latest one amends the history and leaves today's price as it is.
    """
    if price_minor < 0 or valid_from > now:
        raise CannotPrice
    with transaction.atomic():
        variant = Variant.objects.select_for_update().get(id=variant_id)
        return write_price(variant, price_minor=price_minor, currency=currency, valid_from=valid_from, by=by, now=now)


def write_price(
    variant: Variant, *, price_minor: int, currency: str, valid_from: datetime, by: Actor, now: datetime
) -> bool:
    """The same for a locked variant, within the caller's transaction."""
    points = Price.objects.filter(variant=variant).order_by("valid_from")
    history = [PricePoint(*row) for row in points.values_list("valid_from", "price_minor", "currency")]
    new = PricePoint(valid_from, price_minor, currency)
    if not is_price_change(history, new):
        return False
    held = price_at(history, valid_from)
    Price.objects.update_or_create(
        variant=variant, valid_from=valid_from, defaults={"price_minor": price_minor, "currency": currency}
    )
    if all(point.valid_from <= valid_from for point in history):
        variant.price_minor, variant.currency = price_minor, currency
        variant.save(update_fields=["price_minor", "currency"])
    changed = PriceChanged(
        customer_id=None,
        occurred_at=valid_from,
        product_id=variant.product_id,
        variant_id=variant.id,
        currency=currency,
        price_before_minor=held.price_minor if held else None,
        price_minor=price_minor,
    )
    events.record(changed, by=by, now=now)
    audit.record(
        verb="variant.priced",
        subject_kind="variant",
        subject_id=variant.id,
        before={"price_minor": held.price_minor, "currency": held.currency} if held else {},
        after={"price_minor": price_minor, "currency": currency, "valid_from": valid_from},
        by=by,
        now=now,
    )
    return True
