"""The only writers of segments and findings."""

from regulars.audience.actions.exports import note_export
from regulars.audience.actions.membership import mark_dirty
from regulars.audience.actions.ready_made import create_ready_made_segments
from regulars.audience.actions.segments import (
    NameTaken,
    NoSuchSegment,
    SegmentIsClosed,
    change_segment,
    close_segment,
    create_segment,
    rebuild_segments,
    reopen_segment,
)

__all__ = [
    "NameTaken",
    "NoSuchSegment",
    "SegmentIsClosed",
    "change_segment",
    "close_segment",
    "create_ready_made_segments",
    "create_segment",
    "mark_dirty",
    "note_export",
    "rebuild_segments",
    "reopen_segment",
]
