"""The page that says how sure we are: what it tells of tests on the past, and of a shop that has none yet."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.desk.insight.trust import METHODS, trust_view
from regulars.foundation.access import Role
from regulars.insight.rules.choice import Method
from regulars.shop import actions as shop
from tests.desk.found import publish
from tests.insight.shops import BY, NOW, set_up

SignIn = Callable[[Role], Client]
PATH = "/insight/trust/"


@pytest.fixture
def sign_in(db: None, django_user_model: Any) -> SignIn:
    set_up()

    def make(role: Role) -> Client:
        staff_id = shop.add_staff(
            email=f"{role}@tea.example", name="Olga", role=role, password="correct horse tea", by=BY, now=NOW
        )
        client = Client(headers={"accept-language": "en"})
        client.force_login(
            django_user_model.objects.get(id=staff_id), "allauth.account.auth_backends.AuthenticationBackend"
        )
        return client

    return make


def score(auc: float, log_loss: float) -> dict[str, float]:
    return {"auc": auc, "log_loss": log_loss, "brier": 0.2, "expected": 95.0, "actual": 100}


def trust_json(method: Method = Method.BG_NBD, **values: Any) -> dict[str, Any]:
    """As `insight` publishes it: one quarter of the past, one model and one rule."""
    scores = {"bg_nbd": score(0.82, 0.49), "repeats_last": score(0.74, 0.55)}
    window = {
        "from": "2025-09-11", "to": "2025-12-09", "customers": 400, "buyers": 100, "purchases": 150,
        "expected_purchases": {"bg_nbd": 180.0, "repeats_last": 200.0}, "season": 1.0, "chosen": "bg_nbd",
        "model": "bg_nbd", "methods": scores,
    }  # fmt: skip
    return {
        "data_date": "2026-03-10", "version": 1, "method": method.value, "is_rule": method is Method.REPEATS_LAST,
        "model": "bg_nbd", "is_known": True, "is_tested": True, "season": 1.25, "windows": [window],
        "methods": {name: {"is_rule": name == "repeats_last", "windows": 1, **one} for name, one in scores.items()},
        "calibration": [{"expected": 0.1, "actual": 0.12, "customers": 40}, {"expected": 0.6, "actual": 0.5,
                         "customers": 40}],
        "coverage": {"value": {"stated": 0.8, "held": 0.81, "customers": 200, "days": 365},
                     "next": {"stated": 0.8, "held": 0.6, "customers": 90, "days": None}},
        "excluded": {"guest_orders": 12, "void_orders": 0}, **values,
    }  # fmt: skip


def models() -> dict[str, Any]:
    fit = {"parameters": {"r": 0.24, "alpha": 4.41}, "standard_errors": {"r": 0.01, "alpha": None},
           "log_likelihood": -9582.4, "customers": 400}  # fmt: skip
    return {"fits": {"bg_nbd": fit}, "gamma_gamma": None, "buying": "bg_nbd"}


def test_the_tests_are_told_in_words_and_tables(sign_in: SignIn) -> None:
    publish(shop={"trust": trust_json(), "models": models()})
    page = sign_in(Role.ANALYST).get(PATH).content.decode()
    assert "it named the buyer in 82 of 100 pairs" in page
    assert "(who bought in the last 90 days will buy) does so in 74 of 100" in page
    assert "125%" in page
    assert "+20%" in page, "180 purchases were said, 150 came"
    assert "orders of guests" in page
    assert "drafts and cancelled" not in page, "none were left out"
    assert "too narrow: be careful" in page
    assert "0.24 ± 0.01" in page
    assert "A simple rule wins here" not in page


def test_a_rule_that_wins_is_named(sign_in: SignIn) -> None:
    publish(shop={"trust": trust_json(Method.REPEATS_LAST), "models": models()})
    page = sign_in(Role.OWNER).get(PATH).content.decode()
    assert "A simple rule wins here" in page
    assert "so it is used: who bought in the last 90 days will buy." in page


def test_a_young_shop_is_told_what_a_test_needs(sign_in: SignIn) -> None:
    nothing: dict[str, Any] = {"is_tested": False, "windows": [], "methods": {}, "calibration": [], "coverage": {}}
    publish(shop={"trust": trust_json(**nothing), "models": models()})
    page = sign_in(Role.OWNER).get(PATH).content.decode()
    assert "could not be tested yet" in page
    assert "half a year of sales" in page
    assert trust_view(trust_json(**nothing, is_known=False), None).words[0].startswith("Nothing can be expected yet")


def test_before_the_first_analysis_the_page_says_so(sign_in: SignIn) -> None:
    assert "Not analysed yet" in sign_in(Role.OWNER).get(PATH).content.decode()


def test_who_sees_no_figures_does_not_see_it(sign_in: SignIn) -> None:
    assert sign_in(Role.PRODUCTION).get(PATH).status_code == 403


def test_every_method_that_insight_knows_has_words() -> None:
    assert set(METHODS) == set(Method)


def test_the_page_takes_few_queries(sign_in: SignIn) -> None:
    publish(shop={"trust": trust_json(), "models": models()})
    owner = sign_in(Role.OWNER)
    owner.get(PATH)
    with CaptureQueriesContext(connection) as queries:
        owner.get(PATH)
    assert len(queries) == 8, [query["sql"] for query in queries]
