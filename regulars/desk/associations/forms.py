"""The form of an association: from what, by way of what, to what."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.commerce.queries import catalogue
from regulars.commerce.queries.catalogue import CategoryRow, ProductFilters, ProductRow
from regulars.commerce.rules import ProductKind
from regulars.insight.actions.associations import End

# More than these, and a person had better type more.
MOST_FOUND = 8


def goods_like(text: str) -> Sequence[ProductRow]:
    """Goods on sale whose name, brand, SKU or barcode holds the text."""
    filters = ProductFilters(text=text, kind=ProductKind.GOODS, is_sold=True)
    return catalogue.products_page(filters=filters, limit=MOST_FOUND).rows if text.strip() else []


class AssociationForm(forms.Form):
    """Each end is found by typing a product's name, or chosen as a category; `found` holds what a text could mean."""

    source = forms.CharField(label=_("Who buys this product"), required=False, max_length=200)
    source_category = forms.ChoiceField(label=_("or anything of this category"), required=False)
    need = forms.CharField(
        label=_("What lies between"),
        max_length=120,
        help_text=_(
            "The need or wish that leads on, as the customer would say it: a slimmer waist, a child starts school."
        ),
    )
    target = forms.CharField(label=_("may like this product"), required=False, max_length=200)
    target_category = forms.ChoiceField(label=_("or something of this category"), required=False)
    reason = forms.CharField(
        label=_("What the seller says"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One sentence that the customer may hear."),
    )

    def __init__(self, *args: Any, categories: Sequence[CategoryRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found: dict[str, Sequence[ProductRow]] = {}
        self.ends: dict[str, End] = {}
        choices = [("", _("– not chosen –")), *((str(row.id), "\u2003" * row.depth + row.name) for row in categories)]
        for end in ("source", "target"):
            category = self.fields[f"{end}_category"]
            assert isinstance(category, forms.ChoiceField)
            category.choices = choices

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for end in ("source", "target"):
            self._resolve(end, values.get(end, ""), values.get(f"{end}_category", ""))
        return values

    def _resolve(self, end: str, text: str, category_id: str) -> None:
        picked = self.data.get(f"{end}_id", "")
        self.found[end] = goods_like(text)
        same = [row for row in self.found[end] if str(row.id) == picked] or self.found[end]
        if text and category_id:
            self.add_error(end, _("Choose a product or a category, not both."))
        elif category_id:
            self.ends[end] = End(category_id=UUID(category_id))
        elif not text:
            self.add_error(end, _("Type a product's name, or choose a category."))
        elif not same:
            self.add_error(end, _("No product on sale is found by this."))
        elif len(same) > 1:
            self.add_error(end, _("Several products are found by this; choose one."))
        else:
            self.ends[end] = End(product_id=same[0].id)
