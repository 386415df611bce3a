"""Form fields for amounts and quantities as people type them: «1 250,50» as well as 1250.50."""

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_LARGEST = Decimal(10) ** 12


class PlainDecimalField(forms.Field):
    """A decimal number of at most `places`, not below zero; spaces and a decimal comma are understood."""

    widget = forms.TextInput

    def __init__(self, *, places: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places = places
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off", "class": "numeric"}

    def to_python(self, value: Any) -> Decimal | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Decimal):
            return value
        try:
            number = Decimal("".join(str(value).split()).replace(",", "."))
        except InvalidOperation as error:
            raise ValidationError(_("Enter a number, such as 1250 or 99.90."), code="invalid") from error
        if not number.is_finite() or not 0 <= number < _LARGEST:
            raise ValidationError(_("Enter a number from 0 up."), code="range")
        if number != round(number, self.places):
            raise ValidationError(_("That is more decimal places than fit here."), code="places")
        return number


class AmountField(PlainDecimalField):
    """An amount in major units; the currency is the form's."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(places=3, **kwargs)


class QuantityField(PlainDecimalField):
    """A quantity in units; becomes thousandths."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(places=3, **kwargs)

    def clean(self, value: Any) -> int | None:
        number = super().clean(value)
        return None if number is None else int(number * 1000)

    def prepare_value(self, value: Any) -> Any:
        return plain_quantity(value) if isinstance(value, int) else value


def plain_quantity(milli: int) -> str:
    """Thousandths as a person would type them: 1500 → 1.5."""
    return f"{Decimal(milli) / 1000:f}".rstrip("0").rstrip(".") if milli % 1000 else str(milli // 1000)


def plain_amount(amount: Decimal) -> str:
    """An amount as a person would type it, without useless zeros behind whole units."""
    return f"{amount:f}" if amount % 1 else str(int(amount))
