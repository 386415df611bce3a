"""The figures of the papers come out, to the digits they were printed with (CDNOW: weeks, a tenth, 39 weeks)."""

from pathlib import Path

import numpy as np
import pytest

from regulars.insight.rules.models import bg_nbd, buying, gamma_gamma, pareto_nbd
from regulars.insight.rules.models.fits import Fit, Note
from regulars.insight.rules.models.histories import grouped, ungrouped
from tests.rules.models import cdnow

pytestmark = pytest.mark.data

PRINTED = {
    "bg_nbd": ({"r": 0.2426, "alpha": 4.4135, "a": 0.7929, "b": 2.4258}, -9582.4256),
    "mbg_nbd": ({"r": 0.5248, "alpha": 6.183, "a": 0.8914, "b": 1.614}, -9582.133),
    "pareto_nbd": ({"r": 0.5533, "alpha": 10.5776, "s": 0.6062, "beta": 11.668}, -9594.974),
}


def digits(printed: float) -> float:
    """Half a unit of the last printed place, and a little for the rounding of the data."""
    return float(0.55 * 10.0 ** -len(str(printed).partition(".")[2]))


def fit_of(name: str, folder: Path) -> Fit:
    each = cdnow.sample(folder)
    found = buying.fit(name, grouped(each.frequency, each.recency, each.age)[0])
    assert found is not None
    return found


@pytest.mark.parametrize("name", PRINTED)
def test_parameters_and_likelihood_are_the_printed_ones(shared_data: Path, name: str) -> None:
    found = fit_of(name, shared_data)
    parameters, log_likelihood = PRINTED[name]
    for letter, printed in parameters.items():
        assert found[letter] == pytest.approx(printed, abs=digits(printed)), letter
    assert found.log_likelihood == pytest.approx(log_likelihood, abs=digits(log_likelihood))
    assert (found.customers, found.is_converged, found.note) == (2357, True, Note.NONE)


def test_bg_nbd_expects_what_was_printed(shared_data: Path) -> None:
    found = fit_of("bg_nbd", shared_data)
    assert bg_nbd.expected_purchases(found, 39, 2, 30.43, 38.86)[0] == pytest.approx(1.226, abs=0.0005)
    printed = {0.1429: 0.0078, 1: 0.0532, 3: 0.1506, 31.857: 1.0405, 32: 1.0437}
    for t, expected in printed.items():
        assert bg_nbd.expected_of_new(found, t) == pytest.approx(expected, abs=0.00006), t
    # The printed 1.8576 is the hypergeometric series after 150 terms (t / (α + t) = .946); in full it is 1.8580.
    assert bg_nbd.expected_of_new(found, 78) == pytest.approx(1.8576, abs=0.0005)
    rounded = Fit("bg_nbd", {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, 0.0, {}, 2357, True)
    assert 1 - bg_nbd.probability_of_any(rounded, 39, 0, 0, 0)[0] == pytest.approx(0.5737864, abs=1e-7)


def test_pareto_nbd_expects_what_was_printed(shared_data: Path) -> None:
    found = fit_of("pareto_nbd", shared_data)
    assert pareto_nbd.p_alive(found, 26, 30.86, 31)[0] == pytest.approx(0.9979, abs=0.00006)
    assert pareto_nbd.expected_purchases(found, 52, 26, 30.86, 31)[0] == pytest.approx(25.4565, abs=0.0002)


def test_gamma_gamma_is_the_printed_one(shared_data: Path) -> None:
    each = cdnow.sample(shared_data)
    half_up_cents = np.floor(each.mean * 100 + 0.5 + 1e-9) / 100
    found = gamma_gamma.fit(each.frequency, half_up_cents)
    assert found is not None
    assert found.customers == 946
    for letter, printed in {"p": 6.249, "q": 3.745, "gamma": 15.448}.items():
        assert found[letter] == pytest.approx(printed, abs=0.0006)
    assert found.log_likelihood == pytest.approx(-4055.923, abs=0.0006)
    expected = gamma_gamma.expected_value(found, each.frequency[:10], each.mean[:10])
    assert np.round(expected, 2).tolist() == [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]


def test_all_of_cdnow_in_days(shared_data: Path) -> None:
    each = cdnow.everybody(shared_data)
    found = buying.fit("bg_nbd", grouped(each.frequency, each.recency, each.age)[0])
    assert found is not None
    assert found.customers == 23_570
    for letter, printed in {"r": 0.26713, "alpha": 41.905, "a": 0.48352, "b": 2.1116}.items():
        assert found[letter] == pytest.approx(printed, abs=digits(printed)), letter
    assert found.log_likelihood == pytest.approx(-259086.827, abs=0.0006)


def test_grouping_changes_nothing(shared_data: Path) -> None:
    each = cdnow.sample(shared_data)
    alone = bg_nbd.fit(ungrouped(each.frequency, each.recency, each.age))
    together = fit_of("bg_nbd", shared_data)
    assert alone is not None
    assert alone.log_likelihood == pytest.approx(together.log_likelihood, abs=1e-6)
    assert dict(alone.parameters) == pytest.approx(dict(together.parameters), rel=1e-6)
