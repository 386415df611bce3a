"""Fit BG/NBD by MAP: `buying.py FILE.npz TIMES` prints seconds (each, with compilation) and parameters."""

import json
import logging
import sys
import time
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from pymc_extras.prior import Prior  # noqa: E402
from pymc_marketing.clv import BetaGeoModel  # noqa: E402

FLAT = {name: Prior("HalfFlat") for name in ("r", "alpha", "a", "b")}


def main(path: str, times: int) -> None:
    data = np.load(path)
    table = pd.DataFrame({
        "customer_id": np.arange(len(data["x"])), "frequency": data["x"], "recency": data["t_x"], "T": data["T"]
    })  # fmt: skip
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        model = BetaGeoModel(data=table, model_config=FLAT)
        model.fit(method="map", progressbar=False)
        seconds.append(time.perf_counter() - start)
    posterior = model.fit_result
    parameters = {name: float(posterior[name].mean()) for name in ("r", "alpha", "a", "b")}
    print(json.dumps({"seconds": seconds, "parameters": parameters}))


main(sys.argv[1], int(sys.argv[2]))
