"""Goods: found in any case, told apart by exact SKU, with prices that remember."""

from typing import Any

import pytest

from regulars.commerce.actions import orders
from regulars.commerce.actions.catalogue import (
    CategoryTaken,
    SkuTaken,
    add_category,
    add_product,
    add_variant,
    change_product,
    change_variant,
    rename_category,
    set_cost,
)
from regulars.commerce.actions.prices import CannotPrice, set_price
from regulars.commerce.models import Price, Product, Variant
from regulars.commerce.queries.catalogue import (
    ProductFilters,
    ProductSort,
    brands,
    buyers_of,
    categories,
    product_of,
    products_page,
    skus_alike,
    skus_alike_count,
    variants_like,
    variants_of,
)
from regulars.commerce.queries.prices import price_history
from regulars.commerce.rules import ProductKind
from regulars.foundation import audit
from regulars.foundation.models import Event
from tests.commerce.conftest import DAY, NOW, Cast, Draft


def names(**filters: Any) -> list[str]:
    return [row.name for row in products_page(filters=ProductFilters(**filters)).rows]


def variant(cast: Cast, sku: str, source: str = "desk") -> Any:
    return add_variant(product_id=cast.sencha, source=source, sku=sku, currency="RUB", by=cast.by, now=NOW)


def test_products_are_found_in_any_case_and_by_sku(cast: Cast) -> None:
    assert names(text="СЕНЧА") == names(text="sen-1") == ["Сенча"]
    assert names(brand="Лавка") == ["Сенча"]
    assert names() == ["Арабика", "Сенча"]
    assert names(is_sold=False) == []
    assert [row.sku for row in variants_like("ара")] == ["ARA-250"]
    assert variants_like(" ") == []


def test_a_category_holds_all_that_lies_below_it(cast: Cast) -> None:
    tea = add_category(name="Чай", parent_id=None, by=cast.by, now=NOW)
    green = add_category(name="Зелёный", parent_id=tea, by=cast.by, now=NOW)
    assert add_category(name="ЗЕЛЕНЫЙ", parent_id=tea, by=cast.by, now=NOW) == green
    _change(cast, category_id=green)
    assert names(category_id=tea) == names(category_id=green) == ["Сенча"]
    rename_category(category_id=tea, name="Весь чай", by=cast.by, now=NOW)
    assert [(row.name, row.depth) for row in categories()] == [("Весь чай", 0), ("Зелёный", 1)]
    assert names(category_id=tea) == ["Сенча"]
    coffee = add_category(name="Кофе", parent_id=None, by=cast.by, now=NOW)
    with pytest.raises(CategoryTaken):
        rename_category(category_id=coffee, name="ВЕСЬ ЧАЙ", by=cast.by, now=NOW)
    assert categories()[-1].name == "Кофе"


def _change(cast: Cast, **values: Any) -> bool:
    said = {
        "name": "Сенча",
        "kind": ProductKind.GOODS,
        "category_id": None,
        "brand": "Лавка",
        "is_durable": False,
        "is_sold": True,
        **values,
    }
    return change_product(product_id=cast.sencha, by=cast.by, now=NOW, **said)


def test_a_changed_product_is_found_by_its_new_name_and_its_old_sku(cast: Cast) -> None:
    assert not _change(cast)
    assert _change(cast, name="Сенча Асамуси", brand="")
    assert names(text="асамуси") == names(text="sen-100") == ["Сенча Асамуси"]
    assert brands() == []
    said = Event.objects.get(kind="commerce.product_changed")
    assert said.payload["fields"] == ["name", "brand"]
    assert audit.page(verb="product.changed").rows[0].before == {"name": "Сенча", "brand": "Лавка"}


