"""Visits of the site: taken in from files and by the action, once each, and given to whom they were of."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from regulars.commerce.actions import imports, sites, visits
from regulars.commerce.models import Product, SiteEvent, Variant
from regulars.commerce.queries.imports import RunRow, import_run
from regulars.commerce.queries.rejects import rejects
from regulars.commerce.queries.sites import has_visits, site_by_key, site_of
from regulars.commerce.queries.sites import sites as all_sites
from regulars.commerce.rules.imports import FileDefinition, ImportKind, ImportState, RejectReason
from regulars.commerce.rules.visits import Device, SiteEventDraft, SiteEventKind, digest_id
from regulars.connectors.csv import FileSource, first_preview
from regulars.customers import actions as customers
from regulars.customers.actions.erasing import erase_customer, export_customer
from regulars.customers.actions.merging import merge_customers, undo_merge
from regulars.customers.models import Customer
from regulars.customers.rules import ConsentChannel, MergeReason, Person, Purpose
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id
from regulars.foundation.models import AuditEntry
from tests.insight.shops import Bought, load, set_up

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
BY = Actor.system("test")
HEADER = ["event", "time", "visitor id", "page", "source", "device", "sku", "email", "order number"]
ROWS = [
    ["session_start", "2026-03-01 10:00", "v1", "https://tea.example/?utm=1", "google", "desktop", "", "", ""],
    ["page_view", "2026-03-01 10:01", "v1", "/tea/black?user=anna@x.de", "google", "desktop", "", "", ""],
    ["view_item", "2026-03-01 10:02", "v1", "/tea/assam", "google", "desktop", "S0", "", ""],
    ["sign_up", "2026-03-01 10:05", "v1", "/account", "google", "desktop", "", "anna@tea.example", ""],
    ["Просмотр страницы", "01.03.2026 11:00", "v2", "/", "яндекс", "телефон", "", "", ""],
]


@pytest.fixture
def shop(db: None, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()
    set_up()
    product = Product.objects.create(kind="goods", name="Assam", created_at=NOW)
    Variant.objects.create(product=product, source="file", sku="S0", folded_sku="s0")


def take_in(folder: Path, rows: Sequence[Sequence[str]], header: Sequence[str] = HEADER) -> RunRow:
    path = folder / f"{new_id()}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    base = FileDefinition(kind=ImportKind.ORDERS, source="file", zone="Europe/Moscow", currency="RUB")
    preview = first_preview(path, base, now=NOW)
    assert preview.definition.kind == ImportKind.VISITS
    assert preview.missing == []
    run_id = new_id()
    imports.add_run(
        run_id=run_id, definition=preview.definition, file_name="v.csv", path=str(path), size_bytes=1, by=BY, now=NOW
    )
    imports.describe_run(run_id=run_id, definition=preview.definition, go_live_at=NOW, by=BY, now=NOW)
    source = FileSource(path, preview.definition, now=NOW)
    assert imports.run_import(run_id=run_id, source=source, by=BY, clock=lambda: NOW) == ImportState.DONE
    run = import_run(run_id)
    assert run is not None
    return run


def test_a_file_of_visits_is_told_and_taken_in(shop: None, tmp_path: Path) -> None:
    run = take_in(tmp_path, ROWS)
    assert (run.counts["rows"], run.counts["created"], run.counts["rejected"]) == (5, 5, 0)
    assert run.counts["visitors"] == 2
    events = list(SiteEvent.objects.order_by("occurred_at"))
    assert [event.kind for event in events] == ["visit", "page", "product", "register", "page"]
    assert [event.path for event in events] == ["/", "/tea/black", "/tea/assam", "/account", "/"]
    assert [event.section for event in events] == ["/", "tea", "tea", "account", "/"]
    assert [event.device for event in events] == ["computer"] * 4 + ["phone"]
    assert events[2].product is not None
    assert events[4].came_from == "яндекс"
    anna = Customer.objects.get(contacts__value="anna@tea.example")
    assert [event.customer_id for event in events] == [anna.id] * 4 + [None]
    assert has_visits()


def test_the_same_file_again_changes_nothing(shop: None, tmp_path: Path) -> None:
    take_in(tmp_path, ROWS)
    before = list(SiteEvent.objects.order_by("id").values())
    run = take_in(tmp_path, [*ROWS, ["page_view", "2026-03-02 10:01", "v1", "/tea", "", "", "", "", ""]])
    assert (run.counts["created"], run.counts["unchanged"]) == (1, 5)
    assert list(SiteEvent.objects.order_by("id").values())[:5] == before


@pytest.mark.parametrize(
    ("row", "reason", "said"),
    [
        (["scroll", "2026-03-01", "v1", "/", "", "", "", "", ""], RejectReason.BAD_EVENT_KIND, ("event", "scroll")),
        (["page_view", "yesterday", "v1", "/", "", "", "", "", ""], RejectReason.BAD_DATE, ("time", "yesterday")),
        (["page_view", "", "v1", "/", "", "", "", "", ""], RejectReason.NO_DATE, ("time", "")),
        (
            ["page_view", "2026-03-11", "v1", "/", "", "", "", "", ""],
            RejectReason.DATE_IN_FUTURE,
            ("time", "2026-03-11"),
        ),
        (["page_view", "2026-03-01", "", "/", "", "", "", "", ""], RejectReason.NO_VISITOR, ("visitor id", "")),
    ],
)
def test_a_bad_row_is_left_out_with_field_and_remedy(
    shop: None, tmp_path: Path, row: list[str], reason: RejectReason, said: tuple[str, str]
) -> None:
    run = take_in(tmp_path, [ROWS[0], row])
    assert (run.counts["created"], run.counts["rejected"]) == (1, 1)
    [left_out] = rejects(run.id)
    assert (left_out.row, left_out.column, left_out.value) == (3, *said)
    assert str(left_out.reason)
    assert str(left_out.remedy)


def test_a_customer_without_a_browser_is_a_visitor_whose_address_is_not_kept(shop: None, tmp_path: Path) -> None:
    take_in(tmp_path, [["purchase", "2026-03-01", "", "", "", "", "", "anna@tea.example", "17"]])
    event = SiteEvent.objects.get()
    assert event.customer is not None
    assert (event.visitor[0], "anna" in event.visitor) == ("~", False)


def draft(number: int, kind: SiteEventKind, **said: Any) -> SiteEventDraft:
    at = NOW - timedelta(days=1) + timedelta(minutes=number)
    told = {"visitor": "v1", "occurred_at": at, "external_id": f"e{number}", **said}
    return SiteEventDraft(kind=kind, **told)


def record(*drafts: SiteEventDraft) -> visits.Recorded:
    return visits.record_site_events(drafts=drafts, source="site:a", now=NOW)


def make_customer(name: str) -> UUID:
    person = Person(external_id=name, first_name=name)
    return customers.take_in([person], source="s", by=BY, now=NOW, is_history=True).ids[name]


def test_an_order_tells_whose_the_visits_before_and_after_were(shop: None) -> None:
    anna = make_customer("anna")
    record(draft(1, SiteEventKind.PAGE), draft(2, SiteEventKind.PAGE, visitor="v2"))
    assert record(draft(3, SiteEventKind.ORDER, customer_id=anna)) == visits.Recorded(1, 0)
    assert set(SiteEvent.objects.values_list("visitor", "customer_id")) == {("v1", anna), ("v2", None)}
    # A page alone says nothing of who looks at it.
    record(draft(4, SiteEventKind.PAGE, customer_id=anna, visitor="v2"))
    assert SiteEvent.objects.filter(visitor="v2", customer__isnull=True).count() == 1


def test_who_took_the_consent_back_is_not_linked(shop: None) -> None:
    anna = make_customer("anna")
    customers.withdraw_consent(
        customer_id=anna,
        purpose=Purpose.PERSONALISATION,
        channel=ConsentChannel.ANY,
        at=NOW,
        source="desk",
        by=BY,
        now=NOW,
    )
    record(draft(1, SiteEventKind.ORDER, customer_id=anna), draft(2, SiteEventKind.PAGE))
    assert SiteEvent.objects.filter(customer__isnull=True).count() == 2


def test_an_order_that_comes_in_later_names_its_visitor(shop: None) -> None:
    record(draft(1, SiteEventKind.PAGE), draft(2, SiteEventKind.ORDER, reference="0"))
    record(draft(3, SiteEventKind.ORDER, reference="99", visitor="v2"))
    assert visits.link_by_orders(source="site:a", orders_source="test") == 0
    loaded = load([Bought(0, 5)])
    assert visits.link_by_orders(source="site:a", orders_source="test") == 1
    assert SiteEvent.objects.filter(customer_id=loaded.customers[0]).count() == 2
    assert visits.link_by_orders(source="site:a", orders_source="test") == 0


def test_merging_carries_visits_along_and_back(shop: None) -> None:
    anna, double = make_customer("anna"), make_customer("anna2")
    record(draft(1, SiteEventKind.ORDER, customer_id=double))
    merge = merge_customers(survivor_id=anna, absorbed_id=double, reason=MergeReason.BY_HAND, by=BY, now=NOW)
    assert SiteEvent.objects.get().customer_id == anna
    undo_merge(merge_id=merge, by=BY, now=NOW)
    assert SiteEvent.objects.get().customer_id == double


def test_visits_are_given_out_and_forgotten(shop: None) -> None:
    anna = make_customer("anna")
    record(draft(1, SiteEventKind.ORDER, customer_id=anna, path="/checkout"), draft(2, SiteEventKind.PAGE, visitor="x"))
    tables = export_customer(customer_id=anna, by=BY, now=NOW)["tables"]
    assert [row["path"] for row in tables["commerce.siteevent"]] == ["/checkout"]
    erase_customer(customer_id=anna, by=BY, now=NOW)
    assert list(SiteEvent.objects.values_list("visitor", flat=True)) == ["x"]


def test_what_is_older_than_it_may_be_kept_goes(shop: None) -> None:
    site = sites.add_site(name="Tea", origins=["https://tea.example"], orders_source="", keep_days=30, by=BY, now=NOW)
    source = site_of(site).source  # type: ignore[union-attr]
    for days in (1, 29, 31, 700, 800):
        old = draft(days, SiteEventKind.PAGE, occurred_at=NOW - timedelta(days=days))
        visits.record_site_events(drafts=[old], source=source, now=NOW)
        visits.record_site_events(drafts=[old], source="file", now=NOW)
    assert visits.forget_old_visits(now=NOW) == 4
    kept = {(event.source == source, event.external_id) for event in SiteEvent.objects.all()}
    assert kept == {(True, "e1"), (True, "e29"), *((False, f"e{days}") for days in (1, 29, 31, 700))}


def test_a_site_gets_a_key_and_loses_it(shop: None) -> None:
    said: dict[str, Any] = {"origins": ["https://Tea.example/"], "orders_source": "woo", "keep_days": 365}
    site = sites.add_site(name="Tea", by=BY, now=NOW, **said)
    row = site_of(site)
    assert row is not None
    assert row.origins == ["https://tea.example"]
    assert site_by_key(row.key) == replace(row)
    assert sites.change_site(site_id=site, name="Tea", is_open=False, by=BY, now=NOW, **said)
    assert not sites.change_site(site_id=site, name="Tea", is_open=False, by=BY, now=NOW, **said)
    assert site_by_key(row.key) is None
    assert [(row.events, row.is_open) for row in all_sites()] == [(0, False)]
    assert list(AuditEntry.objects.filter(subject_kind="site").order_by("at").values_list("verb", flat=True)) == [
        "site.added",
        "site.changed",
    ]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"name": " "}, sites.SiteRefusal.NO_NAME),
        ({"origins": [""]}, sites.SiteRefusal.NO_ORIGIN),
        ({"origins": ["tea.example"]}, sites.SiteRefusal.BAD_ORIGIN),
        ({"origins": ["https://*"]}, sites.SiteRefusal.BAD_ORIGIN),
        ({"keep_days": 5000}, sites.SiteRefusal.BAD_KEEP_DAYS),
    ],
)
def test_a_site_that_makes_no_sense_is_refused(shop: None, said: dict[str, Any], reason: sites.SiteRefusal) -> None:
    whole = {"name": "Tea", "origins": ["https://tea.example"], "orders_source": "", "keep_days": 365, **said}
    with pytest.raises(sites.CannotChangeSite) as refused:
        sites.add_site(by=BY, now=NOW, **whole)
    assert refused.value.reason == reason
    assert all_sites() == []


def test_what_makes_an_event_the_same(shop: None) -> None:
    first = digest_id("v", NOW, SiteEventKind.PAGE, "/a", "")
    assert first == digest_id("v", NOW, SiteEventKind.PAGE, "/a", "")
    assert first != digest_id("v", NOW, SiteEventKind.PAGE, "", "/a")
    assert record(draft(1, SiteEventKind.PAGE), draft(1, SiteEventKind.PAGE, device=Device.PHONE)).created == 1
