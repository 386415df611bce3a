"""The form of a site whose visits are counted."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.commerce.actions.sites import MAX_KEEP_DAYS, MIN_KEEP_DAYS
from regulars.commerce.queries.sites import SiteRow
from regulars.commerce.rules.visits import KEEP_DAYS


class SiteForm(forms.Form):
    name = forms.CharField(label=_("What the site is called"), max_length=120)
    origins = forms.CharField(
        label=_("Addresses of the site"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("One to a line, such as https://tea.example. From other addresses nothing is taken."),
    )
    orders_source = forms.CharField(
        label=_("Source of its orders"),
        max_length=40,
        required=False,
        help_text=_("By it a visit finds its order’s customer: what you call the system that numbers the orders."),
    )
    keep_days = forms.IntegerField(
        label=_("Keep visits for so many days"),
        min_value=MIN_KEEP_DAYS,
        max_value=MAX_KEEP_DAYS,
        initial=KEEP_DAYS,
        help_text=_("After that they are removed. 760 days are two years and a month."),
    )
    is_open = forms.BooleanField(label=_("Visits are counted"), required=False, initial=True)

    @classmethod
    def showing(cls, site: SiteRow) -> "SiteForm":
        values = {name: getattr(site, name) for name in ("name", "orders_source", "keep_days", "is_open")}
        return cls(initial={**values, "origins": "\n".join(site.origins)})

    def values(self) -> dict[str, Any]:
        """What the valid form says."""
        return {**self.cleaned_data, "origins": self.cleaned_data["origins"].split()}
