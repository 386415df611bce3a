"""What variants cost over time."""

from collections import defaultdict
from uuid import UUID

from regulars.commerce.models import Price
from regulars.commerce.rules.prices import PricePoint


def price_history(product_id: UUID) -> dict[UUID, list[PricePoint]]:
    """Variant → its prices in order of time, for the variants of a product that have any."""
    history: defaultdict[UUID, list[PricePoint]] = defaultdict(list)
    rows = Price.objects.filter(variant__product_id=product_id).order_by("valid_from")
    for variant_id, at, price_minor, currency in rows.values_list(
        "variant_id", "valid_from", "price_minor", "currency"
    ):
        history[variant_id].append(PricePoint(at, price_minor, currency))
    return dict(history)
