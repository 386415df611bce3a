"""The funnel and the paths of small shops, counted by hand."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from regulars.commerce.actions import enquiries, visits
from regulars.commerce.rules import EnquiryKind, EnquiryOutcome
from regulars.commerce.rules.visits import Device, SiteEventDraft, SiteEventKind
from regulars.customers.models import Customer
from regulars.foundation.ids import new_id
from regulars.insight import store
from regulars.insight.actions import extraction
from regulars.insight.actions.figures.funnel import funnel_from
from regulars.insight.actions.figures.ground import Question, ground_of
from regulars.insight.rules.stages import Thresholds
from regulars.shop.rules import Channel
from tests.insight.shops import BY, NOW, Bought, Loaded, at, load, set_up

Found = Callable[[], dict[str, Any]]
K = SiteEventKind
TODAY = 428  # NOW, counted from START


def event(visitor: str, day: int, kind: SiteEventKind, minute: int = 0, **said: Any) -> SiteEventDraft:
    return SiteEventDraft(
        external_id=str(new_id()), visitor=visitor, kind=kind, occurred_at=at(day) + timedelta(minutes=minute), **said
    )


def record(*drafts: SiteEventDraft) -> None:
    visits.record_site_events(drafts=drafts, source="site", now=NOW)


@pytest.fixture
def found(transactional_db: None, parquet: Path) -> Found:
    """A shop is set up; call it to have its funnel and its paths."""
    set_up()

    def figures() -> dict[str, Any]:
        question = Question(
            as_of=NOW,
            today=NOW.date(),
            is_now=True,
            thresholds=Thresholds(),
            stages_before={},
            history_since=None,
        )
        folder = parquet / str(new_id())
        extraction.bring(folder, is_full=True, on_share=lambda _: None)
        with store.opened(memory_mib=512, threads=2) as engine:
            figures = funnel_from(ground_of(engine, engine.extracts(folder), question))
        # As it is kept and read again.
        return json.loads(json.dumps(figures))  # type: ignore[no-any-return]

    return figures


def ask(loaded: Loaded, customer: int | None, day: int) -> Any:
    return enquiries.open_enquiry(
        kind=EnquiryKind.CALL,
        opened_at=at(day),
        customer_id=None if customer is None else loaded.customers[customer],
        contact_value="" if customer is not None else "+7 000 1",
        channel=Channel.PHONE,
        by=BY,
        now=NOW,
        is_history=True,
    )


def test_a_shop_without_anything_begins_with_nothing(found: Found) -> None:
    figures = found()
    assert (
        figures["funnel"]["front"]["begins_with"],
        figures["funnel"]["front"]["steps"],
        figures["funnel"]["front"]["bottleneck"],
    ) == (None, [], None)
    assert (
        figures["funnel"]["back"]["steps"],
        figures["funnel"]["back"]["bottleneck"],
        figures["funnel"]["back"]["average_minor"],
    ) == ([], None, 0)
    assert figures["paths"] == {"visits": 0}


def test_without_visits_the_funnel_begins_at_the_first_step_that_is_known(found: Found) -> None:
    loaded = load([Bought(0, 400), Bought(1, 410)], customers=2)
    ask(loaded, 0, 395)
    ask(loaded, None, 396)
    figures = found()
    # Both were in the books before they bought, 430 days ago: too long ago to be of the last year.
    assert figures["funnel"]["front"]["begins_with"] == "enquiry"
    [asked, bought] = figures["funnel"]["front"]["steps"]
    assert (asked["people"], asked["went_on"], bought["people"]) == (1, 0, 0)


def test_people_are_counted_at_each_step_and_nobody_twice(found: Found) -> None:
    loaded = load([Bought(0, 420), Bought(0, 425), Bought(1, 421)], customers=1)
    with_events = loaded.customers
    Customer.objects.update(created_at=at(421))
    record(
        event("a", 410, K.PAGE, section="tea", came_from="google", device=Device.PHONE),
        event("a", 412, K.PAGE, section="tea", came_from="mail"),
        event("a", 420, K.ORDER, customer_id=with_events[0]),
        event("b", 411, K.PAGE, section="tea", came_from="google", device=Device.PHONE),
        event("b", 411, K.REGISTRATION, 5),
        event("c", 415, K.PAGE, section="tea", came_from="mail", device=Device.COMPUTER),
        event("d", 416, K.PAGE, section="tea"),
        event("d", 417, K.ORDER, reference="guest"),
        # After his first purchase a buyer is no visitor on the way to it.
        event("e", 424, K.PAGE, section="tea"),
        event("e", 424, K.ORDER, 1, customer_id=with_events[1]),
    )
    figures = found()
    front = figures["funnel"]["front"]
    assert front["begins_with"] == "visit"
    assert [step["people"] for step in front["steps"]] == [4, 3, 2, 2]
    assert [step["did"] for step in front["steps"]] == [4, 1, 0, 2]
    assert [step["went_on"] for step in front["steps"][:-1]] == [3, 2, 2]
    by = {row["name"]: row["people"] for row in front["by"]["came_from"]}
    assert by == {"google": [2, 2, 1, 1], "mail": [1, 0, 0, 0], "": [1, 1, 1, 1]}
    assert {row["name"]: row["people"][0] for row in front["by"]["device"]} == {"phone": 2, "computer": 1, "other": 1}
    assert [row["people"] for row in front["by"]["month"]] == [[4, 3, 2, 2]]
    # The customer with number 1 bought first and was seen later: he came in by his purchase.
    assert [(entry["step"], entry["people"]) for entry in front["entries"]] == [
        ("visit", 4), ("registration", 0), ("enquiry", 0), ("order", 1),
    ]  # fmt: skip


def test_enquiries_tell_outcomes_causes_and_who_answered(found: Found) -> None:
    loaded = load([Bought(0, 420)], customers=1)
    won, lost = ask(loaded, 0, 418), ask(loaded, None, 419)
    ask(loaded, None, 420)
    close = {"by": BY, "is_history": True}
    enquiries.close_enquiry(enquiry_id=won, outcome=EnquiryOutcome.WON, order_id=loaded.orders[0], now=at(420), **close)
    enquiries.close_enquiry(enquiry_id=lost, outcome=EnquiryOutcome.LOST, loss_note="dear", now=at(419, 14), **close)
    figures = found()
    enquiries_found = figures["funnel"]["front"]["enquiries"]
    assert [enquiries_found[name] for name in ("total", "open", "won", "lost")] == [3, 1, 1, 1]
    assert enquiries_found["causes"] == [{"cause_id": None, "step": "new", "count": 1}]
    assert enquiries_found["owners"] == [{"owner_id": None, "open": 1, "won": 1, "lost": 1, "half_within_hours": 5}]


def test_each_purchase_is_a_step_and_only_those_who_had_the_chance_count(found: Found) -> None:
    # Three bought long ago: one came back after 20 days, one after 100, one never; a fourth bought yesterday.
    load([Bought(0, 10), Bought(0, 30), Bought(1, 10), Bought(1, 110), Bought(2, 10), Bought(3, TODAY - 1)])
    figures = found()
    first, second = figures["funnel"]["back"]["steps"]
    assert (first["number"], first["people"], first["went_on"]) == (1, 4, 2)
    assert first["within"]["30"]["people"] == 3
    assert first["within"]["30"]["value"] == round(1 / 3, 5)
    assert first["within"]["180"]["value"] == round(2 / 3, 5)
    assert first["half_by_days"] == 20
    assert (second["people"], second["went_on"], second["within"]["365"]["value"]) == (2, 0, 0.0)
    assert {(row["name"], row["number"], row["people"]) for row in figures["funnel"]["back"]["by_quarter"]} == {
        ("1", 1, 4), ("1", 2, 1), ("2", 2, 1),
    }  # fmt: skip


def test_more_than_ten_purchases_are_the_tenth_step(found: Found) -> None:
    load([Bought(0, day) for day in range(0, 130, 10)])
    figures = found()
    steps = figures["funnel"]["back"]["steps"]
    assert [step["number"] for step in steps] == list(range(1, 11))
    assert [step["people"] for step in steps] == [1] * 9 + [4]


def test_the_bottleneck_says_what_the_better_half_would_bring(found: Found) -> None:
    # In every second month most come back, in the others few do.
    bought = []
    for month in range(8):
        for n in range(40):
            customer = month * 40 + n
            bought.append(Bought(customer, month * 31 + 2))
            if n < (30 if month % 2 else 6):
                bought.append(Bought(customer, month * 31 + 20))
    load(sorted(bought, key=lambda order: order.day))
    figures = found()
    bottleneck = figures["funnel"]["back"]["bottleneck"]
    assert (bottleneck["step"], bottleneck["horizon_days"]) == (1, 90)
    assert 0.44 < bottleneck["overall"] < 0.46
    assert 0.70 < bottleneck["better"] <= 0.75
    assert bottleneck["gained_people"] == round(
        bottleneck["people_a_year"] * (bottleneck["better"] - bottleneck["overall"])
    )
    assert bottleneck["gained_minor"] > 0


def test_paths_are_counted_by_visit(found: Found) -> None:
    pages = [
        event("a", 420, K.VISIT, 0, section="home"),
        event("a", 420, K.PAGE, 1, section="home"),
        event("a", 420, K.PAGE, 2, section="tea"),
        event("a", 420, K.CART, 3, section="cart"),
        event("a", 420, K.ORDER, 4),
        event("a", 420, K.PAGE, 5, section="thanks"),
        # After more than half an hour it is another visit.
        event("a", 420, K.PAGE, 45, section="tea"),
        event("b", 421, K.PAGE, 0, section="tea"),
        event("b", 421, K.PAGE, 1, section="home"),
    ]
    record(*pages)
    figures = found()
    paths = figures["paths"]
    assert (paths["visits"], paths["visits_with_order"], paths["visitors"]) == (3, 1, 2)
    assert paths["places"] == [
        {"node": "tea", "looks": 3, "entries": 2, "exits": 1},
        {"node": "home", "looks": 2, "entries": 1, "exits": 1},
        {"node": "@cart", "looks": 1, "entries": 0, "exits": 0},
        {"node": "@order", "looks": 1, "entries": 0, "exits": 0},
        {"node": "thanks", "looks": 1, "entries": 0, "exits": 1},
    ]
    assert {(row["node"], row["next"]): row["times"] for row in paths["transitions"]} == {
        ("home", "tea"): 1, ("tea", "@cart"): 1, ("@cart", "@order"): 1, ("@order", "thanks"): 1, ("tea", "home"): 1,
    }  # fmt: skip
    assert {row["node"]: (row["with_order"], row["without_order"]) for row in paths["first"]} == {
        "home": (1, 0), "tea": (0, 2),
    }  # fmt: skip
    assert {row["node"]: (row["with_order"], row["without_order"]) for row in paths["last"]} == {
        "@cart": (1, 0), "tea": (0, 1), "home": (0, 1),
    }  # fmt: skip


def test_many_places_become_one_and_no_look_is_lost(found: Found) -> None:
    record(*[event("a", 420, K.PAGE, n, section=f"s{n:02d}", session="x") for n in range(30)])
    figures = found()
    paths = figures["paths"]
    assert len(paths["places"]) == 15
    assert sum(place["looks"] for place in paths["places"]) == 30
    assert sum(row["times"] for row in paths["transitions"]) + paths["visits"] == 30
