from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from regulars.foundation import bulk, models
from regulars.foundation.ids import new_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
COLUMNS = (
    "id",
    "kind",
    "version",
    "customer_id",
    "actor",
    "occurred_at",
    "recorded_at",
    "is_history",
    "key",
    "payload",
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80)
moments = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - the zone is drawn beside it
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=3))]),
)
payloads = st.dictionaries(texts, st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), texts), max_size=3)


def _row(**values: Any) -> tuple[Any, ...]:
    id_ = new_id()
    default = {
        "id": id_, "kind": "test.bulk", "version": 1, "customer_id": None, "actor": "system:test", "occurred_at": NOW,
        "recorded_at": NOW, "is_history": False, "key": str(id_), "payload": {},
    }  # fmt: skip
    return tuple({**default, **values}[name] for name in COLUMNS)


class RoundTrip(TestCase):
    @settings(max_examples=60, deadline=None)
    @given(texts, moments, st.booleans(), payloads)
    def test_django_reads_what_was_inserted(
        self, actor: str, occurred_at: datetime, is_history: bool, payload: dict[str, Any]
    ) -> None:
        row = _row(actor=actor, occurred_at=occurred_at, is_history=is_history, payload=payload, customer_id=new_id())
        bulk.insert(models.Event, COLUMNS, [row])
        assert models.Event.objects.values_list(*COLUMNS).get(id=row[0]) == row


@pytest.mark.django_db
def test_bulk_rows_compare_and_sort_with_rows_of_the_orm() -> None:
    """On SQLite a moment is a text: both ways must write the same one."""
    for microsecond in (0, 1, 500_000):
        at = NOW.replace(microsecond=microsecond)
        bulk.insert(models.Event, COLUMNS, [_row(occurred_at=at)])
        models.Event.objects.create(kind="test.bulk", actor="x", occurred_at=at, recorded_at=at, key=str(new_id()))
        assert models.Event.objects.filter(occurred_at=at).count() == 2
        assert (
            models.Event.objects.filter(occurred_at__lt=at + timedelta(microseconds=1), occurred_at__gte=at).count()
            == 2
        )


@pytest.mark.django_db
def test_decimals_and_dates_are_exact() -> None:
    from django.apps import apps

    rates: Any = apps.get_model("shop", "CurrencyRate")
    value = Decimal("12345.6789012345")
    bulk.insert(rates, ("currency", "valid_from_date", "rate"), [("EUR", date(2026, 1, 31), value)])
    assert rates.objects.values_list("valid_from_date", "rate").get() == (date(2026, 1, 31), value)


@pytest.mark.django_db(transaction=True)
def test_constraints_hold_and_a_failure_leaves_nothing() -> None:
    twin = _row(key="twin")
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(models.Event, COLUMNS, [_row(), twin, _row(key="twin")])
    assert models.Event.objects.count() == 0


@pytest.mark.django_db
def test_conflicts_can_leave_the_older_row() -> None:
    bulk.insert(models.Event, COLUMNS, [_row(key="twin", actor="first")])
    bulk.insert(models.Event, COLUMNS, [_row(key="twin", actor="second"), _row(key="other")], ignore_conflicts=True)
    assert set(models.Event.objects.values_list("key", "actor")) == {("twin", "first"), ("other", "system:test")}


@pytest.mark.django_db(transaction=True)
def test_nul_is_refused_by_postgresql_and_the_transaction_with_it() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite stores it; readers of outside text take it out")
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        bulk.insert(models.Event, COLUMNS, [_row(), _row(actor="a\x00b")])
    assert models.Event.objects.count() == 0


@pytest.mark.django_db
def test_many_rows_stream_from_a_generator() -> None:
    bulk.insert(models.Event, COLUMNS, (_row(version=n % 7) for n in range(5000)))
    assert models.Event.objects.count() == 5000
