"""Expected purchases by BetaGeo: `buyers.py FILE.npz DAYS OUT.npy` fits to x, t_x, T (days), writes one for each."""

import json
import sys
import warnings

import numpy as np
from lifetimes import BetaGeoFitter

warnings.simplefilter("ignore")
WEEK = 7.0


def main(path: str, days: int, out: str) -> None:
    data = np.load(path)
    x, t_x, T = data["x"], data["t_x"] / WEEK, data["T"] / WEEK
    fitter = BetaGeoFitter()
    fitter.fit(x, t_x, T)
    expected = fitter.conditional_expected_number_of_purchases_up_to_time(days / WEEK, x, t_x, T)
    np.save(out, np.asarray(expected, dtype=np.float64))
    print(json.dumps({"total": float(np.sum(expected))}))


main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
