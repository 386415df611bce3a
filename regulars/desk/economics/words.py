"""What the economics call their kinds."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.insight.rules.economics.levers import Lever
from regulars.shop.rules import SpendingPurpose

PURPOSES: Mapping[SpendingPurpose, Promise] = {
    SpendingPurpose.ACQUISITION: _("To win customers"),
    SpendingPurpose.RETENTION: _("To keep customers"),
    SpendingPurpose.OTHER: _("Neither"),
}
LEVERS: Mapping[Lever, Promise] = {
    Lever.CHURN: _("Drop-out"),
    Lever.FREQUENCY: _("How often they buy"),
    Lever.BASKET: _("Average purchase"),
    Lever.MARGIN: _("Margin, points"),
    Lever.CAC: _("Cost of a new customer"),
}
BETTER: Mapping[Lever, Promise] = {
    Lever.CHURN: _("1% less drop-out"),
    Lever.FREQUENCY: _("1% more purchases"),
    Lever.BASKET: _("1% more in a basket"),
    Lever.MARGIN: _("margin higher by a hundredth of itself"),
    Lever.CAC: _("1% cheaper new customers"),
}
