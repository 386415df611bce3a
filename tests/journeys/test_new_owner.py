"""A new owner imports orders and finds the customers he is about to lose."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_uppercase

import pytest
from playwright.sync_api import expect

from regulars.foundation import clock, queue
from regulars.foundation.actors import Actor
from regulars.project.owner import first_owner_link
from regulars.shop import actions as shop
from tests.journeys.conftest import VisitorMaker

LAST_DAY = datetime(2026, 6, 30, 12, tzinfo=UTC)
# Who stopped coming, days ago; all bought every two weeks before. The dearest first.
SILENT = {"Vera Orlova": (27, "64.00"), "Pavel Gusev": (29, "31.00")}


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    """Customers who come every fortnight; two of them have missed a visit."""
    path = tmp_path / "orders-from-the-till.csv"
    people = [(f"Guest {letter}avel", 0, "20.00") for letter in ascii_uppercase]
    people += [(name, silent_days, price) for name, (silent_days, price) in SILENT.items()]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Order", "Date", "SKU", "Product", "Quantity", "Price", "Customer ID", "Customer", "Email"])
        number = 0
        for who, (name, silent_days, price) in enumerate(people):
            for visit in range(14):
                number += 1
                at = LAST_DAY - timedelta(days=silent_days + 14 * visit + (visit * who) % 4, minutes=who)
                mail = f"{name.lower().replace(' ', '.')}@example.com"
                order = [f"{number}", f"{at:%Y-%m-%d %H:%M}", "OOLONG", "Oolong tea", "1", price]
                writer.writerow([*order, f"C{who}", name, mail])
    return path


def test_a_new_owner_finds_whom_he_is_about_to_lose(db: None, visitor: VisitorMaker, orders_file: Path) -> None:
    shop.set_up_shop(
        name="The Tea Shop",
        base_currency="GBP",
        time_zone="Europe/London",
        language="en",
        country="GB",
        by=Actor.system("test"),
        now=clock.now(),
    )
    owner = visitor()
    page = owner.page
    link = first_owner_link(owner.address)
    assert link is not None
    page.goto(link)
    page.get_by_label("E-mail").fill("owner@example.com")
    page.get_by_label("Password").fill("steeped in the evening")
    page.get_by_role("button", name="Join").click()

    owner.go("/")
    expect(page.get_by_role("heading", name="First steps")).to_be_visible()
    owner.examine()
    page.locator("main a.btn-primary").first.click()

    page.get_by_label("Choose a file, or drop it here").set_input_files(orders_file)
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("button", name="Start the import").first.click()
    queue.drain(clock.now, names=["commerce.import"])
    expect(page.get_by_role("heading", name="Where each row went")).to_be_visible()
    # What the worker does by itself after an import: deliver the news, and analyse.
    queue.drain(clock.now)

    owner.go("/")
    expect(page.get_by_role("heading", name="Look at them today")).to_be_visible()
    owner.examine()
    page.get_by_role("link", name="Quiet leavers").first.click()
    names = page.locator("tbody tr td:first-child, tbody tr th[scope=row]")
    # Lists name people as they are sorted.
    expect(names).to_have_text([" ".join(reversed(name.split())) for name in SILENT])
    expect(page.locator("tbody tr").first).to_contain_text("silent for 2")
    owner.examine()

    page.get_by_role("link", name="Orlova Vera").click()
    expect(page.get_by_role("heading", name="Vera Orlova")).to_be_visible()
    expect(page.get_by_text("Leaving").first).to_be_visible()
    expect(page.get_by_text("vera.orlova@example.com").first).to_be_visible()
    owner.examine()
