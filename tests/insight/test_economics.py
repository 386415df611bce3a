"""What the analysis finds for the economics, counted by hand for a small shop, and said honestly for tiny ones."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest

from regulars.audience.queries import findings
from regulars.commerce.models import Order, Variant
from regulars.insight.queries.economics import economics
from regulars.shop import actions
from regulars.shop.rules import Channel, SpendingPurpose
from regulars.shop.rules.spending import SpendingDraft
from tests.insight.conftest import Analyse
from tests.insight.shops import BY, NOW, START, Bought, CameBack, Line, load, simulated

DECEMBER, JANUARY, FEBRUARY, MARCH = (
    (day - START).days for day in (date(2025, 12, 10), date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 9))
)


def small_shop() -> None:
    """Anna (site) in December and January; Boris (store) in January, half of it back in February; a guest in March."""
    loaded = load(
        [
            Bought(0, DECEMBER, (Line(0, 100_000),)),
            Bought(0, JANUARY, (Line(1, 40_000),)),
            Bought(1, JANUARY, (Line(0, 60_000),)),
            Bought(None, MARCH, (Line(0, 5_000),)),
            Bought(2, JANUARY, (Line(0, 7_000),), status="cancelled"),
        ],
        [CameBack(1, FEBRUARY, 30_000, order=2)],
    )
    Order.objects.filter(id=loaded.orders[2]).update(channel="store")
    Order.objects.exclude(id=loaded.orders[2]).update(channel="online")
    first, second, _delivery = loaded.variants
    Variant.objects.filter(id=first).update(cost_minor=40_000, currency="RUB")
    Variant.objects.filter(id=second).update(cost_minor=200, currency="EUR")
    actions.set_rate(currency="EUR", valid_from_date=date(2025, 1, 1), rate=Decimal(100), by=BY, now=NOW)


def test_money_by_cohort_and_channel_is_what_one_counts_by_hand(run: Analyse) -> None:
    small_shop()
    run()
    found = findings.shop_finding("economics")
    assert [
        (row["month"], row["new"], row["new_minor"], row["existing_minor"], row["active"], row["is_whole"])
        for row in found["months"]
    ] == [
        ("2025-12", {"online": 1}, 100_000, 0, 1, True),
        ("2026-01", {"store": 1}, 60_000, 40_000, 2, True),
        ("2026-02", {}, 0, -30_000, 2, True),
        ("2026-03", {}, 0, 0, 2, False),
    ]
    assert found["cohorts"] == [
        {"month": "2025-12", "size": 1, "money": [100_000, 40_000, 0]},
        {"month": "2026-01", "size": 1, "money": [60_000, -30_000]},
    ]
    assert found["channels"] == {}, "nobody's first twelve months are over"
    assert found["sizes"] == {"first_minor": 80_000.0, "later_minor": 40_000.0}
    # Three pieces of the first at 400.00, one of the second at 2.00 € of 100 roubles.
    assert found["costs"] == {"revenue_minor": 205_000, "known_minor": 205_000, "cost_minor": 140_000}
    the_week_of_each_channel_is_known()
    spending_counts_at_once()


def the_week_of_each_channel_is_known() -> None:
    found = findings.shop_finding("weekdays")
    assert found["shop"][""] == [5_000, 0, 0, 0, 0, 100_000, 0], "Saturday 10 January; December is too long ago"
    assert found["channel"] == {"online": [5_000, 0, 0, 0, 0, 40_000, 0], "store": [0, 0, 0, 0, 0, 60_000, 0]}
    assert found["store"] == {}


def spending_counts_at_once() -> None:
    draft = SpendingDraft(date(2026, 1, 1), SpendingPurpose.ACQUISITION, Channel.STORE, "RUB", 9_000)
    actions.add_spending(draft=draft, by=BY, now=NOW)
    found = economics()
    assert found is not None
    assert found.won.cac_minor == 9_000
    by_channel = [(row.channel, row.won.customers, row.won.cac_minor) for row in found.channels]
    assert by_channel == [(Channel.STORE, 1, 9_000)]
    assert found.margin.share == pytest.approx(1 - 140 / 205)
    assert found.payback == 0
    assert (found.cohorts[0].cac_minor, found.cohorts[1].cac_minor) == (None, 9_000)


def test_a_shop_of_some_size_gets_a_value_and_a_gain_with_their_ranges(run: Analyse) -> None:
    load(simulated(Random(5), customers=150, days=420))
    actions.set_assumptions(margin_share=0.4, discount_share=0.1, by=BY, now=NOW)
    run()
    found = economics()
    assert found is not None
    assert found.less_churn is not None
    assert found.value_of_new is not None
    less, value = found.less_churn, found.value_of_new
    assert 0 < less.year.low <= less.year.value <= less.year.high
    assert less.lifetime.value > less.year.value
    assert value.low <= value.value <= value.high
    assert 0 < less.retention < 1
    assert found.clv_to_cac is None, "no spending yet"


@pytest.mark.parametrize(
    "bought",
    [[], [Bought(0, 428)], [Bought(n, JANUARY) for n in range(30)]],
    ids=["nothing", "one customer, only today", "thirty on one day"],
)
def test_tiny_shops_say_what_is_not_known(run: Analyse, bought: list[Bought]) -> None:
    load(bought)
    run()
    found = economics()
    if found is None:
        return
    assert found.won.cac_minor is None
    assert found.business is None, "no costs, no margin"
    assert found.less_churn is None
