"""`make bench-insight`: every part of insight against its peers, in the same run.

`python -m benchmarks.insight [PART …]` runs the parts named, or all. A part is a module with `main()`, which prints its
figures and keeps them by `benchmarks.report`; peers run in environments of their own (`benchmarks.peers`). Parts that
use the database run on SQLite and again on PostgreSQL, the others once.
"""

import os
import sys
from importlib import import_module

PARTS = ["insight_models", "insight_recommending", "insight_buyers"]
ON_BOTH_DATABASES = ["insight_pass"]


def main(parts: list[str]) -> None:
    for part in parts:
        import_module(f"benchmarks.{part}").main()


if __name__ == "__main__":
    once = [] if "DATABASE_URL" in os.environ else PARTS
    main([f"insight_{name.removeprefix('insight_')}" for name in sys.argv[1:]] or [*once, *ON_BOTH_DATABASES])
