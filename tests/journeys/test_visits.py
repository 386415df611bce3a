"""A visitor of the shop's site: counted once he agrees, no sooner and no longer."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from regulars.commerce.actions import sites
from regulars.commerce.models import SiteEvent
from regulars.commerce.queries.sites import site_of
from regulars.foundation import clock
from regulars.foundation.actors import Actor

BY = Actor.system("test")
INCLUDE = """([address, key]) => new Promise((done, failed) => {
  const tag = document.createElement("script");
  Object.assign(tag, {src: address, onload: done, onerror: failed});
  tag.dataset.key = key;
  document.head.append(tag);
})"""


@pytest.fixture
def page(chromium: Browser, live_server: Any) -> Any:
    """A page of a site of another origin that includes the script. `localhost` and `127.0.0.1` are two of them."""
    other = live_server.url.replace("localhost", "127.0.0.1")
    site_id = sites.add_site(name="Tea", origins=[other], orders_source="", keep_days=365, by=BY, now=clock.now())
    site = site_of(site_id)
    assert site is not None
    # Any page will do for the shop's own; what it lets in is its own affair.
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(f"{other}/healthz?user=anna")
    page.evaluate(INCLUDE, [f"{live_server.url}/t/visits.js", site.key])
    yield page
    context.close()


def told(page: Page, script: str) -> int:
    """The status of what the page sends after `script`."""
    with page.expect_response("**/t/") as found:
        page.evaluate(script)
        page.evaluate("dispatchEvent(new Event('pagehide'))")
    return found.value.status


def test_nothing_is_stored_or_sent_before_the_visitor_agrees(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.evaluate("regularsVisits.tell('cart'); dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(300)
    assert sent == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.context.cookies() == []


def test_after_agreeing_visits_are_counted_until_refused(page: Page) -> None:
    assert told(page, "regularsVisits.agree()") == 204
    assert told(page, "regularsVisits.tell('product', {sku: 'SENCHA-100'})") == 204
    events = list(SiteEvent.objects.order_by("recorded_at").values("kind", "path", "section", "device", "came_from"))
    assert events == [
        {"kind": kind, "path": "/healthz", "section": "healthz", "device": "computer", "came_from": "direct"}
        for kind in ("page", "product")
    ]
    assert SiteEvent.objects.values("visitor", "session").distinct().count() == 1
    page.evaluate("regularsVisits.refuse(); regularsVisits.tell('cart'); dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(300)
    assert SiteEvent.objects.count() == 2
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
