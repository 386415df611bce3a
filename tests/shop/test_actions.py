"""Stores, staff, calendars, shifts, rates, goals and causes, as they are written and read."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from regulars.foundation import audit
from regulars.foundation.access import Role
from regulars.foundation.models import AuditEntry, Event
from regulars.shop import actions, queries
from regulars.shop.rules import Indicator
from regulars.shop.rules.calendars import Span, is_open
from regulars.shop.rules.rates import RateMissing
from tests.shop.conftest import BY, NOW, Shop

DAY = Span(9 * 60, 18 * 60)
WEEK = ((DAY,),) * 5 + ((), ())


def test_a_store_keeps_the_shops_zone_unless_it_has_its_own(shop: Shop) -> None:
    [store] = queries.stores()
    assert (store.code, store.time_zone, store.is_open) == ("lipovaya", "Europe/Moscow", True)
    with pytest.raises(actions.CannotChangeStore):
        actions.add_store(name="Ещё одна", code="lipovaya", by=BY, now=NOW)
    assert len(queries.stores()) == 1
    actions.close_store(store_id=store.id, by=BY, now=NOW)
    assert queries.stores(is_open=True) == []
    assert Event.objects.filter(kind="shop.store_closed").count() == 1
    actions.reopen_store(store_id=store.id, by=BY, now=NOW)
    assert [row.verb for row in audit.page(subject_kind="store").rows] == [
        "store.reopened",
        "store.closed",
        "store.added",
    ]


def test_stores_and_staff_of_an_outside_system_come_in_once(shop: Shop) -> None:
    names = {"7": "Склад", "lipovaya": "Липовая"}
    first = actions.take_in_stores(source="till", names=names, by=BY, now=NOW)
    assert first["lipovaya"] == shop.store, "the code says that it is the same"
    assert actions.take_in_stores(source="till", names=names, by=BY, now=NOW) == first
    assert len(queries.stores()) == 2
    other = actions.take_in_stores(source="web", names={"7": "Седьмая"}, by=BY, now=NOW)
    assert other["7"] == first["7"], "another source that calls a store by its code means that one"

    sellers = actions.take_in_staff(source="till", names={"12": "Вера"}, by=BY, now=NOW)
    assert actions.take_in_staff(source="till", names={"12": "Вера Г."}, by=BY, now=NOW) == sellers
    person = queries.staff_by_id(sellers.values())[sellers["12"]]
    assert (person.name, person.role, person.is_active) == ("Вера", Role.SELLER, False)
    assert person.email.endswith("@staff.invalid")
    assert queries.staff_by_external_id("till", ["12", "13"]) == sellers


def test_an_owner_is_made_with_a_plain_address(shop: Shop) -> None:
    owner = queries.staff_by_id([shop.olga])[shop.olga]
    assert (owner.email, owner.role) == ("olga@example.com", Role.OWNER)
    for email in ("olga@example.com", "OLGA@example.com", "not an address"):
        with pytest.raises(actions.CannotAddStaff):
            actions.create_owner(email=email, name="Ольга", password=None, by=BY, now=NOW)
    assert len(queries.staff()) == 2


def test_calendars_are_written_whole_and_read_as_hours(shop: Shop) -> None:
    id_ = actions.add_calendar(name="Зал", time_zone="Europe/Moscow", holiday_country="RU", week=WEEK, by=BY, now=NOW)
    actions.set_exception(calendar_id=id_, on_date=date(2026, 3, 14), spans=(Span(600, 660),), by=BY, now=NOW)
    actions.set_exception(calendar_id=id_, on_date=date(2026, 3, 13), spans=(), note="учёт", by=BY, now=NOW)
    hours = queries.working_hours(id_)
    assert hours is not None
    assert hours.week == WEEK
    assert hours.exceptions == {date(2026, 3, 14): (Span(600, 660),), date(2026, 3, 13): ()}
    assert is_open(hours, datetime(2026, 3, 10, 7, tzinfo=UTC))
    assert not is_open(hours, datetime(2026, 3, 13, 7, tzinfo=UTC))
    night = ((Span(0, 60), Span(1320, 1560)),) + ((),) * 6
    actions.set_week(calendar_id=id_, week=night, by=BY, now=NOW)
    actions.remove_exception(calendar_id=id_, on_date=date(2026, 3, 13), by=BY, now=NOW)
    hours = queries.working_hours(id_)
    assert hours is not None
    assert (hours.week, list(hours.exceptions)) == (night, [date(2026, 3, 14)])


def test_calendars_refuse_what_overlaps_and_change_nothing(shop: Shop) -> None:
    id_ = actions.add_calendar(name="Зал", time_zone="UTC", holiday_country="", week=WEEK, by=BY, now=NOW)
    overlap = ((Span(0, 120), Span(60, 180)),) + ((),) * 6
    entries = AuditEntry.objects.count()
    with pytest.raises(actions.CannotChangeCalendar):
        actions.set_week(calendar_id=id_, week=overlap, by=BY, now=NOW)
    with pytest.raises(actions.CannotChangeCalendar):
        actions.add_calendar(name="Зал", time_zone="UTC", holiday_country="", by=BY, now=NOW)
    with pytest.raises(actions.CannotChangeCalendar):
        actions.add_calendar(name="Другой", time_zone="UTC", holiday_country="XX", by=BY, now=NOW)
    assert queries.calendars()[0].hours.week == WEEK
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("count", [1, 3])
def test_reading_calendars_takes_three_queries(shop: Shop, count: int) -> None:
    for number in range(count):
        id_ = actions.add_calendar(name=f"Зал {number}", time_zone="UTC", holiday_country="", week=WEEK, by=BY, now=NOW)
        actions.set_exception(calendar_id=id_, on_date=date(2026, 3, 13), spans=(), by=BY, now=NOW)
    with CaptureQueriesContext(connection) as asked:
        assert len(queries.calendars()) == count
    assert len(asked) == 3


def test_shifts_do_not_overlap_and_know_who_is_there(shop: Shop) -> None:
    starts, ends = NOW, NOW + timedelta(hours=8)
    shift = actions.add_shift(staff_id=shop.boris, store_id=shop.store, starts_at=starts, ends_at=ends, by=BY, now=NOW)
    with pytest.raises(actions.CannotAddShift):
        actions.add_shift(
            staff_id=shop.boris,
            store_id=None,
            starts_at=starts + timedelta(hours=7),
            ends_at=ends + timedelta(hours=7),
            by=BY,
            now=NOW,
        )
    with pytest.raises(actions.CannotAddShift):
        actions.add_shift(staff_id=shop.olga, store_id=shop.store, starts_at=ends, ends_at=starts, by=BY, now=NOW)
    assert queries.staff_on_shift(NOW + timedelta(hours=1), shop.store) == [shop.boris]
    assert queries.staff_on_shift(ends, shop.store) == []
    actions.remove_shift(shift_id=shift, by=BY, now=NOW)
    assert queries.shifts(from_at=starts, to_at=ends) == []


def test_a_week_is_copied_by_the_clock_not_by_hours(shop: Shop) -> None:
    berlin = "Europe/Berlin"
    # Friday before the clocks go forward, 9:00 by the clock of Berlin.
    starts = datetime(2026, 3, 27, 8, tzinfo=UTC)
    actions.add_shift(
        staff_id=shop.boris, store_id=shop.store, starts_at=starts, ends_at=starts + timedelta(hours=8), by=BY, now=NOW
    )
    from_at = datetime(2026, 3, 22, 23, tzinfo=UTC)
    copy = {"store_id": shop.store, "from_at": from_at, "time_zone": berlin, "by": BY, "now": NOW}
    assert actions.copy_week(**copy) == (1, 0)  # type: ignore[arg-type]
    assert actions.copy_week(**copy) == (0, 1), "those who work already are left out"  # type: ignore[arg-type]
    later = queries.shifts(from_at=from_at + timedelta(days=7), to_at=from_at + timedelta(days=14))
    assert [shift.starts_at for shift in later] == [datetime(2026, 4, 3, 7, tzinfo=UTC)]


def test_rates_hold_from_their_day(shop: Shop) -> None:
    entries = [("EUR", date(2026, 1, 1), Decimal("90.5")), ("EUR", date(2026, 2, 1), Decimal("92"))]
    assert actions.set_rates(entries=entries, by=BY, now=NOW) == 2
    assert actions.set_rates(entries=entries, by=BY, now=NOW) == 0, "the same again changes nothing"
    assert queries.rate_on("EUR", date(2026, 1, 31)) == Decimal("90.5")
    assert queries.rate_on("EUR", date(2026, 3, 1)) == Decimal(92)
    assert queries.rate_on("RUB", date(2020, 1, 1)) == 1
    with pytest.raises(RateMissing):
        queries.rate_on("EUR", date(2025, 12, 31))
    assert queries.rate_table().on("EUR", date(2026, 1, 31)) == Decimal("90.5")
    assert queries.currencies() == ["RUB", "EUR"]
    assert Event.objects.filter(kind="shop.rate_set").count() == 2
    actions.remove_rate(currency="EUR", valid_from_date=date(2026, 2, 1), by=BY, now=NOW)
    assert [row.rate for row in queries.rates("EUR")] == [Decimal("90.5")]


@pytest.mark.parametrize(
    ("currency", "rate"), [("RUB", "1"), ("eur", "90"), ("EUR", "0"), ("EUR", "-1"), ("EUR", "NaN"), ("EUR", "1e-12")]
)
def test_rates_refuse_what_is_none(shop: Shop, currency: str, rate: str) -> None:
    good = ("USD", date(2026, 1, 1), Decimal(80))
    with pytest.raises(actions.CannotSetRate):
        actions.set_rates(entries=[good, (currency, date(2026, 1, 1), Decimal(rate))], by=BY, now=NOW)
    assert queries.rates() == [], "all or none"


def test_goals_are_set_changed_and_closed(shop: Shop) -> None:
    said = {"start_value": 0.3, "target_value": 0.4, "start_date": date(2026, 1, 1), "due_date": date(2026, 12, 31)}
    goal_id = actions.set_goal(
        indicator=Indicator.REPEAT_SHARE,
        **said,
        owner_id=shop.boris,
        note="звонить",
        by=BY,
        now=NOW,  # type: ignore[arg-type]
    )
    [goal] = queries.goals(on_date=date(2026, 6, 1))
    assert (goal.owner_name, goal.line.target_value, goal.is_open) == ("Борис", 0.4, True)
    assert queries.goals(on_date=date(2027, 6, 1)) == []
    backwards = {**said, "due_date": date(2025, 1, 1)}
    with pytest.raises(actions.CannotSetGoal):
        actions.change_goal(goal_id=goal_id, **backwards, owner_id=shop.boris, note="", by=BY, now=NOW)  # type: ignore[arg-type]
    assert queries.goals() == [goal]
    actions.close_goal(goal_id=goal_id, by=BY, now=NOW)
    assert queries.goals(is_open=True) == []
    assert Event.objects.filter(kind="shop.goal_set").count() == 2


def test_the_cause_tree_grows_to_three_levels(shop: Shop) -> None:
    root = actions.add_cause(parent_id=None, name_en="Season", name_ru="Сезон", by=BY, now=NOW)
    below = actions.add_cause(parent_id=root, name_en="", name_ru="Жара", by=BY, now=NOW)
    leaf = actions.add_cause(parent_id=below, name_en="Over 30°", name_ru="", by=BY, now=NOW)
    with pytest.raises(actions.CannotChangeCause):
        actions.add_cause(parent_id=leaf, name_en="Deeper", name_ru="", by=BY, now=NOW)
    with pytest.raises(actions.CannotChangeCause):
        actions.close_cause(cause_id=root, by=BY, now=NOW)
    with pytest.raises(actions.CannotChangeCause):
        actions.add_cause(parent_id=None, name_en="Season", name_ru="Сезон", by=BY, now=NOW)
    own = [cause for cause in queries.causes() if cause.id in (root, below, leaf)]
    assert [(cause.depth, cause.name("en"), cause.name("ru")) for cause in own] == [
        (0, "Season", "Сезон"),
        (1, "Жара", "Жара"),
        (2, "Over 30°", "Over 30°"),
    ]
    actions.rename_cause(cause_id=leaf, name_en="Over 35°", name_ru="За 35°", by=BY, now=NOW)
    assert queries.causes_by_id([leaf])[leaf].code == own[2].code, "the code lasts"
    for cause_id in (leaf, below, root):
        actions.close_cause(cause_id=cause_id, by=BY, now=NOW)
    assert root not in {cause.id for cause in queries.causes(is_open=True)}
    with pytest.raises(actions.CannotChangeCause):
        actions.reopen_cause(cause_id=leaf, by=BY, now=NOW)
