"""Promises of chances, intervals and totals on many kinds of shops, with full counts; odd shops break nothing."""

from pathlib import Path

import pytest
from django.db import connection

from tests.simulation import World, judged, promises, simulate

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="no database takes part; once is enough"),
]

# Of these the models know the kind, if not the parameters.
KINDS = {
    "as in the sample shop": World(customers=4000),
    "regular buyers": World(customers=4000, gap_shape=3.0),
    "most leave soon": World(customers=4000, leaving=(1.2, 1.8)),
    "few leave": World(customers=3000, leaving=(0.5, 30.0)),
    "rare buyers": World(customers=4000, rate_shape=1.2, rate_scale_days=220.0, past_days=900),
    "all began on one day": World(customers=3000, is_all_at_once=True, past_days=500),
}
ODD = {
    "thirty customers": World(customers=30),
    "nobody leaves": World(customers=300, leaving=None),
    "everybody leaves after the first purchase": World(customers=300, leaving=(500.0, 0.5)),
    "daily buyers": World(customers=80, rate_shape=40.0, rate_scale_days=40.0, past_days=150, leaving=(0.5, 40.0)),
    "like a clock": World(customers=200, gap_shape=50.0),
    "one great season": World(customers=300, season=0.9),
    "wild amounts": World(customers=300, spend_q=1.1),
    "twenty days old": World(customers=300, past_days=20),
}


@pytest.mark.parametrize("world", KINDS.values(), ids=KINDS.keys())
def test_promises_are_kept(world: World, tmp_path: Path) -> None:
    shop = judged(simulate(world), tmp_path)
    promises.chances_come_true(shop)
    promises.years_money_lies_in_its_interval(shop)
    promises.next_purchase_falls_into_its_window(shop)
    promises.totals_come_out(shop)


@pytest.mark.parametrize("world", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("seed", range(3))
def test_odd_shops_break_nothing(world: World, seed: int, tmp_path: Path) -> None:
    odd = World(**{**vars(world), "seed": seed})
    promises.everything_is_within_bounds(judged(simulate(odd), tmp_path))
