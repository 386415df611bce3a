"""Forms of orders, returns, goods and enquiries."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from regulars.commerce.attributes import ORDER_STATUSES, PRODUCT_KINDS
from regulars.commerce.queries.catalogue import CategoryRow, ProductSort
from regulars.commerce.queries.orders import OrderSort
from regulars.commerce.rules import EnquiryOutcome
from regulars.desk.commerce.fields import AmountField, QuantityField
from regulars.desk.commerce.words import ENQUIRY_KINDS
from regulars.shop.attributes import CHANNELS
from regulars.shop.queries.causes import CauseRow
from regulars.shop.rules import Channel

Choice = tuple[str, str | Promise]
MOMENT_FORMAT = "%Y-%m-%dT%H:%M"
_SEARCH_ORDERS = _("Number, SKU or product")
_SEARCH_GOODS = _("Name, brand, SKU or barcode")


def choices_of(names: Mapping[Any, str | Promise], *, blank: str | Promise | None = None) -> list[Choice]:
    """Choices of an enumeration; `blank` names the empty one, None leaves it out."""
    chosen: list[Choice] = [(kind.value, name) for kind, name in names.items()]
    return chosen if blank is None else [("", blank), *chosen]


def named(rows: Iterable[Any], *, blank: str | Promise) -> list[Choice]:
    """Choices of rows that have an id and a name."""
    return [("", blank), *((str(row.id), row.name) for row in rows)]


def cause_choices(causes: Sequence[CauseRow], *, blank: str | Promise) -> list[Choice]:
    """The cause tree, indented by depth."""
    language = get_language() or "en"
    return [("", blank), *((str(cause.id), "\u2003" * cause.depth + cause.name(language)) for cause in causes)]


def category_choices(categories: Sequence[CategoryRow], *, blank: str | Promise) -> list[Choice]:
    """The category tree, indented by depth."""
    return [("", blank), *((str(row.id), "\u2003" * row.depth + row.name) for row in categories)]


def id_in(value: str | None) -> UUID | None:
    """The id that a choice stands for; None for the empty one."""
    return UUID(value) if value else None


def day_widget() -> forms.DateInput:
    return forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class MomentField(forms.DateTimeField):
    """A day and minute in the shop's time, by the browser's own control."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT_FORMAT)
    input_formats = [MOMENT_FORMAT, "%Y-%m-%dT%H:%M:%S"]


def search_widget(placeholder: str | Promise) -> forms.TextInput:
    return forms.TextInput({"type": "search", "placeholder": placeholder, "autocomplete": "off"})


