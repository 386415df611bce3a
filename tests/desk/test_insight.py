"""Home, quiet leavers, stages, cohorts, analysis runs: what each page says, and to whom."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regulars.audience import models as audience
from regulars.commerce.models import Order, OrderLine, Product, Variant
from regulars.customers.models import Customer
from regulars.desk.home.weeks import usual_range, week_figures
from regulars.foundation import queue
from regulars.foundation.access import Role
from regulars.insight.actions.stage_rules import ANALYSE
from regulars.insight.models import AnalysisRun
from regulars.insight.queries.stage_rules import stage_rules
from regulars.shop import actions as shop
from tests.desk.found import found_row, publish
from tests.insight.shops import BY, NOW, Bought, load, set_up

SignIn = Callable[[Role], Client]


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


def publish_leavers(count: int, **values: Any) -> None:
    """Customers who bought and are silent, as an analysis would publish them."""
    loaded = load([Bought(n, 100) for n in range(count)])
    rows = [found_row(id_, at_stake_minor=100_000 - place, **values) for place, id_ in enumerate(loaded.customers)]
    rhythm = {"is_known": True, "median_days": 24.0, "limit_days": 60.0, "gaps": 90, "customers": 9, "z": 1.28,
              "new_days": 24, "again": [0.5]}  # fmt: skip
    months = [
        {"month": f"2025-{month:02d}", "is_whole": True, "buyers": 10, "repeat_buyers": month, "orders": 12}
        for month in range(1, 13)
    ]
    weeks = [
        {"start": "2026-01-01", "orders": 10 + week, "revenue_minor": 1000 * week, "new": 1, "woken": 0, "leaving": 2,
         "lost": 1}
        for week in range(9)
    ]  # fmt: skip
    found = {
        "stages": {"leaving": count},
        "rhythm": rhythm,
        "months": months,
        "weeks": weeks,
        "cohorts": [{"month": f"2025-{m:02d}", "size": 10, "active": [10, *range(12 - m)]} for m in range(1, 13)],
        "facts": {"orders": count, "guest_orders": 3},
    }
    publish(rows, shop=found)


def test_an_empty_shop_shows_its_first_steps(sign_in: SignIn) -> None:
    page = sign_in(Role.OWNER).get("/").content.decode()
    assert "First steps" in page
    assert "Bring in your orders" in page
    assert "/shop/" in page


def test_a_seller_sees_first_steps_without_what_is_not_his(sign_in: SignIn) -> None:
    page = sign_in(Role.SELLER).get("/").content.decode()
    assert "First steps" in page
    assert 'class="btn btn-primary" href="/imports/' not in page


def test_home_before_the_first_analysis_says_so(sign_in: SignIn) -> None:
    load([Bought(0, 100)])
    page = sign_in(Role.OWNER).get("/").content.decode()
    assert "the first analysis is still to come" in page
    assert "Not analysed yet" in page


def test_home_names_who_is_silent_and_since_when(sign_in: SignIn) -> None:
    publish_leavers(1)
    page = sign_in(Role.OWNER).get("/").content.decode()
    assert "usually every 24 days, silent for 61 days" in page
    assert "₽1,000" in page
    assert "3 orders of guests" in page
    assert "“Today” means" in page


def test_the_reason_in_russian(sign_in: SignIn) -> None:
    publish_leavers(1)
    client = sign_in(Role.OWNER)
    client.post("/desk/language", {"language": "ru", "next": "/"})
    assert "обычно раз в 24 дня, молчит 61 день" in client.get("/").content.decode()


def test_each_role_sees_its_part_of_home(sign_in: SignIn) -> None:
    publish_leavers(1)
    pages = {role: sign_in(role).get("/").content.decode() for role in (Role.SELLER, Role.PRODUCTION, Role.ANALYST)}
    assert "silent for 61 days" in pages[Role.SELLER]
    assert "The last seven days" not in pages[Role.SELLER]
    assert "silent for 61 days" not in pages[Role.PRODUCTION]
    assert "The last seven days" in pages[Role.ANALYST]


@pytest.mark.parametrize(("path", "count"), [("/", 27), ("/insight/leaving/", 14)])
def test_queries_do_not_grow_with_rows(sign_in: SignIn, path: str, count: int) -> None:
    owner = sign_in(Role.OWNER)
    for customers in (1, 3):
        audience.CustomerFinding.objects.all().delete()
        publish_leavers_again(customers)
        owner.get(path)
        with CaptureQueriesContext(connection) as queries:
            owner.get(path)
        assert len(queries) == count, [query["sql"] for query in queries]


def publish_leavers_again(count: int) -> None:
    for model in (OrderLine, Order, Variant, Product):
        model.objects.all().delete()
    publish_leavers(count)


def test_leavers_can_be_sorted_and_turned_over(sign_in: SignIn) -> None:
    publish_leavers(55)
    owner = sign_in(Role.OWNER)
    first = owner.get("/insight/leaving/?sort=silence").content.decode()
    assert "cursor=" in first
    assert owner.get("/insight/leaving/count/").content.decode() == "55 customers"
    assert owner.get("/insight/leaving/?cursor=nonsense").status_code == 400


def test_leavers_download_as_a_harmless_table(sign_in: SignIn) -> None:
    publish_leavers(3, is_silent_leaver=True, p_alive=0.34, p_alive_due=0.82, buys_90=0.21, value_365_minor=50_000)
    response = sign_in(Role.OWNER).get("/insight/leaving/export/?sort=chance")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 4
    assert "Product 0,61,24,40,34,82,21,9,900.00,500.00,1000.00" in lines[1]
    assert sign_in(Role.SELLER).get("/insight/leaving/export/").status_code == 403


def test_a_quiet_leaver_stands_there_with_both_numbers_of_the_reason(sign_in: SignIn) -> None:
    publish_leavers(2, is_silent_leaver=True, p_alive=0.34, p_alive_due=0.82)
    page = sign_in(Role.OWNER).get("/insight/leaving/").content.decode()
    assert "usually every 24 days, silent for 61 days" in page
    assert "longer than 99 of 100 own pauses; of 100 such customers about 34 come back" in page
    assert "Product 0" in page


def test_who_is_late_but_as_likely_to_come_as_before_is_no_quiet_leaver(sign_in: SignIn) -> None:
    publish_leavers(2, is_silent_leaver=False, p_alive=0.9, p_alive_due=0.91)
    owner = sign_in(Role.OWNER)
    assert "Nobody is leaving" in owner.get("/insight/leaving/").content.decode()
    assert owner.get("/insight/leaving/count/?show=late").content == b"2 customers"


@pytest.mark.parametrize("sort", ["at_stake", "silence", "revenue"])
@pytest.mark.parametrize("model", [{}, {"is_silent_leaver": True, "p_alive": 0.3}, {"p_alive": 0.9}])
def test_an_index_and_a_condition_list_the_same_leavers(sign_in: SignIn, sort: str, model: dict[str, Any]) -> None:
    publish_leavers(4, **model)
    owner = sign_in(Role.OWNER)
    for shown in ("quiet", "late", "lost"):
        pages = [
            owner.get(f"/insight/leaving/?show={shown}&sort={sort}{narrowed}").content.decode()
            for narrowed in ("", "&seller=nobody")
        ]
        by_index, by_condition = (re.findall(r'href="/customers/([0-9a-f-]{36})/"', page) for page in pages)
        assert by_index == by_condition
        assert len(by_index) == (0 if shown == "lost" or (shown == "quiet" and model == {"p_alive": 0.9}) else 4)


def test_leavers_are_narrowed_to_a_seller_a_store_a_name(sign_in: SignIn) -> None:
    publish_leavers(3)
    owner = sign_in(Role.OWNER)
    seller = shop.add_staff(email="s@tea.example", name="Boris", role=Role.SELLER, password=None, by=BY, now=NOW)
    Customer.objects.filter(id=Customer.objects.first().id).update(  # type: ignore[union-attr]
        seller_id=seller, first_name="Anna", search_text="anna"
    )
    assert owner.get(f"/insight/leaving/count/?seller={seller}").content == b"1 customer"
    assert owner.get("/insight/leaving/?q=anna").content.decode().count("Boris") == 2
    assert owner.get("/insight/leaving/count/?seller=nobody").content == b"2 customers"
    assert "Nobody fits" in owner.get("/insight/leaving/?q=zoe").content.decode()
    assert owner.get("/insight/leaving/count/?store=nonsense").content == b"3 customers"


def rules_form(**values: object) -> dict[str, object]:
    return {"new_days": "", "regular_purchases": 4, "loyal_purchases": 8, "loyal_days": 365, "patience": "0.9",
            "lost_factor": "2", **values}  # fmt: skip


def test_rules_are_tried_before_they_are_saved(sign_in: SignIn) -> None:
    publish_leavers(2)
    page = sign_in(Role.OWNER).get("/insight/stages/preview/", rules_form(lost_factor="1.2")).content.decode()
    assert "<strong>2</strong>" in page
    assert stage_rules().version == 0


def test_rules_are_saved_and_an_analysis_begins(sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    assert owner.post("/insight/stages/", rules_form(regular_purchases=3)).status_code == 302
    assert (stage_rules().version, stage_rules().thresholds.regular_purchases) == (1, 3)
    assert queue.waiting_count(names=[ANALYSE]) == 1


def test_impossible_rules_are_refused_beside_their_field(sign_in: SignIn) -> None:
    response = sign_in(Role.OWNER).post("/insight/stages/", rules_form(regular_purchases=9))
    assert response.status_code == 422
    assert "loyal needs at least as many as regular" in response.content.decode()
    assert stage_rules().version == 0


def test_an_analyst_reads_the_rules_and_cannot_change_them(sign_in: SignIn) -> None:
    analyst = sign_in(Role.ANALYST)
    assert "Save the rules" not in analyst.get("/insight/stages/").content.decode()
    analyst.post("/insight/stages/", rules_form(regular_purchases=3))
    assert stage_rules().version == 0
    assert analyst.get("/insight/stages/preview/", rules_form()).status_code == 403


def test_an_analysis_can_be_asked_for(sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    for _twice in range(2):
        assert owner.post("/insight/analyses/start/").status_code == 302
    assert queue.waiting_count(names=[ANALYSE]) == 1


def test_runs_show_what_took_how_long_and_what_went_wrong(sign_in: SignIn) -> None:
    steps = [{"step": "marks", "seconds": 0.1}, {"step": "extracts", "seconds": 2.4}]
    run = {"as_of": NOW, "stage_version": 0, "model_version": 1, "started_at": NOW, "beat_at": NOW, "finished_at": NOW}
    AnalysisRun.objects.create(state="failed", steps=steps, error="OSError: the disk is full", **run)
    AnalysisRun.objects.create(state="running", done_share=0.4, step="figures", **run)
    page = sign_in(Role.OWNER).get("/insight/analyses/").content.decode()
    assert "Reading 2.4 s" in page
    assert "the disk is full" in page
    assert "40% done" in page


def test_a_run_under_way_asks_again_until_it_is_done(sign_in: SignIn) -> None:
    owner = sign_in(Role.OWNER)
    run = {"as_of": NOW, "stage_version": 0, "model_version": 1, "started_at": NOW, "beat_at": NOW}
    row = AnalysisRun.objects.create(state="running", done_share=0.4, **run)
    assert "every 2s" in owner.get("/working/").content.decode()
    AnalysisRun.objects.filter(id=row.id).update(state="done", finished_at=NOW)
    page = owner.get("/working/").content.decode()
    assert "every 2s" not in page
    assert "Show the new figures" in page


@pytest.mark.parametrize("path", ["/insight/leaving/", "/insight/stages/", "/insight/analyses/"])
def test_pages_of_a_shop_that_was_never_analysed(sign_in: SignIn, path: str) -> None:
    assert sign_in(Role.OWNER).get(path).status_code == 200


def test_a_week_is_compared_with_what_is_usual() -> None:
    names = ("revenue_minor", "orders", "new", "woken", "leaving", "lost")
    weeks = [dict.fromkeys(names, value) for value in (10, 12, 11, 13, 12, 11, 40)]
    orders = week_figures(weeks, "RUB")[1]
    assert (orders.value, orders.change) == ("40", (40 - 11) / 11)
    assert orders.hint == "11 the week before, usually 11 to 12"
    assert week_figures([*weeks[:-1], weeks[0] | {"orders": 12}], "RUB")[1].change is None
    assert week_figures([], "RUB") == []


def test_few_weeks_say_nothing_about_what_is_usual() -> None:
    assert usual_range([1, 2, 3]) is None
    assert usual_range([5, 1, 2, 9]) == (1, 9)
    assert usual_range([5, 1, 2, 9, 3, 4]) == (2, 5)
