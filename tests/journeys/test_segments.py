"""A marketer builds a segment and sees who is in it."""

import re
from datetime import timedelta
from typing import Any

from playwright.sync_api import expect

from regulars.commerce.actions import catalogue, orders
from regulars.commerce.rules import OrderDraft, OrderLineDraft
from regulars.customers.actions.profile import register_customer
from regulars.customers.rules import Person
from regulars.foundation import clock, queue
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions as shop
from tests.journeys.conftest import VisitorMaker

BY = Actor.system("tests")


def open_shop() -> None:
    """Anna has bought twice this month, Boris once, Vera twice but long ago."""
    now = clock.now()
    shop.set_up_shop(name="Chai", base_currency="RUB", time_zone="Europe/Moscow", language="en", by=BY, now=now)
    product = catalogue.add_product(name="Sencha", by=BY, now=now)
    variant = catalogue.add_variant(
        product_id=product, source="desk", sku="SEN", currency="RUB", price_minor=500_00, by=BY, now=now
    )
    bought = {
        ("Anna", "Petrova", "Kazan"): (3, 10),
        ("Boris", "Kim", "Tula"): (5,),
        ("Vera", "Lisina", "Kazan"): (200, 300),
    }
    for (first, last, city), days in bought.items():
        person = Person(first_name=first, last_name=last, city=city)
        customer = register_customer(person=person, source="desk", by=BY, now=now)
        for ago in days:
            line = OrderLineDraft(variant_id=variant, quantity_milli=1000, unit_price_minor=2_500_00)
            draft = OrderDraft(
                source="desk", number=f"{first}-{ago}", customer_id=customer, placed_at=now - timedelta(days=ago),
                currency="RUB", lines=(line,),
            )  # fmt: skip
            orders.place_order(draft=draft, by=BY, now=now)


def work() -> None:
    queue.drain(clock.now, names=["audience.build_segment", "audience.follow_changes", "audience.retest"])


def choose(page: Any, place: int, what: str) -> None:
    page.get_by_label("What is asked").nth(place).select_option(label=what)


def test_a_marketer_builds_a_segment_and_sees_who_is_in_it(visitor: VisitorMaker) -> None:
    open_shop()
    marketer = visitor(Role.MARKETER)
    page = marketer.page
    marketer.go("/segments/")
    page.get_by_role("link", name="New segment").first.click()
    expect(page.locator("[data-count]")).to_have_text("3 customers")
    expect(page.locator("[data-sentence]")).to_have_text("All customers.")
    page.get_by_role("button", name="Condition").click()
    choose(page, 0, "Order")
    page.get_by_label("How it is compared").select_option(label="who ordered: a number of times")
    page.get_by_label("When").select_option(label="in the last … days")
    expect(page.locator("[data-count]")).to_have_text("1 customer")
    expect(page.locator("[data-sentence]")).to_have_text("Customers who ordered at least 2 times in the last 90 days.")
    page.get_by_role("button", name="Group").click()
    choose(page, 1, "City")
    page.get_by_label("Value").last.select_option("Kazan")
    expect(page.locator("[data-sentence]")).to_contain_text("whose city is Kazan")
    marketer.examine()
    marketer.shot("segment-form")
    page.get_by_label("Name").fill("Come back soon")
    page.get_by_role("button", name="Save the segment").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Come back soon")
    work()
    page.reload()
    expect(page.get_by_role("row", name=re.compile("Petrova Anna"))).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(2)
    marketer.examine()
    marketer.shot("segment")
    page.get_by_role("link", name="Who came and went").click()
    expect(page.get_by_text("found there")).to_be_visible()
    page.get_by_role("link", name="Versions").click()
    expect(page.get_by_text("version 1")).to_be_visible()


def test_what_is_missing_is_said_beside_the_field(visitor: VisitorMaker) -> None:
    open_shop()
    marketer = visitor(Role.MARKETER)
    marketer.expected.add(422)
    page = marketer.page
    marketer.go("/segments/new/")
    page.get_by_role("button", name="Condition").click()
    choose(page, 0, "Revenue")
    page.get_by_label("Name").fill("Rich")
    page.get_by_role("button", name="Save the segment").click()
    expect(page.locator(".cond-row .form-error")).to_contain_text("A number is wanted here.")
    page.get_by_label("Value").fill("1000")
    expect(page.locator(".cond-row .form-error")).to_have_text("")
    expect(page.locator("[data-sentence]")).to_contain_text("at least ₽1,000.00")
    page.get_by_text("Advanced: as JSON").click()
    expect(page.get_by_label("Condition as JSON")).to_have_value(re.compile('"value": 100000'))


def test_the_list_of_customers_is_filtered_by_conditions(visitor: VisitorMaker) -> None:
    open_shop()
    marketer = visitor(Role.MARKETER)
    page = marketer.page
    marketer.go("/customers/")
    expect(page.get_by_role("row")).to_have_count(4)
    page.get_by_text("Conditions", exact=True).click()
    page.get_by_role("button", name="Condition", exact=True).click()
    choose(page, 0, "City")
    page.get_by_label("Value", exact=True).select_option("Kazan")
    expect(page.get_by_role("row")).to_have_count(3)
    page.get_by_role("searchbox", name="Name, telephone, e-mail or outside number").fill("ПЕТР")
    expect(page.get_by_text("Nobody answers to this")).to_be_visible()
    page.get_by_role("searchbox", name="Name, telephone, e-mail or outside number").fill("petr")
    expect(page.get_by_role("row", name=re.compile("Petrova Anna"))).to_be_visible()
    marketer.examine()
    marketer.shot("customers")


def test_the_form_on_a_phone_in_russian_and_dark(visitor: VisitorMaker) -> None:
    open_shop()
    marketer = visitor(Role.MARKETER, is_phone=True, language="ru", theme="dark")
    page = marketer.page
    condition = (
        '{"version":1,"where":{"all":[{"fact":"commerce.order","count":{"op":"at_least","value":2},'
        '"period":{"in_last_days":90},"where":{"column":"channel","op":"is_not","value":"store"}},'
        '{"any":[{"attribute":"audience.stage","op":"is_any_of","value":["loyal","regular"]},'
        '{"attribute":"customers.birthday","op":"in_next_days","value":7}]}]}}'
    )
    marketer.go("/segments/new/?condition=" + condition)
    expect(page.locator("[data-sentence]")).to_contain_text("не меньше 2 раз за последние 90 дней")
    marketer.examine()
    marketer.shot("segment-form-phone-ru-dark")
    marketer.go("/segments/")
    marketer.examine()
    marketer.shot("segments-phone-ru-dark")
    marketer.go("/customers/")
    marketer.examine()
    marketer.shot("customers-phone-ru-dark")
