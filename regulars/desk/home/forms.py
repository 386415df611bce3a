"""Forms of today: plans of a month, days of a plan, the evening."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from regulars.desk.shop.forms import number_from
from regulars.foundation.money import Money, minor_from
from regulars.shop.rules import PlanPeriod, PlanScope
from regulars.shop.rules.plans import PlanEntry
from regulars.ui import formats

Key = tuple[PlanScope, str]


def key_text(key: Key) -> str:
    """The name of a scope in addresses and forms: "store:…"."""
    return f"{key[0].value}:{key[1]}"


def typed(amount_minor: int | None, currency: str) -> str:
    """An amount as it stands in a form; whole amounts without a fraction."""
    if amount_minor is None:
        return ""
    amount = Money(amount_minor, currency).amount
    return f"{amount.to_integral_value() if amount == amount.to_integral_value() else amount:f}"


class _Amounts(forms.Form):
    """A field for each of several amounts; an empty one means none."""

    def __init__(self, data: Any, *, currency: str) -> None:
        super().__init__(data)
        self._currency = currency

    def _add(self, name: str, label: str, amount_minor: int | None, placeholder: str = "") -> None:
        self.fields[name] = forms.CharField(
            label=label,
            required=False,
            max_length=30,
            initial=typed(amount_minor, self._currency),
            widget=forms.TextInput({"inputmode": "decimal", "placeholder": placeholder}),
        )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        for name, text in list(values.items()):
            try:
                values[name] = minor_from(number_from(text), self._currency) if text.strip() else None
            except ValidationError as error:
                self.add_error(name, error)
        return values


class MonthPlanForm(_Amounts):
    """What a month shall bring: of the shop, of each store, seller and channel."""

    def __init__(
        self, data: Any, *, month: date, names: Mapping[Key, str], plans: Mapping[Key, int], currency: str
    ) -> None:
        super().__init__(data, currency=currency)
        self._month, self._names = month, names
        for key, name in names.items():
            self._add(key_text(key), name, plans.get(key))

    def groups(self) -> list[tuple[PlanScope, list[tuple[str, forms.BoundField]]]]:
        """The fields by scope, each with the scope's name in addresses."""
        return [
            (scope, [(key_text(key), self[key_text(key)]) for key in self._names if key[0] is scope])
            for scope in PlanScope
        ]

    def entries(self) -> list[PlanEntry]:
        return [
            PlanEntry(key[0], key[1], PlanPeriod.MONTH, self._month, self.cleaned_data[key_text(key)])
            for key in self._names
        ]


class DayPlanForm(_Amounts):
    """Days with a plan of their own; the others show what falls to them of the month."""

    def __init__(
        self,
        data: Any,
        *,
        key: Key,
        days: Sequence[date],
        fixed: Mapping[date, int],
        spread: Mapping[date, int],
        currency: str,
    ) -> None:
        super().__init__(data, currency=currency)
        self._key, self._days = key, days
        for day in days:
            placeholder = "" if day in fixed or day not in spread else typed(_rounded(spread[day]), currency)
            self._add(day.isoformat(), formats.day(day), fixed.get(day), placeholder)

    def entries(self) -> list[PlanEntry]:
        scope, of = self._key
        return [PlanEntry(scope, of, PlanPeriod.DAY, day, self.cleaned_data[day.isoformat()]) for day in self._days]


class SignOffForm(forms.Form):
    """What was counted in the evening. expected_minor: what the orders say."""

    has_checked_orders = forms.BooleanField(label=_("All orders of the day are entered"))
    has_checked_cash = forms.BooleanField(label=_("Cash and card slips are counted"))
    counted = forms.CharField(
        label=_("Counted in all"),
        max_length=30,
        widget=forms.TextInput({"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("Cash, cards and transfers together."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Where the two differ: why. Otherwise what tomorrow should know."),
    )

    def __init__(self, data: Any, *, expected_minor: int, currency: str) -> None:
        super().__init__(data)
        self._expected_minor, self._currency = expected_minor, currency

    def clean_counted(self) -> int:
        amount: Decimal = number_from(self.cleaned_data["counted"])
        return minor_from(amount, self._currency)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        counted = values.get("counted")
        if counted is not None and counted != self._expected_minor and not values.get("note", "").strip():
            difference = formats.money(counted - self._expected_minor, self._currency)
            self.add_error("note", _("It differs by %(amount)s: write a word about why.") % {"amount": difference})
        return values


def _rounded(amount_minor: int) -> int:
    """To whole units: nobody plans kopecks."""
    return round(amount_minor, -2)
