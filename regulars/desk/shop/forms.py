"""Forms of the organisation's settings."""

from datetime import date
from decimal import Decimal
from typing import Any

from babel import Locale
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _gettext
from django.utils.translation import gettext_lazy as _

from regulars.desk.shop.hours import spans_from
from regulars.desk.shop.indicators import INDICATORS
from regulars.foundation.money import is_currency_code
from regulars.shop import queries
from regulars.shop.rules import AsOfMode, Indicator
from regulars.shop.rules.calendars import Span, has_holidays, is_time_zone, time_zones

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))


def _countries(*, with_holidays: bool = False) -> list[tuple[str, str]]:
    territories = Locale.parse((get_language() or "en").replace("-", "_")).territories
    named = [
        (code, name)
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and (has_holidays(code) or not with_holidays)
    ]
    return [("", _gettext("– not chosen –")), *sorted(named, key=lambda entry: entry[1])]


def _currencies() -> list[tuple[str, str]]:
    named = Locale.parse((get_language() or "en").replace("-", "_")).currencies
    names = {str(code): str(name) for code, name in named.items()}
    used = ["RUB", "EUR", "USD", "GBP", "BYN", "KZT", "UAH", "PLN", "CHF", "CNY", "TRY", "AMD", "GEL", "KGS", "UZS"]
    rest = sorted(code for code in names if is_currency_code(code) and code not in used)
    return [(code, f"{code} – {names.get(code, code)}") for code in [*used, *rest]]


class DateInput(forms.DateInput):
    """The browser's own calendar; it takes and gives ISO dates."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class ZoneField(forms.CharField):
    """A zone of the IANA database, typed with suggestions."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput({"list": "time-zones", "autocomplete": "off", "spellcheck": "false"})
        super().__init__(label=_("Time zone"), max_length=64, widget=widget, **more)

    def clean(self, value: Any) -> str:
        zone = str(super().clean(value)).strip().replace(" ", "_")
        if zone and not is_time_zone(zone):
            raise ValidationError(_("There is no such zone; write it as Europe/Moscow."))
        return zone


