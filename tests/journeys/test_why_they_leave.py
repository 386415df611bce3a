"""An owner sees that churn is the problem, finds the first product that makes regulars, and prints the report."""

from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import expect

from regulars.commerce.models import Product
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.insight.actions.analysing import analyse
from regulars.shop import actions as shop
from tests.insight.conftest import parquet  # noqa: F401 - a fixture
from tests.insight.shops import NOW, Bought, Line, at, load
from tests.journeys.conftest import VisitorMaker

DAYS = 420
# Of those who begin with it, this share comes again, and then every three weeks.
BEGINNINGS = {"Milk oolong": 0.8, "Gift box": 0.15, "Porcelain cup": 0.15}


@pytest.fixture
def leaving_shop(transactional_db: None, parquet: Path) -> None:  # noqa: F811
    """Newcomers in plenty of whom few come back, unless they began with milk oolong; some regulars fell silent."""
    by = Actor.system("test")
    shop.set_up_shop(name="The Tea Shop", base_currency="GBP", time_zone="Europe/London", language="en", country="GB",
                     by=by, now=at(-40))  # fmt: skip
    random = Random(7)
    bought = []
    for customer in range(270):
        product = customer % len(BEGINNINGS)
        day, stays = random.randrange(300), random.random() < [*BEGINNINGS.values()][product]
        last = random.randrange(day + 60, DAYS + 1) if random.random() < 0.4 else DAYS
        bought.append(Bought(customer, day, (Line(product, 4000),)))
        while stays and (day := day + random.randint(15, 27)) < last:
            bought.append(Bought(customer, day, (Line(random.randrange(3), random.randrange(2000, 6000)),)))
    loaded = load(bought, kinds=("goods",) * len(BEGINNINGS), now=NOW)
    for id_, name in zip(loaded.products, BEGINNINGS, strict=True):
        Product.objects.filter(id=id_).update(name=name, search_text=name.casefold())
    analyse(by=by, clock=clock)


def clock() -> datetime:
    return NOW


def test_an_owner_finds_what_makes_regulars_and_prints_it(visitor: VisitorMaker, leaving_shop: None) -> None:
    owner = visitor(Role.OWNER)
    page = owner.page

    owner.go("/")
    page.get_by_role("link", name="Report", exact=True).first.click()
    churn = page.get_by_role("listitem").filter(has_text="Lead more customers to the second purchase")
    expect(churn).to_contain_text("of 100 go on within 90 days")
    owner.examine()

    churn.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Who comes back", level=1)).to_be_visible()
    owner.examine()

    page.get_by_role("link", name="First purchase").first.click()
    best = page.locator("tbody tr").filter(has_text="more than usual")
    expect(best).to_have_count(1)
    expect(best).to_contain_text("Milk oolong")
    owner.examine()

    best.get_by_role("link", name="Milk oolong").click()
    first = page.locator("#first-purchase")
    expect(first).to_contain_text("more than usual")
    first.get_by_role("button", name="What does “As a first purchase” mean?").click()
    expect(first.get_by_text("to be certain, try it")).to_be_visible()
    page.keyboard.press("Escape")
    expect(first.get_by_text("to be certain, try it")).to_be_hidden()
    owner.examine()

    page.get_by_role("link", name="How sure we are").first.click()
    expect(page.get_by_role("heading", name="Does what is said come true?")).to_be_visible()
    expect(page.get_by_text("in use").first).to_be_visible()
    owner.examine()

    page.get_by_role("link", name="Quiet leavers").first.click()
    expect(page.locator("tbody tr").first).to_contain_text("come back")
    page.locator("tbody tr a").first.click()
    expect(page.get_by_role("heading", name="Will they come back, and why")).to_be_visible()
    expect(page.locator("[data-drawn] canvas").first).to_be_visible()
    owner.examine()

    page.get_by_role("link", name="Report", exact=True).first.click()
    expect(page.get_by_text("Put “Milk oolong” forward for newcomers")).to_be_visible()
    with page.expect_download() as printed:
        page.get_by_role("link", name="PDF", exact=True).click()
    assert printed.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as kept:
        page.get_by_role("link", name="HTML", exact=True).click()
    document = kept.value.path().read_text()
    assert "Milk oolong" in document
    assert "quiet leaver" in document.lower()
