"""What the shop's own things are called: labels of its kinds, its stores and staff as choices."""

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from regulars.foundation.conditions.catalogue import Text
from regulars.shop import queries
from regulars.shop.rules import Channel

CHANNELS: Mapping[str, Text] = {
    Channel.ONLINE: pgettext_lazy("channel", "Website"),
    Channel.STORE: pgettext_lazy("channel", "Store"),
    Channel.PHONE: pgettext_lazy("channel", "Telephone"),
    Channel.MARKETPLACE: pgettext_lazy("channel", "Marketplace"),
    Channel.OTHER: pgettext_lazy("channel", "Other channel"),
}


def stores() -> Mapping[str, Text]:
    """Each store's id and name."""
    return {str(store.id): store.name for store in queries.stores()}


def staff() -> Mapping[str, Text]:
    """Each member of staff's id and name."""
    return {str(person.id): person.name for person in queries.staff()}
