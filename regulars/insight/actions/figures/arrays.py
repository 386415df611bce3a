"""Between Arrow columns, numpy arrays and the rows that are published."""

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def whole(column: pa.ChunkedArray) -> NDArray[np.int64]:
    return np.asarray(column.combine_chunks().fill_null(0).to_numpy(zero_copy_only=False), dtype=np.int64)


def floats(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def moments_of(column: pa.ChunkedArray) -> NDArray[np.datetime64]:
    return np.asarray(column.cast(pa.timestamp("us")).to_numpy(), dtype="datetime64[us]")


def later(moments: NDArray[np.datetime64], days: NDArray[np.float64]) -> NDArray[np.datetime64]:
    spans = np.where(np.isnan(days), 0, days) * 86_400_000_000
    later: NDArray[np.datetime64] = moments + spans.astype("timedelta64[us]")
    return np.where(np.isnan(days), np.datetime64("NaT"), later)


def zoned(moments: NDArray[np.datetime64]) -> pa.Array:
    return pa.array(moments, pa.timestamp("us")).cast(pa.timestamp("us", tz="UTC"))


def rounded(figures: NDArray[np.float64]) -> pa.Array:
    is_missing = np.isnan(figures)
    return pa.array(np.rint(np.where(is_missing, 0, figures)).astype(np.int64), mask=is_missing)
