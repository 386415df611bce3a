"""The form of a segment."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regulars.desk.access import SignedIn
from regulars.desk.segments.reading import read
from regulars.foundation.conditions.syntax import BadCondition, Condition, Problem


class SegmentForm(forms.Form):
    """Name, note and condition; `problems` says what is wrong with the condition, part by part."""

    name = forms.CharField(label=pgettext_lazy("segment", "Name"), max_length=120)
    note = forms.CharField(
        label=_("Note"), max_length=300, required=False, help_text=_("What the segment is for, in a sentence.")
    )
    condition = forms.CharField(required=False, strip=False, widget=forms.Textarea({"rows": 8}))

    def __init__(self, data: Mapping[str, Any] | None = None, *, staff: SignedIn, **options: Any) -> None:
        super().__init__(data, **options)
        self.staff = staff
        self.problems: tuple[Problem, ...] = ()

    def clean_condition(self) -> Condition | None:
        try:
            return read(self.cleaned_data["condition"], self.staff)
        except BadCondition as error:
            self.problems = error.problems
            raise forms.ValidationError(
                _("The conditions are not complete yet. See the remarks beside them.")
            ) from None
