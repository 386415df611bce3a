"""What staff fill in about a customer."""

import re
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from regulars.customers.attributes import (
    CONSENT_CHANNELS,
    CONTACT_KINDS,
    CRITERIA,
    DATE_KINDS,
    FEARS,
    LANGUAGES,
    PURPOSES,
)
from regulars.customers.queries import ConsentTextRow, CustomerRow
from regulars.customers.rules import (
    Birthday,
    ConsentBasis,
    ConsentChannel,
    ContactKind,
    Criterion,
    DateKind,
    Fear,
    Person,
    Profile,
    Purpose,
    YearlyDay,
)

Choices = Sequence[tuple[str, Any]]
_MONTHS: Choices = [("", _("Month")), *((str(number), name) for number, name in MONTHS.items())]
_NO_DAY = _("There is no such day; check day and month.")


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for raw in re.split(r"[,;\n]", text) if (part := " ".join(raw.split()))))


class PersonForm(forms.Form):
    """A new customer: a name and one way to reach him are enough."""

    first_name = forms.CharField(label=_("First name"), max_length=120, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=120, required=False)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.CharField(
        label=_("E-mail"), max_length=254, required=False, widget=forms.TextInput(attrs={"type": "email"})
    )

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if not any(told.get(name) for name in ("first_name", "last_name", "company")):
            self.add_error("first_name", _("Write a name or a company, so that one can be told from another."))
        if not (told.get("phone") or told.get("email")) and not self.errors.keys() & {"phone", "email"}:
            self.add_error("phone", _("Write a telephone number or an e-mail, so that the customer can be reached."))
        return told

    def person(self) -> Person:
        return Person(**{name: self.cleaned_data[name] for name in self.fields})


class ProfileForm(forms.Form):
    first_name = forms.CharField(label=_("First name"), max_length=120, required=False)
    patronymic = forms.CharField(label=_("Patronymic"), max_length=120, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=120, required=False)
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    birth_day = forms.IntegerField(label=_("Day of birth"), min_value=1, max_value=31, required=False)
    birth_month = forms.ChoiceField(label=_("Month of birth"), choices=_MONTHS, required=False)
    birth_year = forms.IntegerField(label=_("Year of birth"), min_value=1880, max_value=2200, required=False)
    country = forms.CharField(label=_("Country"), max_length=60, required=False)
    city = forms.CharField(label=_("City"), max_length=120, required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    store_id = forms.ChoiceField(label=_("Store of choice"), required=False)
    seller_id = forms.ChoiceField(label=_("Seller of choice"), required=False)
    criterion = forms.ChoiceField(label=_("What decides a purchase"), required=False)
    fear = forms.ChoiceField(label=_("Fear when buying"), required=False)
    tastes = forms.CharField(label=_("Tastes"), required=False, help_text=_("Separated by commas: oolong, dark roast"))
    priorities = forms.CharField(
        label=_("What matters in life"), required=False, help_text=_("In the customer’s own words, separated by commas")
    )

    def __init__(self, customer: CustomerRow, *, stores: Choices, sellers: Choices, data: Any = None) -> None:
        super().__init__(data, initial=_initial(customer.profile))
        nothing = ("", _("Not known"))
        own = customer.profile.language
        languages = ({own: own} if own else {}) | dict(LANGUAGES)
        zones = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
        for name, choices in (
            ("language", languages.items()),
            ("time_zone", [(zone, zone.replace("_", " ")) for zone in zones]),
            ("store_id", stores),
            ("seller_id", sellers),
            ("criterion", CRITERIA.items()),
            ("fear", FEARS.items()),
        ):
            chosen = self.fields[name]
            assert isinstance(chosen, forms.ChoiceField)
            chosen.choices = [nothing, *((str(value), label) for value, label in choices)]

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        day, month, year = (told.get(name) for name in ("birth_day", "birth_month", "birth_year"))
        told["birthday"] = None
        if day and month:
            try:
                told["birthday"] = Birthday(day, int(month), year)
            except ValueError:
                self.add_error("birth_day", _NO_DAY)
        elif day or month or year:
            self.add_error("birth_day" if not day else "birth_month", _("A birthday needs a day and a month."))
        return told

    def profile(self) -> Profile:
        told = self.cleaned_data
        return Profile(
            **{
                name: told[name]
                for name in ("first_name", "last_name", "patronymic", "company", "language", "time_zone", "country")
            },
            city=told["city"],
            birthday=told["birthday"],
            store_id=UUID(told["store_id"]) if told["store_id"] else None,
            seller_id=UUID(told["seller_id"]) if told["seller_id"] else None,
            criterion=Criterion(told["criterion"]) if told["criterion"] else None,
            fear=Fear(told["fear"]) if told["fear"] else None,
            tastes=_split(told["tastes"]),
            priorities=_split(told["priorities"]),
        )


def _initial(profile: Profile) -> dict[str, Any]:
    birthday = profile.birthday
    plain = ("first_name", "last_name", "patronymic", "company", "language", "time_zone", "country", "city")
    return {name: getattr(profile, name) for name in plain} | {
        "birth_day": birthday.day if birthday else None,
        "birth_month": str(birthday.month) if birthday else "",
        "birth_year": birthday.year if birthday else None,
        "store_id": str(profile.store_id or ""),
        "seller_id": str(profile.seller_id or ""),
        "criterion": profile.criterion or "",
        "fear": profile.fear or "",
        "tastes": ", ".join(profile.tastes),
        "priorities": ", ".join(profile.priorities),
    }


class ContactForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=[(str(kind), label) for kind, label in CONTACT_KINDS.items()])
    text = forms.CharField(label=_("Contact"), max_length=254)

    def kind_chosen(self) -> ContactKind:
        return ContactKind(self.cleaned_data["kind"])


