from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.desk.system.words import verb_name
from regulars.shop.queries import StaffRow


class AuditFilter(forms.Form):
    actor = forms.ChoiceField(label=_("Who"), required=False)
    verb = forms.ChoiceField(label=_("What"), required=False)
    from_date = forms.DateField(label=_("From"), required=False, widget=forms.DateInput({"type": "date"}))
    to_date = forms.DateField(label=_("Up to and with"), required=False, widget=forms.DateInput({"type": "date"}))

    def __init__(self, data: object, *, staff: Sequence[StaffRow], verbs: Sequence[str]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        people = [(f"staff:{person.id}", person.name) for person in staff]
        self.fields["actor"].choices = [("", _("Anybody")), *people]  # type: ignore[attr-defined]
        named = sorted(((verb, verb_name(verb)) for verb in verbs), key=lambda choice: choice[1])
        self.fields["verb"].choices = [("", _("Anything")), *named]  # type: ignore[attr-defined]
