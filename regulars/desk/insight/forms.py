"""Forms of the pages of insight."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.desk.insight.leaving import NOBODY
from regulars.insight.rules.stages import BadThresholds, Thresholds


class LeaverFilter(forms.Form):
    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"type": "search", "placeholder": _("Name or contact"), "autocomplete": "off"}),
    )
    seller = forms.ChoiceField(label=_("Seller"), required=False)
    store = forms.ChoiceField(label=_("Store"), required=False)
    show = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, *, sellers: Mapping[str, str], stores: Mapping[str, str]) -> None:
        super().__init__(data)
        for name, known in (("seller", sellers), ("store", stores)):
            choices = [("", _("All")), *known.items(), (NOBODY, _("not known"))]
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class ThresholdsForm(forms.Form):
    new_days = forms.IntegerField(
        label=_("New for so many days"),
        required=False,
        min_value=1,
        max_value=3650,
        help_text=_("Empty: as long as a usual pause between purchases lasts in this shop."),
    )
    regular_purchases = forms.IntegerField(
        label=_("Regular from so many days with a purchase"), min_value=2, max_value=1000
    )
    loyal_purchases = forms.IntegerField(label=_("Loyal from so many"), min_value=2, max_value=10_000)
    loyal_days = forms.IntegerField(label=_("Loyal after so many days with us"), min_value=0, max_value=36_500)
    patience = forms.TypedChoiceField(
        label=_("Leaving when silent for longer than"),
        coerce=float,
        choices=[
            ("0.8", _("8 of 10 own pauses (early warning)")),
            ("0.9", _("9 of 10 own pauses")),
            ("0.95", _("19 of 20 own pauses (late, few false alarms)")),
        ],
    )
    lost_factor = forms.FloatField(
        label=_("Lost when silent for so many times that limit"), min_value=1.1, max_value=20, step_size=0.1
    )

    @classmethod
    def showing(cls, thresholds: Thresholds) -> "ThresholdsForm":
        values = thresholds.as_json()
        return cls(initial={**values, "patience": f"{values['patience']:g}"})

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.thresholds = Thresholds(**values)
            except BadThresholds as error:
                self.add_error(
                    error.field, _("It does not fit the other numbers: loyal needs at least as many as regular.")
                )
        return values
