"""Fit BetaGeo or Pareto/NBD to histories: `buying.py bg|pareto FILE.npz TIMES` prints seconds (each) and parameters."""

import json
import sys
import time
import warnings

import numpy as np
from lifetimes import BetaGeoFitter, ParetoNBDFitter

warnings.simplefilter("ignore")


def main(model: str, path: str, times: int) -> None:
    data = np.load(path)
    columns = data["x"], data["t_x"], data["T"]
    seconds = []
    for _ in range(times):
        fitter = BetaGeoFitter() if model == "bg" else ParetoNBDFitter()
        start = time.perf_counter()
        fitter.fit(*columns)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "parameters": dict(fitter.params_)}))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
