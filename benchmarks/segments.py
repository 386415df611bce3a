# ruff: noqa: E402 - Django is set up first
"""Segments and lists with a million customers and three million orders, on PostgreSQL.

`python tests/throwaway_postgres.py python -m benchmarks.segments [CUSTOMERS]` prints one JSON document: seconds for
building each kind of segment, for counts and for pages. Rows are made in the database; nothing else runs on it.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.project.settings"
os.environ.setdefault("REGULARS_HOME", tempfile.mkdtemp(prefix="regulars-bench-"))

import django

django.setup()

from django.core.management import call_command
from django.db import connection

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
        cursor.execute(
            """
            INSERT INTO customers_customer (id, created_at, first_name, last_name, patronymic, company, language,
                time_zone, country, city, birth_day, birth_month, criterion, fear, tastes, priorities, search_text,
                sort_name)
            SELECT md5('c' || i)::uuid, %s, 'Имя' || i, 'Фамилия' || i %% 5000, '', '', 'ru', '', '',
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
            SELECT md5('o' || i)::uuid, 'bench', i::text, md5('c' || 1 + (i * 7919::bigint) %% %s)::uuid, 'completed',
                %s - make_interval(mins => (i * 104729::bigint %% 525600)::int), %s, 12, 'online', 'RUB', 1,
                100000 + i %% 400000, 0, 0, 0, 100000 + i %% 400000, 100000 + i %% 400000, 0, 0, '', true, '', %s
            FROM generate_series(1, %s) i
            """,
            [customers, NOW, NOW.date(), NOW, 3 * customers],
        )
        cursor.execute(
            """
            INSERT INTO audience_customerfinding (slot, customer_id, stage, is_news, orders, purchase_days,
                last_order_at, revenue_minor, revenue_year_minor, returned_minor, at_stake_minor)
            SELECT 1, md5('c' || i)::uuid,
                (ARRAY['new','occasional','repeat','regular','loyal','leaving'])[1 + i %% 6],
                true, i %% 9, i %% 9, %s - make_interval(days => i %% 365), i %% 1000003, 0, 0, i %% 500009
            FROM generate_series(1, %s) i
            """,
            [NOW, customers],
        )
        cursor.execute(
            "INSERT INTO audience_publication (id, slot, version, is_baseline, is_announced)"
            " VALUES (1, 1, 1, false, true)"
        )
        cursor.execute("VACUUM ANALYZE")


def seconds(act: Callable[[], Any], times: int = 5) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        taken.append(time.perf_counter() - start)
    return round(statistics.median(taken), 3)


def main(customers: int) -> None:
    call_command("migrate", verbosity=0)
    fill(customers)
    figures: dict[str, Any] = {"customers": customers, "orders": 3 * customers, "build": {}, "count": {}, "page": {}}
    for name, node in CONDITIONS.items():
        data = {"version": 1, "where": node}
        asked = parse(data, catalogue)
        id_ = actions.create_segment(name=name, condition=data, by=BY, now=NOW)
        first = seconds(lambda id_=id_: membership.build(segment_id=id_, is_baseline=True, now=NOW), times=1)
        again = seconds(lambda id_=id_: membership.build(segment_id=id_, is_baseline=True, now=NOW), times=3)
        row = segment(id_)
        figures["build"][name] = {"first": first, "again": again, "members": row.members if row else 0}
        figures["count"][name] = seconds(lambda asked=asked: count(asked, now=NOW), times=3)
        figures["page"][f"members of “{name}”"] = seconds(
            lambda id_=id_: select(columns=["audience.stage"], segment_id=id_, now=NOW)
        )
    columns = ["audience.stage", "audience.orders", "audience.revenue", "audience.last_order_at", "customers.city"]
    for sort in ("customers.name", "-audience.revenue", "-audience.last_order_at", "audience.stage"):
        first_page = select(columns=columns, sort=sort, now=NOW)
        figures["page"][f"all, by {sort}"] = seconds(lambda sort=sort: select(columns=columns, sort=sort, now=NOW))
        figures["page"][f"all, by {sort}, the next"] = seconds(
            lambda sort=sort, at=first_page.next_cursor: select(columns=columns, sort=sort, cursor=at, now=NOW)
        )
    figures["page"]["search"] = seconds(lambda: select(columns=columns, search="имя77777", now=NOW))
    figures["count"]["everybody"] = seconds(lambda: count(now=NOW))
    print(json.dumps(figures, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
