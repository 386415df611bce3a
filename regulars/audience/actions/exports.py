"""Customers' data taken out of the product: who took it, when, and which."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from regulars.foundation import audit
from regulars.foundation.actors import Actor


def note_export(
    *,
    columns: Sequence[str],
    condition: Mapping[str, Any] | None,
    segment_id: UUID | None = None,
    by: Actor,
    now: datetime,
) -> None:
    """Write down that `by` takes a list of customers out as a file."""
    audit.record(
        verb="customers.exported",
        subject_kind="segment" if segment_id else "customers",
        subject_id=segment_id or "all",
        by=by,
        now=now,
        after={"columns": list(columns), "condition": condition},
    )
