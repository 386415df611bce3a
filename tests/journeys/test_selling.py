"""A seller takes an enquiry to an order and a line comes back."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from regulars.commerce.actions import catalogue
from regulars.commerce.queries.enquiries import EnquiryFilters, EnquiryState, enquiries_page
from regulars.commerce.queries.orders import order_of
from regulars.commerce.rules import EnquiryOutcome
from regulars.customers.actions.profile import register_customer
from regulars.customers.rules import Person
from regulars.foundation import clock
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions as shop
from tests.journeys.conftest import VisitorMaker

BY = Actor.system("test")


def open_shop() -> None:
    """Two teas on sale, and Anna, who has never bought."""
    now = clock.now() - timedelta(days=1)
    shop.set_up_shop(name="Chai", base_currency="RUB", time_zone="Europe/Moscow", language="en", by=BY, now=now)
    for name, sku, price_minor in (("Sencha", "SEN-100", 350_00), ("Oolong", "OOL-50", 520_00)):
        product_id = catalogue.add_product(name=name, by=BY, now=now)
        catalogue.add_variant(
            product_id=product_id, source="desk", sku=sku, currency="RUB", price_minor=price_minor, by=BY, now=now
        )
    register_customer(person=Person(first_name="Anna", last_name="Petrova"), source="desk", by=BY, now=now)


def write_down(page: Page) -> None:
    page.get_by_role("link", name="New enquiry").first.click()
    page.get_by_label("Name", exact=True).fill("Anna")
    page.get_by_label("What they want").fill("Tea for twenty people")
    page.get_by_role("button", name="Take down").click()
    expect(page.get_by_text("The enquiry is taken down.")).to_be_visible()


def add(page: Page, text: str, name: str) -> None:
    page.get_by_label("Add a product").press_sequentially(text)
    page.locator("#found-goods").get_by_role("button", name=name).click()
    expect(page.locator(".order-line-name").filter(has_text=name)).to_be_visible()


def test_a_seller_takes_an_enquiry_to_an_order_and_a_line_comes_back(visitor: VisitorMaker) -> None:
    open_shop()
    seller = visitor(Role.SELLER)
    page = seller.page

    seller.go("/enquiries/")
    write_down(page)
    page.get_by_role("button", name="Contacted").click()
    expect(page.get_by_text("Step: Contacted.")).to_be_visible()
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name="Anna Petrova").click()
    expect(page.get_by_text("The enquiry is this customer’s now.")).to_be_visible()
    seller.examine()
    seller.shot("enquiry")

    page.get_by_role("link", name="Take the order").click()
    expect(page.get_by_role("link", name="Anna Petrova")).to_be_visible()
    add(page, "sen", "Sencha")
    add(page, "OOL-50", "Oolong")
    page.get_by_label("Quantity").first.fill("2")
    page.get_by_label("Discount on the whole order").fill("122")
    page.get_by_label("Discount on the whole order").press("Tab")
    page.get_by_label("Quantity").first.focus()
    page.get_by_label("Quantity").first.blur()
    seller.examine()
    seller.shot("order-form")
    page.get_by_role("button", name="Place the order").click()
    expect(page.get_by_text("The order is placed.")).to_be_visible()
    expect(page.get_by_text("₽1,098.00")).to_be_visible()

    [enquiry] = enquiries_page(filters=EnquiryFilters(state=EnquiryState.ALL), now=clock.now()).rows
    assert enquiry.outcome == EnquiryOutcome.WON
    assert enquiry.order_id is not None

    page.get_by_role("button", name="Mark as paid").click()
    expect(page.get_by_text("Status: Paid.")).to_be_visible()
    page.get_by_role("link", name="Take goods back").click()
    page.get_by_label("How much of Sencha comes back").fill("3")
    seller.expected = {422}
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("only 2 can still come back")).to_be_visible()
    page.get_by_label("How much of Sencha comes back").fill("1")
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_text("The goods are taken back.")).to_be_visible()
    seller.examine()
    seller.shot("order")

    order = order_of(enquiry.order_id)
    assert order
    assert (order.row.total_minor, order.row.returned_minor, order.row.customer_id) == (
        1098_00,
        315_00,
        enquiry.customer_id,
    )


def test_lines_are_taken_out_and_the_sum_follows(visitor: VisitorMaker) -> None:
    open_shop()
    seller = visitor(Role.SELLER, is_phone=True, theme="dark")
    page = seller.page
    seller.go("/orders/new")
    add(page, "sen", "Sencha")
    add(page, "oolong", "Oolong")
    expect(page.locator("#totals")).to_contain_text("₽870.00")
    page.get_by_label("Quantity").nth(1).fill("1,5")
    page.get_by_label("Quantity").nth(1).press("Tab")
    expect(page.locator("#totals")).to_contain_text("₽1,130.00")
    page.get_by_role("button", name="Take out Sencha").click()
    expect(page.locator("#totals")).to_contain_text("₽780.00")
    page.get_by_label("Find a customer").press_sequentially("petr")
    page.get_by_role("button", name="Anna Petrova").click()
    expect(page.get_by_role("link", name="Anna Petrova")).to_be_visible()
    expect(page.get_by_label("Quantity")).to_have_value("1,5")
    seller.examine()
