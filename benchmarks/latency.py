"""p95 of pages and of a write while a million order lines come in, against the same on the loaded, idle shop.

`python -m benchmarks.latency`, on SQLite or on the database that DATABASE_URL names (a throw-away one). Pages are asked
for over HTTP from a running `serve`; the write is `place_order`, by another process than the desk's and the import's.
"""

import subprocess
import sys
import tempfile
from collections import defaultdict
from time import perf_counter, sleep
from uuid import UUID

from benchmarks.desk import p95, served, session_cookie, set_up_django, shared_data, times_of
from benchmarks.report import report

PATHS = ("/", "/customers/", "/orders/", "/imports/", "/healthz")
ROUNDS_IDLE = 30


def main() -> None:
    data = shared_data() / "online_retail_ii.csv.gz"
    if not data.exists():
        sys.exit(f"the data is not at {data}; REGULARS_SHARED_DATA may name another folder")
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as home:
        set_up_django(home)
        from django.db import connection

        cookie, variant_id = session_cookie(), _variant()
        with served():
            times_of(PATHS, cookie, rounds=3)
            under_load: dict[str, list[float]] = defaultdict(list)
            started = perf_counter()
            importing = subprocess.Popen(
                [sys.executable, "-m", "regulars", "import", str(data), "--yes", "--json"], stdout=subprocess.PIPE
            )
            while importing.poll() is None:
                for path, values in times_of(PATHS, cookie, rounds=1).items():
                    under_load[path] += values
                under_load["place_order"].append(_place_order(variant_id, len(under_load["place_order"])))
                sleep(0.05)
            seconds = perf_counter() - started
            assert importing.returncode == 0, importing.communicate()[0]
            importing.communicate()
            idle = times_of(PATHS, cookie, rounds=ROUNDS_IDLE)
            idle["place_order"] = [_place_order(variant_id, 10**6 + n) for n in range(ROUNDS_IDLE)]
        figures = [(f"p95 ms {name}", p95(under_load[name]), p95(idle[name])) for name in [*PATHS, "place_order"]]
        figures += [(f"longest ms {name}", max(under_load[name]), max(idle[name])) for name in ("/", "place_order")]
        report("latency", connection.vendor, [*figures, ("seconds of the import meanwhile", seconds, None)])
        connection.close()


def _variant() -> UUID:
    from regulars.commerce.actions import catalogue
    from regulars.foundation import clock
    from regulars.foundation.actors import Actor

    us, now = Actor.system("bench"), clock.now()
    product_id = catalogue.add_product(name="Tea", by=us, now=now)
    return catalogue.add_variant(
        product_id=product_id, source="bench", sku="TEA", currency="GBP", price_minor=350, by=us, now=now
    )


def _place_order(variant_id: UUID, number: int) -> float:
    """Milliseconds of one order."""
    from regulars.commerce.actions.orders import place_order
    from regulars.commerce.rules import OrderDraft, OrderLineDraft
    from regulars.foundation import clock
    from regulars.foundation.actors import Actor

    now = clock.now()
    line = OrderLineDraft(variant_id=variant_id, quantity_milli=1000, unit_price_minor=350)
    draft = OrderDraft(
        source="bench", number=str(number), customer_id=None, placed_at=now, currency="GBP", lines=(line,)
    )
    started = perf_counter()
    place_order(draft=draft, by=Actor.system("bench"), now=now)
    return (perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
