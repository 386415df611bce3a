"""Segments: the list, the form, a segment's page with members, history and versions."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from regulars.audience import actions
from regulars.audience.queries import SegmentRow, customers_by_id, segment, segments, stays
from regulars.desk.access import StaffRequest, requires
from regulars.desk.segments import listing
from regulars.desk.segments.cells import NAME, name_of
from regulars.desk.segments.forms import SegmentForm
from regulars.desk.segments.reading import read, told_data
from regulars.foundation import audit, clock
from regulars.foundation.access import Permission
from regulars.foundation.actors import Actor, ActorKind
from regulars.foundation.conditions.syntax import EVERYBODY, BadCondition
from regulars.shop.queries import staff_by_id


@require_GET
@requires(Permission.SEE_SEGMENTS)
def segment_list(request: StaffRequest) -> HttpResponse:
    is_open = request.GET.get("view") != "closed"
    currency = request.shop.base_currency
    rows = [(row, told_data(row.condition, currency=currency)) for row in segments(is_open=is_open)]
    context = {
        "rows": rows,
        "is_open": is_open,
        "is_building": any(row.built_at is None for row, _sentence in rows) and is_open,
        "may_edit": request.staff.may(Permission.EDIT_SEGMENTS),
    }
    return render(request, "desk/segments/list.html", context)


@requires(Permission.EDIT_SEGMENTS)
def new(request: StaffRequest) -> HttpResponse:
    if request.method != "POST":
        condition = _readable(request.GET.get("condition", ""), request)
        form = SegmentForm(staff=request.staff, initial={"condition": condition})
        return _form_page(request, form, None)
    form = SegmentForm(request.POST, staff=request.staff)
    if form.is_valid():
        said = form.cleaned_data
        try:
            segment_id = actions.create_segment(
                name=said["name"], note=said["note"], condition=said["condition"].data, by=request.by, now=clock.now()
            )
        except actions.NameTaken:
            form.add_error("name", _("Another segment has this name. Choose a different one."))
        else:
            messages.success(request, _("The segment is saved. Its members are being found."))
            return redirect("segments:segment", segment_id)
    return _form_page(request, form, None)


@requires(Permission.EDIT_SEGMENTS)
def change(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    row = _row(segment_id)
    if not row.is_open:
        messages.error(request, _("A closed segment cannot be changed. Open it again first."))
        return redirect("segments:segment", segment_id)
    if request.method != "POST":
        initial = {"name": row.name, "note": row.note, "condition": _as_text(row.condition)}
        return _form_page(request, SegmentForm(staff=request.staff, initial=initial), row)
    form = SegmentForm(request.POST, staff=request.staff)
    if form.is_valid():
        said = form.cleaned_data
        try:
            version = actions.change_segment(
                segment_id=segment_id,
                name=said["name"],
                note=said["note"],
                condition=said["condition"].data,
                by=request.by,
                now=clock.now(),
            )
        except actions.NameTaken:
            form.add_error("name", _("Another segment has this name. Choose a different one."))
        except actions.SegmentIsClosed:
            messages.error(request, _("Somebody has closed this segment meanwhile."))
            return redirect("segments:segment", segment_id)
        else:
            text = _("The segment is saved.")
            if version != row.version:
                text = _("Version %(version)d is saved. Its members are being found anew.") % {"version": version}
            messages.success(request, text)
            return redirect("segments:segment", segment_id)
    return _form_page(request, form, row)


@require_GET
@requires(Permission.SEE_SEGMENTS)
def members(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    asked, currency = listing.Asked.of(request), request.shop.base_currency
    table = listing.table(asked, segment_id=segment_id, currency=currency, now=clock.now())
    return _segment_page(
        request,
        segment_id,
        "members",
        {"table": table, "asked": asked, "choices": listing.column_choices(request.staff)},
    )


@require_GET
@requires(Permission.SEE_SEGMENTS)
def history(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    page = stays(segment_id, cursor=request.GET.get("cursor"), limit=50)
    people = customers_by_id([stay.customer_id for stay in page.rows], columns=[NAME], now=clock.now())
    rows = [(stay, name_of(people[stay.customer_id])) for stay in page.rows if stay.customer_id in people]
    return _segment_page(request, segment_id, "history", {"page": page, "rows": rows})


@require_GET
@requires(Permission.SEE_SEGMENTS)
def versions(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    page = audit.page(subject_kind="segment", subject_id=str(segment_id), cursor=request.GET.get("cursor"), limit=30)
    actors = {entry.actor: Actor.parse(entry.actor) for entry in page.rows}
    people = staff_by_id(UUID(actor.id) for actor in actors.values() if actor.kind is ActorKind.STAFF)
    names = {
        reference: people[UUID(actor.id)].name
        for reference, actor in actors.items()
        if actor.kind is ActorKind.STAFF and UUID(actor.id) in people
    }
    rows = [
        {
            "at": entry.at,
            "who": names.get(entry.actor, _("Regulars")),
            "verb": _verbs().get(entry.verb, entry.verb),
            "name": entry.after.get("name"),
            "version": entry.after.get("version"),
            "sentence": told_data(entry.after["condition"], currency=request.shop.base_currency)
            if entry.after.get("condition") and entry.verb != "customers.exported"
            else "",
        }
        for entry in page.rows
    ]
    return _segment_page(request, segment_id, "versions", {"page": page, "rows": rows})


@require_GET
@requires(Permission.EXPORT_CUSTOMERS)
def export(request: StaffRequest, segment_id: UUID) -> HttpResponseBase:
    row = _row(segment_id)
    return listing.export(request, row.name, listing.Asked.of(request), segment_id=segment_id)


@require_POST
@requires(Permission.EDIT_SEGMENTS)
def close(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    row = _row(segment_id)
    actions.close_segment(segment_id=segment_id, by=request.by, now=clock.now())
    messages.success(request, _("“%(name)s” is closed. Nobody enters or leaves it any more.") % {"name": row.name})
    return redirect("segments:list")


@require_POST
@requires(Permission.EDIT_SEGMENTS)
def reopen(request: StaffRequest, segment_id: UUID) -> HttpResponse:
    row = _row(segment_id)
    actions.reopen_segment(segment_id=segment_id, by=request.by, now=clock.now())
    messages.success(request, _("“%(name)s” is followed again. Its members are being found.") % {"name": row.name})
    return redirect("segments:segment", segment_id)


def _segment_page(request: StaffRequest, segment_id: UUID, tab: str, context: dict[str, object]) -> HttpResponse:
    row = _row(segment_id)
    common = {
        "segment": row,
        "sentence": told_data(row.condition, currency=request.shop.base_currency),
        "tab": tab,
        "may_edit": request.staff.may(Permission.EDIT_SEGMENTS),
        "may_export": request.staff.may(Permission.EXPORT_CUSTOMERS),
    }
    return render(request, f"desk/segments/{tab}.html", {**common, **context})


def _form_page(request: StaffRequest, form: SegmentForm, row: SegmentRow | None) -> HttpResponse:
    context = {
        "form": form,
        "segment": row,
        "problems": [{"path": one.path, "text": f"{one.problem} {one.remedy}"} for one in form.problems],
        "back_url": reverse("segments:segment", args=[row.id]) if row else reverse("segments:list"),
    }
    return render(request, "desk/segments/form.html", context, status=422 if form.errors else 200)


def _row(segment_id: UUID) -> SegmentRow:
    row = segment(segment_id)
    if row is None:
        raise Http404
    return row


def _readable(text: str, request: StaffRequest) -> str:
    """A condition from the address, where it is one: the list of customers hands its filter over."""
    try:
        return _as_text(read(text, request.staff).data)
    except BadCondition:
        return _as_text(EVERYBODY)


def _as_text(condition: object) -> str:
    return json.dumps(condition, ensure_ascii=False, indent=2)


def _verbs() -> dict[str, str]:
    return {
        "segment.created": pgettext("segment", "Created"),
        "segment.changed": pgettext("segment", "Changed"),
        "segment.closed": pgettext("segment", "Closed"),
        "segment.reopened": pgettext("segment", "Opened again"),
        "customers.exported": _("Taken out as a file"),
    }
