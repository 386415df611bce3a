"""What the owner looks after: work that got stuck, and who changed what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from regulars.desk.access import StaffRequest, requires
from regulars.desk.system.forms import AuditFilter
from regulars.desk.system.words import field_name, shown_value, subject_name, subject_url, verb_name
from regulars.foundation import audit, clock, queue
from regulars.foundation.access import Permission
from regulars.foundation.actors import Actor, ActorKind
from regulars.shop import queries


@require_GET
@requires(Permission.MANAGE_JOBS)
def dead_letters(request: StaffRequest) -> HttpResponse:
    context = {
        "page": queue.dead_jobs(cursor=request.GET.get("cursor"), limit=25),
        "dead_count": queue.dead_count(),
        "waiting_count": queue.waiting_count(),
        "paused_since": queue.outward_paused_since(),
    }
    return render(request, "desk/system/dead_letters.html", context)


@require_POST
@requires(Permission.MANAGE_JOBS)
def send_again(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    count = 0
    for ids in _chosen(request):
        count += queue.send_again(ids, by=request.by, now=now)
    said = ngettext("%(count)d job is tried again.", "%(count)d jobs are tried again.", count) % {"count": count}
    messages.success(request, said)
    return redirect("system:dead_letters")


@require_POST
@requires(Permission.MANAGE_JOBS)
def discard(request: StaffRequest) -> HttpResponse:
    now = clock.now()
    count = sum(queue.discard(ids, by=request.by, now=now) for ids in _chosen(request))
    said = ngettext("%(count)d job was dropped.", "%(count)d jobs were dropped.", count) % {"count": count}
    messages.success(request, said)
    return redirect("system:dead_letters")


@require_POST
@requires(Permission.MANAGE_JOBS)
def resume_outward(request: StaffRequest) -> HttpResponse:
    queue.resume_outward(by=request.by, now=clock.now())
    messages.success(request, _("What goes out to people and other systems goes out again."))
    return redirect("system:dead_letters")


def _chosen(request: HttpRequest) -> Sequence[list[UUID]]:
    """The jobs that the form names, or all of them, a page at a time."""
    if "all" not in request.POST:
        try:
            return [[UUID(text) for text in request.POST.getlist("job")]]
        except ValueError as error:
            raise BadRequest from error
    pieces: list[list[UUID]] = []
    cursor: str | None = None
    while True:
        page = queue.dead_jobs(cursor=cursor, limit=500)
        pieces.append([job.id for job in page.rows])
        cursor = page.next_cursor
        if cursor is None:
            return pieces


@dataclass(frozen=True)
class Change:
    field: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class AuditLine:
    at: datetime
    who: str
    what: str
    subject: str
    url: str
    changes: list[Change]


@require_GET
@requires(Permission.SEE_AUDIT)
def audit_trail(request: StaffRequest) -> HttpResponse:
    staff = queries.staff()
    form = AuditFilter(request.GET, staff=staff, verbs=audit.verbs())
    wanted = form.cleaned_data if form.is_valid() else {}
    page = audit.page(
        actor=wanted.get("actor"),
        verb=wanted.get("verb"),
        subject_kind=request.GET.get("kind"),
        subject_id=request.GET.get("id"),
        from_at=_midnight(wanted.get("from_date")),
        to_at=_midnight(wanted.get("to_date"), days_later=1),
        cursor=request.GET.get("cursor"),
        limit=25,
    )
    names = {str(person.id): person.name for person in staff} | {str(s.id): s.name for s in queries.stores()}
    lines = [_line(row, names) for row in page.rows]
    context = {"form": form, "page": page, "lines": lines, "is_filtered": any(wanted.values())}
    return render(request, "desk/system/audit.html", context)


def _midnight(day: date | None, *, days_later: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day + timedelta(days=days_later), time(), timezone.get_current_timezone())


def _line(row: audit.AuditRow, names: dict[str, str]) -> AuditLine:
    changes = [
        Change(field_name(field), *(shown_value(side.get(field), field, names) for side in (row.before, row.after)))
        for field in dict.fromkeys([*row.before, *row.after])
    ]
    subject = names.get(row.subject_id) or subject_name(row)
    return AuditLine(row.at, _who(row.actor, names), verb_name(row.verb), subject, subject_url(row), changes)


def _who(reference: str, names: dict[str, str]) -> str:
    actor = Actor.parse(reference)
    if actor.kind == ActorKind.STAFF:
        return names.get(actor.id, _("Somebody who has left"))
    if actor.kind == ActorKind.CUSTOMER:
        return _("A customer")
    return _("Regulars itself (%(part)s)") % {"part": actor.id}
