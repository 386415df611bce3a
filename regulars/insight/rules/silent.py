"""Silent leavers: who says nothing, stays away for longer than is his way, and by the model is ever less a customer."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The chance that he is still a customer must have lost a tenth of what it was when he was due: less is no news, since
# under every model it falls a little with each silent day.
FALLEN = 0.9


def is_silent_leaver(
    *,
    silence_days: Floats,
    limit_days: Floats,
    is_lost: NDArray[np.bool_],
    p_alive: Floats,
    p_alive_due: Floats,
    sees_drop_out: bool,
) -> NDArray[np.bool_]:
    """Silence beyond the customer's own limit and a fallen chance; who is lost has left already. NaN: not known.

    Where no chance is known, or the model has seen nobody leave and so never lets it fall, the silence alone tells.
    """
    with np.errstate(invalid="ignore"):
        has_fallen = ~(p_alive > FALLEN * p_alive_due) if sees_drop_out else True
        return (silence_days > limit_days) & has_fallen & ~is_lost
