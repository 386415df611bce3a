"""How sure we are: tests of every model on this shop's own past."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.desk.access import StaffRequest, requires
from regulars.desk.insight.trust import trust_view
from regulars.foundation import clock
from regulars.foundation.access import Permission
from regulars.insight.queries import runs
from regulars.insight.rules.runs import next_night


@require_GET
@requires(Permission.SEE_INSIGHT)
def trust(request: StaffRequest) -> HttpResponse:
    found = findings.shop_findings(["trust", "models"])
    context = {
        "view": trust_view(found["trust"], found.get("models")) if "trust" in found else None,
        "publication": findings.publication(),
        "under_way": runs.run_under_way(),
        "next_run_at": next_night(clock.now(), request.shop.zone),
    }
    return render(request, "desk/insight/trust.html", context)
