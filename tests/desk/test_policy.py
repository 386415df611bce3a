"""What every answer carries, and pages for what goes wrong."""

from unittest.mock import patch

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from regulars.foundation.access import Role
from tests.desk.test_access import staff_client


@pytest.mark.django_db
def test_nothing_inline_and_nothing_from_elsewhere_is_permitted() -> None:
    for path in ("/account/login/", "/account/invitation/x/", "/nowhere/"):
        policy = Client().get(path)["Content-Security-Policy"]
        assert "unsafe" not in policy
        directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert directives["default-src"] == directives["script-src"] == directives["style-src"] == "'self'"
        assert directives["frame-ancestors"] == "'none'"


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("en", "There is nothing here"), ("ru", "Здесь ничего нет")])
def test_pages_of_errors_speak_both_languages(language: str, title: str) -> None:
    answer = Client().get("/nowhere/", headers={"accept-language": language})
    assert answer.status_code == 404
    assert title in answer.content.decode()


@pytest.mark.django_db
def test_a_cursor_that_we_never_gave_is_a_bad_address() -> None:
    answer = staff_client(Role.OWNER).get("/system/audit/?cursor=nonsense")
    assert answer.status_code == 400


@pytest.mark.django_db
def test_a_locked_database_asks_to_come_back() -> None:
    client = staff_client(Role.OWNER)
    with patch("regulars.foundation.queue.dead_jobs", side_effect=OperationalError("database is locked")):
        answer = client.get("/system/stuck/")
        piece = client.get("/system/stuck/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert "<html" in answer.content.decode()
    assert "<html" not in piece.content.decode()


@pytest.mark.django_db
def test_other_faults_of_the_database_are_not_called_busy() -> None:
    client = staff_client(Role.OWNER)
    client.raise_request_exception = False
    with patch("regulars.foundation.queue.dead_jobs", side_effect=OperationalError("disk I/O error")):
        answer = client.get("/system/stuck/", headers={"accept-language": "ru"})
    assert answer.status_code == 500
    assert "Что-то пошло не так" in answer.content.decode()


@pytest.mark.django_db
def test_the_last_resort_stands_when_templates_are_broken_too() -> None:
    client = staff_client(Role.OWNER)
    client.raise_request_exception = False
    broken = patch("regulars.desk.errors.render_to_string", side_effect=RuntimeError)
    with patch("regulars.foundation.queue.dead_jobs", side_effect=RuntimeError), broken:
        answer = client.get("/system/stuck/", headers={"accept-language": "en"})
    assert answer.status_code == 500
    assert answer.content.decode().startswith("Something went wrong")


@pytest.mark.django_db
def test_a_form_without_its_token_is_refused_kindly() -> None:
    answer = Client(enforce_csrf_checks=True).post("/account/login/", headers={"accept-language": "en"})
    assert answer.status_code == 403
    assert "This form is out of date" in answer.content.decode()


@pytest.mark.django_db
def test_the_language_and_theme_are_kept_with_the_person() -> None:
    client = staff_client(Role.SELLER)
    client.post("/desk/language", {"language": "ru", "next": "/account/"})
    client.post("/desk/theme", {"theme": "dark", "next": "https://evil.example/"})
    page = client.get("/account/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="ru" data-theme-choice="dark">' in page


@pytest.mark.django_db
def test_nobody_is_led_away_by_the_switches() -> None:
    answer = Client().post("/desk/theme", {"theme": "dark", "next": "https://evil.example/"})
    assert answer["Location"] == "/"


@pytest.mark.django_db
def test_a_language_that_we_do_not_speak_changes_nothing() -> None:
    client = staff_client(Role.SELLER)
    client.post("/desk/language", {"language": "xx"})
    assert '<html lang="en"' in client.get("/account/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.django_db
def test_guessing_passwords_is_slowed_down_in_all_processes_together() -> None:
    cache.clear()
    staff_client(Role.OWNER)
    guess = {"login": "owner@example.com", "password": "wrong"}
    answers = [Client().post("/account/login/", guess, headers={"accept-language": "en"}) for _ in range(7)]
    refused = [answer for answer in answers if "Too many failed login attempts" in answer.content.decode()]
    assert len(refused) == 2, "five wrong guesses are answered, then none"
    assert b"project_cache" in str(cache._table).encode(), "the count is in the database, not in this process"
    cache.clear()