def test_a_sku_is_taken_exactly(cast: Cast) -> None:
    with pytest.raises(SkuTaken) as refused:
        variant(cast, "SEN-100")
    assert refused.value.variant_id == cast.sencha_100
    assert Variant.objects.count() == 2
    lower = variant(cast, "sen-100")
    assert lower != cast.sencha_100
    assert [[one.sku for one in group.variants] for group in skus_alike().rows] == [["SEN-100", "sen-100"]]
    assert skus_alike_count() == 1


def test_the_same_sku_of_two_sources_is_no_question_of_case(cast: Cast) -> None:
    variant(cast, "SEN-100", source="csv")
    assert skus_alike_count() == 0


def test_a_price_change_is_remembered_and_told(cast: Cast) -> None:
    def price(minor: int, at: Any = NOW) -> bool:
        return set_price(
            variant_id=cast.sencha_100, price_minor=minor, currency="RUB", valid_from=at, by=cast.by, now=NOW
        )

    assert price(390_00)
    assert not price(390_00)
    assert price(370_00, NOW - 10 * DAY)
    assert Variant.objects.get(id=cast.sencha_100).price_minor == 390_00
    history = price_history(cast.sencha)[cast.sencha_100]
    assert [point.price_minor for point in history] == [350_00, 370_00, 390_00]
    changes = Event.objects.filter(kind="commerce.price_changed", payload__variant_id=str(cast.sencha_100))
    assert sorted((c.payload["price_before_minor"] or 0, c.payload["price_minor"]) for c in changes) == [
        (0, 350_00),
        (350_00, 370_00),
        (350_00, 390_00),
    ]
    before = list(Price.objects.values())
    for minor, at in ((-1, NOW), (1, NOW + DAY)):
        with pytest.raises(CannotPrice):
            price(minor, at)
    assert list(Price.objects.values()) == before


def test_a_cost_and_a_pack_are_set(cast: Cast) -> None:
    assert set_cost(variant_id=cast.sencha_100, cost_minor=120_00, by=cast.by, now=NOW)
    assert not set_cost(variant_id=cast.sencha_100, cost_minor=120_00, by=cast.by, now=NOW)
    said: dict[str, Any] = {"name": "100 г", "barcode": "4600000000017", "pack_size_milli": 100}
    assert change_variant(variant_id=cast.sencha_100, by=cast.by, now=NOW, **said)
    assert not change_variant(variant_id=cast.sencha_100, by=cast.by, now=NOW, **said)
    [row] = variants_of(cast.sencha)
    assert (row.cost_minor, row.name, row.pack_size_milli) == (120_00, "100 г", 100)
    assert names(text="4600000000017") == ["Сенча"]


def test_who_bought_a_product(cast: Cast, draft: Draft) -> None:
    for number, customer_id in (("1", cast.anna), ("2", cast.anna), ("3", cast.boris), ("4", None)):
        orders.place_order(draft=draft(number=number, customer_id=customer_id), by=cast.by, now=NOW)
    bought = {row.customer_id: row.orders for row in buyers_of(cast.sencha)}
    assert bought == {cast.anna: 2, cast.boris: 1}


@pytest.mark.parametrize("number", [1, 3])
def test_a_page_takes_two_queries(cast: Cast, number: int, django_assert_num_queries: Any) -> None:
    for i in range(number - 1):
        add_product(name=f"Сенча {i}", by=cast.by, now=NOW)
    with django_assert_num_queries(2):
        assert len(products_page(filters=ProductFilters(text="сенча")).rows) == number


def test_pages_follow_each_other(cast: Cast) -> None:
    for name in ("Улун", "Улун", "Пуэр"):
        add_product(name=name, by=cast.by, now=NOW)
    for sort in ProductSort:
        first = products_page(sort=sort, limit=3)
        rest = products_page(sort=sort, limit=3, cursor=first.next_cursor)
        ids = [row.id for row in [*first.rows, *rest.rows]]
        assert len(set(ids)) == len(ids) == Product.objects.count() == 5
    sencha = product_of(cast.sencha)
    assert sencha in [*first.rows, *rest.rows]
