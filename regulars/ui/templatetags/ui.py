"""Components and filters of pages. They are built in: templates load nothing. Described in docs/development.md."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BoundField, CheckboxInput, ClearableFileInput, RadioSelect, Select, Textarea
from django.forms.widgets import CheckboxSelectMultiple
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from regulars.foundation import clock
from regulars.foundation.money import Money
from regulars.foundation.paging import Page
from regulars.ui import formats
from regulars.ui.charts import Chart

register = template.Library()

# Marks in the order in which they decide: each browser also names those that it imitates.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("YaBrowser/", "Yandex"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


# ── Values ───────────────────────────────────────────────────────────────────
@register.filter
def money(value: Money | int | None, currency: str = "") -> str:
    """`{{ order.total|money }}` of `Money`, or `{{ amount_minor|money:currency }}`."""
    return "" if value is None else formats.money(value, currency)


@register.filter
def money_rounded(value: Money | int | None, currency: str = "") -> str:
    return "" if value is None else formats.money(value, currency, is_rounded=True)


@register.filter
def number(value: float | Decimal | None, digits: int = 2) -> str:
    return "" if value is None else formats.number(value, digits)


@register.filter
def percent(share: float | Decimal | None, digits: int = 1) -> str:
    return "" if share is None else formats.percent(share, digits)


@register.filter
def change(share: float | Decimal | None, digits: int = 1) -> str:
    return "" if share is None else formats.change(share, digits)


@register.filter
def quantity(milli: int | None) -> str:
    return "" if milli is None else formats.quantity(milli)


@register.filter
def day(value: date | datetime | None) -> str:
    return "" if value is None else formats.day(value)


@register.filter
def days(start: date, end: date) -> str:
    """`{{ from_date|days:to_date }}`: 5–20 Dec 2026."""
    return formats.days(start, end)


@register.filter
def month(value: date | datetime | None) -> str:
    return "" if value is None else formats.month(value)


@register.filter
def moment(value: datetime | None) -> str:
    return "" if value is None else formats.moment(value)


@register.filter
def ago(value: date | datetime | None, today: date | None = None) -> str:
    """`{{ last_order_at|ago }}`, or `|ago:as_of_date` where figures speak of another day."""
    if value is None:
        return ""
    from django.utils import timezone

    return formats.ago(value, today or clock.now().astimezone(timezone.get_current_timezone()).date())


@register.filter
def telephone(number: str) -> str:
    """A number in E.164 as people read it: +7 916 123-45-67."""
    return formats.telephone(number)


@register.filter
def duration(span: timedelta | float | None) -> str:
    return "" if span is None else formats.duration(span)


@register.filter
def initials(name: str) -> str:
    return "".join(word[0] for word in name.split()[:2]).upper() or "?"


@register.filter
def browser(user_agent: str) -> str:
    """The browser and system that a User-Agent names, as far as one can tell."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (_BROWSERS, _SYSTEMS)]
    return " · ".join(filter(None, found)) or user_agent[:60]


@register.filter
def last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]


