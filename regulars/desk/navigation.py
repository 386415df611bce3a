"""What the menu offers. A room adds its entries here; each is shown to those who may open it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regulars.desk.access import SignedIn
from regulars.foundation import queue
from regulars.foundation.access import Permission

P = Permission


class Group(StrEnum):
    """Parts of the menu, from top to bottom."""

    TODAY = "today"
    PEOPLE = "people"
    SALES = "sales"
    FIGURES = "figures"
    DATA = "data"
    SHOP = "shop"


GROUP_LABELS: dict[Group, Promise | str] = {
    Group.TODAY: "",
    Group.PEOPLE: _("People"),
    Group.SALES: _("Sales"),
    Group.FIGURES: _("Figures"),
    Group.DATA: _("Data"),
    Group.SHOP: _("Shop"),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """permission: None for everybody. is_main: among the four at the foot of a phone's screen."""

    label: Promise
    icon: str
    url_name: str
    group: Group
    permission: Permission | None = None
    is_main: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry(label=_("Today"), icon="home", url_name="home:today", group=Group.TODAY, is_main=True),
    Entry(
        label=_("Quiet leavers"),
        icon="heartbeat",
        url_name="insight:leavers",
        group=Group.TODAY,
        permission=P.SEE_CUSTOMERS,
        is_main=True,
    ),
    Entry(label=_("Stages"), icon="stairs", url_name="insight:stages", group=Group.PEOPLE, permission=P.SEE_INSIGHT),
    Entry(
        label=_("Who comes back"),
        icon="grid-dots",
        url_name="retention:cohorts",
        group=Group.FIGURES,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("Funnel"),
        icon="chart-funnel",
        url_name="funnel:before",
        group=Group.FIGURES,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("First purchase"),
        icon="flag",
        url_name="retention:firsts",
        group=Group.FIGURES,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("Who brings the money"),
        icon="chart-line",
        url_name="retention:revenue",
        group=Group.FIGURES,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("Forecast"),
        icon="trending-up",
        url_name="retention:forecast",
        group=Group.FIGURES,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("Report"),
        icon="file-description",
        url_name="report:show",
        group=Group.TODAY,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("How sure we are"),
        icon="shield-check",
        url_name="insight:trust",
        group=Group.FIGURES,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("Analysis runs"),
        icon="chart-dots",
        url_name="insight:analyses",
        group=Group.DATA,
        permission=P.SEE_INSIGHT,
    ),
    Entry(
        label=_("Customers"),
        icon="users",
        url_name="customers:list",
        group=Group.PEOPLE,
        permission=P.SEE_CUSTOMERS,
        is_main=True,
    ),
    Entry(
        label=_("Segments"),
        icon="filter",
        url_name="segments:list",
        group=Group.PEOPLE,
        permission=P.SEE_SEGMENTS,
        is_main=True,
    ),
    Entry(
        label=_("Duplicates"),
        icon="copy",
        url_name="customers:duplicates",
        group=Group.PEOPLE,
        permission=P.MERGE_CUSTOMERS,
    ),
    Entry(
        label=_("Orders"),
        icon="receipt",
        url_name="commerce:orders",
        group=Group.SALES,
        permission=P.SEE_ORDERS,
        is_main=True,
    ),
    Entry(
        label=_("Enquiries"),
        icon="phone-call",
        url_name="commerce:enquiries",
        group=Group.SALES,
        permission=P.SEE_ENQUIRIES,
    ),
    Entry(
        label=_("Products"), icon="package", url_name="commerce:products", group=Group.SALES, permission=P.SEE_PRODUCTS
    ),
    Entry(
        label=_("Associations"),
        icon="affiliate",
        url_name="associations:board",
        group=Group.SALES,
        permission=P.SEE_PRODUCTS,
    ),
    Entry(
        label=_("Unmatched returns"),
        icon="arrow-back-up",
        url_name="commerce:returns",
        group=Group.SALES,
        permission=P.EDIT_ORDERS,
    ),
    Entry(label=_("Economics"), icon="coin", url_name="economics:show", group=Group.SALES, permission=P.SEE_INSIGHT),
    Entry(
        label=_("Imports"),
        icon="file-import",
        url_name="imports:list",
        group=Group.DATA,
        permission=P.RUN_IMPORTS,
    ),
    Entry(label=_("Goals"), icon="target-arrow", url_name="shop:goals", group=Group.SHOP, permission=P.SEE_INSIGHT),
    Entry(label=_("Shifts"), icon="calendar-user", url_name="shop:shifts", group=Group.SHOP, permission=P.EDIT_SHIFTS),
    Entry(label=_("Settings"), icon="settings", url_name="shop:settings", group=Group.SHOP, permission=P.MANAGE_SHOP),
    Entry(
        label=_("Staff and roles"),
        icon="users-group",
        url_name="team:list",
        group=Group.SHOP,
        permission=P.MANAGE_STAFF,
    ),
    Entry(
        label=_("Stuck work"),
        icon="mail-exclamation",
        url_name="system:dead_letters",
        group=Group.SHOP,
        permission=P.MANAGE_JOBS,
    ),
    Entry(
        label=_("What was changed"), icon="history", url_name="system:audit", group=Group.SHOP, permission=P.SEE_AUDIT
    ),
)


@dataclass(frozen=True)
class Link:
    label: Promise
    icon: str
    url: str
    is_current: bool
    is_main: bool
    count: int = 0


@dataclass(frozen=True)
class LinkGroup:
    label: Promise | str
    entries: list[Link]


def menu_for(staff: SignedIn, path: str) -> list[LinkGroup]:
    """What `staff` may open, with the entry marked that `path` belongs to."""
    permitted = [entry for entry in ENTRIES if entry.permission is None or staff.may(entry.permission)]
    urls = {entry.url_name: reverse(entry.url_name) for entry in permitted}
    current = max((url for url in urls.values() if _is_within(path, url)), key=len, default="")
    groups = []
    for group in Group:
        links = [_link(entry, urls[entry.url_name], current) for entry in permitted if entry.group == group]
        if links:
            groups.append(LinkGroup(GROUP_LABELS[group], links))
    return groups


def _is_within(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


def _link(entry: Entry, url: str, current: str) -> Link:
    counts: dict[str, Any] = {"system:dead_letters": queue.dead_count}
    count = counts[entry.url_name]() if entry.url_name in counts else 0
    return Link(entry.label, entry.icon, url, url == current, entry.is_main, count)
