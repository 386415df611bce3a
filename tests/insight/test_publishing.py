"""What is published: figures by hand, news and baselines, the switch."""

from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from regulars.audience import models as audience
from regulars.audience.actions import create_segment
from regulars.audience.actions import findings as publishing
from regulars.audience.queries import findings
from regulars.audience.queries.findings import FindingSort
from regulars.audience.rules import Stage
from regulars.customers.models import Customer
from regulars.foundation import models as foundation
from regulars.foundation import queue
from regulars.foundation.ids import new_id
from regulars.insight.actions.stage_rules import ANALYSE, change_stage_rules
from regulars.insight.queries.outlook import outlook_of
from regulars.insight.queries.stage_rules import stage_preview, stage_rules
from regulars.insight.rules import forecasts
from regulars.insight.rules.stages import Thresholds
from tests.insight.conftest import Analyse
from tests.insight.shops import BY, NOW, START, Bought, CameBack, Line, at, load, simulated

DAY = timedelta(days=1)
# NOW is day 428 from START.
TODAY = 428


def found_of(customer_id: UUID) -> findings.Finding:
    found = findings.finding_of(customer_id)
    assert found is not None
    return found


def stage_events() -> list[tuple[UUID | None, str, str, bool]]:
    rows = foundation.Event.objects.filter(kind="audience.stage_changed").order_by("id")
    return [(e.customer_id, e.payload["stage_before"], e.payload["stage"], e.is_history) for e in rows]


def regulars(count: int = 6, *, every: int = 10, until: int = TODAY) -> list[Bought]:
    """Customers who buy every so many days, give or take; enough for a rhythm of the shop."""
    random = Random(3)
    return [
        Bought(n, day + random.randrange(3)) for n in range(count) for day in range(until - 12 * every, until, every)
    ]


def test_a_customers_figures_by_hand(run: Analyse) -> None:
    """Goods only, net of returns; two orders on a day are one visit; delivery and cancelled orders do not count."""
    bought = [
        Bought(0, 20, [Line(0, 5000), Line(2, 300)]),
        Bought(0, 100, [Line(1, 2000)]),
        Bought(0, 100, [Line(1, 1000)]),
        Bought(0, 110, [Line(0, 9999)], status="cancelled"),
        Bought(0, 400, [Line(0, 700)]),
    ]
    loaded = load(bought, [CameBack(0, 105, 500, variant=1, order=1), CameBack(0, 410, 100), CameBack(0, 411, 50, 2)])
    run()
    found = found_of(loaded.customers[0])
    assert (found.orders, found.purchase_days, found.silence_days) == (4, 3, 28)
    assert (found.first_order_at, found.last_order_at) == (at(20), at(400))
    assert found.revenue_minor == 5000 + 3000 + 700 - 500 - 100
    assert found.revenue_year_minor == 3000 + 700 - 500 - 100
    assert found.returned_minor == 600
    assert found.average_order_minor == round(8100 / 4)
    assert (found.gap_median_days, found.due_at, found.is_overdue) == (None, None, False)


def test_an_order_that_came_back_as_a_whole_is_no_purchase(run: Analyse) -> None:
    loaded = load([Bought(0, 20), Bought(0, 60), Bought(1, 90)], [CameBack(0, 61, 1000, order=1)])
    run()
    found = found_of(loaded.customers[0])
    assert (found.orders, found.last_order_at, found.revenue_minor) == (1, at(20), 1000)


def test_a_products_figures_by_hand(run: Analyse) -> None:
    bought = [
        Bought(0, 20, [Line(0, 500), Line(0, 600)]),
        Bought(0, 90, [Line(0, 100)]),
        Bought(1, 91, [Line(0, 50)]),
        Bought(None, 95, [Line(0, 7)]),
    ]
    loaded = load(bought, [CameBack(1, 94, 30, order=2)])
    run()
    found = findings.findings_of(loaded.products)
    product = found[loaded.products[0]]
    assert (product.orders, product.customers, product.repeat_customers) == (4, 2, 1)
    assert (product.quantity_milli, product.revenue_minor, product.returned_minor) == (5000, 1227, 30)
    assert product.last_sold_at == at(95)
    assert set(found) == {loaded.products[0]}


