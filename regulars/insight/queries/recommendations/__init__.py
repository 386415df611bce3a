"""What to offer: to a customer again and new, to a basket, beside a product; and who runs out of what.

The analysis publishes weights and counts per product; a customer's lists are made from them and from his own purchases
when somebody asks, so they know what he bought a minute ago.
"""

from regulars.insight.queries.recommendations.customers import offers_for
from regulars.insight.queries.recommendations.products import (
    add_ons,
    due_for,
    goes_with,
    refill_interval,
    second_level,
)
from regulars.insight.queries.recommendations.rows import (
    AddOn,
    DueCustomer,
    GoesWith,
    Offer,
    Offers,
    Reason,
    ReasonKind,
    RefillInterval,
    SecondLevel,
    Unknown,
)

__all__ = [
    "AddOn",
    "DueCustomer",
    "GoesWith",
    "Offer",
    "Offers",
    "Reason",
    "ReasonKind",
    "RefillInterval",
    "SecondLevel",
    "Unknown",
    "add_ons",
    "due_for",
    "goes_with",
    "offers_for",
    "refill_interval",
    "second_level",
]
