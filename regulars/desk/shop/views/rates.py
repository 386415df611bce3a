"""Currencies and their dated rates, one by one or from a CSV file."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.shop.forms import RateFileForm, RateForm, number_from
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.foundation.money import is_currency_code
from regulars.shop import actions, queries

MAX_FILE_BYTES = 2 * 1024 * 1024
_SHOWN = 12
_DATE_FORMS = ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y")

Entry = tuple[str, date, Decimal]


@requires(Permission.MANAGE_SHOP)
def show(request: StaffRequest) -> HttpResponse:
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_rate(**form.cleaned_data, by=request.by, now=clock.now())
        except actions.CannotSetRate as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The rate is saved."))
            return redirect("shop:rates")
    return _page(request, form=form)


@require_POST
@requires(Permission.MANAGE_SHOP)
def take_in_file(request: StaffRequest) -> HttpResponse:
    form = RateFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            entries = _entries_of(form.cleaned_data["file"].read(MAX_FILE_BYTES + 1))
            count = actions.set_rates(entries=entries, by=request.by, now=clock.now())
        except (ValidationError, actions.CannotSetRate) as error:
            form.add_error("file", error.messages[0] if isinstance(error, ValidationError) else str(error))
        else:
            said = ngettext("%(count)d rate is new.", "%(count)d rates are new.", count) % {"count": count}
            messages.success(request, said)
            return redirect("shop:rates")
    return _page(request, file_form=form)


@require_POST
@requires(Permission.MANAGE_SHOP)
def remove(request: StaffRequest) -> HttpResponse:
    try:
        on = date.fromisoformat(request.POST.get("valid_from_date", ""))
    except ValueError:
        return redirect("shop:rates")
    actions.remove_rate(currency=request.POST.get("currency", ""), valid_from_date=on, by=request.by, now=clock.now())
    messages.success(request, _("The rate is removed."))
    return redirect("shop:rates")


def _form(request: StaffRequest) -> RateForm:
    today = clock.now().astimezone(request.shop.zone).date()
    is_for_one = request.method == "POST" and "rate" in request.POST
    return RateForm(
        request.POST if is_for_one else None,
        base_currency=request.shop.base_currency,
        initial={"valid_from_date": today},
    )


def _page(
    request: StaffRequest, *, form: RateForm | None = None, file_form: RateFileForm | None = None
) -> HttpResponse:
    has_errors = any(given is not None and given.errors for given in (form, file_form))
    asked = request.GET.get("currency", "")
    currencies = []
    for currency, rows in groupby(queries.rates(), key=lambda row: row.currency):
        every = list(rows)
        shown = every if currency == asked else every[:_SHOWN]
        currencies.append({"code": currency, "rates": shown, "more": len(every) - len(shown), "latest": every[0]})
    context = {
        "currencies": currencies,
        "form": form or _form(request),
        "file_form": file_form or RateFileForm(),
        "base_currency": request.shop.base_currency,
    }
    return render(request, "desk/shop/rates.html", context, status=422 if has_errors else 200)


def _entries_of(content: bytes) -> list[Entry]:
    """The rates in a CSV file (currency, date, rate); a first line of headings is left out. Raises ValidationError."""
    if len(content) > MAX_FILE_BYTES:
        raise ValidationError(_("The file is larger than 2 MB: divide it."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    lines = [line for line in text.replace("\x00", "").splitlines() if line.strip()]
    if not lines:
        raise ValidationError(_("The file is empty."))
    separator = max("\t;,", key=lines[0].count)
    entries = []
    for number, cells in enumerate(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator), start=1):
        entry = _entry_of(cells)
        if entry is not None:
            entries.append(entry)
        elif number > 1:
            raise ValidationError(
                _("Line %(number)d is no rate: write a currency, a date and a number, such as EUR;2026-01-31;92.15.")
                % {"number": number}
            )
    if not entries:
        raise ValidationError(_("There is no rate in this file."))
    return entries


def _entry_of(cells: list[str]) -> Entry | None:
    if len(cells) < 3 or not is_currency_code(cells[0].strip().upper()):
        return None
    for form in _DATE_FORMS:
        try:
            on = datetime.strptime(cells[1].strip(), form).date()  # noqa: DTZ007 - a date alone has no zone
            return cells[0].strip().upper(), on, number_from(cells[2])
        except (ValueError, ValidationError):
            continue
    return None
