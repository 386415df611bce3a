"""What a person has a right to: to be given all that is known, and to be forgotten."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regulars.customers import actions
from regulars.desk.access import StaffRequest, requires
from regulars.desk.customers.forms import EraseForm
from regulars.desk.customers.views.page import living_customer
from regulars.foundation import clock
from regulars.foundation.access import Permission


@require_POST
@requires(Permission.EXPORT_CUSTOMERS)
def export(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """All that is known, as a file: JSON for machines, HTML to read and print."""
    customer = living_customer(customer_id)
    document = actions.export_customer(customer_id=customer.id, by=request.by, now=clock.now())
    if request.POST.get("form") == "html":
        tables = [
            (name, list(rows[0]), [list(row.values()) for row in rows])
            for name, rows in document["tables"].items()
            if rows
        ]
        text: str = render_to_string(
            "desk/customers/export.html", {"customer": customer, "tables": tables, "document": document}
        )
        response = HttpResponse(text, content_type="text/html; charset=utf-8")
        ending = "html"
    else:
        text = json.dumps(document, ensure_ascii=False, indent=2)
        response = HttpResponse(text, content_type="application/json; charset=utf-8")
        ending = "json"
    response["Content-Disposition"] = f'attachment; filename="customer-{customer.id}.{ending}"'
    return response


@requires(Permission.ERASE_CUSTOMERS)
def erase(request: StaffRequest, customer_id: UUID) -> HttpResponseBase:
    customer = living_customer(customer_id)
    expected = customer.name or _("erase")
    form = EraseForm(expected, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.erase_customer(customer_id=customer.id, by=request.by, now=clock.now())
        except actions.NoSuchCustomer:
            messages.error(request, _("This person’s data was erased already."))
        else:
            messages.success(request, _("The person’s data was erased."))
        return redirect("customers:customer", customer.id)
    context = {"customer": customer, "form": form, "expected": expected}
    return render(request, "desk/customers/erase.html", context, status=422 if form.errors else 200)
