"""Readers of segments and findings, named for what they return."""

from regulars.audience.queries.selection import CustomerRow, count, moment, select, select_ids, stream

__all__ = ["CustomerRow", "count", "moment", "select", "select_ids", "stream"]
