from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import transaction

from regulars.foundation import audit
from regulars.foundation.actors import Actor
from regulars.foundation.ids import new_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANNA = Actor.staff(UUID(int=1))
pytestmark = pytest.mark.django_db


def _record(n: int, *, verb: str = "goal.changed", by: Actor = ANNA) -> None:
    audit.record(verb=verb, subject_kind="goal", subject_id=str(n), by=by, now=NOW + timedelta(minutes=n))


def test_only_what_changed_is_kept_in_plain_values() -> None:
    id_ = new_id()
    audit.record(
        verb="goal.changed",
        subject_kind="goal",
        subject_id=id_,
        by=ANNA,
        now=NOW,
        before={"name": "a", "due": date(2026, 1, 1), "rate": Decimal("1.10"), "ids": [id_]},
        after={"name": "a", "due": date(2026, 2, 1), "rate": Decimal("1.20"), "ids": []},
    )
    (row,) = audit.page().rows
    assert row.before == {"due": "2026-01-01", "rate": "1.10", "ids": [str(id_)]}
    assert row.after == {"due": "2026-02-01", "rate": "1.20", "ids": []}
    assert (row.actor, row.at, row.subject_id) == (ANNA.reference, NOW, str(id_))


def test_pages_show_each_entry_once_newest_first() -> None:
    for n in range(7):
        _record(n)
    seen, cursor = [], None
    while True:
        page = audit.page(cursor=cursor, limit=3)
        seen += [row.subject_id for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
        _record(100 + len(seen))  # what comes in meanwhile shifts nothing
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


def test_entries_are_found_by_actor_and_verb() -> None:
    _record(1)
    _record(2, by=Actor.system("import"))
    _record(3, verb="goal.closed")
    assert [row.subject_id for row in audit.page(actor="system:import").rows] == ["2"]
    assert [row.subject_id for row in audit.page(verb="goal.closed").rows] == ["3"]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_action_leaves_no_entry() -> None:
    with pytest.raises(KeyError), transaction.atomic():
        _record(1)
        raise KeyError
    assert audit.page().rows == []
