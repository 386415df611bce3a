"""How unusual a silence is, by a customer's own pauses."""

from statistics import NormalDist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.insight.rules.rhythm import share_shorter

DAYS = st.floats(1, 400)


@given(median=DAYS, beyond=st.floats(1.05, 10), patience=st.sampled_from([0.8, 0.9, 0.95]))
def test_half_are_shorter_than_the_usual_pause_and_a_share_than_the_limit(
    median: float, beyond: float, patience: float
) -> None:
    said = {"median_days": median, "limit_days": median * beyond, "patience_z": NormalDist().inv_cdf(patience)}
    assert share_shorter(median, **said) == pytest.approx(0.5)
    assert share_shorter(median * beyond, **said) == pytest.approx(patience)


@given(silence=DAYS, longer=st.floats(0.1, 100))
def test_a_longer_silence_is_more_unusual(silence: float, longer: float) -> None:
    said = {"median_days": 24.0, "limit_days": 40.0, "patience_z": 1.28}
    assert 0 <= share_shorter(silence, **said) <= share_shorter(silence + longer, **said) <= 1


def test_a_silence_of_no_days_is_no_silence() -> None:
    assert share_shorter(0, median_days=24.0, limit_days=40.0, patience_z=1.28) < 1e-6