def test_merged_profiles_are_one_customer(run: Analyse) -> None:
    loaded = load([Bought(0, 20), Bought(1, 60), Bought(2, 90)])
    first, second, third = loaded.customers
    Customer.objects.filter(id=second).update(merged_into_id=first)
    Customer.objects.filter(id=third).update(merged_into_id=second)
    run()
    assert found_of(first).purchase_days == 3
    assert findings.finding_of(second) is None


def test_whoever_stays_away_is_leaving_then_lost(run: Analyse) -> None:
    loaded = load([*regulars(), *(Bought(6, day) for day in range(200, 320, 10))])
    run(now=NOW - 60 * DAY)
    leaver = loaded.customers[6]
    assert found_of(leaver).stage is Stage.LOST
    run()
    loyal = found_of(loaded.customers[0])
    assert loyal.stage is Stage.LOYAL or loyal.stage is Stage.REGULAR
    assert loyal.gap_median_days == pytest.approx(10, abs=2)


def test_changes_between_two_days_are_news(run: Analyse) -> None:
    loaded = load(regulars())
    run(now=NOW - 10 * DAY)
    assert stage_events() == []
    load([Bought(6, TODAY - 1)], loaded=loaded, now=NOW)
    result = run()
    assert result.changes == 1
    assert stage_events() == [(loaded.customers[6], "", "new", False)]
    assert run().changes == 0


def test_history_moves_stages_without_news(run: Analyse) -> None:
    loaded = load(regulars())
    run(now=NOW - 10 * DAY)
    load([Bought(6, TODAY - 1, is_history=True)], loaded=loaded, now=NOW)
    run()
    assert stage_events() == [(loaded.customers[6], "", "new", True)]


@pytest.mark.parametrize("why", ["rules", "date"])
def test_a_baseline_announces_nobody(run: Analyse, why: str) -> None:
    loaded = load(regulars())
    run(now=NOW - (40 if why == "date" else 10) * DAY)
    if why == "rules":
        change_stage_rules(thresholds=Thresholds(regular_purchases=12, loyal_purchases=20), by=BY, now=NOW)
    result = run()
    assert (result.is_baseline, result.changes, stage_events()) == (True, 0, [])
    if why == "rules":
        assert found_of(loaded.customers[0]).stage in (Stage.REGULAR, Stage.REPEAT)


def test_changed_rules_ask_for_an_analysis_once(run: Analyse) -> None:
    assert change_stage_rules(thresholds=Thresholds(new_days=9), by=BY, now=NOW)
    assert not change_stage_rules(thresholds=Thresholds(new_days=9), by=BY, now=NOW)
    assert (stage_rules().version, queue.waiting_count(names=[ANALYSE])) == (1, 1)


def test_the_preview_says_what_the_rules_then_do(run: Analyse) -> None:
    load(simulated(Random(5), customers=60, days=420))
    run()
    rules = Thresholds(new_days=5, regular_purchases=2, loyal_purchases=3, loyal_days=10, patience=0.8, lost_factor=1.5)
    preview = stage_preview(rules)
    change_stage_rules(thresholds=rules, by=BY, now=NOW)
    run()
    assert findings.stage_counts() == preview


