"""What coming purchases are worth today; times `gamma_gamma.expected_value` it is a customer's lifetime value."""

import numpy as np
from numpy.typing import ArrayLike

from regulars.insight.rules.models import buying
from regulars.insight.rules.models.fits import Fit
from regulars.insight.rules.models.histories import Floats, as_columns, distinct


def discounted_purchases(
    fit: Fit,
    x: ArrayLike,
    t_x: ArrayLike,
    T: ArrayLike,
    *,
    period: float,
    periods: int,
    discount: float,
    drop_out_factor: float = 1.0,
) -> Floats:
    """Σₘ (E(m) − E(m−1)) / (1 + d)ᵐ: purchases of `periods` coming spans of time, each discounted from its end.

    discount d: for one period. DET of Fader, Hardie and Lee ("RFM and CLV", JMR 42, 2005), cut off at `periods`.
    """
    columns = as_columns(x, t_x, T)
    chosen, places, _ = distinct(*columns)
    present = (1.0 + discount) ** -np.arange(1.0, periods + 1.0)
    # By Abel's summation each E(m) is weighed once.
    weights = present - np.append(present[1:], 0.0)
    times = period * np.arange(1.0, periods + 1.0)
    some = (column[chosen] for column in columns)
    expected = buying.expected_by(fit, times, *some, drop_out_factor=drop_out_factor)
    return np.asarray((weights @ expected)[places])
