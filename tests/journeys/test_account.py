"""Invited, signed in by password, passkey and authenticator app, signed out everywhere."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from regulars.foundation.access import Role
from tests.journeys.conftest import PASSWORD, Visitor, VisitorMaker, member


def sign_in(one: Visitor, email: str, password: str = PASSWORD) -> None:
    one.go("/account/login/?next=/account/security/")
    one.page.get_by_label("E-mail").fill(email)
    one.page.get_by_label("Password", exact=True).fill(password)
    one.page.get_by_role("button", name="Sign in", exact=True).click()


def prove(one: Visitor) -> None:
    """Ways to sign in are changed only by who has just shown that he is himself."""
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Is it you?")
    one.examine()
    one.page.get_by_label("Password").fill(PASSWORD)
    one.page.get_by_role("button", name="Confirm").click()


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_an_owner_invites_a_seller_who_comes_in_by_the_link_once(visitor: VisitorMaker) -> None:
    owner, seller = visitor(Role.OWNER), visitor()
    owner.expected.add(422)
    owner.go("/team/")
    owner.page.get_by_role("link", name="Invite").click()
    owner.examine()
    owner.page.get_by_role("button", name="Make the link").click()
    owner.page.get_by_text("This field is required").first.wait_for()
    owner.page.get_by_label("Name").fill("Marie Blanc")
    owner.page.get_by_label("E-mail").fill("marie@example.com")
    owner.page.get_by_label("Role").select_option("seller")
    owner.page.get_by_role("button", name="Make the link").click()
    link = owner.page.get_by_label("One-time link").input_value()
    owner.examine()

    path = link.removeprefix(seller.address)
    seller.go(path)
    seller.examine()
    seller.page.get_by_label("Password").fill("1234567890")
    seller.page.get_by_role("button", name="Join").click()
    expect(seller.page.get_by_role("alert")).to_contain_text("too common")
    seller.page.get_by_label("Password").fill("a spoon for each cup")
    seller.page.get_by_role("button", name="Join").click()
    expect(seller.page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")
    assert not seller.page.get_by_role("link", name="Staff and roles").is_visible()

    seller.context.clear_cookies()
    seller.expected.add(410)
    seller.go(path)
    expect(seller.page.get_by_role("heading", level=1)).to_have_text("This link is no longer good")
    sign_in(seller, "marie@example.com", "a spoon for each cup")
    expect(seller.page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")


def test_an_authenticator_app_is_asked_for_its_code_and_recovery_codes_help(visitor: VisitorMaker) -> None:
    member(Role.OWNER)
    one = visitor()
    sign_in(one, "owner@example.com")
    one.page.get_by_role("link", name="Set up", exact=True).click()
    prove(one)
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Set up an authenticator app")
    one.examine()
    secret = one.page.locator("#authenticator_secret").input_value()
    one.page.get_by_label("Code", exact=True).fill(code_of(secret))
    one.page.get_by_role("button", name="Switch on").click()
    codes = re.findall(r"\w{8,}", one.page.locator(".codes").inner_text())
    assert len(codes) == 10
    one.examine()

    one.context.clear_cookies()
    sign_in(one, "owner@example.com")
    expect(one.page.get_by_role("heading", level=1)).to_have_text("One more step")
    one.examine()
    one.page.get_by_label("Code").fill(codes[0])
    one.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")
    expect(one.page.get_by_text("9 codes left")).to_be_visible()
    one.page.get_by_role("link", name="Switch off").click()
    prove(one)
    one.page.get_by_role("button", name="Switch off").click()
    expect(one.page.get_by_role("link", name="Set up")).to_be_visible()


def test_a_passkey_lets_one_in_without_a_password(visitor: VisitorMaker) -> None:
    member(Role.OWNER)
    one = visitor()
    devtools = one.context.new_cdp_session(one.page)
    devtools.send("WebAuthn.enable")
    authenticator = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
    sign_in(one, "owner@example.com")
    one.page.get_by_role("link", name="Add", exact=True).click()
    prove(one)
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Add a passkey")
    one.examine()
    one.page.get_by_label("Name of the passkey").fill("Laptop")
    one.page.get_by_label("Sign in by it alone").check()
    one.page.get_by_role("button", name="Add").click()
    one.page.locator(".codes").wait_for()
    one.go("/account/security/mfa/webauthn/")
    expect(one.page.get_by_text("Laptop")).to_be_visible()
    one.examine()

    one.context.clear_cookies()
    one.go("/account/login/?next=/account/security/")
    one.page.get_by_role("button", name="With a passkey").click()
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")


def test_one_signs_out_everywhere_else(visitor: VisitorMaker) -> None:
    member(Role.OWNER)
    here, there = visitor(), visitor(is_phone=True)
    sign_in(there, "owner@example.com")
    expect(there.page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")
    sign_in(here, "owner@example.com")
    here.page.get_by_role("link", name="Show").last.click()
    expect(here.page.get_by_text("Chrome · Linux")).to_have_count(2)
    here.examine()
    here.page.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.page.get_by_text("Chrome · Linux")).to_have_count(1)
    there.go("/account/security/")
    expect(there.page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_password_is_changed_after_the_old_one_is_given(visitor: VisitorMaker) -> None:
    member(Role.OWNER)
    one = visitor()
    sign_in(one, "owner@example.com")
    one.page.get_by_role("link", name="Change", exact=True).click()
    one.page.get_by_label("Password until now").fill("wrong")
    one.page.get_by_label("New password", exact=True).fill("leaves of the second flush")
    one.page.get_by_label("New password once more").fill("leaves of the second flush")
    one.page.get_by_role("button", name="Change").click()
    expect(one.page.locator(".form-error")).to_be_visible()
    one.examine()
    one.page.get_by_label("Password until now").fill(PASSWORD)
    one.page.get_by_label("New password", exact=True).fill("leaves of the second flush")
    one.page.get_by_label("New password once more").fill("leaves of the second flush")
    one.page.get_by_role("button", name="Change").click()
    one.page.wait_for_load_state()
    one.context.clear_cookies()
    sign_in(one, "owner@example.com", "leaves of the second flush")
    expect(one.page.get_by_role("heading", level=1)).to_have_text("Sign-in and security")
