"""Three hundred hard shops: no fit raises, none misses the best likelihood known; and the season on a real shop."""

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pytest
from scipy.optimize import minimize

from regulars.insight.rules import backtests
from regulars.insight.rules.backtests import HORIZON_DAYS, Visits
from regulars.insight.rules.models import bg_family, buying, pareto_nbd, season
from regulars.insight.rules.models.bg_family import Shape
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Floats, Histories, grouped
from regulars.insight.rules.models.newton import Objective
from tests.rules.models.shops import hard_shop
from tests.rules.models.test_odd_shops import NAMES, assert_honest

pytestmark = pytest.mark.soak

SHOPS = 300
STARTS = 4
# Random starts cost much; every so many shops have them.
EVERY = 10


@pytest.mark.parametrize("name", NAMES)
def test_no_fit_raises_and_all_find_the_top(name: str) -> None:
    behind = []
    for number in range(SHOPS):
        each = hard_shop(number)[1]
        alike = grouped(each.frequency, each.recency, each.age, log_gap_total=each.log_gap_total)[0]
        assert_honest(name, alike)
        if number % EVERY == NAMES.index(name):
            found = buying.fit(name, alike)
            assert found is not None
            behind.append(best_known(found, alike) - found.log_likelihood)
    assert max(behind) < 0.01


def best_known(found: Fit, histories: Histories) -> float:
    """The highest log-likelihood of several climbs from random places, by another method and far wider bounds."""
    objective, unchanging = of_model(found, histories)
    typical = histories.typical_age
    centre = np.log([1.0, typical, 1.0, typical if found.name == "pareto_nbd" else 1.0])
    rng = np.random.default_rng(histories.customers)

    def below(point: Floats) -> tuple[float, Floats]:
        with np.errstate(all="ignore"):
            value, gradient, _ = objective(point)
        is_number = np.isfinite(value) and np.all(np.isfinite(gradient))
        return (-value, -gradient) if is_number else (1e12, np.zeros(4))

    tried = [
        minimize(
            below,
            centre + rng.normal(0, 2, 4),
            jac=True,
            method="L-BFGS-B",
            bounds=[(at - 25, at + 25) for at in centre],
            options={"maxiter": 500, "ftol": 1e-14},
        )
        for _ in range(STARTS)
    ]
    return max(-one.fun for one in tried) + unchanging


def of_model(found: Fit, histories: Histories) -> tuple[Objective, float]:
    if found.name == "pareto_nbd":
        return pareto_nbd.objective(histories), 0.0
    shape = Shape(int(found.parameters.get("k", 1)), int(found.name != "bg_nbd"))
    return bg_family.objective(histories, shape), bg_family.of_pauses(histories, shape.k)


@pytest.mark.data
def test_the_season_brings_the_totals_of_2011_within_twelve_per_cent(shared_data: Path) -> None:
    visits = visits_of(shared_data / "online_retail_ii.csv.gz")
    first = (date(2011, 3, 1) - date(1970, 1, 1)).days
    last = (date(2011, 9, 10) - date(1970, 1, 1)).days
    errors = [error_of_total(visits, day) for day in range(first, last + 1, 14)]
    assert max(map(abs, errors)) <= 0.12, errors


def error_of_total(visits: Visits, day: int) -> float:
    (expected, before), came = quarter(visits, day)
    (expected_then, before_then), came_then = quarter(visits, day - season.YEAR_DAYS)
    level = season.level(season.Quarter(expected, before), season.Quarter(expected_then, before_then), came=came_then)
    return expected * level / came - 1.0


def quarter(visits: Visits, day: int) -> tuple[tuple[float, float], float]:
    standing = backtests.standing_at(visits, day)
    alike = grouped(standing.frequency, standing.recency, standing.age)[0]
    fit = buying.fit("bg_nbd", alike)
    assert fit is not None
    each = buying.expected_purchases(fit, HORIZON_DAYS, alike.frequency, alike.recency, alike.age)
    came = backtests.outcome_of(visits, standing, stop=day + HORIZON_DAYS).number.sum()
    return (float(alike.weight @ each), float(standing.recent.sum())), float(came)


def visits_of(source: Path) -> Visits:
    """Days of purchase of known customers, as `tests.insight.test_real_data` cleans them."""
    text = {name: pa.string() for name in ("Invoice", "StockCode", "Customer ID")}
    rows = pyarrow.csv.read_csv(source, convert_options=pyarrow.csv.ConvertOptions(column_types=text))
    is_sale = pc.and_(pc.greater(rows["Quantity"], 0), pc.greater(rows["Price"], 0))
    rows = rows.filter(pc.and_(is_sale, pc.not_equal(pc.fill_null(rows["Customer ID"], ""), "")))
    rows = rows.filter(pc.invert(pc.is_in(rows["StockCode"], pa.array(["POST", "DOT", "M", "C2", "BANK CHARGES"]))))
    day = rows["InvoiceDate"].cast(pa.timestamp("s")).cast(pa.int64()).to_numpy() // 86_400
    customer = np.unique(rows["Customer ID"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)[1]
    visit = np.unique(customer * 100_000 + day)
    return Visits(visit // 100_000, visit % 100_000, np.zeros(len(visit), np.int64), int(customer.max()) + 1)
