"""Forms of the economics: spending, a file of it, what the owner assumes, and his levers."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from regulars.desk.economics.words import LEVERS, PURPOSES
from regulars.desk.shop.forms import number_from
from regulars.foundation.money import Money, minor_from
from regulars.insight.rules.economics.levers import Lever, Moves
from regulars.shop.attributes import CHANNELS
from regulars.shop.queries import Assumptions, SpendingRow
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.shop.rules.spending import MAX_NOTE, SpendingDraft

MAX_FILE_BYTES = 2 * 1024 * 1024


class MonthInput(forms.DateInput):
    """The browser's own choice of a month; it takes and gives 2026-03."""

    input_type = "month"


class SpendingForm(forms.Form):
    month_date = forms.DateField(
        label=_("Month"), input_formats=["%Y-%m"], widget=MonthInput(format="%Y-%m", attrs={"placeholder": "2026-03"})
    )
    purpose = forms.ChoiceField(label=_("What for"), choices=list(PURPOSES.items()))
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[("", _("The whole shop")), *CHANNELS.items()],
        required=False,
        help_text=_("Where the people it wins will buy. Not sure: the whole shop."),
    )
    amount = forms.CharField(label=_("Amount"), max_length=30, widget=forms.TextInput({"inputmode": "decimal"}))
    currency = forms.ChoiceField(label=_("Currency"))
    note = forms.CharField(
        label=_("Note"),
        max_length=MAX_NOTE,
        required=False,
        help_text=_("A campaign, leaflets, discounts for regulars."),
    )

    def __init__(self, *args: Any, currencies: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, code) for code in currencies]

    @classmethod
    def showing(cls, row: SpendingRow, *, currencies: list[str], data: Any = None) -> "SpendingForm":
        initial = {
            "month_date": row.month_date,
            "purpose": row.purpose.value,
            "channel": row.channel.value if row.channel else "",
            "amount": f"{Money(row.amount_minor, row.currency).amount:f}",
            "currency": row.currency,
            "note": row.note,
        }
        return cls(data, currencies=sorted({*currencies, row.currency}), initial=initial)

    def clean_amount(self) -> Decimal:
        return number_from(self.cleaned_data["amount"])

    def draft(self) -> SpendingDraft:
        """What the valid form says."""
        said = self.cleaned_data
        return SpendingDraft(
            said["month_date"],
            SpendingPurpose(said["purpose"]),
            Channel(said["channel"]) if said["channel"] else None,
            said["currency"],
            minor_from(said["amount"], said["currency"]),
            " ".join(said["note"].split()),
        )


class SpendingFileForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel, up to 2 MB, with a line of headings: month, amount; if you like channel, purpose, "
                    "currency, note."),
    )  # fmt: skip
    purpose = forms.ChoiceField(label=_("What for, where the file does not say"), choices=list(PURPOSES.items()))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise ValidationError(_("The file is larger than 2 MB: divide it."))
        return file


class AssumptionsForm(forms.Form):
    margin = forms.CharField(
        label=_("Margin of goods without a cost, %"),
        max_length=10,
        required=False,
        widget=forms.TextInput({"inputmode": "decimal"}),
        help_text=_(
            "What is left of the price once the goods are paid. Goods with a cost in the catalogue count by it."
        ),
    )
    discount = forms.CharField(
        label=_("Money a year later counts less by, %"),
        max_length=10,
        widget=forms.TextInput({"inputmode": "decimal"}),
        help_text=_("What your money would bring elsewhere, plus what you want for the risk."),
    )

    @classmethod
    def showing(cls, said: Assumptions) -> "AssumptionsForm":
        margin = "" if said.margin_share is None else f"{said.margin_share * 100:g}"
        return cls(initial={"margin": margin, "discount": f"{said.discount_share * 100:g}"})

    def clean_margin(self) -> float | None:
        return self._share("margin") if self.cleaned_data["margin"].strip() else None

    def clean_discount(self) -> float | None:
        return self._share("discount")

    def _share(self, name: str) -> float:
        return float(number_from(self.cleaned_data[name])) / 100


class LeversForm(forms.Form):
    """How far each lever is moved, in per cent of itself; the margin in points. Nothing said: it stays where it is."""

    FURTHEST: ClassVar[dict[Lever, int]] = {
        Lever.CHURN: 50,
        Lever.FREQUENCY: 50,
        Lever.BASKET: 50,
        Lever.MARGIN: 20,
        Lever.CAC: 50,
    }

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__({lever.value: data.get(lever.value) or "0" for lever in Lever})
        for lever, furthest in self.FURTHEST.items():
            self.fields[lever.value] = forms.IntegerField(
                label=str(LEVERS[lever]),
                min_value=-furthest,
                max_value=furthest,
                widget=forms.NumberInput({"type": "range", "step": "1"}),
            )

    def moves(self) -> Moves:
        """Shares; what is out of bounds stays where it is."""
        self.is_valid()
        return {lever: self.cleaned_data.get(lever.value, 0) / 100 for lever in Lever}
