"""Page times with a million customers, against the same pages with a thousand.

`python -m benchmarks.pages`, meant for a throw-away PostgreSQL (DATABASE_URL); runs on SQLite, too. Customers are made
set-based, with names, cities and ages that repeat as people's do.
"""

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.desk import p95, served, session_cookie, set_up_django, times_of
from benchmarks.report import report

FEW, MANY = 1_000, int(os.environ.get("CUSTOMERS", "1000000"))
PIECE = 100_000
ROUNDS = 15
FIRST = ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Захар", "Ирина", "Кирилл")
LAST = ("Петрова", "Семёнов", "Орлова", "Волков", "Лебедева", "Соколов", "Зайцева", "Морозов", "Попова", "Новиков")
CITIES = ("Москва", "Казань", "Пермь", "Томск", "Тверь")
START = datetime(2024, 1, 1, tzinfo=UTC)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as home:
        set_up_django(home)
        from django.db import connection

        cookie = session_cookie()
        with served():
            _add_customers(0, FEW)
            few = times_of(_paths(), cookie, rounds=ROUNDS)
            _add_customers(FEW, MANY)
            many = times_of(_paths(), cookie, rounds=ROUNDS)
        report(
            "pages",
            connection.vendor,
            [(f"p95 ms {path}", p95(many[path]), p95(few[path])) for path in _paths()],
        )
        connection.close()


def _paths() -> list[str]:
    from urllib.parse import quote

    from django.apps import apps

    customers: Any = apps.get_model("customers", "Customer")
    customer_id = customers.objects.order_by("created_at").values_list("id", flat=True)[7]
    search = quote("орлова вера 77")
    return ["/", "/customers/", f"/customers/?q={search}", f"/customers/{customer_id}/", "/orders/", "/segments/"]


def _add_customers(begin: int, end: int) -> None:
    from django.apps import apps
    from django.db import connection, transaction

    from regulars.foundation import bulk

    customers: Any = apps.get_model("customers", "Customer")
    fields = customers._meta.concrete_fields
    for first in range(begin, end, PIECE):
        with transaction.atomic():
            rows = _rows(fields, first, min(first + PIECE, end))
            bulk.insert(customers, [field.attname for field in fields], rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _rows(fields: Any, begin: int, end: int) -> Iterator[list[Any]]:
    from regulars.foundation.text import fold

    defaults = [field.get_default() if not field.primary_key else None for field in fields]
    places = {field.attname: place for place, field in enumerate(fields)}
    make_id = next(field for field in fields if field.primary_key).get_default
    for n in range(begin, end):
        first, last = FIRST[n % 10], LAST[n // 10 % 10]
        row = list(defaults)
        for name, value in (
            ("id", make_id()),
            ("created_at", START + timedelta(minutes=n)),
            ("first_name", first),
            ("last_name", last),
            ("city", CITIES[n % 5]),
            ("search_text", fold(f"{last} {first} {n} buyer{n}@shop.example")),
            ("sort_name", fold(f"{last} {first}")),
        ):
            row[places[name]] = value
        yield row


if __name__ == "__main__":
    main()