class SettingsForm(forms.Form):
    name = forms.CharField(label=_("Name of the shop"), max_length=120)
    base_currency = forms.ChoiceField(label=_("Base currency"), choices=lazy(_currencies, list))
    time_zone = ZoneField(help_text=_("Days begin and end by it; a store may have its own."))
    language = forms.ChoiceField(label=_("Language of the shop"), choices=settings.LANGUAGES)
    country = forms.ChoiceField(
        label=_("Country"),
        choices=lazy(_countries, list),
        required=False,
        help_text=_("Telephone numbers without a country code are read as this country’s."),
    )
    as_of_mode = forms.ChoiceField(
        label=_("Figures speak of"),
        widget=forms.RadioSelect,
        choices=[
            (
                AsOfMode.AUTOMATIC.value,
                _("the newest data: today, or the day after the last order if that is long ago"),
            ),
            (AsOfMode.NOW.value, _("today, always")),
            (AsOfMode.FIXED.value, _("a date that I choose")),
        ],
    )
    as_of_date = forms.DateField(label=_("That date"), required=False, widget=DateInput())
    is_jump_confirmed = forms.BooleanField(label=_("Yes, move the date of the data"), required=False)

    def __init__(self, *args: Any, is_currency_locked: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if is_currency_locked:
            self.fields["base_currency"].disabled = True
            self.fields["base_currency"].help_text = _("Locked: orders already hold amounts in it.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("as_of_mode") == AsOfMode.FIXED and not values.get("as_of_date"):
            self.add_error("as_of_date", _("Choose the date."))
        return values


class StoreForm(forms.Form):
    name = forms.CharField(label=_("Name of the store"), max_length=120)
    code = forms.CharField(
        label=_("Short code"), max_length=40, help_text=_("It should last: imports may call the store by it.")
    )
    address = forms.CharField(label=_("Address"), max_length=300, required=False)
    time_zone = ZoneField()
    calendar_id = forms.TypedChoiceField(
        label=_("Working hours"), required=False, empty_value=None, help_text=_("Without a calendar: round the clock.")
    )

    def __init__(self, *args: Any, calendars: list[queries.CalendarRow], **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [(str(calendar.id), calendar.name) for calendar in calendars]
        field = self.fields["calendar_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("– round the clock –")), *choices]


class CalendarForm(forms.Form):
    name = forms.CharField(label=_("Name of the calendar"), max_length=120)
    time_zone = ZoneField()
    holiday_country = forms.ChoiceField(
        label=_("Public holidays of"),
        choices=lazy(lambda: _countries(with_holidays=True), list),
        required=False,
        help_text=_("Closed on these days, unless an exception says otherwise."),
    )


class WeekForm(forms.Form):
    """A text for each day; `week` is what they say."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for place, name in enumerate(WEEKDAYS):
            widget = forms.TextInput({"placeholder": _("closed"), "autocomplete": "off"})
            self.fields[f"day_{place}"] = forms.CharField(label=name, required=False, max_length=200, widget=widget)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for place in range(7):
            try:
                values[f"day_{place}"] = spans_from(values.get(f"day_{place}") or "")
            except ValidationError as error:
                self.add_error(f"day_{place}", error)
        return values

    @property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        return tuple(self.cleaned_data[f"day_{place}"] for place in range(7))


class ExceptionForm(forms.Form):
    on_date = forms.DateField(label=_("Date"), widget=DateInput())
    hours = forms.CharField(
        label=_("Hours"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"placeholder": _("closed"), "autocomplete": "off"}),
        help_text=_("Such as 10:00–16:00; empty means closed."),
    )
    note = forms.CharField(label=_("Why it differs"), required=False, max_length=120)

    def clean_hours(self) -> tuple[Span, ...]:
        return spans_from(self.cleaned_data["hours"])


class ShiftForm(forms.Form):
    staff_id = forms.ChoiceField(label=_("Who works"))
    on_date = forms.DateField(label=_("Day"), widget=DateInput())
    hours = forms.CharField(
        label=_("From when to when"),
        max_length=30,
        help_text=_("Such as 10:00–21:00; an end before the beginning is on the next day."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, people: list[queries.StaffRow], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["staff_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(person.id), person.name) for person in people]

    def clean_hours(self) -> Span:
        spans = spans_from(self.cleaned_data["hours"])
        if len(spans) != 1:
            raise ValidationError(_("Write one span such as 10:00–21:00."))
        return spans[0]


class RateForm(forms.Form):
    currency = forms.ChoiceField(label=_("Currency"))
    valid_from_date = forms.DateField(label=_("Holds from"), widget=DateInput())
    rate = forms.CharField(label=_("Rate"), max_length=30, widget=forms.TextInput({"inputmode": "decimal"}))

    def __init__(self, *args: Any, base_currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["currency"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [entry for entry in _currencies() if entry[0] != base_currency]

    def clean_rate(self) -> Decimal:
        return number_from(self.cleaned_data["rate"])


class RateFileForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"), help_text=_("Columns: currency, date, rate. Separated by commas, semicolons or tabs.")
    )


class GoalForm(forms.Form):
    indicator = forms.ChoiceField(
        label=_("What is counted"), choices=[(indicator.value, INDICATORS[indicator].name) for indicator in Indicator]
    )
    start_value = forms.CharField(label=_("Where it stands"), max_length=30)
    target_value = forms.CharField(
        label=_("Where it shall get"),
        max_length=30,
        help_text=_("Of a month. Shares in percent, money in whole units."),
    )
    start_date = forms.DateField(label=_("Begins on"), widget=DateInput())
    due_date = forms.DateField(label=_("Due on"), widget=DateInput())
    owner_id = forms.ChoiceField(label=_("Who answers for it"))
    note = forms.CharField(
        label=_("How to get there"), max_length=300, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, people: list[queries.StaffRow], currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.currency = currency
        field = self.fields["owner_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(person.id), person.name) for person in people]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name in ("start_value", "target_value"):
            if values.get(name) and values.get("indicator"):
                try:
                    kind = INDICATORS[Indicator(values["indicator"])]
                    values[name] = kind.stored(number_from(values[name]), self.currency)
                except ValidationError as error:
                    self.add_error(name, error)
        starts, ends = values.get("start_date"), values.get("due_date")
        if isinstance(starts, date) and isinstance(ends, date) and ends <= starts:
            self.add_error("due_date", _("The goal must be due after it starts."))
        return values


class CauseForm(forms.Form):
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("name_en") and not values.get("name_ru"):
            raise ValidationError(_("Give the cause a name in one of the languages at least."))
        return values


def number_from(text: str) -> Decimal:
    """A number with a decimal comma or point and spaces between thousands. Raises ValidationError."""
    cleaned = "".join(text.split()).replace("\u202f", "").replace(",", ".").rstrip("%₽€$")
    try:
        number = Decimal(cleaned)
    except ArithmeticError as error:
        raise ValidationError(_("This is not a number.")) from error
    if not number.is_finite():
        raise ValidationError(_("This is not a number."))
    return number


def zone_names() -> list[str]:
    """Suggestions for time zones."""
    return sorted(zone for zone in time_zones() if "/" in zone and not zone.startswith("Etc/"))
