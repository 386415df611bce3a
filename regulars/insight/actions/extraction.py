"""Bringing over what changed. Each run has a folder of its own: changed parts anew, the others as hard links.

Neither ids nor times are commit order, so nothing is compared with a "last seen". A reaction marks the parts that an
event touched; a transaction that commits late brings its event late, and so its mark. A part's fingerprint catches
what no event tells of: rows that were moved to another month or taken away.
"""

import json
import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from regulars.commerce import extracts as commerce
from regulars.customers import extracts as customers
from regulars.foundation.snapshot import Extract, Snapshot, snapshot
from regulars.insight import store
from regulars.insight.models import AnalysisRun, ChangedPart
from regulars.insight.rules.runs import RunState

EXTRACTS: tuple[Extract, ...] = (
    commerce.orders,
    commerce.order_lines,
    commerce.return_lines,
    commerce.variants,
    commerce.enquiries,
    commerce.site_events,
    customers.customers,
)
_MANIFEST = "manifest.json"
# No rows, so that a table without parts is still a table.
_EMPTY = "empty"

Manifest = Mapping[str, Mapping[str, str | None]]


@dataclass(frozen=True)
class Brought:
    """parts_read, parts_kept: how many were read from the database, how many linked. mark_ids: marks made good."""

    folder: Path
    parts_read: int
    parts_kept: int
    rows_read: int
    mark_ids: Sequence[UUID]


def bring(folder: Path, *, is_full: bool, on_share: Callable[[float], None]) -> Brought:
    """Fill `folder` with every extract as the database is now."""
    marks = list(ChangedPart.objects.values_list("id", "extract", "part"))
    marked = {(extract, part) for _, extract, part in marks}
    last_folder = None if is_full else _last_folder(folder.parent)
    last = _manifest(last_folder) if last_folder else {}
    manifest: dict[str, dict[str, str | None]] = {}
    read = kept = rows = 0
    # Opened after the marks were read: what they stand for is committed, so this view holds it.
    with snapshot() as view:
        parts = [(extract, part, mark) for extract in EXTRACTS for part, mark in extract.parts(view).items()]
        for extract in EXTRACTS:
            store.write_part(extract.schema.empty_table(), folder / extract.name / f"{_EMPTY}.parquet")
            manifest[extract.name] = {}
        for place, (extract, part, fingerprint) in enumerate(parts):
            path = folder / extract.name / f"{part}.parquet"
            before = last.get(extract.name, {}).get(part)
            is_same = fingerprint is not None and before == fingerprint and (extract.name, part) not in marked
            if is_same and last_folder is not None and _link(last_folder / extract.name / path.name, path):
                kept += 1
            else:
                rows += _read(extract, view, part, path)
                read += 1
            manifest[extract.name][part] = fingerprint
            on_share((place + 1) / len(parts))
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1))
    return Brought(folder, read, kept, rows, [id_ for id_, _, _ in marks])


def forget_marks(mark_ids: Sequence[UUID]) -> None:
    """Take away exactly the marks that a run has made good; later ones stay for the next run."""
    for start in range(0, len(mark_ids), 500):
        ChangedPart.objects.filter(id__in=mark_ids[start : start + 500]).delete()


def remove_folders(root: Path, *, keep: Sequence[str]) -> None:
    """Take away the folders of runs that nobody needs any more, half-written ones included."""
    for path in root.iterdir() if root.exists() else ():
        if path.is_dir() and path.name not in keep:
            shutil.rmtree(path, ignore_errors=True)


def _last_folder(root: Path) -> Path | None:
    """The folder of the last run that ended well, if it is still whole."""
    names = AnalysisRun.objects.filter(state=RunState.DONE).order_by("-started_at").values_list("folder", flat=True)
    name = names.first()
    return root / name if name and (root / name / _MANIFEST).exists() else None


def _manifest(folder: Path) -> Manifest:
    try:
        manifest: Manifest = json.loads((folder / _MANIFEST).read_text())
    except ValueError:
        return {}
    return manifest


def _link(source: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        return False
    except OSError:  # a file system without hard links
        shutil.copyfile(source, target)
    return True


def _read(extract: Extract, view: Snapshot, part: str, path: Path) -> int:
    table = extract.read(view, part)
    store.write_part(table, path)
    return int(table.num_rows)
