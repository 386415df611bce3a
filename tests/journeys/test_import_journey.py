"""A new owner imports orders: he brings a file, sees what it holds, starts, watches, and looks at the outcome."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from regulars.commerce.queries.imports import import_runs
from regulars.foundation import clock, queue
from regulars.foundation.access import Role
from regulars.foundation.actors import Actor
from regulars.shop import actions as shop
from tests.journeys.conftest import VisitorMaker


@pytest.fixture
def orders_file(tmp_path: Path) -> Path:
    """A table as a small shop's system writes it: Russian headers, decimal commas, one row that cannot be read."""
    path = tmp_path / "заказы.csv"
    start = datetime(2026, 1, 10, 12, tzinfo=UTC)
    with path.open("w", newline="", encoding="cp1251") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(
            ["Номер заказа", "Дата заказа", "Артикул", "Товар", "Кол-во", "Цена", "Код клиента", "ФИО", "Телефон"]
        )
        for number in range(60):
            who = number % 12
            at = start + timedelta(days=3 * number)
            person = [f"K{who}", f"Петрова Анна{who} Сергеевна", f"+7 916 000-10-{who:02}"]
            writer.writerow([f"{1000 + number}", f"{at:%d.%m.%Y %H:%M}", "TEA-1", "Улун", "2", "1 250,50", *person])
            writer.writerow([f"{1000 + number}", f"{at:%d.%m.%Y %H:%M}", "tea-1", "Улун новый", "1", "990,00", *person])
        writer.writerow(["1060", "01.05.2026 10:00", "TEA-1", "Улун", "-1", "1 250,50", "K3", "", ""])
        writer.writerow(["1061", "01.05.2026 10:00", "TEA-1", "Улун", "1", "бесплатно", "K3", "", ""])
    return path


@pytest.fixture
def tea_shop(db: None) -> None:
    shop.set_up_shop(
        name="Чайная лавка",
        base_currency="RUB",
        time_zone="Europe/Moscow",
        language="en",
        country="RU",
        by=Actor.system("test"),
        now=clock.now(),
    )


def test_a_new_owner_brings_orders(visitor: VisitorMaker, tea_shop: None, orders_file: Path) -> None:
    owner = visitor(Role.OWNER)
    page = owner.page
    owner.go("/imports/")
    expect(page.get_by_text("No imports yet")).to_be_visible()
    owner.examine()
    owner.shot("imports-empty")

    page.get_by_label("Choose a file, or drop it here").set_input_files(orders_file)
    page.get_by_role("button", name="Upload and look").click()
    expect(page.get_by_role("heading", name="заказы.csv")).to_be_visible()
    expect(page.get_by_label("Номер заказа", exact=True)).to_have_value("order_number")
    expect(page.get_by_label("Decimal mark")).to_have_value(",")
    expect(page.get_by_text("The price is not a number.")).to_be_visible()
    owner.examine()
    owner.shot("imports-preview")

    page.get_by_text("Save this as a profile for the next file").click()
    page.get_by_label("Name of the profile").fill("Касса")
    page.get_by_role("button", name="Save the profile").click()
    expect(page.get_by_text("Choose “Касса”")).to_be_visible()
    page.get_by_role("button", name="Start the import").first.click()
    expect(page.get_by_text("A worker takes it up in a moment.")).to_be_visible()
    owner.shot("imports-waiting")

    queue.drain(clock.now, names=["commerce.import"])
    expect(page.get_by_role("heading", name="Where each row went")).to_be_visible()
    run = import_runs().rows[0]
    assert (run.counts["rows"], run.counts["orders"], run.counts["rejected"]) == (122, 60, 1)
    expect(page.get_by_text("бесплатно")).to_be_visible()
    owner.examine()
    owner.shot("imports-done")
    with page.expect_download() as download:
        page.get_by_role("link", name="All of them, as CSV").click()
    assert "бесплатно" in Path(download.value.path()).read_text(encoding="utf-8-sig")

    # The same file again, by the profile, changes nothing.
    owner.go("/imports/")
    owner.shot("imports-list")
    page.get_by_label("How it is read").select_option("Касса")
    page.get_by_label("Choose a file, or drop it here").set_input_files(orders_file)
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("button", name="Start the import").first.click()
    queue.drain(clock.now, names=["commerce.import"])
    expect(page.get_by_role("heading", name="Where each row went")).to_be_visible()
    assert import_runs().rows[0].counts["unchanged"] == 61


@pytest.mark.parametrize(
    ("is_phone", "language", "theme"), [(True, "ru", "dark"), (True, "en", "light"), (False, "ru", "dark")]
)
def test_pages_on_a_phone_and_in_russian(  # noqa: PLR0917
    visitor: VisitorMaker, tea_shop: None, orders_file: Path, is_phone: bool, language: str, theme: str
) -> None:
    owner = visitor(Role.OWNER, is_phone=is_phone, language=language, theme=theme)
    page = owner.page
    name = f"{'phone' if is_phone else 'desk'}-{language}-{theme}"
    owner.go("/imports/")
    owner.examine()
    page.locator("input[type=file]").set_input_files(orders_file)
    page.locator("form.import-drop button").click()
    page.locator("button[value=start]").first.wait_for()
    owner.examine()
    owner.shot(f"imports-preview-{name}")
    page.locator("button[value=start]").first.click()
    queue.drain(clock.now, names=["commerce.import"])
    page.locator(".stats").wait_for()
    owner.examine()
    owner.shot(f"imports-done-{name}")
