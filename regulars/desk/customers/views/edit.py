"""Changes of one customer. Each view makes one call and leads back to the page."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.customers import actions
from regulars.customers import queries as customers
from regulars.customers.rules import ConsentBasis
from regulars.desk.access import StaffRequest, requires
from regulars.desk.customers.forms import ConsentForm, ContactForm, DateForm, NoteForm, ProfileForm, TagsForm
from regulars.desk.customers.views.page import living_customer, show
from regulars.desk.customers.words import CONSENT_FAULTS, CONTACT_FAULTS, PROFILE_FAULTS
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import queries as shop


@requires(Permission.EDIT_CUSTOMERS)
def profile(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer = living_customer(customer_id)
    form = ProfileForm(
        customer,
        stores=[(str(store.id), store.name) for store in shop.stores()],
        sellers=[(str(person.id), person.name) for person in shop.staff()],
        data=request.POST or None,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(customer_id=customer.id, profile=form.profile(), by=request.by, now=clock.now())
        except actions.CannotChangeProfile as refused:
            field = "birth_year" if refused.field == "birthday" else refused.field
            form.add_error(field, str(PROFILE_FAULTS[refused.fault]))
        else:
            messages.success(request, _("Saved."))
            return redirect("customers:customer", customer.id)
    context = {"customer": customer, "form": form}
    return render(request, "desk/customers/profile.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def add_contact(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer = living_customer(customer_id)
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            actions.add_contact(
                customer_id=customer.id,
                kind=form.kind_chosen(),
                text=form.cleaned_data["text"],
                by=request.by,
                now=clock.now(),
            )
            return _back(customer, "contacts")
        except actions.CannotAddContact as refused:
            form.add_error("text", str(CONTACT_FAULTS[refused.fault]))
    return show(request, customer, contact_form=form)


_CONTACT_VERBS: dict[str, Callable[..., None]] = {
    "remove": actions.remove_contact,
    "prefer": actions.make_primary,
    "verify": actions.verify_contact,
}


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def change_contact(request: StaffRequest, customer_id: UUID, contact_id: UUID, verb: str) -> HttpResponseBase:
    if verb not in _CONTACT_VERBS:
        raise Http404
    customer = living_customer(customer_id)
    try:
        _CONTACT_VERBS[verb](customer_id=customer.id, contact_id=contact_id, by=request.by, now=clock.now())
    except actions.NoSuchContact:
        messages.error(request, _("This contact is no longer there."))
    return _back(customer, "contacts")


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def tags(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer = living_customer(customer_id)
    form = TagsForm(request.POST)
    if form.is_valid():
        actions.set_tags(customer_id=customer.id, names=form.names(), by=request.by, now=clock.now())
    return _back(customer, "tags")


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def note(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer = living_customer(customer_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, customer, note_form=form)
    actions.write_note(customer_id=customer.id, text=form.cleaned_data["text"], by=request.by, now=clock.now())
    return _back(customer, "notes")


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def add_date(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer = living_customer(customer_id)
    form = DateForm(request.POST)
    if not form.is_valid():
        return show(request, customer, date_form=form)
    days = [*customers.important_dates(customer.id), form.cleaned_data["yearly"]]
    actions.set_important_dates(customer_id=customer.id, days=days, by=request.by, now=clock.now())
    return _back(customer, "dates")


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def remove_date(request: StaffRequest, customer_id: UUID, place: int) -> HttpResponseBase:
    """`place` counts from nought in the order of the year."""
    customer = living_customer(customer_id)
    days = customers.important_dates(customer.id)
    kept = [day for i, day in enumerate(days) if i != place]
    actions.set_important_dates(customer_id=customer.id, days=kept, by=request.by, now=clock.now())
    return _back(customer, "dates")


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def consent(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer, now = living_customer(customer_id), clock.now()
    today = now.astimezone(request.shop.zone).date()
    form = ConsentForm(texts=customers.consent_texts(), today=today, data=request.POST)
    if not form.is_valid():
        return show(request, customer, consent_form=form)
    said = form.said(now) | {"customer_id": customer.id, "by": request.by, "now": now}
    if form.cleaned_data["decision"] == "withdrawn":
        actions.withdraw_consent(**said)
        return _back(customer, "consents")
    text_id = form.cleaned_data["text_id"]
    try:
        actions.record_consent(
            **said,
            text_id=UUID(text_id) if text_id else None,
            basis=ConsentBasis(form.cleaned_data["basis"] or ConsentBasis.CONSENT),
        )
    except actions.CannotRecordConsent as refused:
        is_of_day = refused.fault is actions.ConsentFault.NOT_YET
        form.add_error("on" if is_of_day else "text_id", str(CONSENT_FAULTS[refused.fault]))
        return show(request, customer, consent_form=form)
    return _back(customer, "consents")


@requires(Permission.EDIT_CUSTOMERS)
def join_household(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    """Choose with whom the customer lives."""
    customer = living_customer(customer_id)
    if request.method == "POST":
        try:
            with_id = UUID(request.POST.get("with", ""))
        except ValueError as error:
            raise Http404 from error
        try:
            actions.join_household(customer_id=customer.id, with_id=with_id, by=request.by, now=clock.now())
        except actions.CannotJoinHousehold:
            messages.error(request, _("Both live in other households; take one of them out of theirs first."))
        return _back(customer, "household")
    found = customers.find_people(request.GET.get("q", ""), other_than=customer.id)
    return _choice(request, customer, found, purpose="household")


@require_POST
@requires(Permission.EDIT_CUSTOMERS)
def leave_household(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer = living_customer(customer_id)
    actions.leave_household(customer_id=customer.id, by=request.by, now=clock.now())
    return _back(customer, "household")


def _choice(
    request: StaffRequest, customer: customers.CustomerRow, found: list[customers.Briefly], *, purpose: str
) -> HttpResponse:
    context = {
        "customer": customer,
        "found": found,
        "purpose": purpose,
        "q": request.GET.get("q", ""),
        "sees_contacts": request.staff.may(Permission.SEE_CONTACTS),
    }
    return render(request, "desk/customers/choose.html", context)


def _back(customer: customers.CustomerRow, part: str) -> HttpResponseBase:
    response = redirect("customers:customer", customer.id)
    response["Location"] += f"#{part}"
    return response
