"""Two profiles of one person: suggested, looked at side by side, joined, parted again."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.customers import actions
from regulars.customers import queries as customers
from regulars.customers.attributes import CRITERIA, FEARS, LANGUAGES
from regulars.customers.rules import Birthday, ConsentChannel, MergeReason
from regulars.customers.rules.merging import FieldChoice
from regulars.desk.access import StaffRequest, requires
from regulars.desk.customers.views.page import WORDS, living_customer
from regulars.desk.customers.words import FIELDS, MERGE_FAULTS, WHYS, birthday
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.shop import queries as shop


@requires(Permission.MERGE_CUSTOMERS)
def duplicates(request: StaffRequest) -> HttpResponse:
    page = customers.duplicate_suggestions(cursor=request.GET.get("cursor"))
    context = {"page": page, "words": WORDS}
    return render(request, "desk/customers/duplicates.html", context)


@require_POST
@requires(Permission.MERGE_CUSTOMERS)
def not_the_same(request: StaffRequest) -> HttpResponseBase:
    try:
        first_id, second_id = UUID(request.POST.get("first", "")), UUID(request.POST.get("second", ""))
    except ValueError as error:
        raise Http404 from error
    try:
        actions.mark_not_the_same(first_id=first_id, second_id=second_id, by=request.by, now=clock.now())
    except actions.CannotMerge as refused:
        messages.error(request, MERGE_FAULTS[refused.fault])
    else:
        messages.success(request, _("Noted: these are two people. The pair will not be suggested again."))
    return redirect("customers:duplicates")


@requires(Permission.MERGE_CUSTOMERS)
def choose(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Find the other profile."""
    customer = living_customer(customer_id)
    context = {
        "customer": customer,
        "found": customers.find_people(request.GET.get("q", ""), other_than=customer.id),
        "purpose": "merge",
        "q": request.GET.get("q", ""),
        "sees_contacts": request.staff.may(Permission.SEE_CONTACTS),
    }
    return render(request, "desk/customers/choose.html", context)


@requires(Permission.MERGE_CUSTOMERS)
def merge(request: StaffRequest, customer_id: UUID, other_id: UUID) -> HttpResponseBase:
    """`customer_id` stays, `other_id` goes into it. A GET shows what will be; a POST does it."""
    if request.method == "POST":
        try:
            actions.merge_customers(
                survivor_id=customer_id,
                absorbed_id=other_id,
                reason=MergeReason.BY_HAND,
                by=request.by,
                now=clock.now(),
            )
        except actions.CannotMerge as refused:
            messages.error(request, MERGE_FAULTS[refused.fault])
            return redirect("customers:customer", customer_id)
        messages.success(request, _("The two profiles are one now. It can be undone below, under “Merged profiles”."))
        return redirect("customers:customer", customer_id)
    both = customers.customers_by_id([customer_id, other_id])
    try:
        preview = customers.merge_preview(survivor_id=customer_id, absorbed_id=other_id, now=clock.now())
    except LookupError:
        messages.error(request, MERGE_FAULTS[actions.MergeFault.NOT_LIVING])
        return redirect("customers:customer", customer_id)
    context = {
        "survivor": both[customer_id],
        "absorbed": both[other_id],
        "lines": [_line(choice) for choice in preview.fields],
        "consents": _told_apart(preview.consents),
        "survivor_contacts": customers.contacts(customer_id),
        "absorbed_contacts": customers.contacts(other_id),
        "words": WORDS,
    }
    return render(request, "desk/customers/merge.html", context)


@require_POST
@requires(Permission.MERGE_CUSTOMERS)
def undo(request: StaffRequest, customer_id: UUID, merge_id: UUID) -> HttpResponseBase:
    try:
        actions.undo_merge(merge_id=merge_id, by=request.by, now=clock.now())
    except actions.CannotUndoMerge as refused:
        messages.error(request, refused.obstacle or MERGE_FAULTS[refused.fault])
    else:
        messages.success(request, _("The merge was undone: these are two profiles again."))
    return redirect("customers:customer", customer_id)


def _told_apart(choices: list[customers.ConsentChoice]) -> list[customers.ConsentChoice]:
    """Without the channels that say what the word on any channel says already."""
    general = {
        choice.purpose: (choice.survivor, choice.absorbed, choice.kept)
        for choice in choices
        if choice.channel is ConsentChannel.ANY
    }
    return [
        choice
        for choice in choices
        if choice.channel is ConsentChannel.ANY
        or (choice.survivor, choice.absorbed, choice.kept) != general.get(choice.purpose)
    ]


def _line(choice: FieldChoice) -> dict[str, object]:
    return {
        "label": FIELDS[choice.fields[0]],
        "survivor": _shown(choice.fields[0], choice.survivor),
        "absorbed": _shown(choice.fields[0], choice.absorbed),
        "is_taken_over": choice.is_taken_over,
        "why": WHYS[choice.why],
    }


def _shown(field: str, values: tuple[object, ...]) -> str:
    value = values[0]
    if not value:
        return ""
    if field == "birth_day":
        return birthday(Birthday(*values))  # type: ignore[arg-type]
    if field == "store_id":
        return next((store.name for store in shop.stores_by_id([value]).values()), "")  # type: ignore[list-item]
    if field == "seller_id":
        return next((person.name for person in shop.staff_by_id([value]).values()), "")  # type: ignore[list-item]
    if field == "household_id":
        return _("lives with others")
    names = {"criterion": CRITERIA, "fear": FEARS, "language": LANGUAGES}.get(field, {})
    return ", ".join(value) if isinstance(value, list) else str(names.get(str(value), value))
