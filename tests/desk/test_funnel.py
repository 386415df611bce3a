"""The pages of the funnel and of counted sites: what they say, to whom, at what cost."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.audience.actions import findings as publishing
from regulars.commerce.actions import sites
from regulars.commerce.models import Site
from regulars.foundation.access import Role
from regulars.foundation.ids import new_id
from regulars.shop.actions.spending import add_spending
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.shop.rules.spending import SpendingDraft
from tests.desk.test_insight import SignIn, sign_in
from tests.insight.shops import BY, NOW

__all__ = ["sign_in"]


def share(value: float, people: int = 100) -> dict[str, Any]:
    return {"value": value, "low": max(value - 0.05, 0), "high": min(value + 0.05, 1), "people": people}


def within(value: float, *days: int) -> dict[str, Any]:
    return {str(day): share(value) for day in days}


def step(name: str, people: int, went_on: int) -> dict[str, Any]:
    return {"step": name, "people": people, "did": people, "went_on": went_on, "half_by_days": 3,
            "within": within(went_on / people if people else 0, 1, 7, 30, 90)}  # fmt: skip


def bottleneck(name: Any, *, gained: int) -> dict[str, Any]:
    return {"horizon_days": 30, "step": name, "overall": 0.2, "better": 0.25, "months": 12, "people_a_year": 1000,
            "lost_a_year": 800, "gained_people": gained, "gained_minor": gained * 100_000, "gains": []}  # fmt: skip


def group(name: str) -> dict[str, Any]:
    return {"name": name, "people": [100, 40, 30, 20], "bought": share(0.2), "half_by_days": 3}


def publish(*, groups: int = 1, begins_with: str | None = "visit", gained: int = 50) -> None:
    """What an analysis finds, with so many groups, owners, causes and places."""
    enquiries = {
        "total": groups, "open": 0, "won": 0, "lost": groups,
        "causes": [{"cause_id": None, "step": "new", "count": 1} for _ in range(groups)],
        "owners": [{"owner_id": None, "open": 0, "won": 1, "lost": 0, "half_within_hours": 5} for _ in range(groups)],
        "stores": [{"store_id": None, "open": 0, "won": 1, "lost": 0}],
    }  # fmt: skip
    steps = [step("visit", 1000, 200), step("registration", 200, 150), step("enquiry", 150, 100)]
    front = {
        "begins_with": begins_with,
        "steps": [*steps, {"step": "order", "did": 100, "people": 100}] if begins_with else [],
        "whole": step("visit", 1000, 100) if begins_with else None,
        "entries": [step("visit", 1000, 100), step("order", 10, 10)],
        "enquiries": enquiries,
        "stores": [{"store_id": None, "people": 9, "visit": 4, "registration": 0, "enquiry": 0, "order": 5}],
        "by": {
            "month": [group(f"2025-{n + 1:02d}") for n in range(groups)],
            "came_from": [group(f"s{n}") for n in range(groups)],
            "device": [group("phone")],
        }
        if begins_with
        else {},
        "bottleneck": bottleneck("visit", gained=gained) if begins_with else None,
    }
    numbers = [{"number": n, "people": 100, "went_on": 60, "half_by_days": 20, "within": within(0.6, 30, 90, 180, 365)}
               for n in range(1, 4)]  # fmt: skip
    seasons = [{"name": str(n), "number": 1, "people": 50, "within": share(0.6)} for n in (1, 2)]
    back = {
        "average_minor": 100, "worth_minor": [1], "steps": numbers, "by_month_of_year": seasons, "by_quarter": seasons,
        "by_channel": [{**row, "name": name} for row, name in zip(seasons, ("online", "store"), strict=True)],
        "by_month": [], "bottleneck": bottleneck(1, gained=gained),
    }  # fmt: skip
    paths = {
        "visits": 10, "visits_with_order": 2, "visitors": 8, "since_date": "2025-03-10",
        "places": [{"node": f"p{n}", "looks": 9, "entries": 3, "exits": 3} for n in range(groups)],
        "transitions": [{"node": f"p{n}", "next": "@cart", "times": 2} for n in range(groups)],
        "flow": [{"place": 1, "node": "p0", "next": "@cart", "times": 2}, {"place": 2, "node": "@cart", "next": None,
                                                                          "times": 2}],
        "first": [{"node": "p0", "with_order": 1, "without_order": 8}],
        "last": [{"node": "@cart", "with_order": 2, "without_order": 3}],
    }  # fmt: skip
    found = {"funnel": {"as_of_date": "2026-03-10", "front": front, "back": back}, "paths": paths}
    publishing.publish(publishing.Findings([], [], found), run_id=new_id(), as_of=NOW, is_baseline=True, by=BY, now=NOW)


PAGES = ["/funnel/", "/funnel/?by=came_from", "/funnel/?by=device", "/funnel/?by=store", "/funnel/after/",
         "/funnel/after/?by=month", "/funnel/after/?by=channel", "/funnel/paths/"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_before_an_analysis_each_page_says_so(sign_in: SignIn, path: str) -> None:
    answer = sign_in(Role.ANALYST).get(path)
    assert answer.status_code == 200
    assert "empty" in answer.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_costs_the_same_however_much_there_is(sign_in: SignIn, path: str) -> None:
    client = sign_in(Role.ANALYST)

    def cost(groups: int) -> int:
        publish(groups=groups)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path).status_code == 200
        return len(queries)

    cost(1)
    assert cost(1) == cost(3) <= 18


def test_the_bottleneck_is_named_with_what_it_would_bring(sign_in: SignIn) -> None:
    publish()
    page = sign_in(Role.ANALYST).get("/funnel/").content.decode()
    assert "“Visited the site” → “Registered”" in page
    assert "Of 100 people 20 go on within 30 days; in the better half of 12 months it was 25" in page
    assert "about 50 people more in a year" in page
    assert "20 of 100 (15–25)" in page
    publish(gained=0)
    page = sign_in(Role.OWNER).get("/funnel/after/").content.decode()
    assert "1st → 2nd purchase" in page
    assert "differ by no more than chance explains" in page
    assert "Most are lost here: 800 people in a year." in page


def test_without_visits_the_page_says_where_the_funnel_begins(sign_in: SignIn) -> None:
    publish(begins_with="registration")
    client = sign_in(Role.OWNER)
    assert "No visits of the site are known, so the funnel begins with “Registered”." in (
        client.get("/funnel/").content.decode()
    )
    publish(begins_with=None)
    assert "What comes before a purchase is not known" in client.get("/funnel/").content.decode()


def test_the_figures_come_as_a_file(sign_in: SignIn) -> None:
    publish(groups=2)
    answer = sign_in(Role.ANALYST).get("/funnel/export/")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("By,Group,Visited the site,Registered,Asked,First purchase")
    assert lines[1].startswith("month,January 2025,100,40,30,20,0.2")
    assert len(lines) == 6


def test_an_owner_lets_a_site_count_and_closes_it(sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER)
    said = {"name": "Tea", "origins": "https://tea.example\nhttps://www.tea.example", "keep_days": "400"}
    answer = client.post("/funnel/sites/new/", {**said, "orders_source": "woo"})
    site = Site.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/funnel/sites/{site.id}/")
    page = client.get(answer["Location"]).content.decode()
    assert f"src=&quot;http://testserver/t/visits.js&quot; data-key=&quot;{site.key}&quot;" in page or (
        f'src="http://testserver/t/visits.js" data-key="{site.key}"' in page
    )
    client.post(answer["Location"], said)
    site.refresh_from_db()
    assert (site.is_open, site.orders_source, site.origins) == (False, "", said["origins"].split("\n"))
    assert "closed" in client.get("/funnel/sites/").content.decode()


def test_a_wrong_address_is_told_beside_its_field(sign_in: SignIn) -> None:
    said = {"name": "Tea", "origins": "tea.example/shop", "keep_days": "400", "orders_source": ""}
    answer = sign_in(Role.OWNER).post("/funnel/sites/new/", said)
    assert answer.status_code == 422
    assert "“tea.example/shop” is no address of a site" in answer.content.decode()
    assert not Site.objects.exists()


def test_the_list_of_sites_costs_the_same_however_many(sign_in: SignIn) -> None:
    client = sign_in(Role.OWNER)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/funnel/sites/").status_code == 200
        return len(queries)

    said: dict[str, Any] = {"origins": ["https://a.example"], "orders_source": "", "keep_days": 365}
    sites.add_site(name="a", by=BY, now=NOW, **said)
    one = cost()
    for name in ("b", "c"):
        sites.add_site(name=name, by=BY, now=NOW, **said)
    assert cost() == one <= 12


def test_what_a_person_at_a_step_has_cost(sign_in: SignIn) -> None:
    publish()
    client = sign_in(Role.OWNER)
    assert "Spent for each" not in client.get("/funnel/").content.decode()
    spent = {"purpose": SpendingPurpose.ACQUISITION, "currency": "RUB", "note": ""}
    for month, channel, amount in ((date(2026, 2, 1), Channel.ONLINE, 100_000), (date(2026, 2, 1), Channel.STORE, 7),
                                   (date(2024, 2, 1), Channel.ONLINE, 9)):  # fmt: skip
        draft = SpendingDraft(month_date=month, channel=channel, amount_minor=amount * 100, **spent)
        add_spending(draft=draft, by=BY, now=NOW)
    page = client.get("/funnel/").content.decode()
    # Of a hundred thousand for the website a thousand visitors cost a hundred each, a hundred buyers a thousand.
    assert "₽100,000 were spent in twelve months to win customers on the website." in page
    assert ">₽100<" in page
    assert ">₽1,000<" in page
