"""The page of one customer, and a new one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from regulars.commerce.attributes import ENQUIRY_KINDS, ENQUIRY_OUTCOMES, ENQUIRY_STEPS, ORDER_STATUSES
from regulars.customers import actions
from regulars.customers import queries as customers
from regulars.customers.attributes import (
    CONSENT_BASES,
    CONSENT_CHANNELS,
    CONTACT_KINDS,
    CRITERIA,
    DATE_KINDS,
    FEARS,
    LANGUAGES,
    PURPOSES,
)
from regulars.desk.access import StaffRequest, requires
from regulars.desk.customers.forms import ConsentForm, ContactForm, DateForm, NoteForm, PersonForm, TagsForm
from regulars.desk.customers.page import customer_page
from regulars.desk.customers.timeline import filter_labels
from regulars.desk.customers.words import CONTACT_FAULTS, REASONS, STANDING_TONES, STANDINGS
from regulars.foundation import clock
from regulars.foundation.access import Permission

WORDS = {
    "contact_kinds": CONTACT_KINDS,
    "criteria": CRITERIA,
    "fears": FEARS,
    "date_kinds": DATE_KINDS,
    "purposes": PURPOSES,
    "channels": CONSENT_CHANNELS,
    "bases": CONSENT_BASES,
    "languages": LANGUAGES,
    "standings": STANDINGS,
    "standing_tones": STANDING_TONES,
    "reasons": REASONS,
    "order_statuses": ORDER_STATUSES,
    "enquiry_kinds": ENQUIRY_KINDS,
    "enquiry_steps": ENQUIRY_STEPS,
    "enquiry_outcomes": ENQUIRY_OUTCOMES,
}


def living_customer(customer_id: UUID) -> customers.CustomerRow:
    """The customer, or the one it was merged into; 404 for a stranger."""
    customer = customers.customer_of(customer_id)
    if customer is None:
        raise Http404
    return customer


@requires(Permission.SEE_CUSTOMERS)
def customer(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    found = living_customer(customer_id)
    if found.id != customer_id:
        messages.info(request, _("This profile was merged into the one that you see."))
        return redirect("customers:customer", found.id)
    if found.erased_at is not None:
        return render(request, "desk/customers/erased.html", {"customer": found}, status=410)
    return show(request, found)


def show(request: StaffRequest, found: customers.CustomerRow, **forms: object) -> HttpResponse:
    """The page; `forms` are those that were refused, in place of empty ones."""
    now = clock.now()
    view = customer_page(found, request, now=now)
    context = {
        "view": view,
        "words": WORDS,
        "now": now,
        "may": {permission.value: request.staff.may(permission) for permission in Permission},
        "currency": request.shop.base_currency,
        "filters": filter_labels(),
        "kind": request.GET.get("kind", ""),
        "contact_form": ContactForm(),
        "tags_form": TagsForm(initial={"tags": ", ".join(view.tags)}),
        "note_form": NoteForm(),
        "date_form": DateForm(),
        "consent_form": ConsentForm(texts=customers.consent_texts(), today=now.astimezone(request.shop.zone).date()),
    }
    return render(request, "desk/customers/customer.html", context | forms, status=422 if forms else 200)


@requires(Permission.EDIT_CUSTOMERS)
def new(request: StaffRequest) -> HttpResponseBase:
    form = PersonForm(request.POST or None, initial={"phone": request.GET.get("phone", "")})
    if request.method == "POST" and form.is_valid():
        try:
            customer_id = actions.register_customer(person=form.person(), source="desk", by=request.by, now=clock.now())
        except actions.CannotAddContact as refused:
            form.add_error(refused.kind.value, str(CONTACT_FAULTS[refused.fault]))
        else:
            messages.success(request, _("The customer was added."))
            return redirect("customers:customer", customer_id)
    return render(request, "desk/customers/new.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.EDIT_CUSTOMERS)
def alike(request: StaffRequest) -> HttpResponse:
    """Who the form that is being filled in may mean; asked while one types."""
    told = {name: request.GET.get(name, "") for name in PersonForm.base_fields}
    name = " ".join(part for part in (told["last_name"], told["first_name"]) if part) or told["company"]
    found = customers.alike_while_typing(
        name=name, email=told["email"], phone=told["phone"], country=request.shop.country
    )
    sees_contacts = request.staff.may(Permission.SEE_CONTACTS)
    return render(request, "desk/customers/parts/alike.html", {"alike": found, "sees_contacts": sees_contacts})
