"""What stands around every page: sign-in, language, theme, keys, menus."""

from playwright.sync_api import expect

from regulars.foundation.access import Role
from tests.journeys.conftest import PASSWORD, VisitorMaker, member


def test_one_signs_in_by_password_and_out_again(visitor: VisitorMaker) -> None:
    member(Role.OWNER)
    one = visitor()
    one.go("/account/")
    one.examine()
    one.page.get_by_label("E-mail").fill("owner@example.com")
    one.page.get_by_label("Password", exact=True).fill(PASSWORD)
    one.page.get_by_role("button", name="Sign in", exact=True).click()
    one.page.wait_for_url("**/account/")
    assert one.page.get_by_role("heading", level=1).inner_text() == "Profile"
    one.page.get_by_label("Your account").click()
    one.page.get_by_role("button", name="Sign out").click()
    one.page.wait_for_url("**/login/**")


def test_a_wrong_password_says_so_and_lets_nobody_in(visitor: VisitorMaker) -> None:
    member(Role.OWNER)
    one = visitor(language="ru")
    one.go("/account/login/")
    one.page.get_by_label("Эл. почта").fill("owner@example.com")
    one.page.get_by_label("Пароль", exact=True).fill("не тот пароль")
    one.page.get_by_role("button", name="Войти", exact=True).click()
    expect(one.page.get_by_role("alert")).to_be_visible()
    one.examine()
    assert one.go("/account/").url.startswith(f"{one.address}/account/login/")


def test_the_language_is_changed_and_stays(visitor: VisitorMaker) -> None:
    one = visitor(Role.OWNER)
    one.go("/account/")
    one.page.get_by_role("button", name="Русский").click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Профиль")
    expect(one.page.locator("html")).to_have_attribute("lang", "ru")
    one.context.clear_cookies(name="django_language")
    one.go("/account/security/")
    assert one.page.locator("html").get_attribute("lang") == "ru", "it is kept with the person, not with the browser"


def test_the_theme_goes_round_light_dark_and_the_devices(visitor: VisitorMaker) -> None:
    one = visitor(Role.OWNER, theme="light")
    one.go("/account/")
    html = one.page.locator("html")
    expect(html).to_have_attribute("data-bs-theme", "light")
    one.page.get_by_role("button", name="Light theme; switch to dark").click()
    expect(html).to_have_attribute("data-bs-theme", "dark")
    one.page.get_by_role("button", name="Dark theme").click()
    expect(html).to_have_attribute("data-theme-choice", "auto")
    one.page.emulate_media(color_scheme="dark")
    expect(html).to_have_attribute("data-bs-theme", "dark")
    one.page.emulate_media(color_scheme="light")
    expect(html).to_have_attribute("data-bs-theme", "light")


def test_keys_reach_search_help_and_content(visitor: VisitorMaker) -> None:
    one = visitor(Role.OWNER)
    one.go("/account/")
    one.page.keyboard.press("Tab")
    assert one.page.evaluate("document.activeElement.className") == "skip-link"
    one.page.keyboard.press("Enter")
    assert one.page.evaluate("document.activeElement.id") == "main"
    one.page.keyboard.press("/")
    assert one.page.evaluate("document.activeElement.id") == "global-search"
    one.page.keyboard.press("Escape")
    one.page.evaluate("document.activeElement.blur()")
    one.page.keyboard.press("?")
    assert one.page.locator("#shortcuts").is_visible()
    one.page.keyboard.press("Escape")
    assert not one.page.locator("#shortcuts").is_visible()


def test_the_menu_of_a_phone_opens_keeps_the_focus_and_closes(visitor: VisitorMaker) -> None:
    one = visitor(Role.OWNER, is_phone=True)
    one.go("/account/")
    sidebar, button = one.page.locator("#sidebar"), one.page.locator(".tabbar").get_by_role("button", name="Menu")
    assert not sidebar.is_visible()
    button.click()
    expect(sidebar.get_by_role("link", name="Staff and roles")).to_be_visible()
    expect(sidebar.get_by_role("button", name="Close")).to_be_focused()
    one.examine()
    one.page.keyboard.press("Escape")
    expect(sidebar).not_to_be_visible()
    expect(button).to_be_focused()
