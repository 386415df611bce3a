"""Which beginning makes regulars: by the goods of the first purchase, by channel and by store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.desk.access import StaffRequest, requires
from regulars.desk.csv_export import Cell, csv_response
from regulars.desk.retention.parts import KINDS, names_of
from regulars.desk.retention.words import first_words
from regulars.foundation.access import Permission
from regulars.foundation.money import Money
from regulars.insight.queries.firsts import Began, Beginnings, beginnings, tone_of
from regulars.insight.rules.breakdowns import HORIZONS
from regulars.insight.rules.first_purchases import Shrunk

_TABS: Mapping[str, Promise] = {"product": gettext_lazy("Product"), **KINDS}
_SHOWN = 50
_DEFAULT_HORIZON = 180


@dataclass(frozen=True)
class Row:
    """A beginning as the table shows it. tone: as `tone_of` has it."""

    began: Began
    name: str
    product_id: UUID | None
    share: Shrunk | None
    had: int
    back: int
    tone: str


@require_GET
@requires(Permission.SEE_INSIGHT)
def firsts(request: StaffRequest) -> HttpResponse:
    """Of those whose first purchase held something, how many came back, with what is known for sure first."""
    kind, horizon = _asked(request)
    found = beginnings(kind, horizon=horizon)
    place = HORIZONS.index(horizon)
    rows = _rows(found, kind, place, limit=_SHOWN) if found else []
    context = {
        "kind": kind,
        "kinds": _TABS.items(),
        "horizon": horizon,
        "horizons": HORIZONS,
        "found": found,
        "rows": rows,
        "shop_had": found.shop.had[place] if found else 0,
        "shop_back": found.shop.back[place] if found else 0,
        "shop_share": found.shop.shares[place] if found else None,
        "words": first_words(found, {row.began.key: row.name for row in rows}, place) if found else [],
        "not_shown": max(0, len(found.rows) - _SHOWN) if found else 0,
    }
    return render(request, "desk/retention/firsts.html", context)


@require_GET
@requires(Permission.SEE_INSIGHT)
def export_firsts(request: StaffRequest) -> StreamingHttpResponse:
    kind, horizon = _asked(request)
    found = beginnings(kind, horizon=horizon)
    currency = request.shop.base_currency
    headers = [
        _TABS[kind],
        _("First customers"),
        *(_("Began more than %(days)d days ago") % {"days": days} for days in HORIZONS),
        *(_("Back within %(days)d days") % {"days": days} for days in HORIZONS),
        _("Share within %(days)d days, drawn") % {"days": horizon},
        _("Lower end"),
        _("Upper end"),
        _("Revenue of the first year, %(currency)s") % {"currency": currency},
    ]

    def rows() -> Iterator[list[Cell]]:
        for row in _rows(found, kind, HORIZONS.index(horizon)) if found else []:
            share = row.share
            yield [
                row.name,
                row.began.customers,
                *row.began.had,
                *row.began.back,
                *([round(share.share, 4), round(share.low, 4), round(share.high, 4)] if share else [None] * 3),
                None if row.began.year_minor is None else Money(row.began.year_minor, currency).amount,
            ]

    return csv_response(f"first-purchase-{kind}", headers, rows())


def _asked(request: StaffRequest) -> tuple[str, int]:
    kind, typed = request.GET.get("by", ""), request.GET.get("within", "")
    horizon = int(typed) if typed.isascii() and typed.isdigit() else 0
    return kind if kind in _TABS else "product", horizon if horizon in HORIZONS else _DEFAULT_HORIZON


def _rows(found: Beginnings, kind: str, place: int, *, limit: int | None = None) -> list[Row]:
    shown: Sequence[Began] = found.rows[:limit]
    names = names_of([(kind, row.key) for row in shown])
    rows = []
    for began in shown:
        share = began.shares[place]
        tone = tone_of(share, found.shop.shares[place], found.usual[place])
        product_id = UUID(began.key) if kind == "product" and ("product", began.key) in names else None
        name = names.get((kind, began.key), _("No longer in the catalogue"))
        rows.append(Row(began, name, product_id, share, began.had[place], began.back[place], tone))
    return rows
