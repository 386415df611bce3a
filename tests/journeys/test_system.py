"""The owner looks after stuck work, roles and the audit trail."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from playwright.sync_api import expect

from regulars.foundation import clock, queue
from regulars.foundation.access import Role
from tests.journeys.conftest import VisitorMaker, member

DONE: list[str] = []


def _do(*, what: str, now: datetime) -> None:
    DONE.append(what)


@pytest.fixture
def stuck() -> Iterator[None]:
    """Two jobs that nobody can do, until somebody can."""
    DONE.clear()
    for what in ("one", "two"):
        queue.enqueue("test.mended", {"what": what}, now=clock.now())
    queue.drain(clock.now, names=["test.mended"])
    assert queue.dead_count() == 2
    yield
    queue._handlers.pop("test.mended", None)


def test_stuck_work_is_seen_tried_again_and_done_once(visitor: VisitorMaker, stuck: None) -> None:
    one = visitor(Role.OWNER)
    one.go("/account/")
    expect(one.page.get_by_role("link", name="Stuck work")).to_contain_text("2")
    one.page.get_by_role("link", name="Stuck work").click()
    expect(one.page.locator(".error-line").first).to_contain_text("test.mended")
    one.page.get_by_text("The whole error").first.click()
    one.examine()

    one.page.get_by_role("button", name="Drop", exact=True).last.click()
    expect(one.page.get_by_role("dialog", name="Drop this job?")).to_be_visible()
    one.examine()
    one.page.keyboard.press("Escape")
    assert queue.dead_count() == 2
    one.page.get_by_role("button", name="Drop", exact=True).last.click()
    one.page.get_by_role("dialog").get_by_role("button", name="Drop").click()
    expect(one.page.get_by_text("1 job was dropped.")).to_be_visible()

    queue.register(queue.Handler(name="test.mended", run=_do))
    one.page.get_by_role("button", name="Try again").click()
    expect(one.page.get_by_text("1 job is tried again.")).to_be_visible()
    expect(one.page.get_by_text("Nothing is stuck")).to_be_visible()
    queue.drain(clock.now, names=["test.mended"])
    assert DONE == ["one"]


def test_all_stuck_work_is_tried_again_at_once(visitor: VisitorMaker, stuck: None) -> None:
    queue.register(queue.Handler(name="test.mended", run=_do))
    one = visitor(Role.OWNER, is_phone=True, language="ru", theme="dark")
    one.go("/system/stuck/")
    one.examine()
    one.page.get_by_role("button", name="Повторить все").click()
    expect(one.page.get_by_text("2 задания выполняются снова.")).to_be_visible()
    queue.drain(clock.now, names=["test.mended"])
    assert sorted(DONE) == ["one", "two"]


def test_roles_are_given_accounts_closed_and_the_last_owner_stays(visitor: VisitorMaker) -> None:
    member(Role.SELLER, name="Boris Seller")
    one = visitor(Role.OWNER)
    one.go("/team/")
    one.examine()
    row = one.page.get_by_role("listitem").filter(has_text="Boris Seller")
    row.get_by_label("Role of Boris Seller").select_option("support")
    row.get_by_role("button", name="Save").click()
    expect(one.page.get_by_text("Boris Seller now has the role “Support”.")).to_be_visible()

    row.get_by_label("More about Boris Seller").click()
    row.get_by_role("button", name="Close the account").first.click()
    one.page.get_by_role("dialog").get_by_role("button", name="Close the account").click()
    expect(one.page.get_by_text("Boris Seller can no longer sign in.")).to_be_visible()
    one.page.get_by_role("button", name="Open again").click()
    expect(one.page.get_by_text("Boris Seller can sign in again.")).to_be_visible()

    own = one.page.get_by_role("listitem").filter(has_text="owner@example.com")
    own.get_by_label("Role of").select_option("seller")
    own.get_by_role("button", name="Save").click()
    expect(one.page.get_by_role("alert")).to_contain_text("This is the last owner")

    one.go("/system/audit/")
    changed = one.page.get_by_role("row").filter(has_text="Staff: role changed")
    expect(changed).to_contain_text("Boris Seller")
    expect(changed.locator("del")).to_have_text("Seller")
    expect(changed.locator("ins")).to_have_text("Support")
    one.page.get_by_label("What", exact=True).select_option("staff.closed")
    expect(one.page.locator("tbody tr")).to_have_count(1)
    assert "verb=staff.closed" in one.page.url
    one.page.get_by_label("From").fill("2030-01-01")
    expect(one.page.get_by_text("Nothing fits")).to_be_visible()
    one.examine()


def test_a_role_changed_by_two_at_once_is_not_overwritten(visitor: VisitorMaker) -> None:
    from regulars.foundation.actors import Actor
    from regulars.shop import actions

    seller = member(Role.SELLER, name="Boris Seller")
    one = visitor(Role.OWNER)
    one.expected.add(409)
    one.go("/team/")
    actions.change_role(staff_id=seller, role=Role.ANALYST, by=Actor.system("test"), now=clock.now())
    row = one.page.get_by_role("listitem").filter(has_text="Boris Seller")
    row.get_by_label("Role of Boris Seller").select_option("support")
    row.get_by_role("button", name="Save").click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("It has changed meanwhile")
    one.examine()
    one.page.get_by_role("button", name="Try again").click()
    row = one.page.get_by_role("listitem").filter(has_text="Boris Seller")
    expect(row.get_by_label("Role of Boris Seller")).to_have_value("analyst")
