"""A real Chromium before a live server. `visitor(…)` opens it as somebody; a fault on a page fails the test."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright

from regulars.foundation import clock
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
VENDOR = ROOT / "regulars/ui/static/vendor/icons.svg"
PASSWORD = "a fine cup of tea"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 375, "height": 812}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    program = shutil.which("chromium")
    missing = [
        name
        for name, is_there in (
            ("chromium (Debian: chromium)", program),
            ("the vendored files (npm ci && npm run build)", VENDOR.exists()),
            ("axe-core (npm ci)", AXE.exists()),
        )
        if not is_there
    ]
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"missing: {', '.join(missing)}")
        pytest.skip(f"missing: {', '.join(missing)}")
    # Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program)
        yield browser
        browser.close()
    patch.undo()


@dataclass
class Visitor:
    """Somebody at a browser. `expected` are statuses ≥ 400 that are meant."""

    page: Page
    context: BrowserContext
    address: str
    staff_id: Any = None
    expected: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def go(self, path: str) -> Response:
        response = self.page.goto(self.address + path)
        assert response is not None
        return response

    def examine(self) -> None:
        """axe finds nothing to mend, and nothing is wider than the screen."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
        told = [
            f"{violation['id']}: {violation['help']}\n    "
            + "\n    ".join(node["html"][:200] for node in violation["nodes"])
            for violation in found["violations"]
        ]
        assert not told, f"{self.page.url}\n" + "\n".join(told)
        width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0, f"{self.page.url} is {width} px wider than the screen"

    def shot(self, name: str) -> None:
        """A picture in the folder that REGULARS_SCREENSHOTS names; without it nothing."""
        if folder := os.environ.get("REGULARS_SCREENSHOTS"):
            self.page.wait_for_timeout(400)
            self.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    def _hear(self, message: ConsoleMessage) -> None:
        # What the server answered is judged by its status, in _see.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{self.page.url}: {message.text}")

    def _see(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.request.method} {response.url} → {response.status}")


VisitorMaker = Callable[..., Visitor]


@pytest.fixture
def visitor(chromium: Browser, live_server: Any) -> Iterator[VisitorMaker]:
    """`visitor(role, is_phone=…, language=…, theme=…)`; without a role a stranger."""
    opened: list[Visitor] = []

    def make(
        role: Role | None = None, *, is_phone: bool = False, language: str = "en", theme: str = "light", scale: int = 1
    ) -> Visitor:
        context = chromium.new_context(
            viewport=PHONE if is_phone else DESK,
            has_touch=is_phone,
            locale="ru-RU" if language == "ru" else "en-GB",
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",
            device_scale_factor=scale,
        )
        context.set_default_timeout(10_000)
        page = context.new_page()
        one = Visitor(page, context, live_server.url)
        page.on("console", one._hear)
        page.on("pageerror", lambda error: one.faults.append(f"{page.url}: {error}"))
        page.on("response", one._see)
        if role is not None:
            one.staff_id = staff_id = member(role, language=language, theme=theme)
            context.add_cookies([session_cookie(staff_id, live_server.url)])
        opened.append(one)
        return one

    yield make
    for one in opened:
        one.context.close()
    faults = [fault for one in opened for fault in one.faults]
    assert not faults, "\n".join(faults)


def member(role: Role, *, language: str = "en", theme: str = "light", name: str = "", email: str = "") -> Any:
    """Somebody on the staff in this role, with PASSWORD; the same one each time."""
    by, now = Actor.system("test"), clock.now()
    email = email or f"{role}@example.com"
    try:
        staff_id = actions.add_staff(
            email=email, name=name or f"Vera {role.title()}", role=role, password=PASSWORD, by=by, now=now
        )
    except actions.CannotAddStaff:
        from regulars.shop import queries

        staff_id = next(person.id for person in queries.staff() if person.email == email)
    actions.change_profile(staff_id=staff_id, language=language, theme=theme, by=by, now=now)
    return staff_id


def session_cookie(staff_id: Any, url: str) -> Any:
    from django.contrib.auth import get_user_model

    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=staff_id), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
