"""The public door for visits: what it takes, and what it refuses without writing anything."""

import contextlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from regulars.commerce.actions import sites
from regulars.commerce.jobs import link_visitors
from regulars.commerce.models import SiteEvent
from regulars.commerce.queries.sites import SiteRow, site_of
from regulars.portal.tracking import throttle
from regulars.portal.tracking.reading import BadBatch, batch_of
from regulars.portal.tracking.throttle import Throttle
from tests.insight.shops import BY, NOW, Bought, load, set_up

ORIGIN = "https://tea.example"


@pytest.fixture
def site(db: None, monkeypatch: pytest.MonkeyPatch) -> SiteRow:
    set_up()
    monkeypatch.setattr(throttle, "by_address", Throttle(burst=100, per_minute=60))
    monkeypatch.setattr(throttle, "by_site", Throttle(burst=100, per_minute=60))
    id_ = sites.add_site(name="Tea", origins=[ORIGIN], orders_source="test", keep_days=365, by=BY, now=NOW)
    found = site_of(id_)
    assert found is not None
    return found


def said(key: str, **other: Any) -> dict[str, Any]:
    return {
        "key": key,
        "visitor": "v" * 24,
        "session": "s" * 24,
        "device": "phone",
        "came_from": "mail",
        "campaign": "may",
        "consent": {"analytics": True},
        "events": [{"id": "e" * 24, "kind": "page", "path": "/tea/black?user=anna", "ago": 30}],
        **other,
    }


def send(body: Any, *, origin: str = ORIGIN, **headers: str) -> Any:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client().post("/t/", data, content_type="text/plain", headers={"origin": origin, **headers})


def test_what_a_visitor_did_is_written_down(site: SiteRow) -> None:
    load([])
    events = [
        {"id": "a" * 16, "kind": "page", "path": "/tea/black?user=anna", "ago": 30},
        {"id": "b" * 16, "kind": "product", "path": "/tea/assam", "sku": "S0"},
        {"id": "c" * 16, "kind": "order", "order": "0"},
    ]
    answer = send(said(site.key, events=events))
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, ORIGIN)
    assert "Origin" in answer["Vary"]
    assert "Set-Cookie" not in answer
    page, product, order = SiteEvent.objects.order_by("external_id")
    assert (page.path, page.section, page.device, page.came_from, page.campaign) == (
        "/tea/black", "tea", "phone", "mail", "may",
    )  # fmt: skip
    assert (product.product is not None, product.source) == (True, site.source)
    assert product.occurred_at - page.occurred_at == timedelta(seconds=30)
    # By the number of the order the visitor could become a person: to that he has not agreed.
    assert (order.reference, order.customer_id) == ("", None)
    columns = {field.name for field in SiteEvent._meta.fields}
    assert not columns & {"ip", "address", "user_agent"}


def test_a_visitor_who_agreed_becomes_the_customer_of_the_order(site: SiteRow) -> None:
    events = [{"id": "a" * 16, "kind": "page", "path": "/"}, {"id": "c" * 16, "kind": "order", "order": "0"}]
    send(said(site.key, events=events, consent={"analytics": True, "person": True}))
    loaded = load([Bought(0, 3)])
    link_visitors(now=NOW)
    assert set(SiteEvent.objects.values_list("customer_id", flat=True)) == {loaded.customers[0]}


def test_the_same_batch_again_changes_nothing(site: SiteRow) -> None:
    assert send(said(site.key)).status_code == 204
    before = list(SiteEvent.objects.values())
    assert send(said(site.key)).status_code == 204
    assert list(SiteEvent.objects.values()) == before
    # Another visitor's event of the same number is another event.
    send(said(site.key, visitor="w" * 24))
    assert SiteEvent.objects.count() == 2


