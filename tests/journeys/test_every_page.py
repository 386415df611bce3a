"""Walks the sample shop by its links and examines one page of each kind: wide and light, narrow and dark."""

from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.urls import Resolver404, resolve

from regulars.desk.system.words import is_known
from regulars.foundation import audit, clock
from regulars.foundation.access import Role
from regulars.project import demo
from tests.journeys.conftest import DESK, PHONE, Visitor, VisitorMaker

# Downloads and what ends the visit.
NOT_PAGES = ("export", "download", "csv", "logout", "healthz", "readyz")


@pytest.fixture
def sample_shop(transactional_db: None) -> None:
    demo.build_small(now=clock.now())


@pytest.mark.skipif(connection.vendor != "sqlite", reason="pages look the same on both databases")
def test_every_kind_of_page_is_sound(visitor: VisitorMaker, sample_shop: None) -> None:
    # In Russian, whose words are longer.
    one = visitor(Role.OWNER, language="ru")
    seen: dict[str, str] = {}
    waiting = ["/"]
    faults = []
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind is None or kind in seen:
            continue
        seen[kind] = path
        one.go(path)
        waiting += [link for link in links_of(one) if kind_of(link) not in seen]
        for size, theme in ((DESK, "light"), (PHONE, "dark")):
            look(one, size, theme)
            try:
                one.examine()
            except AssertionError as fault:
                faults.append(f"{kind}, {theme}: {fault}")
            one.shot(f"{kind.replace(':', '-')}-{theme}")
    assert not faults, "\n\n".join(faults)
    assert [verb for verb in audit.verbs() if not is_known(verb)] == []
    assert len(seen) > 40, sorted(seen)


def look(one: Visitor, size: dict[str, int], theme: str) -> None:
    """The page as on this screen and in this theme, without asking the server again."""
    one.page.set_viewport_size({"width": size["width"], "height": size["height"]})
    one.page.evaluate(
        "(theme) => { document.documentElement.dataset.bsTheme = theme;"
        " document.dispatchEvent(new CustomEvent('theme:change')); }",
        theme,
    )
    # Colours take a moment to change, and axe would read them half-way.
    one.page.wait_for_timeout(200)


def kind_of(path: str) -> str | None:
    """The name of the address's view; None for what is no page of ours."""
    if any(word in path for word in NOT_PAGES):
        return None
    try:
        return resolve(urlsplit(path).path).view_name
    except Resolver404:
        return None


def links_of(one: Visitor) -> list[str]:
    found = one.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return [link.removeprefix(one.address) for link in found if link.startswith(one.address)]
