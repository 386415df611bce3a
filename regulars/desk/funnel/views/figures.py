"""Pages of what was found: the way to the first purchase, from purchase to purchase, through the site."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.audience.queries import findings
from regulars.commerce.queries.sites import has_visits
from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.funnel import charts, reading
from regulars.desk.funnel.words import STEPS, ShareRow, place_name
from regulars.foundation.access import Permission
from regulars.shop.rules import Channel, SpendingPurpose

FRONT_HORIZONS, FRONT_JUDGED = (7, 30, 90), 30
BACK_HORIZONS, BACK_JUDGED = (30, 90, 180, 365), 90
GROUPS = ("month", "came_from", "device", "store")
SEASONS = {"quarter": "by_quarter", "month": "by_month_of_year", "channel": "by_channel"}
SHOWN_TRANSITIONS = 20


@require_GET
@requires(Permission.SEE_INSIGHT)
def before(request: StaffRequest) -> HttpResponse:
    """The way to the first purchase."""
    found = findings.shop_finding("funnel")
    front: Mapping[str, Any] = found["front"] if found else {}
    context: dict[str, Any] = {"tab": "before", "front": front, "publication": findings.publication()}
    if front:
        by = _one_of(request.GET.get("by"), GROUPS)
        has_seen_visits = front["begins_with"] == "visit"
        # Money that brings people into the stores is none of the site's visitors'.
        spent_minor = reading.spent_in_a_year(
            SpendingPurpose.ACQUISITION,
            today=date.fromisoformat(found["as_of_date"]),
            channel=Channel.ONLINE if has_seen_visits else None,
        )
        steps = reading.front_steps(front, FRONT_HORIZONS, spent_minor)
        groups = reading.group_rows(front, by)
        months = [row["name"] for row in front["by"].get("month", [])]
        context |= {
            "steps": steps,
            "horizons": FRONT_HORIZONS,
            "begins_with": STEPS.get(front["begins_with"] or ""),
            "has_visits": has_seen_visits,
            "whole": ShareRow.of((front["whole"] or {}).get("within", {}).get(str(FRONT_JUDGED))),
            "chart": charts.steps_chart(steps),
            "months_chart": charts.months_chart(reading.group_rows(front, "month"), months, days=FRONT_JUDGED),
            "bottleneck": reading.front_bottleneck(front["bottleneck"], request.shop.base_currency),
            "entries": reading.entry_rows(front, FRONT_HORIZONS),
            "by": by,
            "groups": groups,
            "stores": reading.store_rows(front) if by == "store" else [],
            "owners": reading.owner_rows(front["enquiries"]),
            "causes": reading.cause_rows(front["enquiries"], request.LANGUAGE_CODE),
            "spent_minor": spent_minor,
            "may_count": request.staff.may(Permission.MANAGE_SHOP),
        }
    return render(request, "desk/funnel/before.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def after(request: StaffRequest) -> HttpResponse:
    """From each purchase to the next."""
    found = findings.shop_finding("funnel")
    back: Mapping[str, Any] = found["back"] if found else {}
    context: dict[str, Any] = {"tab": "after", "back": back, "publication": findings.publication()}
    if back:
        by = _one_of(request.GET.get("by"), tuple(SEASONS))
        steps = reading.back_steps(back, BACK_HORIZONS)
        context |= {
            "steps": steps,
            "horizons": BACK_HORIZONS,
            "chart": charts.purchases_chart(back, horizon=BACK_JUDGED),
            "season_chart": charts.season_chart(back[SEASONS[by]], by),
            "by": by,
            "bottleneck": reading.back_bottleneck(back["bottleneck"], request.shop.base_currency),
            "spent_minor": reading.spent_in_a_year(
                SpendingPurpose.RETENTION, today=date.fromisoformat(found["as_of_date"])
            ),
        }
    return render(request, "desk/funnel/after.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def paths(request: StaffRequest) -> HttpResponse:
    """How visitors go through the site, and where they leave."""
    found = findings.shop_finding("paths") or {"visits": 0}
    context: dict[str, Any] = {
        "tab": "paths",
        "found": found,
        "publication": findings.publication(),
        "has_visits": has_visits(),
        "may_count": request.staff.may(Permission.MANAGE_SHOP),
    }
    if found["visits"]:
        context |= {
            "chart": charts.paths_chart(found, columns=4),
            "narrow_chart": charts.paths_chart(found, columns=2),
            "places": [
                {**row, "name": place_name(row["node"]), "leave_share": row["exits"] / row["looks"]}
                for row in found["places"]
            ],
            "transitions": [
                (place_name(row["node"]), place_name(row["next"]), row["times"])
                for row in found["transitions"][:SHOWN_TRANSITIONS]
            ],
            "firsts": _compared(found, "first"),
            "lasts": _compared(found, "last"),
        }
    return render(request, "desk/funnel/paths.html", context)


def _compared(found: Mapping[str, Any], name: str) -> list[tuple[str, int, float, int, float]]:
    """Places by how often they are first or last in visits with an order and without, and the shares of these."""
    rows = found[name]
    sums = [sum(row[column] for row in rows) or 1 for column in ("with_order", "without_order")]
    return [
        (
            place_name(row["node"]),
            row["with_order"],
            row["with_order"] / sums[0],
            row["without_order"],
            row["without_order"] / sums[1],
        )
        for row in rows
    ]


@require_GET
@requires(Permission.SEE_INSIGHT)
def export(request: StaffRequest) -> StreamingHttpResponse:
    """The way to the first purchase by month, source and device, as a file."""
    found = findings.shop_finding("funnel")
    front: Mapping[str, Any] = found["front"] if found else {"by": {}, "steps": []}

    def rows() -> Iterator[list[Cell]]:
        for by in GROUPS[:-1]:
            for group in reading.group_rows(front, by):
                share = group.share
                bounds = [share.value, share.low, share.high] if share else [None, None, None]
                yield [by, group.name, *(people for _step, people in group.people), *bounds]

    names = [str(STEPS[step["step"]]) for step in front["steps"]]
    shares = [_("Bought within 30 days"), _("at least"), _("at most")]
    return csv_response("funnel", [_("By"), _("Group"), *names, *shares], rows())


def _one_of(asked: str | None, known: tuple[str, ...]) -> str:
    return asked if asked in known else known[0]