class TagsForm(forms.Form):
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("Separated by commas"))

    def names(self) -> tuple[str, ...]:
        return _split(self.cleaned_data["tags"])


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=5000, widget=forms.Textarea(attrs={"rows": 3}))


class DateForm(forms.Form):
    kind = forms.ChoiceField(label=_("Occasion"), choices=[(str(kind), label) for kind, label in DATE_KINDS.items()])
    day = forms.IntegerField(label=_("Day"), min_value=1, max_value=31)
    month = forms.ChoiceField(label=_("Month"), choices=_MONTHS)
    year = forms.IntegerField(label=_("Year, if known"), min_value=1880, max_value=2200, required=False)
    note = forms.CharField(label=_("What it is"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        if told.get("day") and told.get("month"):
            try:
                told["yearly"] = YearlyDay(
                    DateKind(told["kind"]), told["day"], int(told["month"]), told.get("year"), told.get("note", "")
                )
            except ValueError:
                self.add_error("day", _NO_DAY)
        return told


class ConsentForm(forms.Form):
    """What a person said about being written or called to. `at` is a day of the shop's own time zone."""

    decision = forms.ChoiceField(
        label=_("What was said"), choices=[("given", _("Agrees")), ("withdrawn", _("Does not want it"))]
    )
    purpose = forms.ChoiceField(label=_("What for"), choices=[(str(p), label) for p, label in PURPOSES.items()])
    channel = forms.ChoiceField(label=_("By which channel"), choices=[(str(c), n) for c, n in CONSENT_CHANNELS.items()])
    basis = forms.ChoiceField(
        label=_("It rests on"),
        choices=[
            (ConsentBasis.CONSENT.value, _("An explicit consent")),
            (ConsentBasis.SOFT_OPT_IN.value, _("A purchase with notice (soft opt-in)")),
        ],
        required=False,
    )
    text_id = forms.ChoiceField(label=_("Words agreed to"), required=False)
    on = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    proof = forms.CharField(
        label=_("Proof"),
        max_length=300,
        required=False,
        help_text=_("Where it can be seen: form no. 17, call of 3 May"),
    )

    def __init__(self, *, texts: Sequence[ConsentTextRow], today: Any, data: Any = None) -> None:
        super().__init__(data, initial={"on": today, "purpose": Purpose.ADVERTISING.value})
        words = self.fields["text_id"]
        assert isinstance(words, forms.ChoiceField)
        words.choices = [("", _("Not kept"))] + [
            (str(t.id), f"{PURPOSES[t.purpose]} · {t.language} · {t.version}: {t.text[:60]}") for t in texts
        ]

    def said(self, now: datetime) -> dict[str, Any]:
        """Arguments of `record_consent` and `withdraw_consent` alike."""
        day = self.cleaned_data["on"]
        local_now = timezone.localtime(now)
        at = now if day == local_now.date() else datetime.combine(day, time(12), tzinfo=local_now.tzinfo)
        return {
            "purpose": Purpose(self.cleaned_data["purpose"]),
            "channel": ConsentChannel(self.cleaned_data["channel"]),
            "at": at,
            "source": "desk",
            "proof": {"note": self.cleaned_data["proof"]} if self.cleaned_data["proof"] else {},
        }


class EraseForm(forms.Form):
    """One types the customer's name (or the word offered where there is none) before anything is erased."""

    typed = forms.CharField(
        label=_("Type it here"), max_length=400, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, expected: str, data: Any = None) -> None:
        super().__init__(data)
        self.expected = expected

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if " ".join(typed.split()).casefold() != self.expected.casefold():
            raise forms.ValidationError(_("This is not what stands above; nothing was erased."))
        return typed
