"""No fit raises and none returns what is no number, however odd the shop. In full: tests/soak/test_models_soak.py."""

import numpy as np
import pytest

from regulars.insight.rules.models import buying
from regulars.insight.rules.models.histories import Histories, grouped
from tests.rules.models.shops import HARD, ODD, hard_shop

NAMES = ("bg_nbd", "mbg_nbd", "mbg_cnbd_k", "pareto_nbd")


def assert_honest(name: str, histories: Histories) -> None:
    found = buying.fit(name, histories)
    if histories.exposure == 0:
        assert found is None
        return
    assert found is not None
    assert found.is_converged
    assert np.all(np.isfinite([*found.parameters.values(), found.log_likelihood]))
    assert all(error is None or np.isfinite(error) for error in found.standard_errors.values())
    columns = histories.frequency, histories.recency, histories.age
    for t in (1, 365):
        expected, chance = buying.expected_purchases(found, t, *columns), buying.probability_of_any(found, t, *columns)
        assert np.all(np.isfinite(expected))
        assert np.all((chance >= 0) & (chance <= 1) & (chance <= expected + 1e-6))
    assert np.all(np.isfinite(buying.next_purchase_in(found, 0.9, *columns)))


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", NAMES)
def test_odd_shops(name: str, odd: str) -> None:
    assert_honest(name, grouped(*ODD[odd])[0])


@pytest.mark.parametrize("number", range(len(HARD) - 1))
@pytest.mark.parametrize("name", ["bg_nbd", "pareto_nbd"])
def test_hard_shops(name: str, number: int) -> None:
    each = hard_shop(number)[1]
    assert_honest(name, grouped(each.frequency, each.recency, each.age, log_gap_total=each.log_gap_total)[0])
