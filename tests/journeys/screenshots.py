"""`make screenshots`: builds the sample shop in a new folder, opens it and writes the README's pictures to docs/images.

One set for each language: the Russian shop sells to Russian people, the English one to English people.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs/images"
ADDRESS = "http://localhost:8198"
DESK, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}
# name → path, screen, theme
PICTURES = {
    "today": ("/", DESK, "light"),
    "leavers": ("/insight/leaving/", DESK, "light"),
    "customer": ("/insight/leaving/", DESK, "light"),
    "product": ("/products/", DESK, "light"),
    "trust": ("/insight/trust/", DESK, "light"),
    "cohorts": ("/retention/", DESK, "dark"),
    "stages": ("/insight/stages/", DESK, "light"),
    "import": ("/imports/", DESK, "light"),
    "phone": ("/", PHONE, "dark"),
}
# From these lists the picture goes on to the first thing in them.
FOLLOWED = {"customer": "main table a[href*='/customers/']", "product": "main table a[href*='/products/']"}
# What tills write: decimal commas, a cancelled invoice, a guest, a price that is none.
FILES = {
    "en": (
        "orders.csv",
        "Invoice;Date;SKU;Product;Quantity;Price;Customer ID;Email\n"
        "50011;03.11.2026 10:12;TEA-01;Sencha, 100 g;2;7,50;C-17;daisy@example.com\n"
        "50011;03.11.2026 10:12;CUP-04;Cup with a lid;1;12,00;C-17;daisy@example.com\n"
        "50012;03.11.2026 11:40;COF-02;Arabica, 250 g;1;9,90;;\n"
        "50013;04.11.2026 09:05;TEA-07;Jasmine, 50 g;3;5,20;C-21;robin@example.com\n"
        "C50014;04.11.2026 15:30;CUP-04;Cup with a lid;-1;12,00;C-17;daisy@example.com\n"
        "50015;05.11.2026 12:00;TEA-01;Sencha, 100 g;1;free;C-30;wren@example.com\n",
    ),
    "ru": (
        "заказы.csv",
        "Номер заказа;Дата;Артикул;Товар;Количество;Цена;Код покупателя;Почта\n"
        "50011;03.11.2026 10:12;ЧАЙ-01;Сенча, 100 г;2;750,50;К-17;vera@example.ru\n"
        "50011;03.11.2026 10:12;ЧШК-04;Чашка с крышкой;1;1 200,00;К-17;vera@example.ru\n"
        "50012;03.11.2026 11:40;КОФ-02;Арабика, 250 г;1;990,00;;\n"
        "50013;04.11.2026 09:05;ЧАЙ-07;Жасминовый, 50 г;3;520,00;К-21;oleg@example.ru\n"
        "C50014;04.11.2026 15:30;ЧШК-04;Чашка с крышкой;-1;1 200,00;К-17;vera@example.ru\n"
        "50015;05.11.2026 12:00;ЧАЙ-01;Сенча, 100 г;1;даром;К-30;anna@example.ru\n",
    ),
}


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    for language in ("en", "ru"):
        home = Path(tempfile.mkdtemp(prefix="regulars-pictures-"))
        os.environ.update(REGULARS_HOME=str(home), REGULARS_LANGUAGE=language)
        try:
            _regulars("demo", "--no-serve", "--language", language)
            with _desk():
                _take(language)
        finally:
            shutil.rmtree(home, ignore_errors=True)


def _regulars(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "regulars", *arguments], check=True, cwd=ROOT)


@contextmanager
def _desk() -> Iterator[None]:
    command = [sys.executable, "-m", "regulars", "serve", "--port", ADDRESS.rpartition(":")[2]]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _wait_for(server)
        yield
    finally:
        server.terminate()
        server.wait(30)


def _wait_for(server: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        try:
            urlopen(f"{ADDRESS}/readyz", timeout=1)  # noqa: S310 - our own server
            return
        except OSError:
            if server.poll() is not None:
                break
            time.sleep(0.5)
    raise SystemExit("the desk did not start")


def _take(language: str) -> None:
    # In a process of its own: the settings read REGULARS_HOME only once.
    subprocess.run([sys.executable, "-m", "tests.journeys.screenshots", language], check=True, cwd=ROOT)


def take(language: str) -> None:
    """The pictures of the shop that is being served, in one language."""
    os.environ.update(DJANGO_SETTINGS_MODULE="regulars.project.settings", DJANGO_ALLOW_ASYNC_UNSAFE="1")
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client
    from playwright.sync_api import sync_playwright

    from regulars.foundation import clock
    from regulars.foundation.actors import Actor
    from regulars.shop import actions

    by, now = Actor.system("pictures"), clock.now()
    owner_name = "Анна Чайкина" if language == "ru" else "Anna Finch"
    owner = actions.create_owner(email="owner@example.com", name=owner_name, password=None, by=by, now=now)
    client = Client()
    client.force_login(
        get_user_model().objects.get(pk=owner), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for picture, (path, screen, theme) in PICTURES.items():
            actions.change_profile(staff_id=owner, language=language, theme=theme, by=by, now=now)
            context = browser.new_context(viewport=screen, device_scale_factor=1.5, reduced_motion="reduce")  # type: ignore[arg-type]
            context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": ADDRESS}])
            page = context.new_page()
            answer = page.goto(ADDRESS + path)
            assert answer is not None
            assert answer.status == 200, (path, answer.status)
            if picture in FOLLOWED:
                page.locator(FOLLOWED[picture]).first.click()
            if picture == "import":
                name, text = FILES[language]
                page.locator("input[type=file]").set_input_files(
                    files={"name": name, "mimeType": "text/csv", "buffer": text.encode()}
                )
                page.locator("form.import-drop button").click()
                page.locator("button[value=start]").first.wait_for()
            page.wait_for_load_state("networkidle")
            page.screenshot(path=IMAGES / f"{picture}-{language}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        take(sys.argv[1])
    else:
        main()
