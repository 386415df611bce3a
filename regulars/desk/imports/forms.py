"""How a file is read, as a form: one choice for each column, and what holds for all rows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.commerce.queries.import_words import FIELD_NAMES, KIND_NAMES
from regulars.commerce.rules import ProductKind
from regulars.commerce.rules.imports import (
    FIELDS_OF,
    DateOrder,
    Field,
    FileDefinition,
    ImportKind,
    ProductKindRule,
    Shape,
)
from regulars.connectors.csv.preview import Column
from regulars.foundation.money import is_currency_code

PRODUCT_KIND_NAMES: dict[ProductKind, Promise] = {
    ProductKind.DELIVERY: _("Delivery"),
    ProductKind.FEE: _("Fees and corrections"),
    ProductKind.CERTIFICATE: _("Gift certificates"),
    ProductKind.SERVICE: _("Services"),
}


class FileForm(forms.Form):
    """The definition of a file. `column_<place>` says what a column holds."""

    kind = forms.ChoiceField(label=_("What the file lists"), choices=list(KIND_NAMES.items()))
    shape = forms.ChoiceField(
        label=_("A row is"),
        choices=[(Shape.LINES, _("one position of an order")), (Shape.ORDERS, _("a whole order"))],
    )
    source = forms.CharField(
        label=_("Source"),
        max_length=40,
        help_text=_(
            "What you call the system that the file comes from. The same order of the same source is one order."
        ),
    )
    go_live_date = forms.DateField(
        label=_("Go-live"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Orders before this day are history: they make figures and timelines, never a message or a task."),
    )
    zone = forms.CharField(label=_("Time zone of the dates"), widget=forms.TextInput(attrs={"list": "time-zones"}))
    date_order = forms.ChoiceField(
        label=_("03/04/2025 is"),
        choices=[(DateOrder.DAY_FIRST, _("3 April")), (DateOrder.MONTH_FIRST, _("4 March"))],
    )
    decimal_mark = forms.ChoiceField(
        label=_("Decimal mark"), choices=[(".", _("point: 12.50")), (",", _("comma: 12,50"))]
    )
    currency = forms.CharField(label=_("Currency, where the file names none"), max_length=3)
    cancel_prefix = forms.CharField(
        label=_("Numbers of cancelled invoices begin with"),
        max_length=5,
        required=False,
        help_text=_("Leave empty if there is no such thing."),
    )

    def __init__(self, data: Any, *, definition: FileDefinition, columns: Sequence[Column], go_live: date) -> None:
        self._before = definition
        self._columns = columns
        super().__init__(data, initial=_initial(definition, go_live))
        kind = self._kind()
        choices: list[tuple[str, Any]] = [("", _("— leave out —"))]
        choices += [(name.value, FIELD_NAMES[name]) for name in Field if name in FIELDS_OF[kind]]
        places = {place: name for name, place in definition.columns.items()}
        for column in columns:
            held = places.get(column.place)
            self.fields[f"column_{column.place}"] = forms.ChoiceField(
                label=column.header,
                choices=choices,
                required=False,
                initial=held.value if held else "",
                widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
            )
        for of_kind, label in PRODUCT_KIND_NAMES.items():
            rule = next((rule for rule in definition.kind_rules if rule.kind == of_kind), ProductKindRule(of_kind))
            self.fields[f"skus_{of_kind}"] = forms.CharField(
                label=_("%(kind)s: SKUs") % {"kind": label},
                required=False,
                max_length=2000,
                initial=", ".join(rule.skus),
            )
            self.fields[f"words_{of_kind}"] = forms.CharField(
                label=_("%(kind)s: words of the name") % {"kind": label},
                required=False,
                max_length=2000,
                initial=", ".join(rule.words),
            )

    def _kind(self) -> ImportKind:
        said = self.data.get("kind", self._before.kind) if self.is_bound else self._before.kind
        return ImportKind(said) if said in set(ImportKind) else self._before.kind

    @property
    def column_fields(self) -> list[tuple[Column, forms.BoundField]]:
        return [(column, self[f"column_{column.place}"]) for column in self._columns]

    @property
    def rule_fields(self) -> list[forms.BoundField]:
        return [self[f"{part}_{kind}"] for kind in PRODUCT_KIND_NAMES for part in ("skus", "words")]

    def clean_zone(self) -> str:
        zone = str(self.cleaned_data["zone"])
        if zone not in available_timezones():
            raise forms.ValidationError(_("Choose a zone of the list, such as Europe/Moscow."))
        return zone

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).upper()
        if not is_currency_code(code):
            raise forms.ValidationError(_("Three letters of ISO 4217, such as EUR or RUB."))
        return code

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        places: dict[str, int] = {}
        for column in self._columns:
            name = said.get(f"column_{column.place}", "")
            if name and name in places:
                self.add_error(f"column_{column.place}", _("Another column is read as this already."))
            places[name] = column.place
        return said

    def definition(self) -> FileDefinition:
        """What the valid form says."""
        said = self.cleaned_data
        columns = {
            Field(said[f"column_{column.place}"]): column
            for column in self._columns
            if said.get(f"column_{column.place}")
        }
        return replace(
            self._before,
            kind=ImportKind(said["kind"]),
            shape=Shape(said["shape"]),
            source=said["source"].strip(),
            columns={name: column.place for name, column in columns.items()},
            headers={name: column.header for name, column in columns.items()},
            zone=said["zone"],
            currency=said["currency"],
            date_order=DateOrder(said["date_order"]),
            decimal_mark=said["decimal_mark"],
            cancel_prefix=said["cancel_prefix"].strip(),
            kind_rules=tuple(
                ProductKindRule(kind, _listed(said[f"skus_{kind}"]), _listed(said[f"words_{kind}"]))
                for kind in PRODUCT_KIND_NAMES
            ),
        )

    def go_live_at(self, zone: ZoneInfo) -> datetime:
        return datetime.combine(self.cleaned_data["go_live_date"], time(), zone)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _initial(definition: FileDefinition, go_live: date) -> dict[str, Any]:
    return {
        "kind": definition.kind,
        "shape": definition.shape,
        "source": definition.source,
        "go_live_date": go_live,
        "zone": definition.zone,
        "date_order": definition.date_order,
        "decimal_mark": definition.decimal_mark,
        "currency": definition.currency,
        "cancel_prefix": definition.cancel_prefix,
    }
