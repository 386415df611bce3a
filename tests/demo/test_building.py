"""The sample shop as it stands in the database: written by actions, as history, with a truth beside it."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regulars.commerce.queries import orders
from regulars.customers import queries as customers
from regulars.customers.rules import ContactKind
from regulars.foundation.models import AuditEntry, Event
from regulars.project import demo
from regulars.project.demo.cast import CAST
from regulars.project.demo.truth import FILE_NAME, save
from regulars.shop import queries as shop

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_it_is_written_as_it_was_simulated(sample_shop: demo.SampleShop) -> None:
    simulation = sample_shop.simulation
    assert shop.shop().name == "Чайная лавка"
    assert orders.newest_order_at() == simulation.orders[-1].placed_at
    page = orders.orders_page(limit=1, filters=orders.OrderFilters())
    [newest] = page.rows
    assert newest.number == simulation.orders[-1].number
    anna = customers.customer_of(sample_shop.customer(1))
    assert anna is not None
    assert anna.name == "Анна Петрова"
    assert anna.profile.seller_id == sample_shop.written.places.staff["maria"]
    bought = orders.orders_of_customer(sample_shop.customer(1), limit=100).rows
    assert [row.placed_at for row in bought] == [order.placed_at for order in reversed(simulation.lives[0].orders)]

    nothing_went_around_the_actions(sample_shop)
    the_cast_is_there(sample_shop)
    the_organisation_is_there(sample_shop)


def nothing_went_around_the_actions(sample_shop: demo.SampleShop) -> None:
    """Each order, customer, return and enquiry has its event, and all of it is history."""
    simulation = sample_shop.simulation
    counts = {
        "commerce.order_placed": len(simulation.orders),
        "commerce.goods_returned": len(simulation.returns),
        "commerce.enquiry_opened": len(simulation.enquiries),
    }
    for kind, count in counts.items():
        assert Event.objects.filter(kind=kind, is_history=True).count() == count, kind
        assert not Event.objects.filter(kind=kind, is_history=False).exists()
    registered = Event.objects.filter(kind="customers.customer_registered")
    assert registered.count() == len({*sample_shop.written.customers.values()})
    assert set(Event.objects.values_list("actor", flat=True)) == {"system:demo"}
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"shop.set_up", "store.added", "staff.added", "product.added", "return.taken", "enquiry.opened"} <= verbs


def the_cast_is_there(sample_shop: demo.SampleShop) -> None:
    for role in CAST:
        row = customers.customer_of(sample_shop.customer(role.number))
        assert row is not None
        assert (row.profile.first_name, row.profile.last_name) == role.ru
    pavel, maria = sample_shop.customer(8), sample_shop.customer(9)
    assert pavel != maria, "a telephone shared by two first names joins nobody"
    phones = [{c.value for c in customers.contacts(id_) if c.kind == ContactKind.PHONE} for id_ in (pavel, maria)]
    assert phones[0] == phones[1] != set()
    pairs = [{s.first.id, s.second.id} for s in customers.duplicate_suggestions(limit=50).rows]
    natalia = {sample_shop.written.customers["K00007"], sample_shop.written.customers["K00007-2"]}
    assert natalia in pairs, "the slip in the address is suggested"


def test_the_truth_names_everybody_and_it_is_built_once(sample_shop: demo.SampleShop, tmp_path: Path) -> None:
    path = save(sample_shop.truth, tmp_path)
    truth = json.loads(path.read_text())
    assert path.name == FILE_NAME
    assert len(truth["customers"]) == demo.SMALL
    sergey = truth["customers"][5]
    assert (sergey["name"], sergey["is_alive"]) == ("Сергей Волков", False)
    assert {entry["id"] for entry in truth["customers"]} <= {str(i) for i in sample_shop.written.customers.values()}
    assert truth["end_date"] == "2026-11-21"
    it_is_built_once()


def it_is_built_once() -> None:
    before = Event.objects.count()
    with pytest.raises(demo.CannotBuild, match="not_empty"):
        demo.build_small(now=NOW)
    assert Event.objects.count() == before


@pytest.mark.django_db
def test_the_last_day_must_have_come() -> None:
    with pytest.raises(demo.CannotBuild, match="future"):
        demo.build(now=NOW, end_date=date(2026, 11, 22), customers=20)
    assert not shop.shop().is_set_up


def the_organisation_is_there(sample_shop: demo.SampleShop) -> None:
    assert {calendar.name for calendar in shop.calendars()} == {"Торговый зал", "Заказы и звонки"}
    on_shift = shop.staff_on_shift(NOW, sample_shop.written.places.stores["lipovaya"])
    assert 1 <= len(on_shift) <= 2
    assert shop.currencies() == ["RUB", "EUR"]
    assert [goal.owner_name for goal in shop.goals()] == ["Мария Соколова"]
