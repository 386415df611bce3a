"""CLV of 12 months with given parameters: `value.py FILE.npz PARAMETERS.json TIMES` prints seconds and the sum."""

import json
import sys
import time
import warnings

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter

warnings.simplefilter("ignore")


def main(path: str, parameters: str, times: int) -> None:
    data = np.load(path)
    x, t_x, T, mean = (pd.Series(data[name]) for name in ("x", "t_x", "T", "mean"))
    given = json.loads(parameters)
    buying, money = BetaGeoFitter(), GammaGammaFitter()
    buying.params_ = pd.Series({letter: given[letter] for letter in ("r", "alpha", "a", "b")})
    buying.predict = buying.conditional_expected_number_of_purchases_up_to_time
    money.params_ = pd.Series({"p": given["p"], "q": given["q"], "v": given["gamma"]})
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        value = money.customer_lifetime_value(buying, x, t_x, T, mean, time=12, discount_rate=0.01, freq="D")
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "total": float(value.sum())}))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
