# ruff: noqa: E402 - Django is set up first
"""Segments and lists with a million customers and three million orders, on PostgreSQL.

`python tests/throwaway_postgres.py python -m benchmarks.segments`, CUSTOMERS of the environment for another size.
A segment's building stands beside a bare copy of the memberships that it writes, a count beside `SELECT count(*)` over
all customers. Rows are made in the database; nothing else runs on it.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-bench-"))

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.report import Figure, report
from regulars.audience import actions
from regulars.audience.actions import membership
from regulars.audience.queries import count, segment, select
from regulars.foundation import clock
from regulars.foundation.actors import Actor
from regulars.foundation.conditions.catalogue import catalogue
from regulars.foundation.conditions.syntax import parse

NOW = clock.now()
BY = Actor.system("bench")
CONDITIONS: dict[str, Any] = {
    "ordered twice in 90 days": {
        "fact": "commerce.order", "count": {"op": "at_least", "value": 2}, "period": {"in_last_days": 90},
    },
    "regular, but silent for 60 days": {
        "all": [
            {"attribute": "audience.stage", "op": "is_any_of", "value": ["regular", "loyal"]},
            {"fact": "commerce.order", "did": False, "period": {"in_last_days": 60}},
        ]
    },
    "spent 10,000 or has a birthday soon": {
        "any": [
            {"fact": "commerce.order", "sum": {"column": "total", "op": "at_least", "value": 1_000_000}},
            {"attribute": "customers.birthday", "op": "in_next_days", "value": 14},
        ]
    },
}  # fmt: skip


def fill(customers: int) -> None:
    """Customers with a finding each and three orders on average within a year."""
    with connection.cursor() as cursor:
        # Nothing dangles here: checking millions of foreign keys would only take time.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            """
            INSERT INTO customers_customer (id, created_at, first_name, last_name, patronymic, company, language,
                time_zone, country, city, birth_day, birth_month, criterion, fear, tastes, priorities, search_text,
                sort_name)
            SELECT lpad(to_hex(i), 32, '0')::uuid, %s, 'Имя' || i, 'Фамилия' || i %% 5000, '', '', 'ru', '', '',
                'Город' || i %% 50,
                1 + i %% 28, 1 + i %% 12, '', '', '[]', '[]', 'фамилия' || i %% 5000 || ' имя' || i,
                'фамилия' || i %% 5000 || ' имя' || i
            FROM generate_series(1, %s) i
            """,
            [NOW - timedelta(days=400), customers],
        )
        cursor.execute(
            """
            INSERT INTO commerce_order (id, source, number, customer_id, status, placed_at, local_date, local_hour,
                channel, currency, rate, goods_minor, discount_minor, delivery_minor, tax_minor, total_minor,
                base_total_minor, returned_minor, base_returned_minor, comment, is_history, content_hash, recorded_at)
            SELECT lpad(to_hex(i), 32, '0')::uuid, 'bench', i::text,
                lpad(to_hex(1 + (i * 7919::bigint) %% %s), 32, '0')::uuid, 'completed',
                %s - make_interval(mins => (i * 104729::bigint %% 525600)::int), %s, 12, 'online', 'RUB', 1,
                100000 + i %% 400000, 0, 0, 0, 100000 + i %% 400000, 100000 + i %% 400000, 0, 0, '', true, '', %s
            FROM generate_series(1, %s) i
            """,
            [customers, NOW, NOW.date(), NOW, 3 * customers],
        )
        cursor.execute(
            """
            INSERT INTO audience_customerfinding (slot, customer_id, stage, is_news, orders, purchase_days,
                last_order_at, revenue_minor, revenue_year_minor, returned_minor, at_stake_minor, is_silent_leaver)
            SELECT 1, lpad(to_hex(i), 32, '0')::uuid,
                (ARRAY['new','occasional','repeat','regular','loyal','leaving'])[1 + i %% 6],
                true, i %% 9, i %% 9, %s - make_interval(days => i %% 365), i %% 1000003, 0, 0, i %% 500009, false
            FROM generate_series(1, %s) i
            """,
            [NOW, customers],
        )
        cursor.execute(
            "INSERT INTO audience_publication (id, slot, version, is_baseline, is_announced)"
            " VALUES (1, 1, 1, false, true)"
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def seconds(act: Callable[[], Any], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return round(statistics.median(taken), 3)


def bare_copy(segment_id: Any) -> float:
    """Seconds that the database takes to write a segment's memberships once more, with the same indexes."""
    start = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bare (LIKE audience_membership INCLUDING ALL)")
        cursor.execute("INSERT INTO bare SELECT * FROM audience_membership WHERE segment_id = %s", [segment_id])
    taken = time.perf_counter() - start
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bare")
    return taken


def count_bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customers_customer")
        cursor.fetchone()


def main(customers: int) -> None:
    if connection.vendor != "postgresql":
        print("segments: so many customers are PostgreSQL's work; measured there")
        return
    call_command("migrate", verbosity=0)
    fill(customers)
    figures: list[Figure] = []
    everybody = seconds(count_bare)
    for name, node in CONDITIONS.items():
        data = {"version": 1, "where": node}
        asked = parse(data, catalogue)
        id_ = actions.create_segment(name=name, condition=data, by=BY, now=NOW)
        building = partial(membership.build, segment_id=id_, is_baseline=True, now=NOW)
        first, again = seconds(building, times=1), seconds(building, times=3)
        counted = seconds(partial(count, asked, now=NOW), times=3)
        page = seconds(partial(select, columns=["audience.stage"], segment_id=id_, now=NOW))
        row = segment(id_)
        figures += [
            (f"members of “{name}”", row.members if row else 0, None),
            ("  built, s", first, bare_copy(id_)),
            ("  built again, s", again, None),
            ("  counted, ms", 1000 * counted, 1000 * everybody),
            ("  page, ms", 1000 * page, None),
        ]
    columns = ["audience.stage", "audience.orders", "audience.revenue", "audience.last_order_at", "customers.city"]
    for sort in ("customers.name", "-audience.revenue", "-audience.last_order_at", "audience.stage"):
        pages = partial(select, columns=columns, sort=sort, now=NOW)
        first_page, next_page = seconds(pages), seconds(partial(pages, cursor=pages().next_cursor))
        figures += [(f"all by {sort}, ms", 1000 * first_page, None), ("  next page, ms", 1000 * next_page, None)]
    figures.append(("search, ms", 1000 * seconds(partial(select, columns=columns, search="имя77777", now=NOW)), None))
    figures.append(("everybody counted, ms", 1000 * seconds(partial(count, now=NOW)), 1000 * everybody))
    report("segments", connection.vendor, figures)


if __name__ == "__main__":
    main(int(os.environ.get("CUSTOMERS", "1000000")))
