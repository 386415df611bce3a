"""Readers of segments and findings, named for what they return."""

from regulars.audience.queries.segments import SegmentRow, Stay, segment, segment_names, segments, segments_of, stays
from regulars.audience.queries.selection import (
    CustomerRow,
    count,
    customers_by_id,
    moment,
    select,
    select_ids,
    stream,
)

__all__ = [
    "CustomerRow",
    "SegmentRow",
    "Stay",
    "count",
    "customers_by_id",
    "moment",
    "segment",
    "segment_names",
    "segments",
    "segments_of",
    "select",
    "select_ids",
    "stays",
    "stream",
]
