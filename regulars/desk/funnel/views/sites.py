"""Sites whose visits are counted: their keys, and what to put into their pages."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from regulars.commerce.actions import sites as actions
from regulars.commerce.queries import sites as queries
from regulars.desk.access import StaffRequest, requires
from regulars.desk.funnel.forms import SiteForm
from regulars.foundation import clock
from regulars.foundation.access import Permission

_FIELDS = {
    actions.SiteRefusal.NO_NAME: "name",
    actions.SiteRefusal.NO_ORIGIN: "origins",
    actions.SiteRefusal.BAD_ORIGIN: "origins",
    actions.SiteRefusal.BAD_KEEP_DAYS: "keep_days",
}


@require_GET
@requires(Permission.MANAGE_SHOP)
def site_list(request: StaffRequest) -> HttpResponse:
    return render(request, "desk/funnel/sites.html", {"tab": "sites", "sites": queries.sites()})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_SHOP)
def add(request: StaffRequest) -> HttpResponse:
    form = SiteForm(request.POST or None)
    # A new site is counted from the beginning.
    del form.fields["is_open"]
    if request.method == "POST" and form.is_valid():
        try:
            site_id = actions.add_site(**form.values(), by=request.by, now=clock.now())
        except actions.CannotChangeSite as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("The site has its key. Put the lines below into its pages."))
            return redirect("funnel:site", site_id)
    return render(request, "desk/funnel/site.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_SHOP)
def edit(request: StaffRequest, site_id: UUID) -> HttpResponse:
    site = queries.site_of(site_id)
    if site is None:
        raise Http404
    form = SiteForm(request.POST) if request.method == "POST" else SiteForm.showing(site)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_site(site_id=site_id, **form.values(), by=request.by, now=clock.now())
        except actions.CannotChangeSite as refusal:
            _say(form, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect("funnel:site", site_id)
    context = {"form": form, "site": site, "address": request.build_absolute_uri("/t/")}
    return render(request, "desk/funnel/site.html", context, status=422 if form.errors else 200)


def _say(form: SiteForm, refusal: actions.CannotChangeSite) -> None:
    if refusal.reason is actions.SiteRefusal.BAD_ORIGIN:
        said = _("“%(address)s” is no address of a site: write it like https://tea.example, without a path.")
        form.add_error("origins", said % {"address": refusal.value})
    else:
        form.add_error(_FIELDS[refusal.reason], _("Fill it in."))