def test_news_that_was_not_announced_is_made_good(run: Analyse, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies between the switch and the events; the next analysis announces, once."""
    loaded = load(regulars())
    run(now=NOW - 10 * DAY)
    load([Bought(6, TODAY - 1)], loaded=loaded, now=NOW)
    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_changes", lambda *_, **__: _die())
        with pytest.raises(KeyboardInterrupt):
            run()
    assert (found_of(loaded.customers[6]).stage, stage_events()) == (Stage.NEW, [])
    run()
    assert stage_events() == [(loaded.customers[6], "", "new", False)]


def _die() -> None:
    raise KeyboardInterrupt


def test_readers_see_the_old_findings_until_all_are_there(run: Analyse) -> None:
    loaded = load([Bought(0, 400)])
    run()
    before = findings.publication()

    def broken() -> Any:
        yield (new_id(),)

    with pytest.raises(Exception, match=r".*"):
        publishing.publish(
            publishing.Findings(broken(), [], {}), run_id=new_id(), as_of=NOW, is_baseline=True, by=BY, now=NOW
        )
    assert findings.publication() == before
    assert found_of(loaded.customers[0]).orders == 1


def test_leavers_are_listed_page_by_page(run: Analyse) -> None:
    bought = [*regulars(), *(Bought(6 + n, day) for n in range(7) for day in range(200 + n, 390, 12))]
    load(bought)
    run()
    for sort in FindingSort:
        seen, cursor = [], None
        while True:
            page = findings.customers_in([Stage.LEAVING, Stage.LOST], sort=sort, cursor=cursor, limit=3)
            seen += page.rows
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == page.total == len({found.customer_id for found in seen})
    assert page.total
    stakes = [found.at_stake_minor for found in findings.customers_in([Stage.LEAVING]).rows]
    assert stakes == sorted(stakes, reverse=True)


def test_months_weeks_and_cohorts_by_hand(run: Analyse) -> None:
    """START is 6 January 2025; day 30 is 5 February, day 428 is 10 March 2026."""
    load([Bought(0, 0), Bought(0, 30), Bought(1, 2), Bought(None, 3), Bought(2, 31), Bought(2, 427)])
    run()
    months = {month["month"]: month for month in findings.shop_finding("months")}
    january, february, march = (months[name] for name in ("2025-01", "2025-02", "2026-03"))
    assert (january["orders"], january["guest_orders"], january["buyers"], january["repeat_buyers"]) == (3, 1, 2, 0)
    assert (february["buyers"], february["new_buyers"], february["repeat_buyers"]) == (2, 1, 1)
    assert (february["is_whole"], march["is_whole"]) == (True, False)
    assert findings.shop_finding("weeks")[-1]["start"] == "2026-03-03"
    assert findings.shop_finding("weeks")[-1]["orders"] == 1
    cohorts = {cohort["month"]: cohort for cohort in findings.shop_finding("cohorts")}
    assert (cohorts["2025-01"]["size"], cohorts["2025-01"]["active"][:3]) == (2, [2, 1, 0])
    assert (cohorts["2025-02"]["size"], cohorts["2025-02"]["active"][13]) == (1, 1)
    assert findings.shop_finding("facts")["guest_orders"] == 1
    names = audience.ShopFinding.objects.filter(slot=audience.Publication.objects.get().slot).values_list(
        "name", flat=True
    )
    assert {"facts", "rhythm", "stages", "weeks", "months", "stages_by_month", "cohorts", "concentration"} <= set(names)


def test_what_is_expected_of_customers(run: Analyse) -> None:
    """Chances lie within 0–1, bounds around what they bound, windows ahead; who never bought has none of them."""
    loaded = load(simulated(Random(11), customers=60, days=420), customers=61)
    run()
    found = [found_of(id_) for id_ in loaded.customers]
    assert (found[60].p_alive, found[60].value_365_minor, found[60].is_silent_leaver) == (None, None, False)
    today = found[0].as_of.date()
    for one in (each for each in found if each.purchase_days):
        assert one.p_alive is not None
        assert one.buys_90 is not None
        assert one.expected_90 is not None
        assert one.expected_365 is not None
        assert 0 <= one.p_alive <= 1
        assert 0 <= one.buys_90 <= 1
        assert 0 <= one.expected_90 <= one.expected_365
        assert one.value_365_low_minor is not None
        assert one.value_365_high_minor is not None
        assert 0 <= one.value_365_low_minor <= one.value_365_high_minor
        assert one.next_from_date is not None
        assert one.next_to_date is not None
        assert today <= one.next_from_date <= one.next_to_date
        if one.is_silent_leaver:
            assert one.is_overdue
            assert one.stage is not Stage.LOST
            assert one.p_alive_due is not None
            assert one.p_alive < one.p_alive_due
        if one.stage is Stage.LOST or not one.due_at or one.due_at > one.as_of:
            assert one.at_stake_minor == 0
    assert any(one.at_stake_minor for one in found)


def test_the_curve_of_one_customer_ends_where_the_finding_is(run: Analyse) -> None:
    loaded = load(simulated(Random(12), customers=40, days=420))
    run()
    for id_ in loaded.customers[:10]:
        course, found = outlook_of(id_), found_of(id_)
        if not found.purchase_days:
            assert course is None
            continue
        assert course is not None
        assert len(course.bought) == found.purchase_days
        assert course.points[-1].p_alive == pytest.approx(found.p_alive, abs=1e-4)
        assert [point.day for point in course.points] == sorted({point.day for point in course.points})
        assert course.ahead[-1].p_alive <= course.points[-1].p_alive + 1e-12


def test_a_curve_follows_aliases_and_forgets_what_came_back(run: Analyse) -> None:
    bought = [*simulated(Random(13), customers=20, days=420), Bought(20, 100), Bought(21, 150), Bought(21, 200)]
    loaded = load(
        bought, [CameBack(21, 210, sum(line.total_minor for line in bought[-1].lines), order=len(bought) - 1)]
    )
    Customer.objects.filter(id=loaded.customers[20]).update(merged_into=loaded.customers[21])
    run()
    course = outlook_of(loaded.customers[21])
    assert course is not None
    assert course.bought == [START + timedelta(days=day) for day in (100, 150)]
    assert outlook_of(new_id()) is None


def test_nothing_is_fitted_anew_where_nothing_changed(run: Analyse, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load(simulated(Random(14), customers=60, days=420))
    run()
    before = findings.shop_findings(["models", "trust"])
    with monkeypatch.context() as patch:
        patch.setattr(forecasts, "fits_of", lambda *_: _die())
        run()
        assert findings.shop_findings(["models", "trust"]) == before
        load([Bought(0, 427)], loaded=loaded)
        with pytest.raises(KeyboardInterrupt):
            run()
    run()
    after = findings.shop_finding("models")
    assert after["fingerprint"] != before["models"]["fingerprint"]
    run(is_full=True)
    assert findings.shop_finding("models") == after


def test_trust_says_what_was_left_out_and_how_tests_went(run: Analyse) -> None:
    bought = simulated(Random(15), customers=80, days=420)
    bought += [Bought(0, 300, status="cancelled"), Bought(0, 301, [Line(2, 100)]), Bought(1, 429)]
    load([*bought, Bought(2, 302)], [CameBack(2, 303, 1000, order=len(bought))])
    run()
    trust = findings.shop_finding("trust")
    guests = sum(order.customer is None for order in bought)
    excluded = trust["excluded"]
    assert (excluded["void_orders"], excluded["later_orders"], excluded["returned_orders"]) == (1, 1, 1)
    assert 0 < excluded["guest_orders"] <= guests
    assert excluded["orders_without_goods"] >= 1
    assert trust["is_tested"]
    for window in trust["windows"]:
        assert window["chosen"] in window["methods"]
        assert window["buyers"] <= window["customers"]
    assert trust["windows"][-1]["methods"]["base_rate"]["auc"] == 0.5
    assert sum(tenth["customers"] for tenth in trust["calibration"]) == sum(w["customers"] for w in trust["windows"])


def test_only_what_a_segment_asks_for_has_customers_tested_again(run: Analyse) -> None:
    """Expectations move every night; without a segment that asks for them, only moves between stages matter."""
    loaded = load(simulated(Random(16), customers=40, days=420))
    run(now=NOW - 5 * DAY)
    run(now=NOW - 4 * DAY)
    marked = set(audience.DirtyCustomer.objects.values_list("customer_id", flat=True))
    assert marked == {customer_id for customer_id, *_ in stage_events()}
    condition = {"version": 1, "where": {"attribute": "audience.expected_365", "op": "at_least", "value": 1}}
    create_segment(name="Often", condition=condition, by=BY, now=NOW)
    run(now=NOW - 3 * DAY)
    found = [found_of(id_) for id_ in loaded.customers]
    moved = {one.customer_id for one in found if one.purchase_days and one.expected_365}
    assert moved <= set(audience.DirtyCustomer.objects.values_list("customer_id", flat=True))
    assert moved > marked