class ChosenForm(forms.Form):
    """A form whose choices depend on what the shop has: `options` names them by field."""

    def __init__(self, data: Any = None, *, options: Mapping[str, Sequence[Choice]], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name, choices in options.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class OrderFilter(ChosenForm):
    q = forms.CharField(label=_("Search"), required=False, max_length=120, widget=search_widget(_SEARCH_ORDERS))
    status = forms.ChoiceField(label=_("Status"), required=False, choices=choices_of(ORDER_STATUSES, blank=_("Any")))
    channel = forms.ChoiceField(label=_("Channel"), required=False, choices=choices_of(CHANNELS, blank=_("Any")))
    store = forms.ChoiceField(label=_("Store"), required=False)
    seller = forms.ChoiceField(label=_("Seller"), required=False)
    from_date = forms.DateField(label=_("From"), required=False, widget=day_widget())
    to_date = forms.DateField(label=_("Up to and with"), required=False, widget=day_widget())
    customer = forms.UUIDField(required=False, widget=forms.HiddenInput)


ORDER_SORTS = {"-placed": OrderSort.NEWEST, "placed": OrderSort.OLDEST, "-total": OrderSort.LARGEST}


class OrderForm(ChosenForm):
    """The head of an order; its lines are read from the request beside it."""

    placed_at = MomentField(label=_("When"))
    channel = forms.ChoiceField(label=_("Channel"), choices=choices_of(CHANNELS), initial=Channel.STORE.value)
    store = forms.ChoiceField(label=_("Store"), required=False)
    seller = forms.ChoiceField(label=_("Seller"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    discount = AmountField(label=_("Discount on the whole order"), required=False)
    delivery = AmountField(label=_("Delivery"), required=False)
    tax = AmountField(
        label=_("Tax on top"), required=False, help_text=_("Leave it empty where the prices hold the tax.")
    )
    comment = forms.CharField(label=_("Comment"), required=False, max_length=2000, widget=forms.Textarea({"rows": 2}))


class LineForm(forms.Form):
    quantity = QuantityField(label=_("Quantity"))
    price = AmountField(label=_("Price"))
    discount = AmountField(label=_("Discount"), required=False)
    is_gift = forms.BooleanField(label=_("Gift"), required=False)


class CancelForm(ChosenForm):
    cause = forms.ChoiceField(label=_("Why"), required=False)


class ReturnForm(ChosenForm):
    returned_at = MomentField(label=_("When"))
    cause = forms.ChoiceField(label=_("Cause"), required=False)
    reason = forms.CharField(label=_("In the customer’s words"), required=False, max_length=300)


class ProductFilter(ChosenForm):
    q = forms.CharField(label=_("Search"), required=False, max_length=120, widget=search_widget(_SEARCH_GOODS))
    category = forms.ChoiceField(label=_("Category"), required=False)
    brand = forms.ChoiceField(label=_("Brand"), required=False)
    is_sold = forms.ChoiceField(
        label=_("On sale"), required=False, choices=[("", _("All")), ("yes", _("On sale")), ("no", _("No longer"))]
    )


PRODUCT_SORTS = {"name": ProductSort.NAME, "-added": ProductSort.NEWEST}


class ProductForm(ChosenForm):
    name = forms.CharField(label=_("Product name"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=choices_of(PRODUCT_KINDS))
    category = forms.ChoiceField(label=_("Category"), required=False)
    new_category = forms.CharField(
        label=_("New category"), required=False, max_length=200, help_text=_("Will stand below the chosen one.")
    )
    brand = forms.CharField(label=_("Brand"), required=False, max_length=120)
    is_durable = forms.BooleanField(
        label=_("Durable: bought once in years"),
        required=False,
        help_text=_("Silence after such a purchase is no leaving."),
    )
    is_sold = forms.BooleanField(label=_("On sale"), required=False, initial=True)


class VariantForm(ChosenForm):
    sku = forms.CharField(label=_("SKU"), max_length=120)
    name = forms.CharField(label=_("Size, weight or pack"), required=False, max_length=300)
    barcode = forms.CharField(label=_("Barcode"), required=False, max_length=40)
    pack_size = QuantityField(label=_("Pack size"), help_text=_("How much one piece holds."), initial=1000)
    price = AmountField(label=_("Price"), required=False)
    currency = forms.ChoiceField(label=_("Currency"))
    cost = AmountField(label=_("Cost"), required=False, help_text=_("What one piece costs the shop."))


class EnquiryFilter(ChosenForm):
    owner = forms.ChoiceField(label=pgettext_lazy("enquiry", "Owner"), required=False)
    store = forms.ChoiceField(label=_("Store"), required=False)


_KIND_CHOICES = [(kind.value, sign.name) for kind, sign in ENQUIRY_KINDS.items()]


class EnquiryForm(ChosenForm):
    kind = forms.ChoiceField(
        label=_("How they asked"), choices=[(kind.value, sign.name) for kind, sign in ENQUIRY_KINDS.items()]
    )
    contact_name = forms.CharField(label=_("Name"), required=False, max_length=200)
    contact_value = forms.CharField(label=_("Phone or e-mail"), required=False, max_length=254)
    subject = forms.CharField(label=_("What they want"), required=False, max_length=300)
    opened_at = MomentField(label=_("When"))
    channel = forms.ChoiceField(label=_("Channel"), choices=choices_of(CHANNELS), initial=Channel.PHONE.value)
    store = forms.ChoiceField(label=_("Store"), required=False)
    owner = forms.ChoiceField(label=pgettext_lazy("enquiry", "Owner"), required=False)


class CloseForm(ChosenForm):
    outcome = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in EnquiryOutcome])
    order = forms.ChoiceField(label=_("Order"), required=False)
    cause = forms.ChoiceField(label=_("Cause of the loss"), required=False)
    note = forms.CharField(label=_("In words"), required=False, max_length=300)
