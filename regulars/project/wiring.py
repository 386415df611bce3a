"""What is connected to what: events → reactions, jobs → handlers, attributes, ports. The only list of its kind."""

from regulars.audience import attributes as audience_attributes
from regulars.commerce import attributes as commerce_attributes
from regulars.commerce.actions.merging import CommerceMerge
from regulars.customers import attributes as customers_attributes
from regulars.customers import ports as customers_ports
from regulars.foundation.conditions import catalogue


def connect() -> None:
    """Called once, when the programme starts."""
    _offer_attributes()
    customers_ports.register_merge_rule(CommerceMerge())


def _offer_attributes() -> None:
    for part in (customers_attributes, audience_attributes, commerce_attributes):
        catalogue.register(part.ENTRIES)
