from collections.abc import Sequence
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.desk.words import ROLE_NAMES
from regulars.foundation.access import Role
from regulars.shop.queries import StoreRow

ROLE_CHOICES = [(role.value, ROLE_NAMES[role]) for role in Role]


def _store_id(text: str) -> UUID | None:
    return UUID(text) if text else None


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), help_text=_("By it the person signs in; nothing is sent to it."))
    role = forms.TypedChoiceField(label=_("Role"), choices=ROLE_CHOICES, coerce=Role, initial=Role.SELLER.value)
    store_id = forms.TypedChoiceField(label=_("Store"), required=False, coerce=_store_id, empty_value=None)

    def __init__(self, data: object = None, *, stores: Sequence[StoreRow]) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        choices = [("", _("No particular store")), *((str(store.id), store.name) for store in stores)]
        self.fields["store_id"].choices = choices  # type: ignore[attr-defined]


class RoleForm(forms.Form):
    """`was` is the role that the person who changes it had before his eyes."""

    role = forms.TypedChoiceField(label=_("Role"), choices=ROLE_CHOICES, coerce=Role)
    was = forms.TypedChoiceField(choices=ROLE_CHOICES, coerce=Role, widget=forms.HiddenInput)
