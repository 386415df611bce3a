"""Support merges two profiles, sees one history, and undoes it."""

from datetime import timedelta

from playwright.sync_api import expect

from regulars.customers import actions
from regulars.customers.rules import Person
from regulars.foundation import clock
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions as shop
from tests.journeys.conftest import VisitorMaker

BY = Actor.system("test")


def open_shop() -> None:
    """Anna Petrova twice: once from the counter, once from the website, each with a note of its own."""
    now = clock.now() - timedelta(days=1)
    shop.set_up_shop(
        name="Chai", base_currency="RUB", time_zone="Europe/Moscow", language="en", country="RU", by=BY, now=now
    )
    for phone, email, note in (
        ("8 916 123-45-67", "", "Likes oolong"),
        ("8 495 123-45-67", "anna@tea.example", "Asked for a gift box"),
    ):
        person = Person(first_name="Anna", last_name="Petrova", phone=phone, email=email)
        customer_id = actions.register_customer(person=person, source="desk", by=BY, now=now)
        actions.write_note(customer_id=customer_id, text=note, by=BY, now=now)


def test_support_merges_two_profiles_sees_one_history_and_undoes_it(visitor: VisitorMaker) -> None:
    open_shop()
    support = visitor(Role.SUPPORT)
    page = support.page

    support.go("/customers/duplicates/")
    expect(page.get_by_text("the same name, and a number that ends alike")).to_be_visible()
    support.examine()
    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="Merge two profiles")).to_be_visible()
    support.examine()
    page.get_by_role("button", name="Merge", exact=True).click()

    expect(page.get_by_text("The two profiles are one now.")).to_be_visible()
    history = page.locator("#timeline")
    for words in ("Likes oolong", "Asked for a gift box", "Two profiles were merged"):
        expect(history.get_by_text(words).first).to_be_visible()
    expect(page.locator("#contacts").get_by_text("anna@tea.example")).to_be_visible()
    support.examine()
    support.shot("customer-merged")

    page.locator("#merges").get_by_role("button", name="Undo").click()
    page.get_by_role("dialog").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The merge was undone: these are two profiles again.")).to_be_visible()
    expect(page.get_by_text("Asked for a gift box")).to_have_count(0)
    expect(page.get_by_text("This person may have another profile:")).to_be_visible()


def test_a_seller_is_warned_before_adding_a_customer_twice(visitor: VisitorMaker) -> None:
    open_shop()
    seller = visitor(Role.SELLER, is_phone=True, language="ru", theme="dark")
    page = seller.page

    seller.go("/customers/new/")
    page.get_by_label("Телефон").press_sequentially("+7 916 1234567")
    expect(page.get_by_text("Возможно, этот покупатель уже есть:")).to_be_visible()
    seller.examine()
    page.get_by_role("link", name="Anna Petrova").click()
    expect(page.get_by_role("heading", name="Anna Petrova")).to_be_visible()
    seller.examine()
