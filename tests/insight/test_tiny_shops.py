"""Shops of no, one and few customers: nothing raises, and what cannot be known is said to be unknown."""

import pytest

from regulars.audience.queries import findings
from regulars.audience.rules import Stage
from regulars.insight.queries.stage_rules import stage_preview
from regulars.insight.rules.stages import Thresholds
from tests.insight.conftest import Analyse
from tests.insight.shops import Bought, CameBack, Line, load


def test_an_empty_shop_is_analysed(run: Analyse) -> None:
    result = run()
    assert (result.customers, result.orders, result.is_baseline) == (0, 0, True)
    assert findings.shop_finding("weeks") == []
    assert findings.shop_finding("rhythm")["is_known"] is False
    assert findings.shop_finding("facts")["first_date"] is None


def test_one_customer_who_bought_once_is_new(run: Analyse) -> None:
    loaded = load([Bought(0, 425)])
    run()
    found = findings.finding_of(loaded.customers[0])
    assert found is not None
    assert (found.stage, found.orders, found.silence_days, found.gap_limit_days) == (Stage.NEW, 1, 3, None)
    assert (found.at_stake_minor, found.recency_score) == (0, 1)


def test_a_customer_without_orders_is_potential(run: Analyse) -> None:
    loaded = load([Bought(0, 425)], customers=2)
    run()
    found = findings.finding_of(loaded.customers[1])
    assert found is not None
    assert (found.stage, found.orders, found.last_order_at, found.silence_days) == (Stage.POTENTIAL, 0, None, None)
    assert (found.recency_score, found.average_order_minor) == (None, None)


@pytest.mark.parametrize(
    ("bought", "came_back"),
    [
        pytest.param([Bought(n, 420) for n in range(30)], [], id="one day"),
        pytest.param([Bought(None, day) for day in range(30)], [], id="guests only"),
        pytest.param([], [CameBack(None, 400, 500), CameBack(0, 401, 500)], id="returns only"),
        pytest.param([Bought(0, 400)], [CameBack(0, 401, 1000, order=0)], id="all came back"),
        pytest.param([Bought(0, 400, status="cancelled")], [], id="cancelled"),
        pytest.param([Bought(0, 400, [Line(2, 500)])], [], id="delivery only"),
        pytest.param([Bought(n % 6, n) for n in range(60, 420)], [], id="every sixth day like a clock"),
    ],
)
def test_odd_shops_do_not_raise(run: Analyse, bought: list[Bought], came_back: list[CameBack]) -> None:
    load(bought, came_back, customers=1)
    run()
    assert sum(findings.stage_counts().values()) == sum(stage_preview(Thresholds()).values())
    assert findings.publication() is not None