@register.filter
def get(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


# ── Small pieces ─────────────────────────────────────────────────────────────
@register.simple_tag
def icon(name: str, label: str = "", extra_class: str = "") -> SafeString:
    """A picture beside words; give `label` where it stands alone."""
    described = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        extra_class, described, static("vendor/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    """A word that states a condition. Tones: good, warn, bad, info, or none."""
    return format_html('<span class="badge {}">{}</span>', f"tone-{tone}" if tone else "tone-plain", text)


@register.simple_tag
def avatar(name: str) -> SafeString:
    """A person's initials, in one of eight quiet colours that follows from the name."""
    hue = sum(name.encode()) % 8
    return format_html('<span class="avatar hue-{}" data-initials="{}" aria-hidden="true"></span>', hue, initials(name))


@register.inclusion_tag("ui/parts/stat.html")
def stat(
    label: str,
    value: str,
    *,
    change: float | None = None,
    is_rise_good: bool = True,
    hint: str = "",
    icon: str = "",
    url: str = "",
    about: str = "",
) -> dict[str, Any]:
    """A figure with its name; `change` is relative (0.05 = +5 %) and coloured by whether a rise is good.

    about: the "?" that `{% about … as … %}` of the desk makes.
    """
    tone = "" if not change else "good" if (change > 0) == is_rise_good else "bad"
    return {"label": label, "value": value, "change": change, "tone": tone, "hint": hint, "icon": icon, "url": url,
            "about": about}  # fmt: skip


@register.inclusion_tag("ui/parts/progress.html")
def progress(value: float | None, max: float = 1, label: str = "") -> dict[str, Any]:
    """How far work has come; a `value` of None moves without an end."""
    return {"value": value, "max": max, "label": label}


@register.inclusion_tag("ui/parts/empty.html")
def empty(
    icon: str, title: str, text: str = "", *, url: str = "", action: str = "", action_icon: str = "plus"
) -> dict[str, Any]:
    """What stands in place of a list that has nothing, and what to do next."""
    return {"icon": icon, "title": title, "text": text, "url": url, "action": action, "action_icon": action_icon}


@register.inclusion_tag("ui/parts/chart.html")
def chart(chart: Chart, height: str = "md") -> dict[str, Any]:
    """A chart with its table behind a button. Heights: sm, md, lg."""
    return {"chart": chart, "height": height, "id": f"chart-{uuid4().hex[:8]}"}


@register.simple_tag(takes_context=True)
def block_again(context: Context, name: str) -> str:
    """The content of an earlier block once more: a page's title is also its heading."""
    block = context.render_context[BLOCK_CONTEXT_KEY].get_block(name)
    return block.render(context) if block else ""


# ── Pieces around content ────────────────────────────────────────────────────
@register.simple_block_tag(takes_context=True)
def card(
    context: Context,
    content: str,
    title: str = "",
    *,
    icon: str = "",
    hint: str = "",
    url: str = "",
    url_label: str = "",
    is_flush: bool = False,
    id: str = "",
    about: str = "",
) -> str:
    """`{% card _("Title") icon="users" %}…{% endcard %}`; `is_flush` for a table that reaches the edges."""
    return render_to_string(
        "ui/parts/card.html",
        {"content": content, "title": title, "icon": icon, "hint": hint, "url": url, "url_label": url_label,
         "is_flush": is_flush, "id": id, "about": about},
    )  # fmt: skip


@register.simple_block_tag
def table(content: str, label: str, *, id: str = "", is_cards: bool = False) -> str:
    """`{% table _("Orders") %}<thead>…</thead>…{% endtable %}`; `label` names it for those who listen."""
    return render_to_string("ui/parts/table.html", {"content": content, "label": label, "id": id, "is_cards": is_cards})


@register.simple_block_tag(takes_context=True)
def filters(context: Context, content: str, *, target: str = "results", label: str = "") -> str:
    """A GET form that brings the list `#results` up to date as one types, and works without scripts as well."""
    return render_to_string(
        "ui/parts/filters.html",
        {"content": content, "target": target, "label": label, "sort": context["request"].GET.get("sort", "")},
        request=context["request"],
    )


@register.simple_block_tag(takes_context=True)
def confirm(
    context: Context,
    content: str,
    button: str,
    *,
    url: str,
    title: str,
    icon: str = "",
    is_dangerous: bool = True,
    button_class: str = "btn btn-ghost-danger",
    submit: str = "",
) -> str:
    """A button that asks before it posts to `url`; the content says what will happen and may hold form fields."""
    return render_to_string(
        "ui/parts/confirm.html",
        {"content": content, "button": button, "url": url, "title": title, "icon": icon, "is_dangerous": is_dangerous,
         "button_class": button_class, "submit": submit or button, "id": f"confirm-{uuid4().hex[:8]}"},
        request=context["request"],
    )  # fmt: skip


# ── Lists ────────────────────────────────────────────────────────────────────
@register.inclusion_tag("ui/parts/sort_header.html", takes_context=True)
def sort_header(
    context: Context, key: str, label: str, sort: str, *, is_numeric: bool = False, is_first_descending: bool = False
) -> dict[str, Any]:
    """A `<th>` that sorts by `key`; `sort` is the sort in force, with "-" before it when descending."""
    state = "ascending" if sort == key else "descending" if sort == f"-{key}" else ""
    is_next_descending = state == "ascending" if state else is_first_descending
    return {
        "label": label,
        "state": state,
        "is_numeric": is_numeric,
        "query": _query(context["request"], sort=f"-{key}" if is_next_descending else key, cursor=None),
    }


@register.inclusion_tag("ui/parts/paging.html", takes_context=True)
def paging(context: Context, page: Page[Any]) -> dict[str, Any]:
    """To the next page and back to the first; keeps the rest of the address."""
    request = context["request"]
    return {
        "page": page,
        "is_first": not request.GET.get("cursor"),
        "next_query": _query(request, cursor=page.next_cursor) if page.next_cursor else "",
        "first_query": _query(request, cursor=None),
    }


@register.simple_tag(takes_context=True)
def address_with(context: Context, **values: Any) -> str:
    """The page's own address with these parameters put in; None takes one out."""
    return _query(context["request"], **values)


def _query(request: HttpRequest, **values: Any) -> str:
    query = request.GET.copy()
    for name, value in values.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else request.path


# ── Forms ────────────────────────────────────────────────────────────────────
@register.inclusion_tag("ui/parts/field.html")
def field(bound: BoundField, *, label: str = "", icon: str = "") -> dict[str, Any]:
    """Label, control, help and errors of a form's field, tied to each other for screen readers."""
    widget = bound.field.widget
    is_check = isinstance(widget, CheckboxInput)
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    css = (
        "form-check-input" if is_check or is_group else "form-select" if isinstance(widget, Select) else "form-control"
    )
    classes = f"{widget.attrs.get('class', '')} {css}{' is-invalid' if bound.errors else ''}".strip()
    attrs: dict[str, Any] = {"class": classes}
    if str(widget.attrs.get("placeholder", "")) == str(bound.label):
        attrs["placeholder"] = ""
    if isinstance(widget, Textarea):
        attrs["rows"] = widget.attrs.get("rows") if str(widget.attrs.get("rows", "10")) != "10" else 4
    return {
        "field": bound,
        "control": bound.as_widget(attrs=attrs),
        "label": label or bound.label,
        "is_check": is_check,
        "is_group": is_group,
        "is_file": isinstance(widget, ClearableFileInput),
        "is_required": bound.field.required,
        "icon": icon,
    }


@register.inclusion_tag("ui/parts/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with the form as a whole; stands above its fields."""
    return {"form": form}
