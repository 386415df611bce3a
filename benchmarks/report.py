"""Figures of a benchmark: printed as `name ours peer ratio`, and kept in benchmarks/results by database."""

import json
from pathlib import Path

RESULTS = Path(__file__).parent / "results"
Figure = tuple[str, float, float | None]


def report(name: str, vendor: str, figures: list[Figure]) -> None:
    """`figures` are (what, ours, peer or None)."""
    print(f"{f'{name} ({vendor})':<52}{'ours':>12}{'peer':>12}{'ratio':>8}")
    for what, ours, peer in figures:
        beside = f"{peer:>12,.1f}{ours / peer:>8.2f}" if peer else f"{'–':>12}{'–':>8}"
        print(f"{what:<52}{ours:>12,.1f}{beside}")
    path = RESULTS / f"{name}.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known[vendor] = {
        what: {"ours": round(ours, 2), **({"peer": round(peer, 2), "ratio": round(ours / peer, 2)} if peer else {})}
        for what, ours, peer in figures
    }
    RESULTS.mkdir(exist_ok=True)
    path.write_text(json.dumps(known, indent=2, ensure_ascii=False) + "\n")
