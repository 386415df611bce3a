"""Who may open what: every address in every role."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from regulars.foundation.access import Permission, Role, may
from regulars.foundation.actors import Actor
from regulars.shop import actions
from tests.desk.addresses import Address, addresses

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OURS = [address for address in addresses() if address.is_ours]
GUARDED = [address for address in OURS if address.access != "public"]


def staff_client(role: Role) -> Client:
    staff_id = actions.add_staff(
        email=f"{role}@example.com", name=role.title(), role=role, by=Actor.system("test"), now=NOW
    )
    client = Client()
    client.force_login(get_user_model().objects.get(pk=staff_id))
    return client


@pytest.mark.parametrize("address", OURS, ids=lambda a: a.name)
def test_every_view_says_who_may_open_it(address: Address) -> None:
    assert address.access is not None, "put @requires(…), @signed_in or @public on it"


@pytest.mark.django_db
def test_strangers_are_sent_to_sign_in() -> None:
    client = Client()
    for address in GUARDED:
        answers = [client.get(address.path), client.post(address.path)]
        for answer in answers:
            to_sign_in = answer.status_code == 302 and answer["Location"].startswith("/account/login/")
            assert to_sign_in or answer.status_code == 405, (address.name, answer.status_code)
        assert any(answer.status_code == 302 for answer in answers), address.name


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_each_role_gets_what_it_may_and_nothing_else(role: Role) -> None:
    client = staff_client(role)
    client.raise_request_exception = False
    for address in GUARDED:
        is_permitted = address.access == "signed_in" or may(role, Permission(address.access))
        # A post first: it is what would change something.
        for answer in (client.post(address.path), client.get(address.path)):
            if answer.status_code == 405:
                continue
            assert answer.status_code < 500, (address.name, answer.status_code)
            assert (answer.status_code != 403) == is_permitted, (role, address.name, answer.status_code)


@pytest.mark.django_db
def test_the_page_of_refusal_names_the_right_and_the_owners() -> None:
    staff_client(Role.OWNER)
    answer = staff_client(Role.PRODUCTION).get("/team/", headers={"accept-language": "en"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "Needed: Invite staff and give roles" in text
    assert "Owners: Owner" in text


@pytest.mark.django_db
def test_a_piece_of_a_page_sends_the_whole_page_to_sign_in() -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/team/?q=a"}
    answer = Client().get("/team/", headers=headers)
    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/account/login/?next=/team/%3Fq%3Da"


@pytest.mark.django_db
def test_every_entry_of_the_menu_leads_somewhere_and_shows_only_what_one_may_open() -> None:
    from regulars.desk.navigation import menu_for

    for role in Role:
        client = staff_client(role)
        person = get_user_model().objects.get(role=role)
        for group in menu_for(person, "/"):
            for entry in group.entries:
                assert client.get(entry.url).status_code == 200, (role, entry.url)