@pytest.mark.parametrize(
    ("other", "status", "code"),
    [
        ({"key": "wrong"}, 403, "site"),
        ({"consent": {}}, 422, "consent"),
        ({"consent": {"analytics": False}}, 422, "consent"),
        ({"consent": {"analytics": "true"}}, 422, "consent"),
        ({"consent": True}, 422, "consent"),
        ({"visitor": "short"}, 422, "visitor"),
        ({"visitor": "anna@tea.example.com"}, 422, "visitor"),
        ({"session": ""}, 422, "session"),
        ({"device": "toaster"}, 422, "device"),
        ({"came_from": "x" * 61}, 422, "came_from"),
        ({"campaign": "a\x00b"}, 422, "campaign"),
        ({"email": "anna@tea.example"}, 422, "fields"),
        ({"events": []}, 422, "events"),
        ({"events": [{}] * 26}, 422, "events"),
        ({"events": "page"}, 422, "events"),
        ({"events": [1]}, 422, "fields"),
        ({"events": [{"id": "e" * 16, "kind": "scroll"}]}, 422, "kind"),
        ({"events": [{"id": "e" * 16, "kind": "page", "path": "/\x00"}]}, 422, "path"),
        ({"events": [{"id": "e" * 16, "kind": "page", "path": "/\ud800"}]}, 422, "path"),
        ({"events": [{"id": "e" * 16, "kind": "page", "ago": -1}]}, 422, "ago"),
        ({"events": [{"id": "e" * 16, "kind": "page", "ago": True}]}, 422, "ago"),
        ({"events": [{"id": "e" * 16, "kind": "page", "ago": 10**9}]}, 422, "ago"),
        ({"events": [{"id": "e" * 16, "kind": "page", "text": "typed"}]}, 422, "fields"),
    ],
)
def test_what_is_not_as_it_must_be_is_refused_as_a_whole(
    site: SiteRow, other: dict[str, Any], status: int, code: str
) -> None:
    answer = send(said(site.key) | other)
    assert (answer.status_code, answer.json()) == (status, {"code": code})
    assert "Access-Control-Allow-Origin" not in answer
    assert not SiteEvent.objects.exists()


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b"[" * 30_000, b'"x"'])
def test_what_is_no_batch_is_refused(site: SiteRow, body: bytes) -> None:
    assert send(body).status_code == 422
    assert not SiteEvent.objects.exists()


def test_other_sites_the_too_large_and_the_closed_are_refused(site: SiteRow) -> None:
    for origin in ("https://evil.example", "http://tea.example", "null", ""):
        assert send(said(site.key), origin=origin).status_code == 403
    assert send(said(site.key, campaign="x" * 40_000)).status_code == 413
    assert send(b"").status_code == 411
    assert Client().get("/t/").status_code == 405
    sites.change_site(
        site_id=site.id, name="Tea", origins=[ORIGIN], orders_source="", keep_days=365, is_open=False, by=BY, now=NOW
    )
    assert send(said(site.key)).status_code == 403
    assert not SiteEvent.objects.exists()


@pytest.mark.parametrize("header", ["DNT", "Sec-GPC"])
def test_who_asks_not_to_be_followed_is_not(site: SiteRow, header: str) -> None:
    assert send(said(site.key), **{header: "1"}).status_code == 204
    assert not SiteEvent.objects.exists()


def test_too_much_at_once_has_to_wait(site: SiteRow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "by_address", Throttle(burst=2, per_minute=0.01))
    answers = [send(said(site.key)) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [204, 204, 429]
    assert answers[2]["Retry-After"] == "60"


def test_the_throttle_lets_more_through_after_a_while_and_forgets() -> None:
    limited = Throttle(burst=2, per_minute=60)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    assert [limited.allows("a", now=at) for _ in range(3)] == [True, True, False]
    assert limited.allows("b", now=at)
    assert limited.allows("a", now=at + timedelta(seconds=1))
    assert all(name != b"a" for name in limited._left)


def test_a_batch_costs_few_queries_however_large(site: SiteRow) -> None:
    def cost(count: int) -> int:
        events = [{"id": f"{count:02d}{n:018d}", "kind": "page", "path": "/"} for n in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert send(said(site.key, events=events)).status_code == 204
        return len(queries)

    assert cost(1) == cost(25) <= 14


def test_the_script_is_there_for_every_site() -> None:
    answer = Client().get("/t/visits.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert "max-age=3600" in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert b"regularsVisits" in answer.content


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
                    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
                        st.sampled_from(["key", "visitor", "session", "consent", "events", "id", "kind", "ago", "x"]),
                        inner, max_size=6), max_leaves=12))  # fmt: skip
def test_nothing_that_is_sent_breaks_the_reading(value: Any) -> None:
    with contextlib.suppress(BadBatch):
        batch_of(json.dumps(value).encode())
